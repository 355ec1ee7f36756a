"""What an outsider can reckon with: unknown whole numbers, and the sums that they must make.

`secondary` asks whether an unknown is determined: first by linear algebra, then, as counts are
whole and not below nought, by whole-number programming.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

from lms.reports.disclosure.algebra import Reduced

SLACK = 1e-6
WAYS = 10
ALONE = tuple((by, 0) for by in (1, -1, 2, -2, 3, -3))
STEPS = tuple((by, also) for by in range(-4, 5) for also in range(-4, 5) if by and also)
"""How many ways to change unknowns are tried, and how far along one and along two of them."""
TRIES = 4
"""So many counts are tried by themselves where bounds alone determine an unknown."""
MANY = 40
"""Above so many unknowns that hang together whole numbers are not asked for: too much work."""
NODES = 2000
"""Branches tried for one figure: as a number, so that the same table always comes out the same."""


@dataclass(frozen=True)
class Equation:
    """`low` <= the sum of `terms` <= `high`.

    So much can be told while all figures of `needs`, and one at least of `tell`, can be seen.
    """

    terms: tuple[tuple[str, float], ...]
    low: float = 0.0
    high: float = 0.0
    needs: frozenset[str] = frozenset()
    tell: frozenset[str] = frozenset()

    def holds(self, unseen: frozenset[str]) -> bool:
        """Whether it can be told although these figures are hidden."""
        return not self.needs & unseen and (not self.tell or bool(self.tell - unseen))

    @property
    def exact(self) -> bool:
        """Whether it leaves no room, and counts in whole numbers."""
        return self.low == self.high and all(factor == int(factor) for _, factor in self.terms)


class System:
    """Numbers with their true values, the equations between them, and what they are at least."""

    def __init__(
        self,
        values: Mapping[str, int],
        equations: Iterable[Equation],
        at_least: Mapping[str, int],
    ) -> None:
        self.values = values
        self.equations = tuple(equations)
        self.at_least = at_least
        self._touching: dict[str, list[int]] = {}
        for number, equation in enumerate(self.equations):
            for name, _ in equation.terms:
                self._touching.setdefault(name, []).append(number)

    def part(self, start: str, unknown: frozenset[str], unseen: frozenset[str]) -> Part:
        """The unknowns that hang together with `start`, and what is known of them.

        `unseen` are figures that are hidden, whose equations therefore say nothing.
        """
        found, waiting, used = {start: None}, [start], set[int]()
        while waiting:
            for number in self._touching.get(waiting.pop(), ()):
                if number in used or not self.equations[number].holds(unseen):
                    continue
                used.add(number)
                for name, _ in self.equations[number].terms:
                    if name in unknown and name not in found:
                        found[name] = None
                        waiting.append(name)
        equations = [self.equations[number] for number in sorted(used)]
        return Part(self, sorted(found), equations)


class Part:
    """Unknowns that hang together, with the equations between them."""

    def __init__(self, system: System, names: list[str], equations: list[Equation]) -> None:
        self.system = system
        self.names = names
        self.place = {name: number for number, name in enumerate(names)}
        self.equations = equations

    def around(self) -> Iterator[str]:
        """What is known and stands in an equation with an unknown, each once."""
        terms = (name for equation in self.equations for name, _ in equation.terms)
        yield from dict.fromkeys(name for name in terms if name not in self.place)

    def tellers(self) -> list[frozenset[str]]:
        """Figures that, hidden together, take an equation away."""
        return list(dict.fromkeys(e.tell for e in self.equations if e.tell))

    def beside(self, name: str) -> set[str]:
        """What stands in one equation with an unknown."""
        own = (e.terms for e in self.equations if any(term == name for term, _ in e.terms))
        return {other for terms in own for other, _ in terms if other != name}

    @cached_property
    def _reduced(self) -> Reduced:
        """The exact equations, solved; what is known is carried along."""
        lines = ({n: int(f) for n, f in e.terms} for e in self.equations if e.exact)
        return Reduced(lines, frozenset(self.names))

    def subtracted(self, name: str) -> bool:
        """Whether adding and subtracting what is known gives `name`."""
        return self._reduced.fixed(name) is not None

    def helpful(self, name: str, candidates: Sequence[str]) -> list[str]:
        """Those of the known whose hiding would leave no way to get at `name`."""
        line = self._reduced.fixed(name)
        if line is None:  # it is a matter of bounds, which only trying decides: near ones may do
            around = self.beside(name)
            return sorted(candidates, key=lambda key: key not in around)[:TRIES]
        avoidable = {key for idle in self._reduced.idle for key in idle}
        return [key for key in candidates if key in line and key not in avoidable]

    def moved(self, name: str) -> dict[str, int] | None:
        """A solution near the true one in which `name` is another; None where none was found.

        Quick, and found for most that are not determined: a few steps along one or two ways to
        change the unknowns without changing a sum.
        """
        ways = self._reduced.moves(name)[:WAYS]
        for one, other in [(way, {}) for way in ways] + list(combinations(ways, 2)):
            for by, also in STEPS if other else ALONE:
                step = Counter({n: by * much for n, much in one.items()})
                step.update({n: also * much for n, much in other.items()})
                if step[name] and self._allows(step):
                    values = self.system.values
                    return {each: values[each] + step[each] for each in self.names}
        return None

    def _allows(self, step: Mapping[str, int]) -> bool:
        """Whether the numbers stay possible, and what is known of them in bounds holds."""
        values, least = self.system.values, self.system.at_least
        if any(values[name] + by < least.get(name, 0) for name, by in step.items() if by):
            return False
        for equation in self._loose:
            if any(step.get(name) for name, _ in equation.terms):
                total = sum(f * (values[n] + step.get(n, 0)) for n, f in equation.terms)
                if not equation.low - SLACK <= total <= equation.high + SLACK:
                    return False
        return True

    @cached_property
    def _loose(self) -> list[Equation]:
        """Equations that leave room."""
        return [equation for equation in self.equations if not equation.exact]

    def furthest(self, name: str, direction: int) -> dict[str, int] | None:
        """A solution in which `name` is as large (1) or as small (-1) as can be.

        Where many unknowns hang together it need not be whole: numbers that differ from the true
        ones by less than one are then given as the true ones. None where none was found in the work
        a figure is worth: then it counts as determined.
        """
        import numpy as np  # heavy: only a version for somebody outside needs it
        from scipy.optimize import Bounds, LinearConstraint, milp

        objective = np.zeros(len(self.names))
        objective[self.place[name]] = -float(direction)
        result = milp(
            objective,
            integrality=np.full(len(self.names), int(len(self.names) <= MANY)),
            bounds=Bounds(*self._bounds),
            constraints=LinearConstraint(*self._limits) if self.equations else (),
            options={"node_limit": NODES},
        )
        if result.x is None:
            return None
        true = self.system.values
        return {
            each: round(result.x[number])
            if abs(result.x[number] - true[each]) >= 1 - SLACK
            else true[each]
            for each, number in self.place.items()
        }

    @cached_property
    def _bounds(self) -> tuple[Any, Any]:
        import numpy as np

        values, least = self.system.values, self.system.at_least
        most = 10 * max((values[name] for name in self.names), default=0) + 1000
        lower = np.array([float(least.get(name, 0)) for name in self.names])
        return lower, np.full(len(self.names), float(most))

    @cached_property
    def _limits(self) -> tuple[Any, Any, Any]:
        import numpy as np
        from scipy.sparse import csr_array

        cells = [
            (factor, row, self.place[name])
            for row, equation in enumerate(self.equations)
            for name, factor in equation.terms
            if name in self.place
        ]
        values, rows, columns = zip(*cells, strict=True)
        shape = (len(self.equations), len(self.names))
        factors = csr_array((np.array(values), (np.array(rows), np.array(columns))), shape=shape)
        known = np.array([self._known(equation) for equation in self.equations])
        slack = np.array([0.0 if equation.exact else SLACK for equation in self.equations])
        low = np.array([equation.low for equation in self.equations]) - known - slack
        high = np.array([equation.high for equation in self.equations]) - known + slack
        return factors, low, high

    def _known(self, equation: Equation) -> float:
        """What the known terms of an equation come to."""
        values = self.system.values
        return sum(factor * values[n] for n, factor in equation.terms if n not in self.place)


class Reckoner:
    """Says which unknowns are determined, remembering which are known not to be.

    What is open stays so when more is hidden, so nothing is asked twice.
    """

    def __init__(self, system: System) -> None:
        self.system = system
        self.free: set[str] = set()

    def first(
        self, names: Iterable[str], unknown: frozenset[str], unseen: frozenset[str]
    ) -> str | None:
        """The first of these unknowns that only one whole number fits."""
        parts: dict[str, Part] = {}
        for name in names:
            if name in self.free:
                continue
            if name not in parts:
                part = self.system.part(name, unknown, unseen)
                parts |= dict.fromkeys(part.names, part)
            if not self._escapes(name, parts[name]):
                return name
        return None

    def determined(self, name: str, unknown: frozenset[str], unseen: frozenset[str]) -> bool:
        """Whether only one whole number fits."""
        return self.first([name], unknown, unseen) is not None

    def _escapes(self, name: str, part: Part) -> bool:
        if part.subtracted(name):
            return False
        if near := part.moved(name):
            self._free(near)
            return True
        for direction in (1, -1):
            other = part.furthest(name, direction)
            if other is not None and other[name] != self.system.values[name]:
                self._free(other)
                return True
        return False

    def _free(self, other: Mapping[str, int]) -> None:
        """Note which unknowns are not determined, as this solution shows."""
        self.free |= {n for n, value in other.items() if value != self.system.values[n]}
