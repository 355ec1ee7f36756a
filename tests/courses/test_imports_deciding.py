"""Every row gets one decision, and the same one however the rest of the file looks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from courses.imports.assessing import NEW, WAIT, assess
from courses.imports.drafts import ADD, ATTENTION, HAVE, LEAVE, OUT, Choice, Decision
from courses.imports.known import Known, KnownPerson, Named, Names
from courses.imports.lines import PERSON, Line
from courses.imports.sharing import MAILBOX, ONE

HERTS = Named(uuid.uuid4(), "Hertfordshire")
JOB = Named(uuid.uuid4(), "Health visitor")
KNOWN = Known(professions=Names((JOB,)), localities=(HERTS,), places_left=100)


def line(row_no: int, given: str = "Jo", family: str = "Brown", **read: str) -> Line:
    texts = {"given_name": given, "family_name": family, **read}
    return Line(row_no, PERSON, tuple(texts.values()), texts, {"name": f"A{row_no}"})


def person(given: str, family: str, *, in_reach: bool = True) -> KnownPerson:
    added = datetime(2026, 2, 3, tzinfo=UTC)
    return KnownPerson(uuid.uuid4(), given, family, added, in_reach, None, None)


def verdicts(decisions: Sequence[Decision]) -> list[str]:
    return [decision.verdict for decision in decisions]


def test_an_exact_repeat_is_left_out_and_points_at_the_first() -> None:
    first, second = assess([line(2, email="jo@x.uk"), line(9, email="JO@X.UK")], {}, KNOWN)
    assert (first.verdict, second.verdict) == (ADD, OUT)
    assert second.reasons[0].why == "The same person as row 2"


def test_two_namesakes_with_different_addresses_are_two_people() -> None:
    both = [line(2, email="jo@x.uk"), line(3, email="jb@x.uk")]
    assert verdicts(assess(both, {}, KNOWN)) == [ADD, ADD]


def test_the_holder_of_a_shared_address_keeps_it_and_the_others_have_none() -> None:
    holder = person("Jo", "Brown")
    known = Known(by_email={"desk@x.uk": holder}, places_left=9)
    rows = [line(2, email="desk@x.uk"), line(3, "Amy", "Reed", email="desk@x.uk")]
    choices = {2: {"shared": MAILBOX}, 3: {"shared": MAILBOX}}
    first, second = assess(rows, choices, known)
    assert first.plan is not None
    assert second.plan is not None
    assert first.plan.person_id == holder.id
    assert (second.plan.person_id, second.plan.email) == (None, None)


def test_a_person_out_of_reach_is_treated_in_every_way_like_somebody_new() -> None:
    stranger = person("Ann", "Other", in_reach=False)
    row = line(2, email="jo@x.uk", profession="Ward sister", organisation="New place")
    unknown = assess([row], {}, KNOWN)
    held = assess([row], {}, Known(**{**vars(KNOWN), "by_email": {"jo@x.uk": stranger}}))
    assert held == unknown


def test_places_go_to_rows_in_order_and_to_nobody_who_leaves_or_waits() -> None:
    rows = [line(n, f"P{n}", email=f"p{n}@x.uk") for n in range(2, 6)]
    known = Known(places_left=2)
    assert verdicts(assess(rows, {}, known)) == [ADD, ADD, ATTENTION, ATTENTION]
    choices: dict[int, Choice] = {2: {LEAVE: "yes"}, 5: {"seat": WAIT}}
    decided = assess(rows, choices, known)
    assert verdicts(decided) == [OUT, ADD, ADD, ADD]
    assert [d.plan.waits for d in decided if d.plan] == [False, False, True]


def test_a_course_that_follows_another_lets_in_who_finished_it_or_with_a_reason() -> None:
    done = person("Jo", "Brown")
    known = Known(
        by_email={"jo@x.uk": done},
        finished=frozenset({done.id}),
        first_course="Think Couple",
        places_left=9,
    )
    rows = [line(2, email="jo@x.uk"), line(3, "Amy", "Reed", email="amy@x.uk")]
    first, second = assess(rows, {}, known)
    assert (first.verdict, second.reasons[0].why) == (ADD, "Has not finished Think Couple")
    answer: Choice = {"waiver": "trained elsewhere", "rule": "Has not finished Think Couple"}
    _, second = assess(rows, {3: answer}, known)
    assert second.plan is not None
    assert second.plan.waiver == "trained elsewhere"


def test_a_row_that_comes_to_break_another_rule_too_is_asked_about_again() -> None:
    known = Known(
        finished=frozenset(),
        first_course="Think Couple",
        for_profession=JOB,
        professions=Names((JOB,)),
        places_left=9,
    )
    answer: Choice = {"waiver": "trained elsewhere", "rule": "Has not finished Think Couple"}
    rows = [line(2, "Amy", "Reed", email="amy@x.uk", profession="Health visitor")]
    [let_in] = assess(rows, {2: answer}, known)
    assert let_in.verdict == ADD
    rows = [line(2, "Amy", "Reed", email="amy@x.uk")]
    [asked] = assess(rows, {2: answer}, known)
    assert asked.verdict == ATTENTION
    assert asked.reasons[0].why == "Has not finished Think Couple; This date is for: Health visitor"


cells = st.fixed_dictionaries(
    {
        "given_name": st.sampled_from(["Jo", "Amy", "JO", "", "Null", "<b>", "\ufffd"]),
        "family_name": st.sampled_from(["Brown", "Reed", "brown", "", "O'Neill"]),
        "email": st.sampled_from(["", "a@x.uk", "A@x.uk", "b@x.uk", "c@@x", "a@x.uk b@x.uk"]),
        "profession": st.sampled_from(["", "Health visitor", "HV team lead", "Baker"]),
        "organisation": st.sampled_from(["", "Herts NHS", "Hertz NHS", "x" * 201]),
    }
)
answers = st.fixed_dictionaries(
    {},
    optional={
        LEAVE: st.just("yes"),
        "no_email": st.just("yes"),
        "email": st.sampled_from(["z@x.uk", "a@x.uk"]),
        "shared": st.sampled_from([MAILBOX, ONE]),
        "person": st.just(NEW),
        "seat": st.just(WAIT),
        "profession": st.just("later"),
        "organisation": st.sampled_from([f"{NEW}:{HERTS.id}", "none"]),
    },
)


@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(cells, max_size=12),
    choices=st.dictionaries(st.integers(1, 12), answers),
    places=st.integers(0, 6),
    held=st.booleans(),
)
def test_every_row_is_decided_once_and_the_sum_is_what_the_cohort_takes(
    rows: list[dict[str, str]], choices: dict[int, dict[str, str]], places: int, held: bool
) -> None:
    holder = person("Jo", "Brown")
    known = Known(
        by_email={"a@x.uk": holder} if held else {},
        booked=frozenset({holder.id}),
        professions=Names((JOB,)),
        organisations=Names((Named(uuid.uuid4(), "Herts NHS", HERTS.id),)),
        localities=(HERTS,),
        places_left=places,
    )
    found = [Line(n, PERSON, tuple(read.values()), read) for n, read in enumerate(rows, 1)]
    decisions = assess(found, choices, known)
    assert [decision.row_no for decision in decisions] == [one.row_no for one in found]
    assert {decision.verdict for decision in decisions} <= {ADD, HAVE, ATTENTION, OUT}
    for decision in decisions:
        assert (decision.plan is not None) == (decision.verdict == ADD)
        assert decision.reasons or decision.verdict == ADD
    plans = [decision.plan for decision in decisions if decision.plan]
    assert sum(not plan.waits for plan in plans) <= places
    emails = [plan.email for plan in plans if plan.email]
    assert len(emails) == len(set(emails))
    assert all(plan.given_name or plan.family_name for plan in plans)
    assert assess(found, choices, known) == decisions
