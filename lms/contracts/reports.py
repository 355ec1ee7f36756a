"""Reports: what is asked, and what a room answers before anything is hidden.

Rooms build a `Draft` of figures and of blocks that name them; `lms.reports` decides for whom each
figure may be seen, and only then are sentences, tables, charts and files made of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from lms.contracts.actors import Actor


class Audience(StrEnum):
    """Who a report is for; the disclosure policy follows from it."""

    TEAM = "team"
    PARTNER = "partner"
    PUBLICATION = "publication"


@dataclass(frozen=True)
class ReportQuery:
    """What somebody asks of a report.

    The period is whole months, `start` a first and `end` a last day, either may be open. Empty
    tuples mean no filter. `choices` are the report's own selects, by name. Builders stay within the
    actor's reach and take `as_of` for now.
    """

    actor: Actor
    audience: Audience
    as_of: datetime
    start: date | None = None
    end: date | None = None
    localities: tuple[uuid.UUID, ...] = ()
    courses: tuple[str, ...] = ()
    cohorts: tuple[uuid.UUID, ...] = ()
    breakdown: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)


class Subject(StrEnum):
    """What a count counts, which decides how small it may be outside the team."""

    PEOPLE = "people"
    ANSWERS = "answers"
    THINGS = "things"


Group = tuple[str, ...]
"""The finest group a report ever tells apart, as (cohort, locality, profession)."""


@dataclass(frozen=True)
class Count:
    """How many, of what.

    `measure` is the same word in every query that counts the same thing ("paired"). `groups` split
    the value by the finest groups the report can be asked for, so that two answers can be compared
    and nobody found by subtracting one from the other; they sum to `value` and are never shown.
    `within` names the measures among whose people these are (who came is among who was booked), all
    of them, so that what is left of one by another is looked at too, in whatever report it stands.
    `behind` is the key of the count of the people whose things these are (objectives, say): where
    they are few, or are hidden, so is this.
    Things that are not persons (projects, hours) have none, and are never hidden.
    """

    key: str
    value: int
    subject: Subject
    measure: str = ""
    groups: Mapping[Group, int] = field(default_factory=dict)
    within: tuple[str, ...] = ()
    behind: str = ""


class Form(StrEnum):
    """How a worked-out figure is written."""

    PERCENT = "percent"
    DECIMAL = "decimal"
    CHANGE = "change"
    PROBABILITY = "probability"
    MONEY = "money"
    WHOLE = "whole"


@dataclass(frozen=True)
class Derived:
    """A figure worked out from others: a percentage, a mean, an interval's end.

    `of` names the counts that it describes or from which it can be worked out; it is hidden with
    any of them. The largest of them is its base: a percentage of a base under ten is not given,
    and what a smaller one leaves of the base (19 of 21) is looked at like a count of its own.
    `value` is None where it does not exist (a share of nobody), shown as `[z]`. A percentage is a
    share of 1; places after the point are the form's.
    """

    key: str
    value: float | None
    of: tuple[str, ...]
    form: Form = Form.DECIMAL
    places: int = 2


Figure = Count | Derived


@dataclass(frozen=True)
class Sum:
    """One count is the sum of others, as everybody who sees the table can tell.

    Say so too where a part is not shown but can be had by subtraction (those without a pair, beside
    everybody and those with one): put its count among the figures, in no block. Rows with a total,
    percentages and the bars of a stacked chart need no `Sum` of their own.
    """

    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Spread:
    """A mean, and where it is shown or can be had a standard deviation, over a distribution.

    `cells` are the counts at each value. Three hidden counts of five are no secret beside the
    number, the mean and the deviation: more of them are hidden then, or the deviation with the
    figures that `tell` it (an effect size), or in the end the number.
    """

    cells: tuple[tuple[str, float], ...]
    mean: str
    deviation: str = ""
    tell: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sentence:
    """Words with figures in braces: "{paired} of {attended} ({paired_share})".

    Where one of them is hidden `otherwise` is said instead, and nothing if that is empty or names
    one too. Where one does not exist (or is a percentage of fewer than ten) the round brackets that
    it stands in are left out. `quotable` has a button that copies it with its source.
    """

    text: str
    otherwise: str = ""
    quotable: bool = False


NOT_COLLECTED = "[x]"
NOT_APPLICABLE = "[z]"


@dataclass(frozen=True)
class Row:
    """A row: its label, and a cell for each column: a figure's key, `[x]`, `[z]` or ""."""

    label: str
    cells: tuple[str, ...]
    is_total: bool = False


@dataclass(frozen=True)
class DataTable:
    """A table of figures; `columns` are the headings after the first, `notes` stand under it.

    A note may name figures in braces, and is left out where one of them is hidden.
    """

    key: str
    title: str
    label: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    folded: bool = False


@dataclass(frozen=True)
class Bar:
    """A bar of a chart: its label and the segments' keys, in the chart's order.

    `note` stands beside it and may name figures in braces, as a table's notes do.
    """

    label: str
    cells: tuple[str, ...]
    note: str = ""


class ChartKind(StrEnum):
    """Stacked shares of a whole, bars side by side, or a curve over months."""

    STACKED = "stacked"
    BARS = "bars"
    CURVE = "curve"
    """Steps: each series begins at 100% at month 0 and keeps its share until its next one."""


@dataclass(frozen=True)
class DataChart:
    """A picture of figures that a table beside it also holds.

    `aside` names those of the series that are no step of the scale ("No longer relevant"). Where a
    part is hidden `otherwise` is drawn instead, of fewer and larger parts.
    """

    kind: ChartKind
    title: str
    series: tuple[str, ...]
    bars: tuple[Bar, ...]
    aside: tuple[str, ...] = ()
    otherwise: DataChart | None = None


Block = Sentence | DataTable | DataChart


@dataclass(frozen=True)
class Definition:
    """How something is counted, in words, with the source of a formula or rule."""

    term: str
    text: str


@dataclass(frozen=True)
class Draft:
    """A report before anything is hidden. Every figure that a block names is in `figures`.

    `place` and `period` are said beside every number. `empty` says what to do when there is nothing
    to count; then there are no blocks. `data_to` is the last day the data speaks of.
    """

    figures: tuple[Figure, ...]
    blocks: tuple[Block, ...]
    sums: tuple[Sum, ...] = ()
    definitions: tuple[Definition, ...] = ()
    place: str = ""
    period: str = ""
    data_to: date | None = None
    empty: str = ""
    spreads: tuple[Spread, ...] = ()


class Filter(StrEnum):
    """A filter that a report understands."""

    PERIOD = "period"
    LOCALITY = "locality"
    COURSE = "course"
    COHORT = "cohort"


@dataclass(frozen=True)
class Option:
    """A value of the filters by course and by cohort, and how people know it.

    `value` is a course's full key or a cohort's id; `code` is what may be typed instead.
    """

    filter: Filter
    value: str
    words: str
    code: str = ""


@dataclass(frozen=True)
class Choice:
    """A select of a report's own: its name in the address, its label, and values with words.

    The first option holds when nobody chose.
    """

    name: str
    label: str
    options: Callable[[Actor], Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class Report:
    """A report: its address, the question it answers, and the room's function that builds it.

    `breakdowns` are declared as (key, words); outside the team nothing else splits a table.
    `latest`, if given, is a quick answer to how far the data reaches, for the list of reports.
    """

    slug: str
    question: str
    about: str
    build: Callable[[ReportQuery], Draft]
    filters: tuple[Filter, ...] = (Filter.PERIOD, Filter.LOCALITY, Filter.COURSE, Filter.COHORT)
    breakdowns: tuple[tuple[str, str], ...] = ()
    choices: tuple[Choice, ...] = ()
    order: int = 50
    latest: Callable[[Actor], date | None] | None = None


@dataclass(frozen=True)
class Measure:
    """A named count or share with its definition, of which indicators are made.

    `kind` is "count", "percentage" (then `of` names what it is a share of) or "change" (between
    two waves). `figures` gives the counts and what is worked out of them; the first is the
    measure itself.
    """

    key: str
    title: str
    definition: str
    figures: Callable[[ReportQuery], Sequence[Figure]]
    kind: str = "count"
    of: str = ""
