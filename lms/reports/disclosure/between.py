"""What a version adds to the versions before: the finest groups in which they differ.

A group that grew is taken as those who were there and those who came; so a difference of two
versions is a group of people, however it came about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lms.contracts import Group, Subject
from lms.reports.disclosure.facts import ordered
from lms.reports.disclosure.system import Equation

Layer = tuple[Group, int]
"""Some of a group: those by which it grew to a number."""


@dataclass(frozen=True)
class Told:
    """A count that somebody outside has been told, with its groups.

    `base`: results rest on it; `share`: a percentage is told of it. `within` are the measures among
    whose people these are.
    """

    measure: str
    subject: Subject
    value: int
    groups: Mapping[Group, int]
    base: bool = False
    within: tuple[str, ...] = ()
    share: bool = False

    @property
    def sign(self) -> tuple[str, frozenset[tuple[Group, int]]]:
        """What makes it the same as another."""
        return self.measure, frozenset(self.groups.items())


@dataclass
class Beyond:
    """What comes to a system of equations: unknown groups, and which of them are small.

    `betraying` are new counts of which one that was told before leaves few: whatever else is
    known, they are not told.
    """

    values: dict[str, int] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    small: set[str] = field(default_factory=set)
    betraying: set[str] = field(default_factory=set)

    def add(self, name: str, value: int, threshold: int) -> None:
        """An unknown group, which is small below the threshold."""
        self.values[name] = value
        if 0 < value < threshold:
            self.small.add(name)


def beyond(
    new: Mapping[str, Told], earlier: Iterable[Told], thresholds: Mapping[str, int]
) -> Beyond:
    """The groups in which new counts (by key) and earlier ones differ, measure by measure."""
    found = Beyond()
    olds: dict[str, dict[object, Told]] = {}
    for told in earlier:
        olds.setdefault(told.measure, {})[told.sign] = told
    measures: dict[str, dict[str, Told]] = {}
    for key, told in new.items():
        if told.measure and told.groups:
            measures.setdefault(told.measure, {})[key] = told
    for measure in sorted(measures):
        rows = _layered(measures[measure], list(olds.get(measure, {}).values()))
        threshold = thresholds[measure]
        _classes(found, measure, rows, threshold)
        _differences(found, measure, rows, threshold)
    return found


@dataclass(frozen=True)
class _Line:
    """A new count (then `key`) or an earlier one, as the layers it is made of."""

    key: str
    value: int
    layers: frozenset[Layer]


def _layered(new: Mapping[str, Told], old: Iterable[Told]) -> list[_Line]:
    lines = [*new.items(), *(("", told) for told in old)]
    sizes: dict[Group, set[int]] = {}
    for _, told in lines:
        for group, number in told.groups.items():
            sizes.setdefault(group, set()).add(number)
    steps = {group: [high for _, high in ordered(numbers)] for group, numbers in sizes.items()}
    made = []
    for key, told in lines:
        layers = (
            (group, high)
            for group, number in told.groups.items()
            for high in steps[group]
            if high <= number
        )
        made.append(_Line(key, told.value, frozenset(layers)))
    return sorted(made, key=lambda line: (line.key, line.value, sorted(line.layers)))


def _classes(found: Beyond, measure: str, lines: list[_Line], threshold: int) -> None:
    """Layers that no count tells apart are one unknown; each count is a sum of such."""
    sizes = _sizes(lines)
    member: dict[Layer, list[int]] = {}
    for number, line in enumerate(lines):
        for layer in line.layers:
            member.setdefault(layer, []).append(number)
    classes: dict[tuple[int, ...], int] = {}
    for layer, numbers in member.items():
        classes[tuple(numbers)] = classes.get(tuple(numbers), 0) + sizes[layer]
    inside: dict[int, list[str]] = {number: [] for number in range(len(lines))}
    for place, (of, size) in enumerate(sorted(classes.items())):
        name = f"\0group {measure} {place}"
        found.add(name, size, threshold)
        for number in of:
            inside[number].append(name)
    for number, line in enumerate(lines):
        terms = tuple((name, 1.0) for name in inside[number])
        if line.key:
            found.equations.append(Equation(((line.key, -1.0), *terms)))
        else:
            found.equations.append(Equation(terms, line.value, line.value))


def _sizes(lines: Iterable[_Line]) -> dict[Layer, int]:
    """How many each layer holds."""
    steps: dict[Group, set[int]] = {}
    for line in lines:
        for group, high in line.layers:
            steps.setdefault(group, set()).add(high)
    return {
        (group, high): high - low
        for group, numbers in steps.items()
        for low, high in ordered(numbers)
    }


def _differences(found: Beyond, measure: str, lines: list[_Line], threshold: int) -> None:
    """Two counts of which one holds the other: the rest is a group too."""
    told = {line.layers for line in lines if not line.key}
    known = {line.key for line in lines if line.layers in told}
    for place, (large, small) in enumerate(_nested(lines, threshold)):
        name = f"\0rest {measure} {place}"
        found.add(name, large.value - small.value, threshold)
        terms: list[tuple[str, float]] = [(name, -1.0)]
        fixed = 0
        for line, sign in ((large, 1), (small, -1)):
            if line.key:
                terms.append((line.key, float(sign)))
            else:
                fixed -= sign * line.value
        found.equations.append(Equation(tuple(terms), fixed, fixed))
        if not (large.key and small.key):
            found.betraying |= {large.key or small.key} - known


def _nested(lines: list[_Line], threshold: int) -> Iterator[tuple[_Line, _Line]]:
    for one in lines:
        for other in lines:
            near = 0 < one.value - other.value < threshold
            if near and (one.key or other.key) and other.layers < one.layers:
                yield one, other
