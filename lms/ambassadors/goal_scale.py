"""Goal attainment scaling: pledges compared although each differs.

Kiresuk and Sherman 1968. Each objective is set beside what was hoped of it, from -2 to +2, and
weighted; the score's mean is 50 and its standard deviation 10 where hopes are realistic.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

CORRELATION = 0.3
"""Between the objectives of one person, as the authors take it."""


def t_score(goals: Iterable[tuple[int, float]]) -> float | None:
    """T of pairs (goal from -2 to 2, weight over 0); None where there is no objective.

    T = 50 + 10 · Σwx / √((1 - r) Σw² + r (Σw)²), where r is `CORRELATION`.
    """
    pairs = list(goals)
    if not pairs:
        return None
    if any(not -2 <= goal <= 2 or weight <= 0 for goal, weight in pairs):
        raise ValueError("a goal is from -2 to 2 and its weight is over 0")
    total = sum(weight for _, weight in pairs)
    squares = sum(weight**2 for _, weight in pairs)
    spread = sqrt((1 - CORRELATION) * squares + CORRELATION * total**2)
    return 50 + 10 * sum(weight * goal for goal, weight in pairs) / spread
