"""Statistics of a change: the worked example to its digits, scipy on anything, too few people."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from surveys import statistics as our
from surveys.statistics import describing, effects

PRE = (2, 3, 2, 1, 3, 2, 4, 2, 3, 2, 3, 1)
POST = (4, 4, 3, 3, 4, 4, 4, 3, 5, 4, 4, 2)
EXAMPLE = Counter(zip(PRE, POST, strict=True))

answer = st.integers(1, 5)
some_pairs = st.lists(st.tuples(answer, answer), min_size=10, max_size=60)


def two_lists(pairs):
    first, second = zip(*pairs, strict=True)
    return np.array(first, float), np.array(second, float)


def test_the_worked_example_comes_out_to_its_digits():
    found = our.change(EXAMPLE)
    assert (found.n, found.df) == (12, 11)
    assert found.before.mean == pytest.approx(2.3333, abs=5e-5)
    assert found.after.mean == pytest.approx(3.6667, abs=5e-5)
    assert found.difference == pytest.approx(1.3333, abs=5e-5)
    assert found.sd == pytest.approx(0.65134, abs=5e-6)
    assert (found.low, found.high) == pytest.approx((0.91949, 1.74717), abs=5e-6)
    assert found.t == pytest.approx(7.09124, abs=5e-6)
    assert found.p == pytest.approx(2.0159e-05, rel=5e-5)
    assert found.dz == pytest.approx(2.04707, abs=5e-6)
    assert found.g_av == pytest.approx(1.48567, abs=5e-6)
    assert our.correction(11) == pytest.approx(0.930233, abs=5e-7)
    assert found.r == pytest.approx(0.70165, abs=5e-6)
    assert found.wilcoxon == 0.0009765625


@pytest.mark.parametrize(
    ("part", "n", "low", "high"), [(28, 34, 0.6649, 0.9165), (22, 28, 0.6046, 0.8979)]
)
def test_the_intervals_of_the_worked_shares_come_out_to_their_digits(part, n, low, high):
    assert our.wilson(part, n) == pytest.approx((low, high), abs=5e-5)


@given(some_pairs)
@settings(max_examples=60, deadline=None)
def test_means_intervals_and_tests_agree_with_scipy(pairs):
    first, second = two_lists(pairs)
    found = our.change(Counter(pairs))
    assert found.before.mean == pytest.approx(first.mean())
    assert found.before.sd == pytest.approx(first.std(ddof=1))
    assert found.after.median == np.median(second)
    if found.sd == 0:
        assert (found.t, found.low, found.dz) == (None, None, None)
        return
    theirs = stats.ttest_rel(second, first)
    assert found.t == pytest.approx(theirs.statistic)
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-9)
    ends = theirs.confidence_interval()
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high))
    if found.before.sd and found.after.sd:
        assert found.r == pytest.approx(stats.pearsonr(first, second).statistic, abs=1e-9)


@given(st.lists(st.integers(-4, 4), min_size=2, max_size=8))
@settings(max_examples=40, deadline=None)
def test_the_exact_signed_ranks_agree_with_every_permutation_of_scipy(steps):
    every = stats.PermutationMethod(n_resamples=2**12)  # more than there are: all are counted
    theirs = stats.wilcoxon(steps, zero_method="pratt", method=every)
    assert our.wilcoxon(Counter(steps)) == pytest.approx(theirs.pvalue)


@given(st.lists(st.integers(-4, 4), min_size=260, max_size=400))
@settings(max_examples=20, deadline=None)
def test_the_signed_ranks_of_many_agree_with_scipys_approximation(steps):
    moved = sum(step != 0 for step in steps)
    steps = steps if moved > 200 else [step or 1 for step in steps]
    theirs = stats.wilcoxon(steps, zero_method="pratt", method="asymptotic", correction=False)
    assert our.wilcoxon(Counter(steps)) == pytest.approx(theirs.pvalue)


def test_the_exact_and_the_approximate_signed_ranks_meet_where_one_takes_over():
    exact = our.wilcoxon({1: 70, 2: 40, -1: 60, -2: 30})
    near = our.wilcoxon({1: 71, 2: 40, -1: 60, -2: 30})
    assert exact == pytest.approx(near, rel=0.2)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(max_examples=80, deadline=None)
def test_the_interval_of_a_share_agrees_with_scipy_and_stays_a_share(part_of):
    part, n = part_of
    theirs = stats.binomtest(part, n).proportion_ci(method="wilson")
    low, high = our.wilson(part, n)
    assert (low, high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert 0 <= low <= part / n <= high <= 1


@given(st.integers(0, 120), st.integers(0, 120))
@settings(max_examples=80, deadline=None)
def test_mcnemar_is_a_binomial_test_of_those_who_changed_sides(gained, lost):
    expected = stats.binomtest(gained, gained + lost).pvalue if gained + lost else 1
    assert our.mcnemar(gained, lost) == pytest.approx(expected)


def test_pairs_are_told_apart_by_the_highest_answers():
    found = our.turned(EXAMPLE, top=(4, 5))
    assert (found.both, found.gained, found.lost, found.neither) == (1, 7, 0, 4)
    assert found.p == 2 / 2**7


def test_up_same_and_down_are_everybody():
    found = our.moves(EXAMPLE)
    assert (found.up, found.same, found.down) == (11, 1, 0)


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=8))
def test_holm_makes_no_p_smaller_and_keeps_their_order(values):
    adjusted = our.holm(values)
    known = [(v, a) for v, a in zip(values, adjusted, strict=True) if v is not None]
    assert [a is None for a in adjusted] == [v is None for v in values]
    assert all(v <= a <= 1 for v, a in known)
    in_order = [a for _, a in sorted(known)]
    assert in_order == sorted(in_order)


def test_holm_steps_down_as_in_its_paper():
    assert our.holm([0.01, 0.04, 0.03, None, 0.005]) == pytest.approx(
        [0.03, 0.06, 0.06, None, 0.02], abs=1e-12, nan_ok=True
    )


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_of_up_to_three_people_only_what_exists_is_said(n):
    found = our.change(Counter(list(zip(PRE, POST, strict=True))[:n]))
    assert found.n == n
    assert (found.low, found.t, found.p, found.dz, found.g_av, found.wilcoxon) == (None,) * 6
    assert (found.difference is None) == (n == 0)
    assert (found.sd is None) == (n < 2)


@pytest.mark.parametrize(
    ("n", "interval", "tests"),
    [(5, False, False), (6, True, False), (9, True, False), (10, True, True)],
)
def test_intervals_begin_at_six_and_tests_at_ten(n, interval, tests):
    pairs = Counter(list(zip(PRE, POST, strict=True))[:n])
    found = our.change(pairs)
    assert (found.low is not None) == interval
    known = (found.p, found.t, found.dz, found.g_av, found.wilcoxon)
    assert [value is not None for value in known] == [tests] * 5
    assert (our.turned(pairs, (4, 5)).p is not None) == tests


def test_where_everybody_moves_alike_there_is_a_difference_and_no_certainty():
    found = our.change({(2, 3): 7, (3, 4): 8})
    assert (found.difference, found.sd) == (1, 0)
    assert (found.low, found.p, found.dz) == (None, None, None)
    assert found.wilcoxon == pytest.approx(2 / 2**15)
    assert found.g_av is not None


def test_where_nobody_moves_nothing_is_found_and_nothing_fails():
    found = our.change({(3, 3): 20})
    assert (found.difference, found.sd, found.g_av, found.r) == (0, 0, None, None)
    assert found.wilcoxon == 1
    assert our.turned({(3, 3): 20}, (4, 5)).p == 1


def test_small_samples_shrink_g_with_the_freedom_of_pairs_and_not_of_two_groups():
    assert effects.hedges_g_av(1, 1, 1, 12) == pytest.approx(1 - 3 / 43)


def test_nobody_has_no_mean_and_no_share():
    assert our.spread({}) == our.Spread(0, None, None, None)
    assert our.wilson(0, 0) is None
    assert our.wilcoxon({}) is None


def test_a_median_between_two_answers_lies_between_them():
    assert our.spread({1: 2, 4: 2}).median == 2.5


def test_turning_pairs_round_turns_the_change_round():
    there, back = our.change(EXAMPLE), our.change(our.flipped(EXAMPLE))
    assert back.difference == -there.difference
    assert back.p == there.p
    assert describing.before(our.flipped(EXAMPLE)) == describing.after(EXAMPLE)


@pytest.mark.parametrize(
    ("unpaired", "differ"),
    [
        ({2: 10}, "lower"),
        ({3: 10}, "higher"),
        ({2: 7, 3: 3}, ""),
        ({}, ""),
        ({2: 9, 3: 1}, "lower"),
    ],
)
def test_a_different_start_of_those_without_a_pair_is_told_from_three_tenths_on(unpaired, differ):
    found = our.attrition({2: 6, 3: 4}, unpaired)
    assert found.differ == differ
    assert found.paired_mean == 2.4
