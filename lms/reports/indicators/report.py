"""The report "Our indicators": a set's lines, each counted here or entered, with its source.

`lms.reports.plugin` offers it. A line that cannot be counted says so and stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from lms import clock
from lms.contracts import (
    NOT_APPLICABLE,
    NOT_COLLECTED,
    Actor,
    Audience,
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

NONE = NOT_APPLICABLE
COLUMNS = ("Number", "Of", "%", "Before", "After", "% change")
EMPTY = (
    "No indicators have been chosen yet. A set is what your authority has said it will watch; an "
    "example comes along to begin with."
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
    rows, told = [], []
    for line in lines:
        cells, note = _cells(figures, query, line)
        rows.append(Row(f"{line.position}. {line.title}", cells))
        told += [note] if note else []
    notes = (_sources(lines), *told, *_periods(lines))
    yield DataTable("indicators", shown.title, "Indicator", COLUMNS, tuple(rows), notes)


def _sources(lines: Sequence[Line]) -> str:
    """Where the figures come from, each source once: 'Sources: Registers (1 and 4); Web (2).'"""
    found: dict[str, list[str]] = {}
    for line in lines:
        source = line.source.replace("{", "(").replace("}", ")")  # braces name figures
        found.setdefault(source, []).append(str(line.position))
    said = "; ".join(f"{source} ({words.listing(which)})" for source, which in found.items())
    return f"{'Source' if len(found) == 1 else 'Sources'}: {said}."


def _periods(lines: Sequence[Line]) -> Iterator[str]:
    """Of which time those lines speak that have one of their own."""
    for line in lines:
        if line.starts_on and line.ends_on:
            when = words.date_range(line.starts_on, line.ends_on)
        elif line.ends_on:
            when = f"up to {words.date(line.ends_on)}"
        elif line.starts_on:
            when = f"from {words.date(line.starts_on)}"
        else:
            continue
        yield f"Indicator {line.position} counts {when}, not the months of the report."


def _definitions(lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    for line in lines:
        found = measures.find(line.measure) if line.measure else None
        if found is not None:
            yield f"{line.position}. {found.title}", found.definition
        elif not line.measure:
            yield f"{line.position}. {line.title}", "Entered as a number, with its source."


def _cells(figures: Figures, query: ReportQuery, line: Line) -> tuple[tuple[str, ...], str]:
    """The cells of a line, and a note: what a number rests on, or why it is left out."""
    key = f"line{line.position}"
    if not line.measure:
        return _entered(figures, key, line), ""
    if query.audience is not Audience.TEAM and not line.by_months:
        note = f"Indicator {line.position} is for our team only: it does not count whole months."
        return (NONE,) * len(COLUMNS), note
    start, end = line.starts_on or query.start, line.ends_on or query.end
    asked = replace(query, start=start, end=end, choices={}, breakdown="")
    found = measures.figures(line.measure, asked)
    if not found:
        return _empty(line.kind), ""
    figures.take(key, found)
    return _counted(key, found[0], line.kind), _told_by(key, found[0], line)


def _told_by(key: str, first: Figure, line: Line) -> str:
    """How many people a number was added up from, where it counts no people itself."""
    if line.kind != "count" or not isinstance(first, Derived) or len(first.of) != 1:
        return ""
    return f"Indicator {line.position} adds up what {{{key}_{first.of[0]}}} people told us."


def _counted(key: str, first: Figure, kind: str) -> tuple[str, ...]:
    """The cells of a measure: what it says of itself and of the counts it was worked out from."""
    own = f"{key}_{first.key}"
    of = [f"{key}_{each}" for each in first.of] if isinstance(first, Derived) else []
    part, base, *rest = (*of, NONE, NONE)
    if isinstance(first, Count) or kind == "count":
        return (own, *[NONE] * 5)
    if kind == "percentage":
        return (part, base, own, *[NONE] * 3)
    return (NONE, rest[0] if len(of) > 2 else NONE, NONE, part, base, own)


def _empty(kind: str) -> tuple[str, ...]:
    """Not collected, in those cells that this kind has."""
    own = {"count": (0,), "percentage": (0, 1, 2), "change": (3, 4, 5)}[kind]
    return tuple(NOT_COLLECTED if number in own else NONE for number in range(len(COLUMNS)))


def _entered(figures: Figures, key: str, line: Line) -> tuple[str, ...]:
    """Numbers from elsewhere, behind which no persons of ours stand."""
    if line.first is None or (line.kind != "count" and line.second is None):
        return _empty(line.kind)
    first = figures.things(f"{key}_first", line.first)
    if line.kind == "count" or line.second is None:
        return (first, *[NONE] * 5)
    second = figures.things(f"{key}_second", line.second)
    if line.kind == "percentage":
        return (first, second, figures.share(first, second), *[NONE] * 3)
    rise = line.second / line.first - 1 if line.first else None
    change = figures.derived(f"{key}_rise", rise, (first, second), Form.PERCENT, 0)
    return (*[NONE] * 3, first, second, change)


def latest(actor: Actor) -> date | None:
    """Indicators are counted up to the day of asking, where there is a set to count."""
    return clock.today() if queries.sets(actor) else None


def _sets(actor: Actor) -> list[tuple[str, str]]:
    return [(str(one.id), f"{one.title} ({one.place})") for one in queries.sets(actor)]


REPORT = Report(
    slug="indicators",
    question="Our indicators",
    about="Your authority’s own list of counts, percentages and changes, each with its source.",
    build=build,
    filters=(Filter.PERIOD, Filter.LOCALITY, Filter.COURSE),
    choices=(Choice("set", "Set of indicators", _sets),),
    order=70,
    latest=latest,
)
