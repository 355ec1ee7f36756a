"""Where the parts of a chart stand: numbers for the templates that draw it as SVG.

A hidden part has no length of its own: what is hidden of a bar is one block, and a bar whose
hidden parts could come to anything is not drawn at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from lms.reports.documents.document import HIDDEN, Cell, Chart, ChartBar

ROOM_FOR_WORDS = 6.0
"""Per cent of the width that a figure needs to stand inside its part."""

ASIDE = 6
"""The tone of what stands outside a scale; those of a scale grow darker from 0 to 5."""
SPREAD = {1: (3,), 2: (1, 4), 3: (0, 2, 4)}
"""Tones of a short scale; of a longer one they are taken in turn."""
BESIDE = (3, 1, 4, 2, 0, 5)
"""Tones of bars that stand beside one another: the first is strong."""


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
class Line:
    """A straight piece of a curve, in per cent of the picture."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Curve:
    """One of the series: its points (a hidden one is left out) and the pieces between them."""

    name: str
    points: tuple[Point | None, ...]
    lines: tuple[Line, ...]


def tones(chart: Chart) -> list[int]:
    """The tone of each of the series, in their order."""
    if chart.shape != "stacked":
        return [BESIDE[number % len(BESIDE)] for number in range(len(chart.series))]
    steps = sum(name not in chart.aside for name in chart.series)
    scale = iter(SPREAD.get(steps, [number % ASIDE for number in range(steps)]))
    return [ASIDE if name in chart.aside else next(scale) for name in chart.series]


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


LEFT, RIGHT, TOP, BOTTOM = 13.0, 90.0, 8.0, 84.0
"""The frame of a curve in per cent of the picture."""
MONTH = re.compile(r"(\d+) months?")


def months(chart: Chart) -> list[int]:
    """The months of a curve's points, by their labels; empty where those are no months."""
    found = [MONTH.fullmatch(bar.label.strip()) for bar in chart.bars]
    return [int(each[1]) for each in found if each] if all(found) else []


def is_share_left(chart: Chart) -> bool:
    """Whether a curve tells what is left of all at so many months: then it begins with all."""
    cells = [cell for bar in chart.bars for cell in bar.cells if cell.value is not None]
    return bool(months(chart)) and all(cell.form == "percent" for cell in cells)


def curves(chart: Chart) -> list[Curve]:
    """A curve for each of the series: of steps where it tells what is left of all."""
    most, xs = _most(chart), _across(chart)
    found = []
    for number, name in enumerate(chart.series):
        cells = [bar.cells[number] for bar in chart.bars]
        points = [_point(x, cell, most) for x, cell in zip(xs, cells, strict=True)]
        lines = _steps(points, xs) if is_share_left(chart) else _straight(points)
        found.append(Curve(name, tuple(points), tuple(lines)))
    return found


def _steps(points: Sequence[Point | None], xs: Sequence[float]) -> Iterator[Line]:
    """Level until the next month and then down; after a hidden one nothing is known but itself."""
    height: float | None = TOP
    start = LEFT
    for x, point in zip(xs, points, strict=True):
        if height is not None:
            yield Line(start, height, x, height)
            if point:
                yield Line(x, height, x, point.y)
        height, start = (point.y if point else None), x


def _straight(points: Sequence[Point | None]) -> Iterator[Line]:
    """From each point to the next, if neither is hidden."""
    for one, next_one in pairwise(points):
        if one and next_one:
            yield Line(one.x, one.y, next_one.x, next_one.y)


def gone(chart: Chart) -> list[tuple[float, str]]:
    """Where points of a curve are missing: per cent across, and the mark that stands for them."""
    found = []
    for x, bar in zip(_across(chart), chart.bars, strict=True):
        marks = [cell.text for cell in bar.cells if cell.value is None]
        if marks:
            found.append((x, " ".join(dict.fromkeys(marks))))
    return found


def labels(chart: Chart) -> list[tuple[float, str]]:
    """What stands under a curve: per cent across, and the words."""
    said = list(zip(_across(chart), [bar.label for bar in chart.bars], strict=True))
    begins = is_share_left(chart) and 0 not in months(chart)
    return [(LEFT, "0"), *said] if begins else said


def scale(chart: Chart) -> list[tuple[float, str]]:
    """What stands beside a curve: per cent down, and the words."""
    cells = [cell for bar in chart.bars for cell in bar.cells if cell.value is not None]
    if all(cell.form == "percent" for cell in cells):
        return [(TOP, "100%"), ((TOP + BOTTOM) / 2, "50%"), (BOTTOM, "0%")]
    most = max(cells, key=lambda cell: Decimal(str(cell.value)))
    return [(TOP, most.text), (BOTTOM, "0")]


def _across(chart: Chart) -> list[float]:
    """Where the labels stand: by their months, else all equally far apart."""
    at = months(chart)
    if not is_share_left(chart):
        step = (RIGHT - LEFT) / max(len(chart.bars) - 1, 1)
        return [round(LEFT + step * place, 2) for place in range(len(chart.bars))]
    return [round(LEFT + (RIGHT - LEFT) * month / (max(at) or 1), 2) for month in at]


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
