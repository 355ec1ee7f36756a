"""Answers in batches of five people or more, so that no filter leaves one person's over.

Reports and the pages of cohorts count whole batches alone, however they are narrowed: what one of
them says less what another says is then five people's or more, and what our own team reads is what
others are told. Of a version for others `lms.reports.disclosure` hides more, held against those
before it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

FEWEST = 5
"""Under so many people not even our own team sees an answer."""


@dataclass(frozen=True, order=True)
class Unit:
    """The smallest group that a filter can ask for: those of one place on one cohort."""

    course: str
    ended_at: datetime
    cohort: str
    place: str


class Line(Protocol):
    """So many people of a unit who gave the same kind of answer: both times, only before."""

    @property
    def unit(self) -> Unit: ...
    @property
    def kind(self) -> Hashable: ...
    @property
    def people(self) -> int: ...


L = TypeVar("L", bound=Line)

WIDER: tuple[Callable[[Unit], Hashable], ...] = (
    lambda unit: unit,
    lambda unit: (unit.course, unit.place),
    lambda unit: unit.place,
    lambda unit: unit.course,
    lambda unit: None,
)
"""With whom the people of a small unit are put together: the first of these that makes five."""


def kind_of(line: Line) -> Hashable:
    """What people must have in common to be of one batch."""
    return line.kind


def whole(
    lines: Iterable[L],
    everywhere: Iterable[L],
    kind: Callable[[L], Hashable] = kind_of,
    wider: Sequence[Callable[[Unit], Hashable]] = WIDER,
) -> list[list[L]]:
    """The lines of a selection in batches, without those whose batch is not wholly in it.

    `everywhere` are the lines that there are without any filter, so that the batches are the same
    whatever is asked.
    """
    here: defaultdict[tuple[Hashable, Unit], list[L]] = defaultdict(list)
    for line in lines:
        here[kind(line), line.unit].append(line)
    sizes: defaultdict[Hashable, Counter[Unit]] = defaultdict(Counter)
    for each in everywhere:
        sizes[kind(each)][each.unit] += each.people
    found = []
    for alike, of in sizes.items():
        for batch in _batches(of, wider):
            inside = [here[alike, unit] for unit in batch if (alike, unit) in here]
            those = [line for part in inside for line in part]
            if sum(line.people for line in those) == sum(of[unit] for unit in batch):
                found.append(those)
    return found


def _batches(sizes: Counter[Unit], wider: Sequence[Callable[[Unit], Hashable]]) -> list[list[Unit]]:
    """Units by themselves or together; those of too few even with all that are left stay out."""
    found: list[list[Unit]] = []
    left = sorted(sizes)
    for together in wider:
        pools: defaultdict[Hashable, list[Unit]] = defaultdict(list)
        for unit in left:
            pools[together(unit)].append(unit)
        left = []
        for pool in pools.values():
            made = _cut(pool, sizes)
            found += made
            left += [] if made else pool
        left.sort()
    return found


def _cut(pool: Sequence[Unit], sizes: Counter[Unit]) -> list[list[Unit]]:
    """A pool in its order, as soon as there are five; the last few go with those before them."""
    found: list[list[Unit]] = []
    batch: list[Unit] = []
    for unit in pool:
        batch.append(unit)
        if sum(sizes[each] for each in batch) >= FEWEST:
            found.append(batch)
            batch = []
    if found:
        found[-1] += batch
    return found


def apart(batches: Iterable[Sequence[L]], chosen: Callable[[L], bool]) -> list[L]:
    """Those chosen, of batches of which neither they nor the rest are one to four people."""
    found: list[L] = []
    for batch in batches:
        parts = [[line for line in batch if chosen(line) is wanted] for wanted in (True, False)]
        if all(not 0 < sum(line.people for line in part) < FEWEST for part in parts):
            found += parts[0]
    return found
