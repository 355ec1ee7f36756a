"""Finds the headings of a register under its title rows, and says which column holds what.

Staging calls `guess`; the page "Change columns" sends back the same shape, `Columns`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from courses.imports import fields
from lms.contracts import Sheet
from lms.spreadsheets.headings import DEEPEST, letters

__all__ = ["DEEPEST", "Columns", "complete", "guess", "headings", "labels", "letters"]

Cells = Sequence[str]


@dataclass(frozen=True)
class Columns:
    """Where the headings end (the place of their last row, -1 for none), and each field's column.

    `sure` is whether rows may be read without asking the person first.
    """

    place: int = -1
    height: int = 1
    at: Mapping[str, int] = field(default_factory=dict)
    family_first: bool = False
    sure: bool = False

    @property
    def first_row(self) -> int:
        """The place of the first row of headings."""
        return self.place - self.height + 1

    def as_json(self) -> dict[str, Any]:
        """What the batch keeps."""
        return {
            "place": self.place,
            "height": self.height,
            "at": dict(self.at),
            "family_first": self.family_first,
            "sure": self.sure,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Columns:
        """What the batch kept."""
        return cls(
            place=int(kept["place"]),
            height=int(kept["height"]),
            at={str(name): int(column) for name, column in kept["at"].items()},
            family_first=bool(kept["family_first"]),
            sure=bool(kept["sure"]),
        )


def guess(sheet: Sheet) -> Columns:
    """The best reading of the first rows as headings; without any, of what the columns hold."""
    best, best_score = Columns(), 0.0
    # Two rows are read as one only where that finds more than any row alone.
    for height in (1, 2):
        for place in range(min(len(sheet.rows), DEEPEST)):
            words = labels(sheet, place, height)
            at, score = _match(words) if words else ({}, 0.0)
            if words and score > best_score:
                family = fields.NAME in at and fields.family_first(words[at[fields.NAME]])
                best = Columns(place + height - 1, height, at, family)
                best_score = score
    if best_score < 1:
        best = Columns()
    return _checked(sheet, best)


def labels(sheet: Sheet, place: int, height: int = 1) -> list[str] | None:
    """The headings of one row, or of two read as one; None where there is no second."""
    if height == 1:
        return list(sheet.rows[place])
    if place + 1 >= len(sheet.rows) or _is_data(sheet.rows[place + 1]):
        return None
    upper, lower = sheet.rows[place : place + 2]
    return [
        below if below.strip() and fields.exactly(below) else above or below
        for above, below in zip(upper, lower, strict=True)
    ]


def headings(sheet: Sheet, columns: Columns) -> list[str]:
    """The headings that stand; empty ones where there are none."""
    if columns.place < 0:
        return [""] * (len(sheet.rows[0]) if sheet.rows else 0)
    return labels(sheet, columns.first_row, columns.height) or []


def complete(at: Mapping[str, int]) -> bool:
    """Whether people can be read from these columns: a name, or both its parts."""
    return fields.NAME in at or fields.FAMILY in at or fields.GIVEN in at


def _is_data(row: Cells) -> bool:
    return any("@" in cell for cell in row)


def _match(headings: Cells) -> tuple[dict[str, int], float]:
    """The columns of each field, and how much of a row of headings this is."""
    at: dict[str, int] = {}
    score = 0.0
    for sure, rule in ((1.0, fields.exactly), (0.6, fields.roughly)):
        for column, heading in enumerate(headings):
            found = rule(heading) if heading.strip() and column not in at.values() else None
            if found is not None and found not in at and not fields.sensitive(heading):
                at[found] = column
                score += sure
    return at, score


def _checked(sheet: Sheet, columns: Columns) -> Columns:
    """The same, with the address column told by its content, and sure only if all fits."""
    addresses = _addresses(sheet, columns.place + 1)
    at = dict(columns.at)
    fullest = max(range(len(addresses)), key=lambda c: addresses[c], default=-1)
    named = at.get(fields.EMAIL)
    fits = named is not None and (addresses[named] > 0 or not any(addresses))
    if not fits and fullest >= 0 and addresses[fullest] and fullest not in at.values():
        at[fields.EMAIL] = fullest
    at = {name: at[name] for name in fields.FIELDS if name in at}
    return replace(columns, at=at, sure=fits and columns.place >= 0 and complete(at))


def _addresses(sheet: Sheet, start: int) -> list[int]:
    """How many cells of each column hold something like an address."""
    width = len(sheet.rows[0]) if sheet.rows else 0
    return [sum("@" in row[column] for row in sheet.rows[start:]) for column in range(width)]
