"""The report "Where do people drop out?": from the invitation to becoming an ambassador.

`courses.plugin` offers it. Who answered afterwards is counted by the room above, as a measure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from courses.queries import outcomes, tallies
from courses.queries.tallies import Line
from courses.reports.selection import BREAKDOWNS, spoken_of
from lms.contracts import (
    NOT_COLLECTED,
    Bar,
    Block,
    ChartKind,
    DataChart,
    DataTable,
    Draft,
    Group,
    Report,
    ReportQuery,
    Row,
    Sentence,
    Subject,
)
from lms.reports import drafting, measures
from lms.reports.drafting import Figures

SURVEYED = "answered_after"
"""The measure of who answered straight after the course."""

STAGES = (
    ("Invited", "invited"),
    ("Booked", "enrolled"),
    ("Attended", "starts"),
    ("Completed", "completed"),
    ("Surveyed", SURVEYED),
    ("Ambassador", "ambassadors"),
)

DEFINITIONS = (
    ("Invited", "Offered a place, asked for one or booked on the dates, whatever came of it."),
    ("Booked", outcomes.DEFINITIONS[0][1]),
    ("Attended", outcomes.DEFINITIONS[1][1]),
    ("Completed", "Booked, and completed the course by its rule."),
    ("Surveyed", "Answered the questions straight after the course."),
    ("Ambassador", "Completed, and became an ambassador after this course; some have left since."),
)


def build(query: ReportQuery) -> Draft:
    """How many came as far as each step, and the step at which most were lost."""
    lines = tallies.lines(query)
    if not lines:
        return drafting.empty(tallies.nothing(query))
    figures = Figures()
    blocks = tuple(_blocks(figures, query, lines, measures.tally(SURVEYED, query)))
    place, period, last = spoken_of(query, lines)
    return figures.draft(blocks, definitions=DEFINITIONS, place=place, period=period, data_to=last)


def _blocks(
    figures: Figures,
    query: ReportQuery,
    lines: Sequence[Line],
    surveyed: Mapping[Group, int] | None,
) -> Iterator[Block]:
    by = query.breakdown or "course"
    total = _cells(figures, "all", lines, surveyed)
    invited, booked, attended, completed, *_ = total
    refused = tallies.tally(lines, lambda line: line.invited - line.enrolled)
    never = figures.count(
        "not_booked",
        refused,
        subject=Subject.PEOPLE,
        measure="invited_not_enrolled",
        within=("invited",),
    )
    figures.sum(invited, booked, never)
    yield Sentence(
        f"{figures.of(booked, invited, 'who were invited')} were booked, "
        f"{figures.of(attended, booked, 'booked')} attended, "
        f"{figures.of(completed, attended, 'who attended')} completed."
    )
    yield DataChart(
        ChartKind.BARS,
        "How far people came",
        ("People",),
        tuple(
            Bar(name, (cell,))
            for (name, _), cell in zip(STAGES, total, strict=True)
            if cell != NOT_COLLECTED
        ),
    )
    rows = [
        Row(name, _row(figures, _cells(figures, f"{by}{n}", part, surveyed)))
        for n, (name, part) in enumerate(tallies.split(lines, by), 1)
    ]
    yield DataTable(
        "funnel",
        "How far people came",
        dict(BREAKDOWNS)[by][3:].capitalize(),
        ("Invited", "Booked", "Attended", "% attended (of booked)", "Completed",
         "% completed (of attended)", "Surveyed", "Ambassador"),
        (*rows, Row("All", _row(figures, total), is_total=True)),
    )  # fmt: skip


def _cells(
    figures: Figures, key: str, lines: Sequence[Line], surveyed: Mapping[Group, int] | None
) -> tuple[str, ...]:
    """The counts of a row, stage by stage."""
    cells = []
    for _, stage in STAGES:
        if stage == SURVEYED:
            cells.append(_surveyed(figures, f"{key}_{stage}", lines, surveyed))
            continue
        found = tallies.tally(lines, lambda line, name=stage: getattr(line, name))  # type: ignore[misc]
        within = tallies.WITHIN.get(stage, ())
        cells.append(
            figures.count(
                f"{key}_{stage}", found, subject=Subject.PEOPLE, measure=stage, within=within
            )
        )
    return tuple(cells)


def _surveyed(
    figures: Figures, key: str, lines: Sequence[Line], surveyed: Mapping[Group, int] | None
) -> str:
    if surveyed is None:
        return NOT_COLLECTED
    groups = {line.group for line in lines}
    own = {group: number for group, number in surveyed.items() if group in groups}
    within = (tallies.TOOK_PART, "enrolled", "invited")
    return figures.count(key, own, subject=Subject.ANSWERS, measure=SURVEYED, within=within)


def _row(figures: Figures, cells: Sequence[str]) -> tuple[str, ...]:
    invited, booked, attended, completed, surveyed, ambassadors = cells
    return (
        invited, booked, attended, figures.share(attended, booked),
        completed, figures.share(completed, attended), surveyed, ambassadors,
    )  # fmt: skip


REPORT = Report(
    slug="funnel",
    question="Where do people drop out?",
    about="From the invitation through the course to becoming an ambassador.",
    build=build,
    breakdowns=BREAKDOWNS,
    order=50,
    latest=tallies.latest,
)
