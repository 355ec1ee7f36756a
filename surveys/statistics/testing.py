"""Intervals and tests: t, Wilcoxon with Pratt's zeros, Wilson, McNemar, Holm.

`surveys.statistics.changing` calls them and knows when there are too few people for each. Only the
distributions are scipy's; its special functions load in a third of the time of `scipy.stats`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from surveys.statistics.describing import Counts

CONFIDENCE = 0.95
EXACT_UP_TO = 200
"""Above so many people who moved, the normal approximation differs in no digit anybody prints."""


def t_interval(n: int, mean: float, sd: float) -> tuple[float, float] | None:
    """The 95% interval of a mean by Student's t with n - 1 degrees of freedom (Student 1908).

    None for fewer than two people, or without any spread, when it would claim certainty.
    """
    from scipy.special import stdtrit  # heavy: only a report needs it

    if n < 2 or not sd:
        return None
    reach = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * sd / math.sqrt(n)
    return mean - reach, mean + reach


def t_test(n: int, mean: float, sd: float) -> tuple[float, float] | None:
    """Student's paired t and its two-sided p, from the mean and width of the differences.

    None for fewer than two people or without any spread.
    """
    from scipy.special import stdtr

    if n < 2 or not sd:
        return None
    t = mean / (sd / math.sqrt(n))
    return t, 2 * float(stdtr(n - 1, -abs(t)))


def wilcoxon(differences: Counts) -> float | None:
    """The two-sided p of the signed-rank test with Pratt's zeros; None of nobody.

    Zeros are ranked and then dropped (Pratt 1959). Answers on a scale tie, so tables for untied
    ranks would be wrong: every way of giving the ranks their signs is counted, exactly up to
    `EXACT_UP_TO` people who moved, and by the normal distribution with the same ranks above.
    """
    if not sum(differences.values()):
        return None
    ranks = _pratt_ranks(differences)
    if not ranks:
        return 1.0
    positive = sum(rank * up for rank, up, _ in ranks)
    groups = [(rank, up + down) for rank, up, down in ranks]
    if sum(people for _, people in groups) <= EXACT_UP_TO:
        return _exact(groups, positive)
    return _by_normal(groups, positive)


def _pratt_ranks(differences: Counts) -> list[tuple[int, int, int]]:
    """For each size of a move twice its mean rank, how many went up so far and how many down."""
    found, passed = [], differences.get(0, 0)
    for size in sorted({abs(step) for step in differences if step}):
        up, down = differences.get(size, 0), differences.get(-size, 0)
        found.append((2 * passed + up + down + 1, up, down))
        passed += up + down
    return found


def _exact(groups: Sequence[tuple[int, int]], positive: int) -> float:
    import numpy as np

    chance: Any = np.ones(1)
    for rank, people in groups:
        signs = np.zeros(rank * people + 1)
        for up in range(people + 1):
            signs[rank * up] = math.comb(people, up) / 2**people
        chance = _convolved(chance, signs)
    low, high = float(chance[: positive + 1].sum()), float(chance[positive:].sum())
    return min(1.0, 2 * min(low, high))


def _convolved(chance: Any, signs: Any) -> Any:
    """Their convolution, quickly, as most of `signs` is nothing."""
    import numpy as np

    found = np.zeros(len(chance) + len(signs) - 1)
    for place in np.flatnonzero(signs):
        found[place : place + len(chance)] += signs[place] * chance
    return found


def _by_normal(groups: Sequence[tuple[int, int]], positive: int) -> float:
    mean = sum(rank * people for rank, people in groups) / 2
    variance = sum(rank * rank * people for rank, people in groups) / 4
    z = abs(positive - mean) / math.sqrt(variance)
    return math.erfc(z / math.sqrt(2))


def wilson(part: int, n: int) -> tuple[float, float] | None:
    """The 95% interval of a share (Wilson 1927); None of nobody."""
    from scipy.special import ndtri

    if not n:
        return None
    z = float(ndtri((1 + CONFIDENCE) / 2))
    share = part / n
    middle = share + z * z / (2 * n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = (middle - reach) / (1 + z * z / n), (middle + reach) / (1 + z * z / n)
    return (0.0 if part == 0 else low), (1.0 if part == n else high)


def mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided p of McNemar's test: a fair coin over those who changed sides.

    McNemar 1947 in the exact form of Mosteller 1952. Nobody changed sides: 1.
    """
    changed, fewer = gained + lost, min(gained, lost)
    ways = sum(math.comb(changed, k) for k in range(fewer + 1))
    return min(1.0, float(2 * ways / 2**changed))


def holm(values: Sequence[float | None]) -> list[float | None]:
    """The p values of several questions, each made as large as asking several calls for.

    Holm 1979, step down: the smallest times their number, the next times one less, never less than
    the one before. What was not tested stays None and does not count.
    """
    order = sorted((value, place) for place, value in enumerate(values) if value is not None)
    adjusted: list[float | None] = [None] * len(values)
    least = 0.0
    for step, (value, place) in enumerate(order):
        least = max(least, min(1.0, value * (len(order) - step)))
        adjusted[place] = least
    return adjusted
