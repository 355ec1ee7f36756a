"""Where the parts of a chart stand: numbers for the templates that draw it as SVG.

A hidden part has no length of its own: what is hidden of a bar is one block, and a bar whose
hidden parts could come to anything is not drawn at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lms.reports.documents.document import HIDDEN, Cell, Chart, ChartBar

ROOM_FOR_WORDS = 6.0
"""Per cent of the width that a figure needs to stand inside its part."""


@dataclass(frozen=True)
class Piece:
    """A part of a bar in per cent of the width: which of the series, or the hidden block (None)."""

    x: float
    width: float
    text: str
    series: int | None

    @property
    def has_room(self) -> bool:
        """Whether its figure fits inside."""
        return self.width >= ROOM_FOR_WORDS


@dataclass(frozen=True)
class Drawn:
    """A bar: its pieces, what it says to whoever does not see it, and the note beside it."""

    label: str
    pieces: tuple[Piece, ...]
    summary: str
    note: str


@dataclass(frozen=True)
class Point:
    """A point of a curve: per cent across, per cent down, its figure."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Curve:
    """The points of one of the series; a hidden one is left out and the line with it."""

    name: str
    points: tuple[Point | None, ...]


def summary_of(chart: Chart, bar: ChartBar) -> str:
    """'Before: Not at all 12, Not very [c]', for a title and for readers of the screen."""
    said = (f"{name} {cell.text}" for name, cell in zip(chart.series, bar.cells, strict=True))
    return f"{bar.label}: {', '.join(said)}"


def stacked(chart: Chart) -> list[Drawn]:
    """Bars of parts of a whole, each as wide as the page."""
    return [
        Drawn(bar.label, tuple(_stack(bar)), summary_of(chart, bar), bar.note) for bar in chart.bars
    ]


def _stack(bar: ChartBar) -> list[Piece]:
    if not bar.to_scale:
        return []
    rest = Decimal(bar.rest or "0")
    lengths: list[tuple[int | None, str, Decimal]] = []
    for number, cell in enumerate(bar.cells):
        if cell.hidden and not any(series is None for series, _, _ in lengths):
            lengths.append((None, HIDDEN, rest))
        elif cell.value is not None:
            lengths.append((number, cell.text, Decimal(cell.value)))
    whole = sum((length for _, _, length in lengths), Decimal(0))
    pieces, x = [], 0.0
    for series, text, length in lengths:
        if length > 0:
            width = float(100 * length / whole)
            pieces.append(Piece(round(x, 2), round(width, 2), text, series))
            x += width
    return pieces


def side_by_side(chart: Chart) -> list[list[Drawn]]:
    """For each label a bar for each of the series, all to one scale."""
    most = _most(chart)
    return [
        [
            Drawn(name, tuple(_beam(cell, number, most)), f"{bar.label}: {name} {cell.text}", "")
            for number, (name, cell) in enumerate(zip(chart.series, bar.cells, strict=True))
        ]
        for bar in chart.bars
    ]


def _beam(cell: Cell, number: int, most: Decimal) -> list[Piece]:
    """A bar that leaves room for its figure behind it."""
    if cell.value is None:
        return []
    width = float(85 * max(Decimal(cell.value), Decimal(0)) / most)
    return [Piece(0.0, round(width, 2), cell.text, number)]


def _most(chart: Chart) -> Decimal:
    """The length of the scale: the whole for percentages, else the largest that is seen."""
    cells = [cell for bar in chart.bars for cell in bar.cells if cell.value is not None]
    if cells and all(cell.form == "percent" for cell in cells):
        return Decimal(1)
    return max((Decimal(str(cell.value)) for cell in cells), default=Decimal(1)) or Decimal(1)


LEFT, RIGHT, TOP, BOTTOM = 8.0, 94.0, 10.0, 86.0
"""The frame of a curve in per cent of the picture."""


def curves(chart: Chart) -> list[Curve]:
    """A line for each of the series over the labels."""
    most = _most(chart)
    xs = _across(len(chart.bars))
    found = []
    for number, name in enumerate(chart.series):
        cells = [bar.cells[number] for bar in chart.bars]
        points = [_point(x, cell, most) for x, cell in zip(xs, cells, strict=True)]
        found.append(Curve(name, tuple(points)))
    return found


def labels(chart: Chart) -> list[tuple[float, str]]:
    """What stands under a curve: per cent across, and the words."""
    return list(zip(_across(len(chart.bars)), [bar.label for bar in chart.bars], strict=True))


def _across(number: int) -> Sequence[float]:
    step = (RIGHT - LEFT) / max(number - 1, 1)
    return [round(LEFT + step * place, 2) for place in range(number)]


def _point(x: float, cell: Cell, most: Decimal) -> Point | None:
    if cell.value is None:
        return None
    y = BOTTOM - (BOTTOM - TOP) * float(Decimal(cell.value) / most)
    return Point(x, round(y, 2), cell.text)


def sentence_of(chart: Chart) -> str:
    """The whole picture in words."""
    return ". ".join([chart.title, *(summary_of(chart, bar) for bar in chart.bars)])


def hides(chart: Chart) -> bool:
    """Whether anything of it is hidden."""
    return any(cell.hidden for bar in chart.bars for cell in bar.cells)
