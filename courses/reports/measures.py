"""Measures of this room: who attended, stayed, completed, is trained or became an ambassador.

`courses.plugin` offers them to indicators and to other rooms' reports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from courses.queries import outcomes, tallies, trained
from courses.reports import coverage
from lms.contracts import Figure, Group, Measure, ReportQuery, Subject
from lms.reports.drafting import Figures

Counted = Callable[[ReportQuery], Sequence[Figure]]
WORDS = dict(outcomes.DEFINITIONS)
ONLY_OVER = "Dates that are over, by the day on which they end."


def _count(stage: str) -> Counted:
    """How many came as far as a stage."""

    def figures(query: ReportQuery) -> Sequence[Figure]:
        kept = Figures()
        return kept.kept(_keep(kept, stage, query))

    return figures


def _share(stage: str, base: str) -> Counted:
    """How many of those at one stage came to another."""

    def figures(query: ReportQuery) -> Sequence[Figure]:
        kept = Figures()
        part, whole = (_keep(kept, each, query) for each in (stage, base))
        return kept.kept(kept.share(part, whole))

    return figures


def _keep(kept: Figures, stage: str, query: ReportQuery) -> str:
    found = tallies.tally(tallies.lines(query), lambda line: int(getattr(line, stage)))
    within = tallies.WITHIN.get(stage, ())
    return kept.count(stage, found, subject=Subject.PEOPLE, measure=stage, within=within)


def _dates(query: ReportQuery) -> Sequence[Figure]:
    kept = Figures()
    dates = {line.cohort_id for line in tallies.lines(query)}
    return kept.kept(kept.things("dates_held", len(dates)))


def _trained(what: str) -> Counted:
    """People who are trained, each once, or those of them who are ambassadors."""

    def figures(query: ReportQuery) -> Sequence[Figure]:
        kept, found = Figures(), Counter[Group]()
        for each in trained.trained(query):
            found[each.group] += each.people if what == "trained" else each.ambassadors
        measure, *within = coverage.MEASURES[what]
        return kept.kept(
            kept.count(what, found, subject=Subject.PEOPLE, measure=measure, within=tuple(within))
        )

    return figures


MEASURES = (
    Measure("dates_held", "Dates held", ONLY_OVER, _dates),
    Measure(
        "attended",
        "People who attended training",
        f"{WORDS['Starts']} {ONLY_OVER} Somebody on two courses counts twice.",
        _count("starts"),
    ),
    Measure(
        "retained",
        "People who stayed to the end, of those who started",
        f"{WORDS['Retained']} {ONLY_OVER}",
        _share("retained", "starts"),
        kind="percentage",
        of="attended",
    ),
    Measure(
        "completed",
        "People who completed, of those who started",
        f"Completed the course by its rule. {ONLY_OVER}",
        _share("completed", "starts"),
        kind="percentage",
        of="attended",
    ),
    Measure(
        "trained",
        "People trained",
        "Completed one of the courses within the period; everybody counts once.",
        _trained("trained"),
    ),
    Measure(
        "ambassadors",
        "Ambassadors in place",
        "People who completed one of the courses within the period and are ambassadors now.",
        _trained("ambassadors"),
    ),
)
