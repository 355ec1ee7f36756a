"""What the reports room offers: its tables, its pages, its jobs, and who may ask.

The kernel loads it; everything it does is in the room's drawers.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from flask import Blueprint

from lms import hookimpl
from lms.contracts import Actor, Job, NavItem, Panel, Permission, Place, Report, Tables, Todo
from lms.permissions import allowed
from lms.reports import home, jobs, views
from lms.reports.access import PERMISSIONS, VIEW
from lms.reports.handed_in import views as handed_in
from lms.reports.indicators import report
from lms.reports.indicators import views as indicators


@hookimpl
def lms_tables() -> Tables:
    """This room's tables, in the core's history."""
    return Tables("reports", ("lms.reports.models",))


@hookimpl
def lms_permissions() -> Iterable[Permission]:
    """Who asks reports, gives them away, and hands counts in."""
    return PERMISSIONS


@hookimpl
def lms_blueprints() -> Iterable[Blueprint]:
    """Reports, versions and returns; counts that are handed in; sets of indicators."""
    return (views.blueprint, handed_in.blueprint, indicators.blueprint)


@hookimpl
def lms_reports() -> Iterable[Report]:
    """Our indicators."""
    return (report.REPORT,)


@hookimpl
def lms_jobs() -> Iterable[Job]:
    """Printing packs, and forgetting them."""
    return jobs.JOBS


@hookimpl
def lms_nav_items(actor: Actor) -> Iterable[NavItem]:
    """Reports, for coordinators, analysts and managers."""
    if allowed(actor, VIEW):
        yield NavItem("Reports", "reports.reports", 40, "reports")


@hookimpl
def lms_todos(actor: Actor, today: date) -> Iterable[Todo]:
    """A return that could be frozen."""
    return home.todos(actor, today)


@hookimpl
def lms_panels(place: Place, subject_id: uuid.UUID, actor: Actor) -> Iterable[Panel]:
    """On the home page the reports, with how far their data reaches."""
    return home.panels(place, actor)
