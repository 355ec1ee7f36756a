"""Finds the row of headings in somebody's register, and the cells under them by field.

The core's importer and the providers' importers call it; real files have titles above the headings
and totals below the people.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from lms.contracts import Sheet

DEEPEST = 30
"""Rows looked at for headings: no title block is longer."""


@dataclass(frozen=True)
class Line:
    """One row under the headings: the number people see, its cells and addresses by field."""

    number: int
    texts: Mapping[str, str]
    cells: Mapping[str, str]
    raw: tuple[str, ...]

    def text(self, field: str) -> str:
        """The field's cell, trimmed; "" where the file has no such column."""
        return self.texts.get(field, "")


@dataclass(frozen=True)
class Headings:
    """Where the headings stand: the row's place in the sheet and each field's column."""

    sheet: Sheet
    place: int
    columns: Mapping[str, int]

    @property
    def row(self) -> tuple[str, ...]:
        """The headings as written."""
        return self.sheet.rows[self.place]

    def lines(self) -> Iterator[Line]:
        """The rows below that hold anything at all."""
        below = self.place + 1
        for row, number in zip(
            self.sheet.rows[below:], self.sheet.row_numbers[below:], strict=True
        ):
            if any(cell.strip() for cell in row):
                yield self._line(row, number)

    def _line(self, row: tuple[str, ...], number: int) -> Line:
        here = {field: column for field, column in self.columns.items() if column < len(row)}
        return Line(
            number=number,
            texts={field: row[column].strip() for field, column in here.items()},
            cells={field: f"{letters(column)}{number}" for field, column in here.items()},
            raw=row,
        )


def find(
    sheet: Sheet, wanted: Mapping[str, Collection[str]], needed: Collection[str]
) -> Headings | None:
    """The first row that has a heading for every `needed` field; None where there is none.

    `wanted` gives each field the names its column goes by; case, accents and punctuation do not
    count, and of two columns with one name the first is read.
    """
    fields = {plain(name): field for field, names in wanted.items() for name in names}
    for place, row in enumerate(sheet.rows[:DEEPEST]):
        columns: dict[str, int] = {}
        for column, cell in enumerate(row):
            field = fields.get(plain(cell))
            if field is not None:
                columns.setdefault(field, column)
        if columns and all(field in columns for field in needed):
            return Headings(sheet, place, columns)
    return None


def plain(text: str) -> str:
    """Words alone, in small letters and without accents: "E-mail *" and "e mail" are one."""
    decomposed = unicodedata.normalize("NFKD", re.sub("['’]", "", text.casefold()))
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+", bare))


def letters(column: int) -> str:
    """What a spreadsheet calls a column, the first being 0: A, B, … Z, AA."""
    high, low = divmod(column, 26)
    return (letters(high - 1) if high else "") + chr(65 + low)
