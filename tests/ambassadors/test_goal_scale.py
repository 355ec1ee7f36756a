"""Goal attainment scaling gives the values of the paper's formula."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.ambassadors.goal_scale import t_score

GOALS = st.lists(st.tuples(st.integers(-2, 2), st.floats(0.1, 10)), min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("goals", "score"), [((1, 1, 0), 59.13), ((-1, -1, 0), 40.87), ((0, 0, 0), 50.0)]
)
def test_three_equal_objectives_score_as_published(goals: tuple[int, ...], score: float) -> None:
    found = t_score((goal, 1) for goal in goals)
    assert found == pytest.approx(score, abs=0.005)


def test_without_an_objective_there_is_no_score() -> None:
    assert t_score([]) is None


@given(GOALS)
def test_as_hoped_is_fifty_and_the_opposite_is_as_far_below(goals: list[tuple[int, float]]) -> None:
    up = t_score(goals)
    down = t_score([(-goal, weight) for goal, weight in goals])
    assert up is not None
    assert down is not None
    assert up + down == pytest.approx(100)


@given(GOALS, st.floats(0.1, 10))
def test_only_how_weights_stand_to_each_other_counts(
    goals: list[tuple[int, float]], factor: float
) -> None:
    scaled = t_score([(goal, weight * factor) for goal, weight in goals])
    assert scaled == pytest.approx(t_score(goals))


@pytest.mark.parametrize("goal", [(3, 1), (-3, 1), (0, 0), (1, -1)])
def test_a_goal_off_the_scale_is_refused(goal: tuple[int, float]) -> None:
    with pytest.raises(ValueError, match="from -2 to 2"):
        t_score([goal])
