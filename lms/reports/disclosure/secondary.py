"""Hides more, so that what is hidden cannot be worked out from what is left.

Few and small figures are chosen, the same ones each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lms.contracts import Spread
from lms.reports.disclosure.between import Beyond, Told, beyond
from lms.reports.disclosure.facts import Facts
from lms.reports.disclosure.policy import Policy
from lms.reports.disclosure.system import Equation, Reckoner, System


class Hiding:
    """Counts of a draft that are hidden from one circle of readers, who know `earlier` counts."""

    def __init__(
        self, facts: Facts, policy: Policy, told: Mapping[str, Told], earlier: Iterable[Told]
    ) -> None:
        self.facts = facts
        thresholds: dict[str, int] = {}
        for count in told.values():
            needed = policy.threshold(count.subject, base=count.base)
            thresholds[count.measure] = max(needed, thresholds.get(count.measure, 0))
        self.groups = beyond(told, earlier, thresholds)
        self.rest, equations = _remainders(facts, policy)
        equations += [_equation(total.total, total.parts) for total in facts.sums]
        equations += [one for spread in facts.draft.spreads for one in _spread(facts, spread)]
        values = {key: count.value for key, count in facts.counts.items()}
        values |= self.rest.values | self.groups.values
        equations += self.groups.equations
        self.system = System(values, equations, _at_least(facts, policy))

    def more(self, hidden: set[str]) -> set[str]:
        """`hidden` with what has to be hidden too."""
        hidden, lost, unsure = set(hidden), set[str](), list[str]()
        reckoner = Reckoner(self.system)
        while name := self._exposed(reckoner, hidden, lost):
            near = self._near(name, hidden)
            chosen = self._first_that_helps(reckoner, name, near, hidden)
            if chosen is None and (not near or self._is_lost(name, hidden)):
                lost.add(name)
                continue
            if chosen is None:
                unsure.append(near[0])
            hidden.add(chosen or near[0])
        return self._fewer(hidden, lost, unsure)

    def _exposed(self, reckoner: Reckoner, hidden: set[str], lost: set[str]) -> str | None:
        """The first that must not be determined and is."""
        secret = sorted(self._secret(hidden) - lost)
        return reckoner.first(secret, self._unknown(hidden), self._unseen(hidden))

    def _first_that_helps(
        self, reckoner: Reckoner, name: str, near: list[str], hidden: set[str]
    ) -> str | None:
        """The smallest count that, hidden too, leaves `name` open."""
        part = self.system.part(name, self._unknown(hidden), self._unseen(hidden))
        for candidate in part.helpful(name, near):
            more = hidden | {candidate}
            if not reckoner.determined(name, self._unknown(more), self._unseen(more)):
                return candidate
        return None

    def _near(self, name: str, hidden: set[str]) -> list[str]:
        """Counts that are seen and stand in an equation with `name`, or with what hangs on it."""
        part = self.system.part(name, self._unknown(hidden), self._unseen(hidden))
        people, values = self.facts.people, self.system.values
        seen = [k for k in part.around() if k in people and k not in hidden and values[k] > 0]
        return sorted(seen, key=lambda key: (values[key], key))

    def _fewer(self, hidden: set[str], lost: set[str], unsure: list[str]) -> set[str]:
        """Without those that were tried on the way and are not needed, the largest first."""
        for key in sorted(unsure, key=lambda key: -self.facts.counts[key].value):
            fewer = hidden - {key}
            if not self._exposed(Reckoner(self.system), fewer, lost):
                hidden = fewer
        return hidden

    def _is_lost(self, name: str, hidden: set[str]) -> bool:
        """Whether it can be worked out whatever is hidden here: it was given away before."""
        everything = hidden | {k for k, c in self.facts.people.items() if c.value > 0}
        reckoner = Reckoner(self.system)
        return reckoner.determined(name, self._unknown(everything), self._unseen(everything))

    def _secret(self, hidden: set[str]) -> set[str]:
        return hidden | self.rest.small | self.groups.small

    def _unknown(self, hidden: set[str]) -> frozenset[str]:
        """What an outsider is not told: hidden counts, counts in no block, and groups."""
        untold = set(self.facts.people) - self.facts.known
        return frozenset(hidden | untold | set(self.rest.values) | set(self.groups.values))

    def _unseen(self, hidden: set[str]) -> frozenset[str]:
        """Worked-out figures that go with a hidden count."""
        return frozenset(hidden_derived(self.facts, hidden))


def small_bases(facts: Facts, policy: Policy) -> set[str]:
    """Bases of fewer people than results may rest on."""
    return {
        key
        for key in facts.bases
        if 0 < facts.counts[key].value < policy.threshold(facts.counts[key].subject, base=True)
    }


def _at_least(facts: Facts, policy: Policy) -> dict[str, int]:
    """Nought is hidden only with a base that is too small: any other [c] stands for one or more."""
    noughts = {part for base in small_bases(facts, policy) for part in facts.parts_of(base)}
    return dict.fromkeys(sorted((facts.known & set(facts.people)) - noughts), 1)


def hidden_derived(facts: Facts, hidden: set[str]) -> set[str]:
    """Worked-out figures that hang on a hidden count."""
    return {key for key, figure in facts.derived.items() if hidden.intersection(figure.of)}


def _equation(total: str, parts: Iterable[str]) -> Equation:
    return Equation(((total, -1.0), *((part, 1.0) for part in parts)))


def _remainders(facts: Facts, policy: Policy) -> tuple[Beyond, list[Equation]]:
    """What a part leaves of its base, as unknowns of their own: 19 of 21 tells of 2."""
    found, equations = Beyond(), []
    for base, part in sorted(facts.remainders):
        name = f"\0remainder {base} {part}"
        left = facts.counts[base].value - facts.counts[part].value
        found.add(name, left, policy.threshold(facts.counts[base].subject, base=False))
        equations.append(_equation(base, (part, name)))
    return found, equations


def _spread(facts: Facts, spread: Spread) -> list[Equation]:
    """What a mean and a deviation, as they are rounded, leave possible of a distribution."""
    mean = facts.derived[spread.mean]
    number = sum(facts.counts[key].value for key, _ in spread.cells)
    if mean.value is None or spread.mean not in facts.shown:
        return []
    half = 0.5 * 10.0**-mean.places
    low, high = mean.value - half, mean.value + half
    cells = tuple(spread.cells)
    found = [Equation(cells, number * low, number * high, frozenset({spread.mean}))]
    deviation = facts.derived.get(spread.deviation)
    if deviation is None or deviation.value is None:
        return found
    half = 0.5 * 10.0**-deviation.places
    squares = tuple((key, value * value) for key, value in cells)
    least = (number - 1) * max(deviation.value - half, 0.0) ** 2 + number * _square(low, high)[0]
    most = (number - 1) * (deviation.value + half) ** 2 + number * _square(low, high)[1]
    found.append(Equation(squares, least, most, frozenset({spread.mean, spread.deviation})))
    return found


def _square(low: float, high: float) -> tuple[float, float]:
    """The least and the most that a square can be of a number between two."""
    ends = (low * low, high * high)
    return (0.0 if low <= 0.0 <= high else min(ends)), max(ends)
