"""What may be said of the same people's answers at two times, and what so few may not carry.

`surveys.reports` calls these; the thresholds stand here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from surveys.statistics import effects, testing
from surveys.statistics.describing import (
    Counts,
    Pairs,
    Spread,
    after,
    before,
    differences,
    spread,
)

FEWEST_FOR_INTERVAL = 6
"""Under so many pairs no interval: it would be as wide as the scale."""
FEWEST_FOR_TESTS = 10
FEWEST_OUTSIDE = 30
"""Under so many pairs nobody outside the team is given an interval, a deviation or a test: printed
to two places beside the mean they fit few ways in which people can have moved, often one alone.
"""
"""Under so many pairs nothing is inferred: no test, no p, no effect size."""
WORTH_SAYING = 0.3
"""By so much on the scale people without a pair must differ to be worth a warning."""


@dataclass(frozen=True)
class Change:
    """The mean paired difference (second less first) and how sure it is.

    `low` and `high` are the ends of its 95% interval, `t` and `p` Student's paired test with
    `df = n - 1`, `wilcoxon` the p of the signed ranks. What does not exist or needs more people is
    None.
    """

    n: int
    before: Spread
    after: Spread
    difference: float | None = None
    sd: float | None = None
    low: float | None = None
    high: float | None = None
    t: float | None = None
    p: float | None = None
    dz: float | None = None
    g_av: float | None = None
    r: float | None = None
    wilcoxon: float | None = None

    def bare(self) -> Change:
        """The means alone, without what would tell how single people of a few moved."""
        return Change(self.n, self.before, self.after, self.difference, self.sd)

    @property
    def df(self) -> int:
        """Degrees of freedom."""
        return max(0, self.n - 1)


def change(pairs: Pairs) -> Change:
    """The change of the same people, with no more certainty than their number allows."""
    first, second, moved = spread(before(pairs)), spread(after(pairs)), spread(differences(pairs))
    n, mean, sd = moved.n, moved.mean, moved.sd
    if mean is None or sd is None or first.sd is None or second.sd is None:
        return Change(n, first, second, mean, sd)
    low, high = _interval(n, mean, sd)
    if n < FEWEST_FOR_TESTS:
        return Change(n, first, second, mean, sd, low, high)
    t, p = testing.t_test(n, mean, sd) or (None, None)
    return Change(
        n, first, second, mean, sd, low, high, t, p,
        dz=effects.cohens_dz(mean, sd),
        g_av=effects.hedges_g_av(mean, first.sd, second.sd, n),
        r=effects.pearson_r(n, first.sd, second.sd, sd),
        wilcoxon=testing.wilcoxon(differences(pairs)),
    )  # fmt: skip


def _interval(n: int, mean: float, sd: float) -> tuple[float | None, float | None]:
    if n < FEWEST_FOR_INTERVAL:
        return None, None
    return testing.t_interval(n, mean, sd) or (None, None)


@dataclass(frozen=True)
class Moves:
    """How many of the same people went up, stayed where they were, went down."""

    up: int
    same: int
    down: int


def moves(pairs: Pairs) -> Moves:
    """Those who improved, stayed the same, got worse."""
    steps = differences(pairs)
    up = sum(people for step, people in steps.items() if step > 0)
    down = sum(people for step, people in steps.items() if step < 0)
    return Moves(up, steps.get(0, 0), down)


@dataclass(frozen=True)
class Turned:
    """The same people by whether they chose one of the highest answers before and after.

    `p` is McNemar's, None under ten pairs.
    """

    both: int
    gained: int
    lost: int
    neither: int
    p: float | None


def turned(pairs: Pairs, top: Collection[int]) -> Turned:
    """Who came to the highest answers and who left them, with the exact test of the difference."""
    cells = {(was, now): 0 for was in (True, False) for now in (True, False)}
    for (first, second), people in pairs.items():
        cells[first in top, second in top] += people
    gained, lost = cells[False, True], cells[True, False]
    enough = sum(cells.values()) >= FEWEST_FOR_TESTS
    p = testing.mcnemar(gained, lost) if enough else None
    return Turned(cells[True, True], gained, lost, cells[False, False], p)


@dataclass(frozen=True)
class Attrition:
    """How those without a pair had started, beside those with one: two means of answers before.

    `differ` is "lower" or "higher" where it is worth a warning, else "".
    """

    n: int
    mean: float | None
    paired_mean: float | None
    differ: str


def attrition(paired: Counts, unpaired: Counts) -> Attrition:
    """Whether the people who did not answer again were others from the beginning."""
    with_pair, without = spread(paired), spread(unpaired)
    differ = ""
    if with_pair.mean is not None and without.mean is not None:
        apart = without.mean - with_pair.mean
        # Rounded, as 2.4 less 2.1 falls short of 0.3 in binary.
        if round(abs(apart), 9) >= WORTH_SAYING:
            differ = "lower" if apart < 0 else "higher"
    return Attrition(without.n, without.mean, with_pair.mean, differ)
