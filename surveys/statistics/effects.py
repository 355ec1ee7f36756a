"""Effect sizes of a change in the same people, each by its published formula.

`surveys.statistics.changing` calls them; both are named wherever they are shown.
"""

from __future__ import annotations

import math


def cohens_dz(difference: float, sd: float) -> float | None:
    """The mean difference over the differences' own standard deviation (Cohen 1988, chapter 2).

    None where everybody moved by the same step: there is nothing to measure it against.
    """
    return difference / sd if sd else None


def correction(df: int) -> float:
    """The factor J that takes the bias of small samples out: 1 - 3 / (4 df - 1) (Hedges 1981)."""
    return 1 - 3 / (4 * df - 1)


def hedges_g_av(difference: float, sd_before: float, sd_after: float, n: int) -> float | None:
    """The mean difference over the root of the mean of both variances, times J with df = n - 1.

    Cumming 2012, chapter 11, with the correction of Hedges 1981. Some packages take df = 2n - 2
    for pairs, which corrects too little. None where nobody differs from anybody else.
    """
    both = math.sqrt((sd_before**2 + sd_after**2) / 2)
    return difference / both * correction(n - 1) if both else None


def pearson_r(n: int, sd_before: float, sd_after: float, sd_difference: float) -> float | None:
    """The correlation of both answers, from the variance of a difference (var a + var b - 2 cov).

    None where all answered alike at one of the times.
    """
    if n < 2 or not sd_before or not sd_after:
        return None
    covariance = (sd_before**2 + sd_after**2 - sd_difference**2) / 2
    return covariance / (sd_before * sd_after)
