"""What is hidden stays hidden, however one adds and subtracts: in a table, and between versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import product
from statistics import fmean, stdev

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.contracts import (
    Audience,
    Count,
    DataTable,
    Derived,
    Draft,
    Form,
    Row,
    Sentence,
    Subject,
    Sum,
)
from lms.reports.disclosure import POLICIES, DraftError, Earlier, Facts, hide, told
from tests.reports.attacks import Known
from tests.reports.kit import SCALE, Trainee, draft_of

PARTNER, PUBLICATION = POLICIES[Audience.PARTNER], POLICIES[Audience.PUBLICATION]
OUTSIDE = (PARTNER, PUBLICATION)


def tried(times: int) -> settings:
    """So many tables, other ones each time: about five seconds' worth. A failure prints its own."""
    return settings(
        max_examples=times,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )


def people(
    cohorts: Sequence[str] = ("A", "B", "C"), jobs: Sequence[str] = ("gp", "hv", "ey")
) -> st.SearchStrategy[list[Trainee]]:
    """Trainees of a few cohorts, places and jobs, in bunches of one answer."""
    bunch = st.tuples(
        st.sampled_from(cohorts),
        st.sampled_from(("N", "S")),
        st.sampled_from(jobs),
        st.sampled_from((None, 1, 2, 3, 4, 5)),
        st.sampled_from((1, 2, 3, 4, 6, 9, 14, 25)),
    )
    return st.lists(bunch, min_size=1, max_size=14).map(
        lambda rows: [Trainee(c, p, j, a) for c, p, j, a, n in rows for _ in range(n)]
    )


def sums_of(draft: Draft, keys: set[str]) -> list[dict[Hashable, int]]:
    """Every count of these keys as a sum of unknown single groups of one measure."""
    return [
        {(count.measure, group): 1 for group in count.groups}
        for count in draft.figures
        if isinstance(count, Count) and count.key in keys and count.measure
    ]


def counted(draft: Draft) -> dict[str, Count]:
    return {f.key: f for f in draft.figures if isinstance(f, Count)}


def relations(draft: Draft) -> list[dict[Hashable, int]]:
    """The sums everybody knows of, as sums that come to nought."""
    return [{total.total: -1, **dict.fromkeys(total.parts, 1)} for total in draft.sums]


@pytest.mark.parametrize("policy", OUTSIDE, ids=("partner", "publication"))
@pytest.mark.parametrize("breakdown", ["", "cohort", "job"])
@tried(40)
@given(people())
def test_no_hidden_count_is_the_sum_or_difference_of_seen_ones(
    policy: object, breakdown: str, crowd: list[Trainee]
) -> None:
    draft = draft_of(crowd, breakdown)
    hidden = hide(draft, policy)
    counts = counted(draft)
    seen = [{key: 1} for key in counts if key not in hidden and not key.endswith("_silent")]
    known = Known([*seen, *relations(draft)])
    got = [key for key in counts if key in hidden and known.gives({key: 1})]
    small = [k for k, c in counts.items() if 0 < c.value < 5 and known.gives({k: 1})]
    assert (got, small) == ([], [])


@pytest.mark.parametrize("policy", OUTSIDE, ids=("partner", "publication"))
@tried(75)
@given(people(), st.sampled_from(("", "cohort", "place", "job")))
def test_no_small_count_is_seen_and_no_remainder_of_a_share(
    policy: object, crowd: list[Trainee], breakdown: str
) -> None:
    draft = draft_of(crowd, breakdown)
    hidden, counts = hide(draft, policy), counted(draft)
    for figure in draft.figures:
        if figure.key in hidden:
            continue
        if isinstance(figure, Count):
            assert not 0 < figure.value < 5 or figure.key.endswith("_silent")
        elif figure.form is Form.PERCENT:
            part, base = (counts[key].value for key in figure.of)
            assert not 0 < base - part < 5
        else:
            assert not hidden.intersection(figure.of)
            least = 10 if policy is PUBLICATION else 5
            assert all(counts[key].value >= least or not counts[key].value for key in figure.of)


@tried(40)
@given(
    people(),
    st.lists(
        st.tuples(
            st.sets(st.sampled_from("ABC")),
            st.sampled_from(("", "cohort", "place", "job")),
            st.sampled_from(OUTSIDE),
        ),
        min_size=2,
        max_size=3,
    ),
)
def test_no_two_versions_together_give_a_small_group(
    crowd: list[Trainee], asked: list[tuple[set[str], str, object]]
) -> None:
    """The same people asked about in several ways: what each version says is put together."""
    partner, publication = [], []
    told_so_far: list[dict[Hashable, int]] = []
    small: list[tuple[dict[Hashable, int], int]] = []
    for cohorts, breakdown, policy in asked:
        draft = draft_of([one for one in crowd if not cohorts or one.cohort in cohorts], breakdown)
        hidden = hide(draft, policy, Earlier(tuple(partner), tuple(publication)))
        new = told(draft, hidden)
        (publication if policy is PUBLICATION else partner).extend(new)
        told_so_far += [line_of(one.measure, one.groups) for one in new]
        small += [
            (sums_of(draft, {key})[0], count.value)
            for key, count in counted(draft).items()
            if 0 < count.value < 5
        ]
    known = Known(told_so_far)
    assert [line for line, _ in small if known.gives(line)] == []
    groups = Counter((measure, group) for line in told_so_far for measure, group in line)
    sizes = {
        (measure, one.group): sum(
            other.group == one.group and holds(measure, other) for other in crowd
        )
        for measure, _ in groups
        for one in crowd
    }
    singles = [g for g in groups if 0 < sizes[g] < 5 and known.gives({g: 1})]
    assert singles == []
    counts = [line for line in told_so_far if set(line.values()) == {1}]
    for one in counts:
        for other in counts:
            if other.keys() < one.keys():
                rest = sum(sizes[group] for group in one.keys() - other.keys())
                assert not 0 < rest < 5


def line_of(measure: str, groups: Iterable[Hashable]) -> dict[Hashable, int]:
    """What was told, as a sum of groups: a mean tells the sum of what the answers are worth."""
    word, _, rest = measure.partition(" ")
    if word != "sum":
        return {(measure, group): 1 for group in groups}
    return {(f"said {value}", g): value ** int(rest[0]) for value in SCALE for g in groups}


def holds(measure: str, one: Trainee) -> bool:
    """Whether a measure counts somebody."""
    if measure == "attended":
        return True
    if measure in ("answered", "silent"):
        return (one.answer is None) is (measure == "silent")
    return one.answer == int(measure[-1])


# -- one by one ----------------------------------------------------------------------------------


def plain(values: dict[str, int], *, subject: Subject = Subject.PEOPLE, total: str = "") -> Draft:
    """A table of one column with a total."""
    figures = [Count(key, value, subject) for key, value in values.items()]
    rows = tuple(Row(key, (key,), is_total=key == total) for key in values)
    return Draft(tuple(figures), (DataTable("t", "T", "Who", ("Number",), rows),))


def test_a_small_count_takes_the_next_smallest_with_it_where_the_total_is_seen() -> None:
    draft = plain({"gp": 3, "hv": 46, "ey": 7, "all": 56}, total="all")
    assert hide(draft, PARTNER) == {"gp", "ey"}


def test_nothing_is_hidden_from_our_team_and_things_are_hidden_from_nobody() -> None:
    small = {"one": 1, "two": 2, "all": 3}
    assert hide(plain(small, total="all"), POLICIES[Audience.TEAM]) == frozenset()
    assert hide(plain(small, subject=Subject.THINGS, total="all"), PUBLICATION) == frozenset()


def test_nineteen_of_twenty_one_tells_of_two() -> None:
    figures = (
        Count("better", 19, Subject.ANSWERS),
        Count("n", 21, Subject.ANSWERS),
        Derived("share", 19 / 21, ("better", "n"), Form.PERCENT),
    )
    draft = Draft(figures, (Sentence("{better} of {n} went up ({share})."),))
    assert hide(draft, PARTNER) == {"better", "share"}


def test_same_and_worse_are_hidden_beside_each_other() -> None:
    figures = tuple(
        Count(key, value, Subject.ANSWERS)
        for key, value in {"n": 82, "up": 60, "same": 20, "down": 2}.items()
    )
    cells = ("n", "up", "same", "down")
    table = DataTable("t", "T", "Who", cells, (Row("All", cells),))
    assert hide(Draft(figures, (table,), (Sum("n", ("up", "same", "down")),)), PARTNER) == {
        "same",
        "down",
    }


def test_the_unpaired_figure_is_hidden_beside_the_paired_one_where_few_are_without_a_pair() -> None:
    figures = (
        Count("everyone", 84, Subject.ANSWERS),
        Count("paired", 82, Subject.ANSWERS),
        Count("before_only", 2, Subject.ANSWERS),
        Derived("mean_everyone", 2.4, ("everyone",)),
        Derived("mean_paired", 2.5, ("paired",)),
    )
    shown = Sentence("{mean_paired} of {paired}; {mean_everyone} of {everyone}")
    hidden = hide(Draft(figures, (shown,), (Sum("everyone", ("paired", "before_only")),)), PARTNER)
    assert len(hidden & {"paired", "everyone"}) == 1
    assert len(hidden & {"mean_paired", "mean_everyone"}) == 1


def test_results_of_fewer_than_ten_are_not_published_and_those_of_ten_are() -> None:
    def of(number: int) -> Draft:
        figures = (
            Count("n", number, Subject.ANSWERS),
            Count("top", 0, Subject.ANSWERS),
            Derived("share", 0.0, ("top", "n"), Form.PERCENT),
            Derived("mean", 2.0, ("n",)),
        )
        return Draft(figures, (Sentence("{mean}, {top} of {n} ({share})"),))

    assert hide(of(9), PUBLICATION) == {"n", "top", "share", "mean"}
    assert hide(of(9), PARTNER) == frozenset()
    assert hide(of(10), PUBLICATION) == frozenset()


def test_a_group_that_grew_by_two_is_not_told_again() -> None:
    def of(number: int) -> Draft:
        groups = {("A", "N", "gp"): number}
        figures = (Count("n", number, Subject.PEOPLE, "attended", groups),)
        return Draft(figures, (Sentence("{n} attended."),))

    before = Earlier(partner=told(of(30), frozenset()))
    assert hide(of(30), PARTNER, before) == frozenset()
    assert hide(of(32), PARTNER, before) == {"n"}
    assert hide(of(28), PARTNER, before) == {"n"}
    assert hide(of(35), PARTNER, before) == frozenset()


def test_what_leaves_one_beside_an_earlier_version_is_hidden_whatever_else_is_known() -> None:
    """The versions that are known by then seem to give the one of B away already."""
    kinds = (("A", "N", None, 5), ("A", "N", 1, 6), ("A", "S", 2, 6), ("B", "S", None, 1))
    crowd = [Trainee(c, p, "gp", a) for c, p, a, n in kinds for _ in range(n)]
    known = []
    for breakdown in ("place", ""):
        draft = draft_of(crowd, breakdown)
        known += told(draft, hide(draft, PARTNER, Earlier(partner=known)))
    draft = draft_of([one for one in crowd if one.cohort == "A"], "place")
    assert {"all_attended", "all_silent"} <= hide(draft, PARTNER, Earlier(partner=known))


def test_what_one_measure_leaves_of_another_told_before_is_hidden_whatever_else_is_known() -> None:
    """The two who were booked and did not come seem to be given away by then, part by part."""

    def of(measure: str, *within: str, **groups: int) -> Draft:
        held = {(cohort, "N", "gp"): number for cohort, number in groups.items()}
        count = Count("n", sum(groups.values()), Subject.PEOPLE, measure, held, within)
        return Draft((count,), (Sentence("{n}"),))

    def before(*drafts: Draft) -> Earlier:
        return Earlier(partner=[one for draft in drafts for one in told(draft, frozenset())])

    booked, came = of("booked", a=20, b=7), of("came", "booked", a=18, b=7)
    booked_apart = of("booked", a=20), of("booked", b=7)
    came_apart = of("came", "booked", a=18), of("came", "booked", b=7)
    assert hide(came, PARTNER, before(booked, *came_apart)) == {"n"}
    assert hide(booked, PARTNER, before(came, *booked_apart)) == {"n"}
    assert hide(came, PARTNER, before(booked, *came_apart, came)) == frozenset()


def test_what_a_headline_leaves_is_hidden_as_late_as_the_headline() -> None:
    values = {"n": 82, "top": 68, "rest": 14, "few": 2}
    figures = tuple(Count(key, value, Subject.ANSWERS) for key, value in values.items())
    said = Sentence("{top} of {n}", quotable=True)
    facts = Facts(Draft(figures, (said, Sentence("{rest}, {few}")), (Sum("n", ("top", "rest")),)))
    assert facts.quoted == {"n", "top", "rest"}


def test_what_partners_know_is_held_against_a_publication_which_they_read_too() -> None:
    def of(**groups: int) -> Draft:
        held = {(cohort, "N", "gp"): number for cohort, number in groups.items()}
        count = Count("n", sum(groups.values()), Subject.PEOPLE, "attended", held)
        return Draft((count,), (Sentence("{n} attended."),))

    partner = told(of(a=20, b=3), frozenset())
    assert hide(of(a=20), PUBLICATION, Earlier(partner=partner)) == {"n"}
    assert hide(of(a=20), PUBLICATION) == frozenset()


def test_three_versions_that_leave_a_small_cohort_are_noticed() -> None:
    def of(**groups: int) -> Draft:
        held = {(cohort, "N", "gp"): number for cohort, number in groups.items()}
        count = Count("n", sum(groups.values()), Subject.PEOPLE, "attended", held)
        return Draft((count,), (Sentence("{n} attended."),))

    known = [*told(of(a=14, b=13, c=3), frozenset()), *told(of(a=14), frozenset())]
    assert hide(of(b=13), PARTNER, Earlier(partner=known)) == {"n"}


def fitting(answers: dict[int, int], hidden: set[int], mean: str, deviation: str) -> list[set[int]]:
    """For each hidden answer, how many may have given it: every distribution that fits is tried."""
    values, number = sorted(hidden), sum(answers.values())
    left = sum(answers[value] for value in values)
    found: list[set[int]] = [set() for _ in values]
    for counts in product(range(left + 1), repeat=len(values) - 1):
        if (last := left - sum(counts)) < 1 or min(counts, default=1) < 1:
            continue
        tried = answers | dict(zip(values, (*counts, last), strict=True))
        crowd = [value for value, times in tried.items() for _ in range(times)]
        if f"{fmean(crowd):.2f}" == mean and f"{stdev(crowd):.2f}" == deviation:
            for place, count in zip(found, (*counts, last), strict=True):
                place.add(count)
    assert number == sum(answers.values())
    return found


@pytest.mark.parametrize(
    "answers",
    [
        {1: 2, 2: 3, 3: 9, 4: 42, 5: 26},
        {1: 1, 2: 1, 3: 8, 4: 11, 5: 7},
        {1: 4, 2: 6, 3: 3, 4: 5, 5: 9},
        {1: 2, 2: 8, 3: 11, 4: 3, 5: 3},
    ],
    ids=str,
)
def test_a_mean_and_a_deviation_leave_the_hidden_answers_open(answers: dict[int, int]) -> None:
    crowd = [Trainee("A", "N", "gp", a) for a, times in answers.items() for _ in range(times)]
    hidden = hide(draft_of(crowd), PARTNER)
    values = [value for value, times in answers.items() for _ in range(times)]
    cells = {value for value in answers if f"all_said{value}" in hidden}
    assert cells > {value for value, times in answers.items() if 0 < times < 5}
    assert not {"all_mean", "all_sd"} & hidden
    fits = fitting(answers, cells, f"{fmean(values):.2f}", f"{stdev(values):.2f}")
    assert [len(counts) > 1 for counts in fits] == [True] * len(cells)


def test_where_no_count_helps_the_deviation_goes_and_at_last_the_number() -> None:
    answers = {1: 1, 2: 0, 3: 2, 4: 20, 5: 30}
    crowd = [Trainee("A", "N", "gp", a) for a, times in answers.items() for _ in range(times)]
    draft = draft_of(crowd)
    hidden = hide(draft, PARTNER)
    assert "all_sd" in hidden
    assert not {"all_answered", "all_mean"} & hidden
    few = draft_of([one for one in crowd if one.answer in (1, 5)])
    assert {"all_answered", "all_mean", "all_said1"} <= hide(few, PARTNER)


def test_a_draft_that_contradicts_itself_is_refused() -> None:
    one = Count("one", 1, Subject.PEOPLE)
    two = Count("two", 2, Subject.PEOPLE)
    for draft in (
        Draft((one, one), ()),
        Draft((one,), (Sentence("{two}"),)),
        Draft((one, two), (), (Sum("two", ("one",)),)),
        Draft((one, Derived("share", 0.5, ("two",))), ()),
        Draft((Derived("mean", 0.5, ()),), ()),
        Draft((Count("three", 3, Subject.PEOPLE, "m", {("A",): 2}),), ()),
    ):
        with pytest.raises(DraftError):
            hide(draft, PARTNER)
