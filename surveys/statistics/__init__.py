"""Statistics of answers on a scale: what a table says of a change, and how sure one may be of it.

Pure functions of counts, without database or request; `surveys.reports` calls them.
"""

from surveys.statistics.changing import (
    FEWEST_FOR_INTERVAL,
    FEWEST_FOR_TESTS,
    FEWEST_OUTSIDE,
    Attrition,
    Change,
    Moves,
    Turned,
    attrition,
    change,
    moves,
    turned,
)
from surveys.statistics.describing import Counts, Pairs, Spread, after, before, flipped, spread
from surveys.statistics.effects import correction, hedges_g_av
from surveys.statistics.testing import holm, mcnemar, t_interval, t_test, wilcoxon, wilson

__all__ = [
    "FEWEST_FOR_INTERVAL",
    "FEWEST_FOR_TESTS",
    "FEWEST_OUTSIDE",
    "Attrition",
    "Change",
    "Counts",
    "Moves",
    "Pairs",
    "Spread",
    "Turned",
    "after",
    "attrition",
    "before",
    "change",
    "correction",
    "flipped",
    "hedges_g_av",
    "holm",
    "mcnemar",
    "moves",
    "spread",
    "t_interval",
    "t_test",
    "turned",
    "wilcoxon",
    "wilson",
]
