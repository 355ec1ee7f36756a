"""The report "Our indicators": a set's lines, each counted here or entered, with its source.

`lms.reports.plugin` offers it. A line that cannot be counted says so and stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lms.contracts import (
    NOT_COLLECTED,
    Actor,
    Block,
    Choice,
    Count,
    DataTable,
    Derived,
    Draft,
    Figure,
    Filter,
    Form,
    Report,
    ReportQuery,
    Row,
)
from lms.reports import drafting, measures
from lms.reports.drafting import Figures
from lms.reports.indicators import queries
from lms.reports.indicators.queries import Line, SetRow
from lms.web import words

COLUMNS = ("Number", "Of", "%", "Before", "After", "% change")
EMPTY = (
    "No indicators have been chosen yet. Choose them at “Indicators” on the page of reports; an "
    "example comes along."
)


def build(query: ReportQuery) -> Draft:
    """The chosen set, else the first that the actor may see."""
    found = queries.sets(query.actor)
    chosen = query.choices.get("set") or (str(found[0].id) if found else "")
    shown = next((one for one in found if str(one.id) == chosen), None)
    lines = queries.lines(shown.id) if shown else []
    if shown is None or not lines:
        return drafting.empty(EMPTY)
    if shown.locality_id and not query.localities:
        query = replace(query, localities=(shown.locality_id,))
    figures = Figures()
    blocks = tuple(_blocks(figures, query, shown, lines))
    return figures.draft(
        blocks,
        definitions=_definitions(lines),
        place=drafting.place_of(query, [shown.place]) if query.localities else shown.place,
        period=drafting.period_of(query, last=drafting.today(query)),
        data_to=drafting.today(query),
    )


def _blocks(
    figures: Figures, query: ReportQuery, shown: SetRow, lines: Sequence[Line]
) -> Iterator[Block]:
    rows, notes = [], []
    for line in lines:
        rows.append(Row(f"{line.position}. {line.title}", _cells(figures, query, line)))
        notes.append(_note(line))
    yield DataTable("indicators", shown.title, "Indicator", COLUMNS, tuple(rows), tuple(notes))


def _note(line: Line) -> str:
    """Where a line's figure comes from, and of which time it speaks."""
    if line.starts_on and line.ends_on:
        when = words.date_range(line.starts_on, line.ends_on)
        return f"{line.position}. Source: {line.source}; {when}."
    if line.ends_on or line.starts_on:
        day = words.date(line.ends_on or line.starts_on)  # type: ignore[arg-type]
        return f"{line.position}. Source: {line.source}; {'to' if line.ends_on else 'from'} {day}."
    return f"{line.position}. Source: {line.source}; the months of the report."


def _definitions(lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    for line in lines:
        found = measures.find(line.measure) if line.measure else None
        if found is not None:
            yield f"{line.position}. {found.title}", found.definition
        elif not line.measure:
            yield f"{line.position}. {line.title}", "Entered as a number, with its source."


def _cells(figures: Figures, query: ReportQuery, line: Line) -> tuple[str, ...]:
    key = f"line{line.position}"
    if not line.measure:
        return _entered(figures, key, line)
    start, end = line.starts_on or query.start, line.ends_on or query.end
    asked = replace(query, start=start, end=end, choices={}, breakdown="")
    found = measures.figures(line.measure, asked)
    if not found:
        return _empty(line.kind)
    figures.take(key, found)
    return _counted(key, found[0], line.kind)


def _counted(key: str, first: Figure, kind: str) -> tuple[str, ...]:
    """The cells of a measure: what it says of itself and of the counts it was worked out from."""
    own = f"{key}_{first.key}"
    of = [f"{key}_{each}" for each in first.of] if isinstance(first, Derived) else []
    part, base, *rest = (*of, "", "")
    if isinstance(first, Count) or kind == "count":
        return (own, part, "", "", "", "")
    if kind == "percentage":
        return (part, base, own, "", "", "")
    return ("", rest[0] if len(of) > 2 else "", "", part, base, own)


def _empty(kind: str) -> tuple[str, ...]:
    """Not collected, in those cells that this kind has."""
    return {
        "count": (NOT_COLLECTED, "", "", "", "", ""),
        "percentage": (NOT_COLLECTED, NOT_COLLECTED, NOT_COLLECTED, "", "", ""),
        "change": ("", "", "", NOT_COLLECTED, NOT_COLLECTED, NOT_COLLECTED),
    }[kind]


def _entered(figures: Figures, key: str, line: Line) -> tuple[str, ...]:
    """Numbers from elsewhere, behind which no persons of ours stand."""
    if line.first is None or (line.kind != "count" and line.second is None):
        return _empty(line.kind)
    first = figures.things(f"{key}_first", line.first)
    if line.kind == "count" or line.second is None:
        return (first, "", "", "", "", "")
    second = figures.things(f"{key}_second", line.second)
    if line.kind == "percentage":
        return (first, second, figures.share(first, second), "", "", "")
    rise = line.second / line.first - 1 if line.first else None
    change = figures.derived(f"{key}_rise", rise, (first, second), Form.PERCENT, 0)
    return ("", "", "", first, second, change)


def _sets(actor: Actor) -> list[tuple[str, str]]:
    return [(str(one.id), f"{one.title} ({one.place})") for one in queries.sets(actor)]


REPORT = Report(
    slug="indicators",
    question="Our indicators",
    about="Your own set of counts, shares and changes, each with its source and period.",
    build=build,
    filters=(Filter.PERIOD, Filter.LOCALITY, Filter.COURSE),
    choices=(Choice("set", "Set of indicators", _sets),),
    order=70,
)
