"""A report as it may be seen: words and cells after disclosure control, and nothing else.

`protect` makes one; the page, the files, the command line, versions and returns are made of it
alone, so that they agree to the digit and none knows more than another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter

HIDDEN = "[c]"


@dataclass(frozen=True)
class Cell:
    """A figure as it is written, and its number as written if it is one; or a mark.

    `form` is "count", "percent", "decimal", "money", or "" for marks and words.
    """

    text: str
    value: str | None = None
    form: str = ""

    @property
    def hidden(self) -> bool:
        """Whether it may not be seen."""
        return self.text == HIDDEN

    @property
    def narrow(self) -> str:
        """Its text for a narrow column on paper: '<0.001' of 'less than 0.001'."""
        return self.text.replace("less than ", "<")


@dataclass(frozen=True)
class Saying:
    """A sentence; a quotable one has its source beside it."""

    text: str
    quotable: bool = False
    kind: Literal["saying"] = "saying"


@dataclass(frozen=True)
class TableRow:
    """A row of a table."""

    label: str
    cells: tuple[Cell, ...]
    is_total: bool = False


@dataclass(frozen=True)
class Table:
    """A table: `label` heads the rows' names, `columns` the cells."""

    key: str
    title: str
    label: str
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    notes: tuple[str, ...] = ()
    folded: bool = False
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class ChartBar:
    """A bar, or a point of a curve. `rest` is what the hidden parts come to, where that is known.

    A bar whose hidden parts could be anything is not drawn to scale.
    """

    label: str
    cells: tuple[Cell, ...]
    rest: str | None = None
    to_scale: bool = True
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """A picture: stacked, bars or curve; `aside` are those of its series outside the scale."""

    shape: str
    title: str
    series: tuple[str, ...]
    bars: tuple[ChartBar, ...]
    aside: tuple[str, ...] = ()
    kind: Literal["chart"] = "chart"


@dataclass(frozen=True)
class Document:
    """A protected report. `hidden` counts the figures that are not shown, `as_of` is in ISO form.

    `source` is the line that goes with a quotation; `filters` are labels with words; `scope` says
    of what it speaks (documents of before it was kept have none). `restated` says what came out
    differently since, and why: files of a return carry it.
    """

    slug: str
    title: str
    about: str
    audience: str
    audience_words: str
    place: str
    period: str
    filters: tuple[tuple[str, str], ...]
    as_of: str
    data_to: str
    source: str
    blocks: tuple[Saying | Table | Chart, ...]
    definitions: tuple[tuple[str, str], ...]
    hidden: int = 0
    hidden_words: str = ""
    policy_words: str = ""
    has_marks: bool = False
    empty: str = ""
    scope: tuple[str, ...] = ()
    restated: tuple[str, ...] = ()

    @property
    def counted_at(self) -> datetime:
        """When it was counted."""
        return datetime.fromisoformat(self.as_of)

    @property
    def headline(self) -> str:
        """What it is about, beside the question: course, place, period and cohorts."""
        return " · ".join(self.scope or (part for part in (self.place, self.period) if part))

    @property
    def course(self) -> str:
        """The courses that it was narrowed to, as its scope says them; nothing where it was not."""
        return course_of(self.filters, self.scope)

    @property
    def tables(self) -> Iterator[Table]:
        """Its tables in order."""
        return (block for block in self.blocks if isinstance(block, Table))

    @property
    def sayings(self) -> Iterator[Saying]:
        """Its sentences in order."""
        return (block for block in self.blocks if isinstance(block, Saying))

    def as_json(self) -> dict[str, Any]:
        """For a column of the database."""
        held: dict[str, Any] = _shape().dump_python(self, mode="json")
        return held

    @staticmethod
    def from_json(held: object) -> Document:
        """A document as it was kept."""
        return _shape().validate_python(held)

    def without_time(self) -> Document:
        """The same, whenever it was counted: to compare two."""
        return replace(self, as_of="", source="")


def course_of(filters: Iterable[Sequence[str]], scope: Sequence[str]) -> str:
    """The words for the courses that a document was narrowed to: they come first in its scope."""
    chosen = {label: text for label, text in filters}.get("Course", "")
    return scope[0] if chosen and scope else chosen


@cache
def _shape() -> TypeAdapter[Document]:
    return TypeAdapter(Document)
