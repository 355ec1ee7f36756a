"""Reads a draft of a report as a person of the team would, before anything is hidden.

Tests of builders in any room use it; how documents are drawn is tested with the reports room.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lms import clock
from lms.contracts import (
    SYSTEM,
    Actor,
    Audience,
    Count,
    DataTable,
    Draft,
    Form,
    ReportQuery,
    Sentence,
    Subject,
)
from lms.reports.naming import filled


def ask(actor: Actor = SYSTEM, audience: Audience = Audience.TEAM, **filters: Any) -> ReportQuery:
    """A question, asked now."""
    return ReportQuery(actor, audience, clock.now(), **filters)


def said(draft: Draft) -> list[str]:
    """The sentences with their figures."""
    texts = {figure.key: _text(figure) for figure in draft.figures}
    return [
        filled(block.text, texts.__getitem__)
        for block in draft.blocks
        if isinstance(block, Sentence)
    ]


@dataclass(frozen=True)
class Grid:
    """A table as texts: `grid["GPs", "People"]`."""

    cells: dict[tuple[str, str], str]
    rows: list[str]

    def __getitem__(self, place: tuple[str, str]) -> str:
        return self.cells[place]


def table(draft: Draft, key: str) -> Grid:
    """One of the tables."""
    texts = {figure.key: _text(figure) for figure in draft.figures}
    found = next(b for b in draft.blocks if isinstance(b, DataTable) and b.key == key)
    cells = {
        (row.label, column): texts.get(cell, cell)
        for row in found.rows
        for column, cell in zip(found.columns, row.cells, strict=True)
    }
    return Grid(cells, [row.label for row in found.rows])


def notes(draft: Draft, key: str) -> list[str]:
    """What stands under one of the tables."""
    texts = {figure.key: _text(figure) for figure in draft.figures}
    found = next(b for b in draft.blocks if isinstance(b, DataTable) and b.key == key)
    return [filled(note, texts.__getitem__) for note in found.notes]


def tables(draft: Draft) -> list[str]:
    """The keys of the tables in their order."""
    return [block.key for block in draft.blocks if isinstance(block, DataTable)]


def consistent(draft: Draft) -> None:
    """Assert what disclosure control relies on: keys, sums and groups agree with the numbers."""
    counts = {figure.key: figure for figure in draft.figures if isinstance(figure, Count)}
    known = {figure.key for figure in draft.figures}
    for total in draft.sums:
        assert counts[total.total].value == sum(counts[part].value for part in total.parts), total
    for figure in draft.figures:
        if isinstance(figure, Count):
            assert figure.subject is Subject.THINGS or figure.measure
            if figure.subject is not Subject.THINGS:
                assert figure.value == sum(figure.groups.values())
        else:
            assert set(figure.of) <= set(counts), figure
    for block in draft.blocks:
        if isinstance(block, DataTable):
            for row in block.rows:
                assert len(row.cells) == len(block.columns), block.key
                assert all(c in known or c in ("", "[x]", "[z]") for c in row.cells), row
    said(draft)


def _text(figure: Any) -> str:
    if isinstance(figure, Count):
        return f"{figure.value:,}"
    if figure.value is None:
        return "[z]"
    number = Decimal(str(figure.value * (100 if figure.form is Form.PERCENT else 1)))
    text = str(number.quantize(Decimal(1).scaleb(-figure.places), ROUND_HALF_UP))
    return {
        Form.PERCENT: f"{text}%",
        Form.CHANGE: f"+{text}" if number > 0 else text,
        Form.MONEY: f"£{text}",
    }.get(figure.form, text)
