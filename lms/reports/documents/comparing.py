"""Two documents of one report, cell by cell: what came out differently.

Returns use it, to say what would change and to keep what was restated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from lms.reports.asking import fingerprint
from lms.reports.documents.document import Cell, Document

Place = tuple[str, str, str]


@dataclass(frozen=True)
class Restated:
    """A cell that can be seen in both: where it stands, what it was and what it is."""

    report: str
    table: str
    row: str
    column: str
    before: str
    after: str

    @property
    def pair(self) -> str:
        """'112 → 109'."""
        return f"{self.before} → {self.after}"

    def as_json(self) -> dict[str, str]:
        """For a column of the database."""
        return asdict(self)


@dataclass(frozen=True)
class Differences:
    """What differs between two documents; `unseen` cells are hidden in one of them."""

    restated: tuple[Restated, ...]
    unseen: int

    @property
    def mark(self) -> str:
        """The same for the same differences: what a page showed, and what is restated after it."""
        return fingerprint(self.as_json())

    def as_json(self) -> dict[str, Any]:
        """For a column of the database."""
        return asdict(self)

    @staticmethod
    def from_json(held: Mapping[str, Any]) -> Differences:
        """What was kept."""
        return Differences(tuple(Restated(**one) for one in held["restated"]), held["unseen"])


def differences(before: Iterable[Document], after: Iterable[Document]) -> Differences:
    """What came out differently, report by report in their order."""
    restated: list[Restated] = []
    unseen = 0
    for old, new in zip(before, after, strict=True):
        was, now = dict(_cells(old)), dict(_cells(new))
        if old.empty or new.empty:  # too few to tell anything of one of them
            unseen += len(was) + len(now)
            continue
        for place in dict.fromkeys([*was, *now]):
            pair = was.get(place, Cell("–")), now.get(place, Cell("–"))
            if pair[0].text == pair[1].text:
                continue
            if pair[0].hidden or pair[1].hidden:
                unseen += 1
            else:
                restated.append(Restated(old.title, *place, pair[0].text, pair[1].text))
    return Differences(tuple(restated), unseen)


def _cells(document: Document) -> Iterator[tuple[Place, Cell]]:
    """Every cell with its place; rows of one name are told apart by their number."""
    for table in document.tables:
        seen: dict[str, int] = {}
        for row in table.rows:
            seen[row.label] = seen.get(row.label, 0) + 1
            label = row.label if seen[row.label] == 1 else f"{row.label} ({seen[row.label]})"
            for column, cell in zip(table.columns, row.cells, strict=True):
                yield (table.title, label, column), cell
