"""Means and deviations as sums: what somebody learns of a distribution who sees them.

A mean beside its number is the sum of all answers, a deviation the sum of their squares. As sums
they are held against the versions before like any count, though nobody is in them to be found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lms.contracts import Group, Spread, Subject
from lms.reports.disclosure.between import Told
from lms.reports.disclosure.facts import Facts
from lms.reports.disclosure.system import Equation


@dataclass(frozen=True)
class Result:
    """A sum over a distribution: told while one at least of `tell` can be seen."""

    name: str
    told: Told
    tell: frozenset[str]
    equation: Equation


def results(facts: Facts) -> Iterator[Result]:
    """The sums that the draft's spreads amount to, where their counts have groups."""
    for spread in facts.draft.spreads:
        yield from _powers(facts, spread)


def _powers(facts: Facts, spread: Spread) -> Iterator[Result]:
    counts = [facts.counts[key] for key, _ in spread.cells]
    if any(count.value and not count.groups for count in counts):
        return
    measures = " ".join(count.measure for count in counts)
    tell = {1: frozenset({spread.mean}), 2: frozenset({spread.deviation, *spread.tell}) - {""}}
    for power, figures in tell.items():
        cells = [(key, int(value) ** power) for key, value in spread.cells]
        groups = Counter[Group]()
        for (_, value), count in zip(cells, counts, strict=True):
            for group, number in count.groups.items():
                groups[group] += value * number
        groups = +groups
        if figures and groups and all(value >= 0 for _, value in cells):
            name = f"\0sum {power} {spread.mean}"
            told = Told(f"sum {power} of {measures}", Subject.THINGS, sum(groups.values()), groups)
            terms = ((name, -1.0), *((key, float(value)) for key, value in cells))
            yield Result(name, told, figures & facts.shown, Equation(terms))
