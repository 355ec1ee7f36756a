"""Counts of answers and what describes them: how many, mean, standard deviation, median.

Everything is worked out of how many people chose what, so nobody's answers are ever in a list.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Counts = Mapping[int, int]
"""An answer's number on the scale, and how many people chose it."""
Pairs = Mapping[tuple[int, int], int]
"""(before, after), and how many people answered so."""


@dataclass(frozen=True)
class Spread:
    """How many answered, and the middle and width of what they chose.

    `mean` and `median` are None of nobody, `sd` (with n - 1) of fewer than two.
    """

    n: int
    mean: float | None
    sd: float | None
    median: float | None


def spread(counts: Counts) -> Spread:
    """The mean, standard deviation (of a sample, n - 1) and median of counted answers."""
    n = sum(counts.values())
    if not n:
        return Spread(0, None, None, None)
    total = sum(value * people for value, people in counts.items())
    squares = sum(value * value * people for value, people in counts.items())
    # In whole numbers until the last step, so that equal answers have no width at all.
    sd = math.sqrt((n * squares - total * total) / (n * (n - 1))) if n > 1 else None
    return Spread(n, total / n, sd, _median(counts, n))


def _median(counts: Counts, n: int) -> float:
    low, high = _nth(counts, (n - 1) // 2), _nth(counts, n // 2)
    return (low + high) / 2


def _nth(counts: Counts, place: int) -> int:
    """The answer of whoever stands at this place (from 0) when all stand in order."""
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if place < seen:
            return value
    raise IndexError(place)


def before(pairs: Pairs) -> Counts:
    """How the same people answered the first time."""
    return _sum_up((first, people) for (first, _), people in pairs.items())


def after(pairs: Pairs) -> Counts:
    """How the same people answered the second time."""
    return _sum_up((second, people) for (_, second), people in pairs.items())


def differences(pairs: Pairs) -> Counts:
    """How far the same people moved, second less first."""
    return _sum_up((second - first, people) for (first, second), people in pairs.items())


def flipped(pairs: Pairs) -> Pairs:
    """The same pairs, the second answer first."""
    return {(second, first): people for (first, second), people in pairs.items()}


def _sum_up(items: Iterable[tuple[int, int]]) -> Counts:
    found: Counter[int] = Counter()
    for value, people in items:
        found[value] += people
    return {value: people for value, people in found.items() if people}
