"""What views say around a report: what is asked in full, and where to fill one that is empty.

The pages of reports and of versions use it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, url_for

from lms.contracts import Actor, Filter
from lms.errors import Forbidden
from lms.permissions import check
from lms.reports.asking import AUDIENCES, Asked, Offered, month_words, named, short
from lms.reports.documents.scope import MOST_PLACES
from lms.web import words

FILLED_AT: Mapping[str, tuple[str, dict[str, Any], str]] = {
    "cost": ("courses.cohorts", {"group": "finished"}, "Choose a cohort to enter its cost"),
    "indicators": ("indicators.sets", {}, "Make a set of indicators"),
}
"""Where what a report counts is entered: an address, by name, and the words of its button."""


def way_to_fill(slug: str, actor: Actor, *, filtered: bool) -> tuple[str, str] | None:
    """Where an empty report is filled, and the words of the button, for whoever may go there."""
    if filtered:
        return url_for("reports.report", report_slug=slug), "Clear filters"
    endpoint, args, said = FILLED_AT.get(slug, ("", {}, ""))
    try:
        check(current_app.view_functions.get(endpoint), actor)
    except Forbidden:
        return None
    return url_for(endpoint, **args), said


def in_full(asked: Asked, actor: Actor, choices: Offered) -> list[tuple[str, str]]:
    """Every filter of the report with what was chosen, or with what nothing chosen means."""
    report = asked.report
    rows = [("Report", report.question), ("Who it is for", AUDIENCES[asked.audience])]
    if Filter.COURSE in report.filters:
        rows.append(("Courses", _listed(asked.course, choices) or "All"))
    if Filter.LOCALITY in report.filters:
        rows.append(("Places", _listed(asked.place, choices) or _everywhere(choices)))
    if Filter.PERIOD in report.filters:
        rows.append(("Period", _period(asked)))
    if Filter.COHORT in report.filters:
        rows.append(("Cohorts", _listed(asked.cohort, choices) or "All that are over"))
    if report.breakdowns:
        rows.append(("Broken down by", _breakdown(asked)))
    for choice in report.choices:
        options = dict(choice.options(actor))
        chosen = asked.choices.get(choice.name, "")
        rows.append((choice.label, options.get(chosen, next(iter(options.values()), "–"))))
    return rows


def _listed(values: tuple[str, ...], choices: Offered) -> str:
    return words.listing(named(values, choices))


def _everywhere(choices: Offered) -> str:
    names = [name for _, name in choices.places]
    if not 0 < len(names) <= MOST_PLACES:
        return "All"
    return names[0] if len(names) == 1 else f"All: {words.listing(names)}"


def _period(asked: Asked) -> str:
    start, end = month_words(asked.start), month_words(asked.end)
    if start and end:
        return start if start == end else f"{start} to {end}"
    if start:
        return f"{start} until now"
    return f"From the beginning to {end}" if end else "From the beginning until now"


def _breakdown(asked: Asked) -> str:
    return short(dict(asked.report.breakdowns).get(asked.by, "")) or "The usual tables"
