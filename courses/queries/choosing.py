"""Who gets free places: down the order, past those whom the date does not fit. Pure.

`offering` decides by it and stores every line; `lms queue --explain` replays the stored lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BESIDE = "comes with somebody whom this date does not suit"
ONE_LEFT = "comes with somebody, and only one place was left"


@dataclass(frozen=True)
class Line:
    """Somebody in the order of a decision. `reasons` are key, points and words.

    `unfit` says why the date does not fit them alone, "" where it does.
    """

    waiting: str
    points: int
    joined_at: str
    reasons: tuple[tuple[str, int, str], ...] = ()
    pair: str = ""
    unfit: str = ""

    @property
    def key(self) -> tuple[int, str, str]:
        """What the order is made of. The moment is in UTC, so its text sorts as it does."""
        return (-self.points, self.joined_at, self.waiting)

    @property
    def adds_up(self) -> bool:
        """Whether the reasons make the points."""
        return sum(points for _, points, _ in self.reasons) == self.points


@dataclass(frozen=True)
class Choice:
    """Who is chosen, in order, and why each of those passed over was."""

    chosen: tuple[str, ...]
    passed: Mapping[str, str]


def in_order(lines: Sequence[Line]) -> list[Line]:
    """Most points first, then who joined first."""
    return sorted(lines, key=lambda line: line.key)


def choose(lines: Sequence[Line], seats: int) -> Choice:
    """Fill the seats in the order of the lines; a pair gets two or none.

    Who comes after the last seat is neither chosen nor passed over.
    """
    chosen: list[str] = []
    passed: dict[str, str] = {}
    for line in lines:
        if len(chosen) >= seats:
            break
        if line.waiting in chosen or line.waiting in passed:
            continue
        together = _together(line, lines)
        why = _why_not(line, together, seats - len(chosen))
        if why:
            passed[line.waiting] = why
        else:
            chosen += [one.waiting for one in together]
    return Choice(tuple(chosen), passed)


def _together(line: Line, lines: Sequence[Line]) -> list[Line]:
    """The line and, of a pair, the other."""
    others = [one for one in lines if line.pair and one.pair == line.pair and one != line]
    return [line, *others]


def _why_not(line: Line, together: Sequence[Line], left: int) -> str:
    if line.unfit:
        return line.unfit
    if line.pair and (len(together) < 2 or any(one.unfit for one in together)):
        return BESIDE
    return ONE_LEFT if len(together) > left else ""


def as_stored(line: Line, choice: Choice) -> dict[str, Any]:
    """A line as the decision keeps it."""
    return {
        "waiting": line.waiting,
        "points": line.points,
        "joined_at": line.joined_at,
        "reasons": [list(reason) for reason in line.reasons],
        "pair": line.pair,
        "unfit": line.unfit,
        "passed": choice.passed.get(line.waiting, ""),
    }


def from_stored(kept: Mapping[str, Any]) -> Line:
    """A stored line."""
    return Line(
        waiting=kept["waiting"],
        points=kept["points"],
        joined_at=kept["joined_at"],
        reasons=tuple((key, points, words) for key, points, words in kept["reasons"]),
        pair=kept["pair"],
        unfit=kept["unfit"],
    )


def disagreements(
    listed: Sequence[Mapping[str, Any]], seats: int, chosen: Sequence[str]
) -> list[str]:
    """What in a stored decision does not follow from its own list; nothing when it agrees."""
    lines = [from_stored(kept) for kept in listed]
    found = [f"points of {one.waiting} do not add up" for one in lines if not one.adds_up]
    if lines != in_order(lines):
        found.append("the list is not in order")
    again = choose(lines, seats)
    if list(again.chosen) != list(chosen):
        found.append(f"chosen again: {', '.join(again.chosen) or 'nobody'}")
    stored = {kept["waiting"]: kept["passed"] for kept in listed if kept["passed"]}
    if dict(again.passed) != stored:
        found.append("others are passed over")
    return found
