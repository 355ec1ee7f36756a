"""Counts of which one's people are among another's: what the larger leaves is a group as well.

Those who were booked and those who came may stand in two reports, or in two versions of one, and
whoever has both has those who did not come. `between` reckons with one measure, this with several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms.contracts import Group, Subject
from lms.reports.disclosure.between import Beyond, Told
from lms.reports.disclosure.system import Equation

Threshold = Callable[[Told, Told], int]
"""How many there must be whom one count has and another has not."""


@dataclass(frozen=True)
class _Line:
    """A new count (then `key`) or an earlier one."""

    key: str
    told: Told

    @property
    def wide(self) -> bool:
        """Whether it counts people, or answers that are told as a result or a share."""
        told = self.told
        return told.base or told.share or told.subject is Subject.PEOPLE

    def term(self, sign: int) -> tuple[list[tuple[str, float]], int]:
        """Itself in an equation: as an unknown, or as a number."""
        return ([(self.key, float(sign))], 0) if self.key else ([], sign * self.told.value)


def related(
    found: Beyond, new: Mapping[str, Told], earlier: Iterable[Told], threshold: Threshold
) -> None:
    """Add what is left of counts by others whose people are among theirs, where that is few."""
    old = {one.sign: one for one in earlier}
    lines = [_Line(key, told) for key, told in new.items() if told.measure and told.groups]
    lines += [_Line("", told) for told in old.values()]
    again = {line.key for line in lines if line.told.sign in old}
    for place, family in enumerate(_families(lines)):
        if any(line.key for line in family):
            pairs = list(_pairs(family))
            _rests(found, f"{place}", pairs, threshold, again)
            wide = [(large, small) for large, small in pairs if large.wide and small.wide]
            lines = [line for line in family if line.wide]
            if any(line.key for line in lines) and not all(line.key for line in lines):
                _Classes(found, f"{place}", lines, wide, threshold).add()


def _families(lines: Sequence[_Line]) -> list[list[_Line]]:
    """Lines whose measures hang together, in the order of their first."""
    of: dict[str, str] = {}

    def head(name: str) -> str:
        while of.setdefault(name, name) != name:
            name = of[name]
        return name

    for line in lines:
        for larger in line.told.within:
            of[head(line.told.measure)] = head(larger)
    families: dict[str, list[_Line]] = {}
    for line in lines:
        families.setdefault(head(line.told.measure), []).append(line)
    return [each for each in families.values() if any(line.told.within for line in each)]


def _pairs(family: Sequence[_Line]) -> Iterator[tuple[_Line, _Line]]:
    """A larger count and one that lies within it, group by group."""
    by_measure: dict[str, list[_Line]] = {}
    for line in family:
        by_measure.setdefault(line.told.measure, []).append(line)
    for small in family:
        for measure in small.told.within:
            for large in by_measure.get(measure, ()):
                yield large, small


def _holds(large: Mapping[Group, int], small: Mapping[Group, int]) -> bool:
    return all(number <= large.get(group, 0) for group, number in small.items())


def _rests(
    found: Beyond,
    family: str,
    pairs: Sequence[tuple[_Line, _Line]],
    threshold: Threshold,
    again: set[str],
) -> None:
    """Whom a count leaves of another, as everybody can subtract who has both."""
    for place, (large, small) in enumerate(pairs):
        left = large.told.value - small.told.value
        few = threshold(large.told, small.told)
        if not (0 < left < few and (large.key or small.key)):
            continue
        if _holds(large.told.groups, small.told.groups):
            name = f"\0left {family} {place}"
            found.add(name, left, few)
            found.equations.append(_difference(name, large, small))
            if not (large.key and small.key):
                found.betraying |= {large.key or small.key} - again


def _difference(name: str, large: _Line, small: _Line) -> Equation:
    plus, more = large.term(1)
    minus, less = small.term(-1)
    fixed = -(more + less)
    return Equation(((name, -1.0), *plus, *minus), fixed, fixed)


class _Classes:
    """A family's groups, put together where no count tells them apart.

    Each measure has a number in each class; a group that changed between two versions has one for
    either, and the two are not compared here. Sums of versions give such a number away although no
    count shows it: then what one measure leaves of another there is given away as well. Counts at
    each point of a scale are left to `_rests` and `between`: their classes would be too many.
    """

    def __init__(
        self,
        found: Beyond,
        family: str,
        lines: Sequence[_Line],
        pairs: Sequence[tuple[_Line, _Line]],
        threshold: Threshold,
    ) -> None:
        self.found, self.family, self.lines = found, family, lines
        self.few: dict[tuple[str, str], int] = {}
        for large, small in pairs:
            measures = large.told.measure, small.told.measure
            least = threshold(large.told, small.told)
            self.few[measures] = max(least, self.few.get(measures, 0))
        self.names: dict[tuple[int, str, tuple[int, ...]], str] = {}

    def add(self) -> None:
        """Add the numbers, the counts as their sums, and what is left where it is few."""
        inside: dict[int, list[str]] = {number: [] for number in range(len(self.lines))}
        for place, (numbers, groups) in enumerate(self._classes()):
            held: dict[str, dict[tuple[int, ...], str]] = {}
            for number in numbers:
                told = self.lines[number].told
                sizes = tuple(told.groups[group] for group in groups)
                name = self._name(place, told.measure, sizes)
                held.setdefault(told.measure, {})[sizes] = name
                inside[number].append(name)
            self._left(held)
        for number, line in enumerate(self.lines):
            own, fixed = line.term(-1)
            terms = (*own, *((name, 1.0) for name in inside[number]))
            self.found.equations.append(Equation(terms, -fixed, -fixed))

    def _classes(self) -> list[tuple[tuple[int, ...], list[Group]]]:
        """Groups by the lines that they are in."""
        member: dict[Group, list[int]] = {}
        for number, line in enumerate(self.lines):
            for group in sorted(line.told.groups):
                member.setdefault(group, []).append(number)
        classes: dict[tuple[int, ...], list[Group]] = {}
        for group, numbers in member.items():
            classes.setdefault(tuple(numbers), []).append(group)
        return sorted(classes.items())

    def _name(self, place: int, measure: str, sizes: tuple[int, ...]) -> str:
        known = (place, measure, sizes)
        if known not in self.names:
            self.names[known] = f"\0part {self.family} {len(self.names)}"
            self.found.values[self.names[known]] = sum(sizes)
        return self.names[known]

    def _left(self, held: Mapping[str, Mapping[tuple[int, ...], str]]) -> None:
        for (larger, smaller), few in self.few.items():
            for all_, large in held.get(larger, {}).items():
                for some, small in held.get(smaller, {}).items():
                    left = sum(all_) - sum(some)
                    if 0 < left < few and all(a >= b for a, b in zip(all_, some, strict=True)):
                        name = f"\0left in {large} {small}"
                        self.found.add(name, left, few)
                        terms = ((name, -1.0), (large, 1.0), (small, -1.0))
                        self.found.equations.append(Equation(terms))
