"""Hides more, so that what is hidden cannot be worked out from what is left.

Few and small figures are chosen, the same ones each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lms.contracts import Spread, Subject
from lms.reports.disclosure.between import Beyond, Told, beyond
from lms.reports.disclosure.facts import Facts
from lms.reports.disclosure.policy import Policy
from lms.reports.disclosure.related import related
from lms.reports.disclosure.results import results
from lms.reports.disclosure.system import Equation, Part, Reckoner, System


class Hiding:
    """Counts of a draft that are hidden from one circle of readers, who know `earlier` counts."""

    def __init__(
        self, facts: Facts, policy: Policy, told: Mapping[str, Told], earlier: Sequence[Told]
    ) -> None:
        self.facts = facts
        thresholds: dict[str, int] = {}
        for count in told.values():
            needed = policy.threshold(count.subject, base=count.base)
            thresholds[count.measure] = max(needed, thresholds.get(count.measure, 0))
        self.groups = beyond(told, earlier, thresholds)

        def few(large: Told, small: Told) -> int:
            return policy.threshold(small.subject, base=large.base and small.base)

        related(self.groups, told, earlier, few)
        self.rest, equations = _remainders(facts, policy)
        equations += [_equation(total.total, total.parts) for total in facts.sums]
        equations += [one for spread in facts.draft.spreads for one in _spread(facts, spread)]
        sums = list(results(facts))
        equations += [one.equation for one in sums]
        self.groups.values |= {one.name: one.told.value for one in sums}
        values = {key: count.value for key, count in facts.counts.items()}
        values |= self.rest.values | self.groups.values
        least = _at_least(facts, policy)
        self.table = System(values, equations, least)
        self.system = System(values, [*equations, *self.groups.equations], least)

    def more(self, hidden: set[str]) -> set[str]:
        """`hidden` with what has to be hidden too."""
        hidden = self._distributions(hidden | self.groups.betraying)
        lost, unsure = set[str](), list[str]()
        reckoner = Reckoner(self.system)
        while name := self._exposed(reckoner, hidden, lost):
            part = self.system.part(name, self._unknown(hidden), self._unseen(hidden))
            near = self._in_order(part.around(), hidden)
            chosen, helps = self._chosen(reckoner, name, part, near, hidden)
            if not chosen or (not helps and self._is_lost(name, hidden)):
                lost.add(name)
                continue
            if not helps:
                unsure += chosen
            hidden |= chosen
        return self._fewer(hidden - self._plain_noughts(hidden, lost), lost, unsure)

    def _distributions(self, hidden: set[str]) -> set[str]:
        """`hidden` with all counts of a distribution of which one is hidden and the mean is told.

        Number, mean and deviation give one or two of them; so many are hidden in the end.
        """
        found = set(hidden)
        for spread in self.facts.draft.spreads:
            cells = {key for key, _ in spread.cells} & self.facts.known
            if cells & hidden and spread.mean in self.facts.shown:
                found |= {key for key in cells if self.facts.counts[key].value}
        return found

    def _plain_noughts(self, hidden: set[str], lost: set[str]) -> set[str]:
        """Noughts that need not be hidden, since everybody can tell: their total is nought.

        In the table alone: the groups know nothing of those who are not there.
        """
        noughts = sorted(name for name in lost if self.table.values[name] == 0)
        reckoner, unknown = Reckoner(self.table), self._unknown(hidden)
        unseen = self._unseen(hidden)
        return {name for name in noughts if reckoner.determined(name, unknown, unseen)}

    def _exposed(self, reckoner: Reckoner, hidden: set[str], lost: set[str]) -> str | None:
        """The first that must not be determined and is: figures before groups without a figure."""
        secret = sorted(self._secret(hidden) - lost, key=lambda name: (name not in hidden, name))
        return reckoner.first(secret, self._unknown(hidden), self._unseen(hidden))

    def _in_order(self, names: Iterable[str], hidden: set[str]) -> list[str]:
        """Counts that are seen: the widest first (who was booked before who came), the smallest.

        Those on which a result rests come later, those of the headline last.
        """
        facts, values = self.facts, self.system.values
        seen = [k for k in names if k in facts.people and k not in hidden and values[k] > 0]

        def order(key: str) -> tuple[bool, bool, int, int, str]:
            depth = len(facts.people[key].within)
            return key in facts.quoted, key in facts.rested_on, depth, values[key], key

        return sorted(seen, key=order)

    def _chosen(
        self, reckoner: Reckoner, name: str, part: Part, near: list[str], hidden: set[str]
    ) -> tuple[frozenset[str], bool]:
        """What to hide next, and whether that leaves `name` open.

        The smallest count that does so by itself, if no result rests on it. Else a count beside
        `name`, as more will follow; else the deviation of a distribution; else a result's base.
        """
        bare = [key for key in near if key not in self.facts.rested_on | self.facts.quoted]
        if found := self._that_helps(reckoner, name, _alone(part.helpful(name, bare)), hidden):
            return found, True
        around = part.beside(name)
        if beside := [key for key in bare if key in around]:
            return frozenset({beside[0]}), False
        last = [*part.tellers(), *_alone(part.helpful(name, near))]
        if found := self._that_helps(reckoner, name, last, hidden):
            return found, True
        return frozenset(near[:1]), False

    def _that_helps(
        self, reckoner: Reckoner, name: str, choices: Iterable[frozenset[str]], hidden: set[str]
    ) -> frozenset[str]:
        """The first of the choices that, hidden too, leaves `name` open; nothing if none does."""
        for choice in choices:
            more = hidden | choice
            if not reckoner.determined(name, self._unknown(more), self._unseen(more)):
                return choice
        return frozenset()

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
        return (hidden & set(self.facts.people)) | self.rest.small | self.groups.small

    def _unknown(self, hidden: set[str]) -> frozenset[str]:
        """What an outsider is not told: hidden counts, counts in no block, and groups."""
        people = set(self.facts.people)
        untold = (people & hidden) | (people - self.facts.known)
        return frozenset(untold | set(self.rest.values) | set(self.groups.values))

    def _unseen(self, hidden: set[str]) -> frozenset[str]:
        """Worked-out figures that are hidden, or go with a hidden count."""
        return frozenset(hidden_derived(self.facts, hidden) | (hidden & set(self.facts.derived)))


def _alone(keys: Iterable[str]) -> list[frozenset[str]]:
    """Each by itself."""
    return [frozenset({key}) for key in keys]


def of_too_few(facts: Facts, policy: Policy) -> set[str]:
    """Bases of fewer people than results may rest on, and all that was answered by these."""
    found: set[str] = set()
    waiting = [
        key
        for key in sorted(facts.bases)
        if 0 < facts.counts[key].value < policy.threshold(facts.counts[key].subject, base=True)
    ]
    while waiting:
        base = waiting.pop()
        if base not in found:
            found.add(base)
            parts = (key for key in facts.parts_of(base) if key in facts.people)
            waiting += (key for key in parts if facts.counts[key].subject is Subject.ANSWERS)
    return found


def _at_least(facts: Facts, policy: Policy) -> dict[str, int]:
    """Nought is hidden only with a base that is too small: any other [c] stands for one or more."""
    seen = facts.known & set(facts.people)
    return dict.fromkeys(sorted(seen - of_too_few(facts, policy)), 1)


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
    """What a mean and a deviation tell of a distribution.

    The mean is taken for as good as the sum that it was worked out from (under a hundred people two
    places are); the deviation leaves what its rounding leaves.
    """
    if spread.mean not in facts.shown or facts.derived[spread.mean].value is None:
        return []
    counted = [(facts.counts[key].value, value) for key, value in spread.cells]
    number = sum(count for count, _ in counted)
    total = sum(count * value for count, value in counted)
    found = [Equation(spread.cells, total, total, frozenset({spread.mean}))]
    deviation = facts.derived.get(spread.deviation)
    tell = facts.shown & {spread.deviation, *spread.tell}
    if not tell or deviation is None or deviation.value is None or number < 2:
        return found
    half = 0.5 * 10.0**-deviation.places
    low, high = max(deviation.value - half, 0.0), deviation.value + half
    squares = tuple((key, value * value) for key, value in spread.cells)
    least, most = ((number - 1) * end * end + total * total / number for end in (low, high))
    found.append(Equation(squares, least, most, frozenset({spread.mean}), tell))
    return found
