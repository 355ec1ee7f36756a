"""Reports on the home page: how far the data reaches, the last return, and one to freeze."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from flask import g, url_for

from lms import clock
from lms.contracts import Actor, Panel, Place, Report, Todo
from lms.permissions import allowed
from lms.reports import access
from lms.reports.queries import listing, returns
from lms.web import words

TO_FREEZE = 75
"""Where a return that could be frozen stands among the to-dos."""


def todos(actor: Actor, today: date) -> Iterable[Todo]:
    """A return of the last whole quarter, if it has data and nobody has frozen one."""
    if not allowed(actor, access.RELEASE):
        return
    first, last = last_quarter(today)
    reports = _reports(actor)
    if not any(latest and latest >= first for _, latest in reports):
        return
    kept = returns.listed(actor)
    if any(one.starts_on <= first and last <= one.ends_on for one in kept):
        return
    quarter = f"{words.MONTHS[first.month - 1]} to {words.MONTHS[last.month - 1]} {last.year}"
    yield Todo(
        quarter,
        "The quarter is over and has data, and no return of it is frozen",
        "Freeze the return",
        url_for(
            "reports.new_return",
            start=f"{first:%Y-%m}",
            end=f"{last:%Y-%m}",
            report=[one.slug for one, latest in reports if latest],
        ),
        None,
        TO_FREEZE,
    )


def panels(place: Place, actor: Actor) -> Iterable[Panel]:
    """At home every report by its question, and the last return."""
    if place is not Place.HOME or not allowed(actor, access.RELEASE):
        return
    reports = _reports(actor)
    days = [latest for _, latest in reports if latest]
    values = {
        "reports": reports,
        "latest": max(days, default=None),
        "last": next(iter(returns.listed(actor, 1)), None),
    }
    yield Panel("Reports", "reports/home_panel.html", values, order=40)


def _reports(actor: Actor) -> list[tuple[Report, date | None]]:
    """Every report with its last day, asked once for a page."""
    if "reports_at_home" not in g:
        g.reports_at_home = listing.reports(actor)
    found: list[tuple[Report, date | None]] = g.reports_at_home
    return found


def last_quarter(today: date) -> tuple[date, date]:
    """The first and the last day of the quarter before this one."""
    this = date(today.year, today.month - (today.month - 1) % 3, 1)
    return clock.add_months(this, -3), this - timedelta(days=1)
