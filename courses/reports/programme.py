"""The report "How many started, stayed and finished?": parents as handed in, practitioners counted.

`courses.plugin` offers it. Both tables have the same columns; their words are defined under them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from courses.queries import outcomes, tallies
from courses.queries.tallies import Line
from courses.reports.selection import BREAKDOWNS, spoken_of
from lms.contracts import Block, DataTable, Draft, Report, ReportQuery, Row, Sentence, Subject
from lms.reports import drafting
from lms.reports.drafting import Figures
from lms.reports.handed_in import delivery, queries

COLUMNS = (
    "Dates held",
    "Enrolled",
    "Starts",
    "Retained",
    "% retained (of starts)",
    "Milestones",
    "% milestones (of retained)",
    "% milestones (of starts)",
)


def build(query: ReportQuery) -> Draft:
    """Both tables, as far as there is anything to count."""
    rows, lines = _deliveries(query), tallies.lines(query)
    if not rows and not lines:
        return drafting.empty(tallies.nothing(query))
    figures = Figures()
    blocks = [*delivery.blocks(figures, rows), *practitioners(figures, query, lines)]
    place, period, last = spoken_of(query, lines, rows)
    definitions = [*(delivery.DEFINITIONS if rows else ()), *outcomes.DEFINITIONS]
    return figures.draft(blocks, definitions=definitions, place=place, period=period, data_to=last)


def _deliveries(query: ReportQuery) -> list[queries.Delivery]:
    """Counts of projects belong to no course or cohort of ours."""
    return [] if query.courses or query.cohorts else queries.deliveries(query)


def practitioners(figures: Figures, query: ReportQuery, lines: Sequence[Line]) -> Iterator[Block]:
    """The project's own dates: who was enrolled, started, stayed and finished."""
    if not lines:
        return
    by = query.breakdown or "course"
    total = cells(figures, "all", lines)
    yield Sentence(
        f"Dates held for practitioners: {{{total[0]}}}. Retained: "
        f"{figures.of(total[3], total[2], 'who started')}. Milestones: "
        f"{figures.of(total[5], total[3], 'retained')}; "
        f"{figures.of(total[5], total[2], 'who started')}."
    )
    rows = [
        Row(name, cells(figures, f"{by}{n}", part))
        for n, (name, part) in enumerate(tallies.split(lines, by), 1)
    ]
    yield DataTable(
        "practitioners",
        "Practitioners, from our own dates",
        dict(BREAKDOWNS)[by][3:].capitalize(),
        COLUMNS,
        (*rows, Row("All", total, is_total=True)),
        notes=tuple(_running(figures, query)),
    )


def cells(figures: Figures, key: str, lines: Sequence[Line]) -> tuple[str, ...]:
    """The figures of a row, in the order of the columns."""

    def keep(name: str, less: str = "") -> str:
        """So many as `name`, or without those who came as far as `less`."""

        def number(line: Line) -> int:
            return int(getattr(line, name)) - (int(getattr(line, less)) if less else 0)

        measure = f"{name}_not_{less}" if less else name
        return figures.count(
            f"{key}_{measure}",
            tallies.tally(lines, number),
            subject=Subject.PEOPLE,
            measure=measure,
            within=(name,) if less else tallies.WITHIN.get(name, ()),
        )

    held = figures.things(f"{key}_dates", len({line.cohort_id for line in lines}))
    enrolled, starts, retained = keep("enrolled"), keep("starts"), keep("retained")
    milestones = keep("milestones")
    figures.sum(enrolled, starts, keep("enrolled", "starts"))
    figures.sum(starts, retained, keep("starts", "retained"))
    figures.sum(retained, milestones, keep("retained", "milestones"))
    return (
        held, enrolled, starts, retained, figures.share(retained, starts),
        milestones, figures.share(milestones, retained), figures.share(milestones, starts),
    )  # fmt: skip


def _running(figures: Figures, query: ReportQuery) -> Iterator[str]:
    if number := tallies.still_running(query):
        key = figures.things("still_running", number)
        yield f"Not counted, as nobody can have stayed to the end yet: {{{key}}} still running."


REPORT = Report(
    slug="programme",
    question="How many started, stayed and finished?",
    about="Projects with parents as services count them, and beside them our own dates.",
    build=build,
    breakdowns=BREAKDOWNS,
    order=20,
    latest=tallies.latest,
)
