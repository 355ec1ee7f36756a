"""Did confidence change? Counts first, the same people twice, and no more than so few can carry."""

from __future__ import annotations

from collections import Counter
from datetime import date
from statistics import mean

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.contracts import Actor, Audience, Grant, Role, Scope, ScopeKind, Sentence
from lms.db import db
from lms.reports.disclosure import POLICIES, hide
from surveys.reports import confidence, material
from tests import factories as make
from tests.reporting import ask, consistent, said, table, tables
from tests.surveys.test_statistics import POST, PRE
from tests.surveys.told import Person, add, pairs, told
from tests.surveys.world import FIVE

CAUSAL = ("because", "caused the change by", "thanks to", "due to", "led to", "effect of", "impact")


@pytest.fixture(autouse=True)
def at_a_later_time(session, frozen):
    frozen("2027-08-01 09:00")


@pytest.fixture
def herts():
    return make.locality("Hertfordshire")


def example(**columns):
    """The worked example: twelve pairs on Brief Encounters, with three more who lack a form."""
    people = [Person(b, a) for b, a in zip(PRE, POST, strict=True)]
    return told([*people, Person(2), Person(None, 4), Person()], **columns)


def build(**filters):
    draft = confidence.build(ask(**filters))
    consistent(draft)
    return draft


def test_the_worked_example_is_told_with_its_numbers_place_and_period(herts):
    example(place=herts)
    draft = build()
    assert (draft.place, draft.period) == ("Hertfordshire", "January 2027")
    [change] = [line for line in said(draft) if line.startswith("Mean")]
    assert change == (
        "Mean 2.33 → 3.67 on a scale of 1 to 5, a rise of 1.33 (95% interval 0.92 to 1.75), n = 12."
    )
    assert "11 of 12 went up, 1 stayed, 0 went down." in said(draft)
    assert "0 of 12 (0%) were already at 5 before, so could not go up." in said(draft)
    row = table(draft, "tests")
    helping = "Helping with a problem"
    assert (row[helping, "dz"], row[helping, "g_av"], row[helping, "t"]) == ("2.05", "1.49", "7.09")
    assert row[helping, "Degrees of freedom"] == "11"


def test_the_quotable_sentence_names_course_base_and_the_same_people(herts):
    course = make.course(title="Brief Encounters")
    example(place=herts, on=make.edition(course))
    draft = build()
    [block] = [b for b in draft.blocks if isinstance(b, Sentence) and b.quotable]
    assert said(draft)[0] == (
        "Before Brief Encounters, 1 of 12 practitioners (8%) were quite or very comfortable "
        "helping a parent with a problem in their relationship; afterwards 8 of the same 12 (67%) "
        "were."
    )
    assert block is draft.blocks[0]


def test_counts_come_with_their_bases_and_who_is_missing(herts):
    example(place=herts)
    lines = said(build())
    assert (
        "15 booked, 15 attended at least one session, 0 completed. 13 of 15 answered before (87% "
        "of those booked by the start); 13 of 15 answered after (87% of those who attended). 12 "
        "answered both." in lines
    )
    assert (
        "12 of 15 who attended answered both times (80%). The other 3 are not in the change "
        "figures." in lines
    )


def test_those_who_began_elsewhere_are_told_with_a_warning():
    told([*pairs(12, 3, 4), *(Person(2) for _ in range(6))])
    assert (
        "6 of them answered before only; their mean was 2.0, against 3.0 for those who answered "
        "both. Those without a pair started lower, so the change may not hold for them."
        in said(build())
    )


def test_not_even_the_team_is_told_what_fewer_than_five_without_a_pair_said():
    told([*pairs(12, 3, 4), *(Person(2) for _ in range(4))])
    lines = said(build())
    assert "4 of them answered before only; too few to describe." in lines
    assert not any(line.startswith("Everyone") for line in lines)


def test_outside_the_team_fewer_than_ten_without_a_pair_are_not_described():
    told([*pairs(12, 3, 4), *(Person(2) for _ in range(9))])
    lines = said(build(audience=Audience.PARTNER))
    assert "9 of them answered before only; too few to describe." in lines


def test_everyone_who_answered_stands_beside_and_is_labelled():
    told([*pairs(12, 3, 4), *(Person(4) for _ in range(6)), *(Person(None, 2) for _ in range(5))])
    assert "Everyone who answered, not the same people: 33% of 18 before, 71% of 17 after." in said(
        build()
    )


def test_under_five_pairs_nobody_sees_an_answer():
    told([*pairs(4, 2, 4), *(Person(2) for _ in range(9))])
    draft = build()
    assert "Answers are shown when 5 people have answered both times." in said(draft)
    assert "13 of 13 answered before" in said(draft)[0]
    assert tables(draft) == []


@pytest.mark.parametrize(("number", "interval"), [(5, False), (6, True), (9, True)])
def test_few_pairs_are_shown_without_a_test_and_fewest_without_an_interval(number, interval):
    told([*pairs(number - 1, 2, 4), Person(3, 3)])
    draft = build()
    lines = said(draft)
    assert (
        f"Only {number} people answered both times. We show their answers but test nothing."
        in lines
    )
    [change] = [line for line in lines if line.startswith("Mean")]
    assert ("95% interval" in change) == interval
    row = table(draft, "tests")
    assert {row["Helping with a problem", column] for column in ("dz", "p (t)", "p (McNemar)")} == {
        "[z]"
    }
    assert not any(block.quotable for block in draft.blocks if isinstance(block, Sentence))


def test_no_percentage_of_fewer_than_ten_is_said():
    told([*pairs(8, 2, 4), Person(3, 3)])
    assert not any("%)" in line for line in said(build()))


def test_a_cohort_asked_only_afterwards_is_shown_as_levels_and_never_in_the_change():
    told(pairs(10, 2, 4))
    told([Person(2, 5) for _ in range(7)], design="after_only")
    draft = build()
    assert (
        "This course was surveyed only afterwards. The figures show how people felt then, not how "
        "much they changed. 7 of 7 who attended answered." in said(draft)
    )
    assert table(draft, "only_after")["After", "People"] == "7"
    assert table(draft, "levels")["After", "Very comfortable"] == "0"


def test_only_after_alone_says_nothing_of_change():
    told([Person(None, 5) for _ in range(7)], design="after_only")
    draft = build()
    assert tables(draft) == ["only_after", "only_after_described"]
    assert not any("rise" in line or "Before" in line for line in said(draft))


def test_later_answers_are_told_as_gain_and_as_what_was_kept():
    told([*(Person(2, 4, later=3) for _ in range(7)), *(Person(2, 5) for _ in range(5))])
    draft = build()
    assert (
        "7 of 12 answered 6 months later. Of those who answered all three times: against before a "
        "rise of 1.00; against straight after a fall of 1.00." in said(draft)
    )
    grid = table(draft, "later_6")
    assert (grid["Against before", "Change"], grid["Against straight after", "Change"]) == (
        "+1.00",
        "-1.00",
    )


def test_before_from_memory_stands_apart_with_its_warning():
    told([Person(3, 4, recalled=1) for _ in range(6)])
    draft = build()
    assert table(draft, "recalled")["Remembered before, and after", "Change"] == "+3.00"
    assert table(draft, "change")["Helping with a problem", "Change"] == "+1.00"


def test_another_question_can_be_looked_at_first():
    answers = dict.fromkeys(FIVE, 2)
    told([Person(answers, answers | {"asking": 5}) for _ in range(6)])
    draft = build(choices={"question": "asking"})
    assert "6 of 6 practitioners were quite or very likely to ask" not in said(draft)[0]
    assert "afterwards 6 of the same 6 were." in said(draft)[0]
    assert table(draft, "change")["Asking about the relationship", "Change"] == "+3.00"
    assert table(draft, "others")["Helping with a problem", "Change"] == "0.00"


def test_somebody_who_left_one_question_out_counts_in_the_others():
    some = {key: 3 for key in FIVE if key != "helping"}
    told([*pairs(6, 2, 4), Person(some, some)])
    draft = build()
    assert table(draft, "change")["Helping with a problem", "People"] == "6"
    assert table(draft, "others")["Asking about the relationship", "People"] == "7"


def test_the_questions_to_choose_from_begin_with_the_main_one():
    told(pairs(5, 2, 3))
    assert [key for key, _ in material.questions(ask().actor)] == [
        "helping",
        "identifying",
        "knowledge",
        "asking",
        "signposting",
    ]


# -- nobody's answer by subtraction, for our own team either ---------------------------------------


def number(**filters):
    """How many pairs are counted, and what is said of those that are not."""
    draft = build(**filters)
    pairs = "0"
    if "change" in tables(draft):
        pairs = table(draft, "change")["Helping with a problem", "People"]
    return pairs, [line for line in said(draft) if "not counted here" in line]


def test_a_cohort_of_one_is_not_what_a_filter_leaves_over(herts):
    on = make.edition(make.course())
    large = told(pairs(5, 2, 4), place=herts, on=on)
    told(pairs(1, 1, 5), place=herts, on=on)
    all_, left = number()
    assert (all_, number(cohorts=(large.id,))) == ("5", ("5", []))
    assert left == [
        "1 person who answered both times is not counted here: answers are told of 5 people or "
        "more together, and these are too few by themselves."
    ]


def test_two_small_cohorts_count_together_and_neither_alone(herts):
    on = make.edition(make.course())
    one, two = (told(pairs(3, 2, 4), place=herts, on=on) for _ in range(2))
    assert number() == ("6", [])
    for cohort in (one, two):
        pairs_, [left] = number(cohorts=(cohort.id,))
        assert pairs_ == "0"
        assert left.startswith("3 people who answered both times are not counted here")


def test_a_job_that_is_all_but_one_of_a_cohort_is_not_told_beside_it(herts):
    gp, visitor = make.profession("GP"), make.profession("Health visitor")
    on = make.edition(make.course())
    first = told(pairs(6, 2, 4), place=herts, job=gp, on=on)
    second = told(pairs(5, 2, 3), place=herts, job=visitor, on=on)
    add(second, pairs(1, 1, 5), where=herts, job=gp)
    for asked, number_ in (({"cohorts": (first.id,)}, "6"), ({}, "12")):
        by_job = table(build(**asked), "job")
        assert by_job.rows == ["Others together", "All"]
        assert by_job["Others together", "People"] == number_


def test_a_job_of_few_on_each_cohort_is_told_of_all_of_them_together(herts):
    gp, visitor = make.profession("GP"), make.profession("Health visitor")
    on = make.edition(make.course())
    first, second = (told(pairs(6, 2, 4), place=herts, job=visitor, on=on) for _ in range(2))
    for cohort in (first, second):
        add(cohort, pairs(4, 1, 5), where=herts, job=gp)
    by_job = table(build(), "job")
    assert (by_job["GP", "People"], by_job["Health visitor", "People"]) == ("8", "12")
    assert table(build(cohorts=(first.id,)), "job").rows == ["Others together", "All"]


def test_a_job_is_told_without_the_few_of_another_place_but_only_if_it_is_most_of_it(herts):
    visitor, gp, essex = make.profession("Health visitor"), make.profession("GP"), make.locality()
    on = make.edition(make.course())
    for where, visitors, others in ((herts, 12, 6), (essex, 3, 4)):
        cohort = told(pairs(visitors, 2, 4), place=where, job=visitor, on=on)
        add(cohort, pairs(others, 1, 5), where=where, job=gp)
    by_job = table(build(), "job")
    assert by_job.rows == ["Health visitor", "Others together", "All"]
    assert by_job["Health visitor", "People"] == "12"
    assert by_job["Others together", "People"] == "13"


def test_the_few_who_count_nowhere_take_no_job_with_them(herts):
    visitor, on = make.profession("Health visitor"), make.edition(make.course())
    for size in (12, 2):
        told(pairs(size, 2, 4), place=herts, job=visitor, on=on)
    assert table(build(), "job")["Health visitor", "People"] == "12"


def test_later_answers_are_not_told_where_few_of_a_cohort_gave_none():
    told([*(Person(2, 4, later=3) for _ in range(9)), *pairs(4, 2, 4)])
    assert any("Too few of them answered all three times" in line for line in said(build()))
    assert "later_6" not in tables(build())


# -- by job, cohort and place ---------------------------------------------------------------------


def test_jobs_are_those_at_booking_and_small_ones_are_put_together_for_the_team(herts):
    visitor, gp, nurse = (make.profession(name) for name in ("Health visitor", "GP", "Nurse"))
    cohort = told(pairs(11, 2, 4), place=herts, job=visitor)
    add(cohort, pairs(3, 1, 5), where=herts, job=gp)
    add(cohort, pairs(6, 2, 3), where=herts, job=nurse)
    by_job = table(build(), "job")
    assert by_job.rows == ["Health visitor", "Others together", "All"]
    assert by_job["Others together", "People"] == "9"
    assert by_job["All", "People"] == "20"


def test_outside_the_team_a_small_job_and_another_are_hidden_and_the_means_not_shown(herts):
    visitor, gp, nurse = (make.profession(name) for name in ("Health visitor", "GP", "Nurse"))
    spread = [Person(1 + n % 4, 2 + n % 4) for n in range(24)]
    cohort = told(spread, place=herts, job=visitor)
    add(cohort, spread, where=herts, job=nurse)
    add(cohort, pairs(3, 2, 4), where=herts, job=gp)
    draft = build(audience=Audience.PUBLICATION)
    hidden = hide(draft, POLICIES[Audience.PUBLICATION])
    grid = table(draft, "job")
    assert grid.rows == ["GP", "Health visitor", "Nurse", "All"]
    assert ("GP", "Mean before") not in grid.cells
    assert {"job1_n", "job1_after_top"} <= hidden
    assert len({"job2_n", "job3_n"} & hidden) == 1
    assert "helping_n" not in hidden


def test_the_chosen_breakdown_comes_first_and_outside_it_is_the_only_one(herts):
    told(pairs(12, 2, 4), place=herts)
    told(pairs(12, 2, 4), place=make.locality("Essex"))
    inside = [key for key in tables(build(breakdown="place")) if key in ("job", "cohort", "place")]
    outside = tables(build(breakdown="place", audience=Audience.PARTNER))
    assert inside == ["place", "job", "cohort"]
    assert [key for key in outside if key in ("job", "cohort", "place")] == ["place"]
    assert table(build(), "place").rows == ["Essex", "Hertfordshire", "All"]


# -- what is counted ------------------------------------------------------------------------------


def test_filters_narrow_to_place_course_cohort_and_whole_months(herts):
    essex, course = make.locality("Essex"), make.course()
    one = told(pairs(5, 2, 3), place=herts, day=date(2027, 1, 31), on=make.edition(course))
    told(pairs(6, 2, 3), place=essex, day=date(2027, 2, 1))

    def number(**filters):
        return table(build(**filters), "change")["Helping with a problem", "People"]

    assert number() == "11"
    assert number(localities=(essex.id,)) == "6"
    assert number(courses=(course.key,)) == "5"
    assert number(cohorts=(one.id,)) == "5"
    assert number(start=date(2027, 2, 1)) == "6"
    assert number(end=date(2027, 1, 31)) == "5"


def test_where_nothing_matches_the_nearest_data_are_named(herts):
    told(pairs(5, 2, 3), place=herts)
    draft = confidence.build(ask(start=date(2030, 1, 1)))
    assert draft.empty == "No cohort matches. The nearest data: Hertfordshire, January 2027."
    assert draft.blocks == ()


def test_an_analyst_counts_their_own_places_and_a_manager_no_answers(herts):
    essex = make.locality("Essex")
    employer = make.organisation(locality_id=herts.id)
    told(pairs(5, 2, 3), place=herts)
    told(pairs(6, 2, 3), place=essex)

    def actor(role, kind, key):
        return Actor(None, "Somebody", (Grant(role, Scope(kind, str(key))),))

    analyst = actor(Role.ANALYST, ScopeKind.LOCALITY, essex.id)
    manager = actor(Role.MANAGER, ScopeKind.ORGANISATION, employer.id)
    assert table(build(actor=analyst), "change")["Helping with a problem", "People"] == "6"
    assert confidence.build(ask(actor=manager)).empty


def test_answers_of_today_are_not_counted_before_midnight(frozen):
    told(pairs(5, 2, 4))  # sent two days ago
    frozen("2027-07-30 23:59")
    assert tables(build()) == []
    frozen("2027-07-31 00:01")
    assert table(build(), "change")["Helping with a problem", "People"] == "5"


def test_a_booking_that_was_moved_counts_where_it_went():
    cohort = told(pairs(6, 2, 4))
    booking = make.booking(cohort)
    make.change_booking(booking, "moved")
    assert any(line.startswith("6 booked") for line in said(build()))


def test_no_sentence_claims_a_cause():
    told([*(Person(2, 4, later=3, recalled=1) for _ in range(12)), Person(2)])
    told([Person(None, 4) for _ in range(6)], design="after_only")
    draft = build()
    told_words = " ".join([*said(draft), *(d.text for d in draft.definitions)]).lower()
    assert not [word for word in CAUSAL if word in told_words]
    assert said(draft)[-1].startswith("People chose to come and the answers are their own.")


def test_the_number_of_queries_does_not_grow_with_cohorts(count_queries):
    told(pairs(5, 2, 4))
    with count_queries() as few:
        build()
    for _ in range(3):
        told(pairs(5, 2, 4), place=make.locality(), job=make.profession())
    with count_queries() as more:
        build()
    assert len(more) == len(few)


answers = st.one_of(st.none(), st.integers(1, 5))


@given(st.lists(st.tuples(answers, answers, answers, st.integers(0, 1)), min_size=1, max_size=9))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_the_database_counts_is_what_counting_by_hand_gives(people):
    with db.session.begin_nested() as attempt:
        jobs = (make.profession(), make.profession())
        cohort = told([], job=jobs[0])
        for before, after, later, job in people:
            add(cohort, [Person(before, after, later)], job=jobs[job])
        m = material.load(ask(cohorts=(cohort.id,), audience=Audience.PARTNER))
        attempt.rollback()
    assert m is not None
    both = [(b, a) for b, a, _, _ in people if b and a]
    assert sum(line.people for line in m.roll) == len(people)
    assert sum(line.people for line in m.roll if line.before) == sum(
        b is not None for b, *_ in people
    )
    given = [line for line in m.answers if line.item == m.item.key]
    found = Counter()
    for line in given:
        if line.before and line.after:
            found[line.before, line.after] += line.people
    assert found == Counter(both)
    for number, job in enumerate(jobs):
        expected = [a for _, a, _, j in people if j == number and a]
        of_job = [line for line in given if line.job == str(job.id) and line.after]
        assert sum(line.people for line in of_job) == len(expected)
        if expected:
            total = sum(line.after * line.people for line in of_job)
            assert total / len(expected) == pytest.approx(mean(expected))
