"""Says of every row of a sheet what it is: a person, a title, blank, a total, a signature.

Staging calls `read` for our own reading of columns and `read_by` for a provider's importer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import fields as fields_of
from typing import Any

from courses.imports import fields
from courses.imports.columns import Columns
from courses.imports.splitting import split, squeezed
from lms.contracts import CanonicalRow, SessionMark, Sheet
from lms.spreadsheets.headings import letters, plain

PERSON, TITLE, HEADING, AGAIN = "person", "title", "heading", "again"
BLANK, TOTAL, SIGNATURE, OTHER = "blank", "total", "signature", "other"
QUIET = (TITLE, HEADING)
"""Rows above the list: they are not counted as left out."""

_TOTAL = re.compile(
    r"(grand |sub ?)?totals?( (attending|present|booked|delegates|people|number|staff|places))?"
    r"( \d+)?|(number|no|count|sum) of .*|\d+ (people|delegates|attendees|participants|places)|\d+"
)
_SAYS_TOTAL = re.compile(r"(grand |sub ?)?total")
_FIGURE = re.compile(r"[\d\s.,%£-]*")
"""What a cell holds that says nothing of a person: nothing, or a sum."""
_SIGNATURE = re.compile(
    r"(signed|signature|sign here|authori[sz]ed by|approved by|prepared by|produced by|printed"
    r"|trainers? (signature|name|signed)|facilitators? signature|managers? signature)\b.*"
    r"|date( \d.*)?|page \d+.*|end of (list|report|sheet)|notes?|key( to .*)?"
)
_ERROR = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!)")


@dataclass(frozen=True)
class Line:
    """One row of the file.

    `cells` are as read, less the columns never kept; `read` are a person's fields in our words and
    `at` their addresses; `unsaved` are the fields whose cell is a formula or an error; `marks` are
    what a provider's register says of sessions.
    """

    row_no: int
    kind: str
    cells: tuple[str, ...] = ()
    read: Mapping[str, str] = field(default_factory=dict)
    at: Mapping[str, str] = field(default_factory=dict)
    unsaved: frozenset[str] = frozenset()
    marks: tuple[SessionMark, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What the row keeps until it is purged."""
        return {
            "kind": self.kind,
            "cells": list(self.cells),
            "read": dict(self.read),
            "at": dict(self.at),
            "unsaved": sorted(self.unsaved),
            "marks": [vars(mark) for mark in self.marks],
        }

    @classmethod
    def from_json(cls, row_no: int, kept: Mapping[str, Any]) -> Line:
        """What the row kept."""
        return cls(
            row_no=row_no,
            kind=str(kept["kind"]),
            cells=tuple(kept["cells"]),
            read=dict(kept["read"]),
            at=dict(kept["at"]),
            unsaved=frozenset(kept["unsaved"]),
            marks=tuple(SessionMark(**mark) for mark in kept.get("marks", ())),
        )


def read(sheet: Sheet, columns: Columns) -> list[Line]:
    """Every row, once, by our own columns."""
    reader = _Reader(sheet, columns)
    return [reader.line(place) for place in range(len(sheet.rows))]


def read_by(sheet: Sheet, columns: Columns, people: Iterable[CanonicalRow]) -> list[Line]:
    """Every row, once, where a provider's importer says which are people and what they hold.

    `columns` are our own guess, which only tells the row of headings.
    """
    found = {row.row_no: row for row in people}
    first = min(found, default=0)
    lines = []
    for place, (number, cells) in enumerate(zip(sheet.row_numbers, sheet.rows, strict=True)):
        row = found.get(number)
        if row is not None:
            lines.append(_given(number, cells, row, sheet.formulas))
        elif is_blank(cells):
            lines.append(Line(number, BLANK, tuple(cells)))
        elif place == columns.place:
            lines.append(Line(number, HEADING, tuple(cells)))
        else:
            kind = TITLE if number < first else _foot(cells)
            lines.append(Line(number, kind, tuple(cells)))
    return lines


def is_blank(cells: Sequence[str]) -> bool:
    """Whether nothing can be seen in any cell."""
    return not any(squeezed(cell) for cell in cells)


_TEXTS = tuple(one.name for one in fields_of(CanonicalRow) if one.type in ("str", str))


def _given(number: int, cells: Sequence[str], row: CanonicalRow, formulas: frozenset[str]) -> Line:
    read = {name: squeezed(str(getattr(row, name))) for name in _TEXTS}
    unsaved = frozenset(
        name
        for name, at in row.cells.items()
        if at in formulas or _ERROR.fullmatch(read.get(name, ""))
    )
    return Line(number, PERSON, tuple(cells), read, dict(row.cells), unsaved, _marks(row))


def _marks(row: CanonicalRow) -> tuple[SessionMark, ...]:
    return tuple(
        SessionMark(*(squeezed(str(said)) for said in (one.session, one.mark, one.time, one.cell)))
        for one in row.attendance
    )


def _foot(cells: Sequence[str]) -> str:
    """What a row that is nobody is, from the first words in it."""
    words = _first_words(cells)
    if _TOTAL.fullmatch(words):
        return TOTAL
    return SIGNATURE if not words or _SIGNATURE.fullmatch(words) else OTHER


def _first_words(cells: Sequence[str]) -> str:
    return next((plain(cell) for cell in cells if squeezed(cell)), "")


class _Reader:
    """Reads rows by the columns of one sheet."""

    def __init__(self, sheet: Sheet, columns: Columns) -> None:
        self.sheet = sheet
        self.columns = columns
        self.names = [name for name in fields.FIELDS if name in columns.at]

    def line(self, place: int) -> Line:
        """The row at a place."""
        cells, number = self.sheet.rows[place], self.sheet.row_numbers[place]
        kind = self._kind(place, cells)
        if kind != PERSON:
            return Line(number, kind, cells)
        at = {name: f"{letters(self.columns.at[name])}{number}" for name in self.names}
        unsaved = {
            name
            for name, address in at.items()
            if address in self.sheet.formulas or _ERROR.fullmatch(self._cell(cells, name))
        }
        if fields.NAME in unsaved:
            unsaved |= {fields.GIVEN, fields.FAMILY}
        return Line(number, PERSON, cells, self._read(cells), at, frozenset(unsaved))

    def _kind(self, place: int, cells: Sequence[str]) -> str:
        if is_blank(cells):
            return BLANK
        if place <= self.columns.place:
            return HEADING if place >= self.columns.first_row else TITLE
        if self._headings_again(cells):
            return AGAIN
        held = {name for name in self.names if not _FIGURE.fullmatch(self._cell(cells, name))}
        formulas = {
            name
            for name in self.names
            if f"{letters(self.columns.at[name])}{self.sheet.row_numbers[place]}"
            in self.sheet.formulas
        }
        if not held | formulas:
            return _foot(cells)
        # Whoever has an address, a job or an employer is a person, whatever their name.
        if not held <= {fields.NAME, fields.GIVEN, fields.FAMILY, fields.TEAM}:
            return PERSON
        foot = _foot(cells)
        # A total is often a sum that the sheet works out; but so is a name after the row's number.
        if foot == OTHER or (formulas and not _SAYS_TOTAL.match(_first_words(cells))):
            return PERSON
        return foot

    def _headings_again(self, cells: Sequence[str]) -> bool:
        same = [fields.exactly(self._cell(cells, name)) == name for name in self.names]
        return sum(same) >= min(2, len(self.names)) and all(
            ok or not self._cell(cells, name) for ok, name in zip(same, self.names, strict=True)
        )

    def _cell(self, cells: Sequence[str], name: str) -> str:
        return squeezed(cells[self.columns.at[name]])

    def _read(self, cells: Sequence[str]) -> dict[str, str]:
        read = {name: self._cell(cells, name) for name in self.names}
        given, family = read.get(fields.GIVEN, ""), read.get(fields.FAMILY, "")
        if whole := read.pop(fields.NAME, ""):
            if not (given or family):
                given, family = split(whole, family_first=self.columns.family_first)
        elif given and fields.FAMILY not in read:
            given, family = split(given)
        return read | {fields.GIVEN: given, fields.FAMILY: family}


def without(sheet: Sheet, dropped: Sequence[int]) -> Sheet:
    """The sheet with the cells of some columns emptied, headings and all below."""
    gone = frozenset(dropped)
    return Sheet(
        name=sheet.name,
        rows=tuple(
            tuple("" if column in gone else cell for column, cell in enumerate(row))
            for row in sheet.rows
        ),
        row_numbers=sheet.row_numbers,
        formulas=sheet.formulas,
        notes=sheet.notes,
    )
