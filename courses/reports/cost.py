"""The report "What did it cost per person?": where costs were entered, over those who came.

`courses.plugin` offers it. What several places share is split by how many came from each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from courses.queries import costs, tallies
from courses.queries.costs import Cost
from courses.queries.tallies import Line
from courses.reports.selection import BREAKDOWNS, spoken_of
from lms.contracts import Block, DataTable, Draft, Form, Report, ReportQuery, Row, Sentence, Subject
from lms.reports import drafting
from lms.reports.drafting import Figures

COLUMNS = (
    "Dates with a cost", "Cost", "Attended", "Cost per person", "Completed",
    "Cost per person who completed",
)  # fmt: skip
DEFINITIONS = (
    (
        "Cost",
        "As entered for each cohort. Where a cohort is shared, a place bears what was paid for "
        "its own people: the cost over all who attended, times those of the place who did.",
    ),
    ("Cost per person", "Cost over those who attended at least one session or began on line."),
    ("Completed", "Completed the course by its rule."),
)


def build(query: ReportQuery) -> Draft:
    """Cost, and per head of those who came and of those who completed."""
    lines = tallies.lines(query)
    known = costs.of_cohorts({line.cohort_id for line in lines})
    counted = [line for line in lines if line.cohort_id in known]
    if not lines:
        return drafting.empty(tallies.nothing(query))
    if not counted:
        return drafting.empty(
            "No costs are entered for these dates. Enter them on the page of a cohort, at “Cost”."
        )
    figures = Figures()
    blocks = tuple(_blocks(figures, query, lines, counted, known))
    place, period, last = spoken_of(query, counted)
    return figures.draft(blocks, definitions=DEFINITIONS, place=place, period=period, data_to=last)


def _blocks(
    figures: Figures,
    query: ReportQuery,
    lines: Sequence[Line],
    counted: Sequence[Line],
    known: Mapping[UUID, Cost],
) -> Iterator[Block]:
    by = query.breakdown or "course"
    total = _cells(figures, "all", counted, known)
    dates, cost, attended, per_head, _, per_completed = total
    every = figures.things("every_date", len({line.cohort_id for line in lines}))
    yield Sentence(
        f"{{{cost}}} for {{{attended}}} people who attended: {{{per_head}}} each. Costs are "
        f"entered for {{{dates}}} of {{{every}}} dates."
    )
    yield Sentence(f"{{{per_completed}}} for each who completed.")
    rows = [
        Row(name, _cells(figures, f"{by}{n}", part, known))
        for n, (name, part) in enumerate(tallies.split(counted, by), 1)
    ]
    label = dict(BREAKDOWNS)[by][3:].capitalize()
    whole = (*rows, Row("All", total, is_total=True))
    yield DataTable("cost", "Cost per person", label, COLUMNS, whole)


def _cells(
    figures: Figures, key: str, lines: Sequence[Line], known: Mapping[UUID, Cost]
) -> tuple[str, ...]:
    """The figures of a row, in the order of the columns."""
    dates = {line.cohort_id for line in lines}
    attended, completed = (
        figures.count(
            f"{key}_{name}",
            tallies.tally(lines, number),
            subject=Subject.PEOPLE,
            measure=name,
            within=tallies.WITHIN[name],
        )
        for name, number in (
            ("starts", lambda line: line.starts),
            ("completed", lambda line: line.completed),
        )
    )
    pounds = sum(_share(known[cohort], lines) for cohort in sorted(dates)) / 100
    return (
        figures.things(f"{key}_dates", len(dates)),
        # Beside the cost of one, the whole tells how many they are.
        figures.derived(f"{key}_cost", pounds, (attended,), Form.MONEY),
        attended,
        _per_head(figures, f"{key}_per_head", pounds, attended),
        completed,
        _per_head(figures, f"{key}_per_completed", pounds, completed),
    )


def _share(cost: Cost, lines: Sequence[Line]) -> float:
    """What these people's part of a cohort cost; all of it where nobody came."""
    own = sum(line.starts for line in lines if line.cohort_id == cost.cohort_id)
    return cost.pence * own / cost.starts if cost.starts else cost.pence


def _per_head(figures: Figures, key: str, pounds: float, of: str) -> str:
    people = figures.value(of)
    return figures.derived(key, pounds / people if people else None, (of,), Form.MONEY)


REPORT = Report(
    slug="cost",
    question="What did it cost per person?",
    about="What was spent on each person who came, and on each who completed.",
    build=build,
    breakdowns=BREAKDOWNS,
    order=60,
    latest=tallies.latest,
)
