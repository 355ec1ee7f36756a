"""The report "Were pledges kept?" counts what was said, with its bases; managers get nothing."""

from __future__ import annotations

import pytest

from lms import clock
from lms.ambassadors import jobs
from lms.ambassadors.reports.pledges import build
from lms.ambassadors.services import tallies
from lms.contracts import (
    SYSTEM,
    Actor,
    Audience,
    Count,
    DataTable,
    Derived,
    Draft,
    Figure,
    Grant,
    ReportQuery,
    Role,
    Scope,
    ScopeKind,
    Sentence,
)
from lms.db import db
from lms.registry import current_registry
from lms.reports.disclosure import POLICIES, hide
from lms.testing import Frozen
from tests.ambassadors import making
from tests.ambassadors.making import World, answered, pledged, world

pytestmark = pytest.mark.usefixtures("session")


def asked(actor: Actor = SYSTEM, **more: object) -> ReportQuery:
    return ReportQuery(actor, Audience.TEAM, clock.now(), **more)


def figure(draft: Draft, key: str) -> Figure:
    return next(one for one in draft.figures if one.key == key)


def value(draft: Draft, key: str) -> float | None:
    return figure(draft, key).value


@pytest.fixture
def herts(session: object, frozen: Frozen) -> World:
    """Four pledges on 2 March: three answered at one month, two at three months, none at six."""
    frozen("2027-03-02 10:00")
    here = world()
    made = [pledged(making.ambassador(here)) for _ in range(4)]
    frozen("2027-04-02 10:22")
    jobs.tick()
    answered(made[0], 1, "partly", "not_started", obstacles=("time",), support=4, goals=(-1, -1))
    answered(made[1], 1, "fully", "fully", helped=("network",), goals=(1, 1))
    frozen("2027-04-20 10:22")
    jobs.tick()
    answered(made[2], 1, "no_longer_relevant", "partly", obstacles=("time", "job"))
    frozen("2027-06-02 10:22")
    jobs.tick()
    answered(made[0], 3, "fully", "partly")
    answered(made[3], 3, "fully", "fully")
    return here


def test_shares_have_their_response_rates_and_add_up(herts: World) -> None:
    draft = build(asked())
    assert [value(draft, f"due_{m}") for m in (1, 3)] == [4, 4]
    assert [value(draft, f"answered_{m}") for m in (1, 3)] == [3, 2]
    outcomes = [value(draft, f"objectives_{code}_1") for code in
                ("not_started", "partly", "fully", "no_longer_relevant")]  # fmt: skip
    assert outcomes == [1, 2, 2, 1]
    assert value(draft, "objectives_all_1") == 6
    assert value(draft, "late_1") == 1
    first = next(block for block in draft.blocks if isinstance(block, Sentence))
    assert first.text.endswith("Self-reported.")


def test_every_count_is_split_by_groups_that_sum_to_it(herts: World) -> None:
    for one in build(asked()).figures:
        if isinstance(one, Count):
            assert sum(one.groups.values()) == one.value, one.key


def test_every_figure_that_a_table_names_is_there(herts: World) -> None:
    draft = build(asked())
    known = {one.key for one in draft.figures}
    named = {
        cell
        for block in draft.blocks
        if isinstance(block, DataTable)
        for row in block.rows
        for cell in row.cells
    }
    assert named <= known


def test_a_pledge_heard_from_later_is_still_going_earlier(herts: World) -> None:
    """The one that was silent at one month and answered at three was going all the time."""
    draft = build(asked())
    assert (value(draft, "at_risk_1"), value(draft, "heard_1")) == (4, 4)


def test_who_can_still_answer_is_not_counted_as_lost(herts: World, frozen: Frozen) -> None:
    draft = build(asked())
    assert (value(draft, "at_risk_3"), value(draft, "heard_3")) == (2, 2)
    assert value(draft, "going_3") == pytest.approx(1)
    frozen("2027-09-02 10:22")
    jobs.tick()
    later = build(asked())
    assert (value(later, "at_risk_3"), value(later, "heard_3")) == (4, 2)
    assert value(later, "going_3") == pytest.approx(0.5)


def test_what_hindered_and_helped_is_counted_over_all_answers(herts: World, frozen: Frozen) -> None:
    frozen("2027-06-10 10:00")
    fifth = pledged(making.ambassador(herts))
    frozen("2027-07-10 10:22")
    jobs.tick()
    answered(fifth, 1, "partly", "partly", obstacles=("time",))
    draft = build(asked())
    assert value(draft, "answers") == 6
    assert value(draft, "hindered_time") == 3
    assert value(draft, "helped_network") == 1
    assert value(draft, "support_4") == 1


def test_what_fewer_than_five_say_of_their_managers_nobody_reads(herts: World) -> None:
    draft = build(asked())
    assert not [one for one in draft.figures if one.key.startswith(("support", "hindered"))]
    [last] = [b for b in draft.blocks if isinstance(b, Sentence)][-1:]
    assert last.text.endswith("is shown when 5 ambassadors have answered.")


def test_many_objectives_of_few_people_are_not_told_outside(herts: World) -> None:
    draft = build(ReportQuery(SYSTEM, Audience.PARTNER, clock.now()))
    hidden = hide(draft, POLICIES[Audience.PARTNER])
    counts = {one.key for one in draft.figures if isinstance(one, Count) and one.value}
    assert {"objectives_all_1", "objectives_all_3"} <= hidden & counts


def test_the_goal_scale_is_a_mean_of_those_who_used_it(herts: World) -> None:
    mean = figure(build(asked()), "t_1")
    assert isinstance(mean, Derived)
    assert mean.value == pytest.approx(50)
    assert mean.of == ("scaled_1",)


def test_the_period_is_that_of_the_pledge(herts: World) -> None:
    day = making.date_in(0).replace(month=4, day=1)
    assert build(asked(start=day)).empty
    assert not build(asked(end=day)).empty


def test_what_was_said_after_the_moment_of_asking_is_not_counted(herts: World) -> None:
    then = ReportQuery(SYSTEM, Audience.TEAM, clock.at(making.date_in(0), make_time(9)))
    draft = build(then)
    assert value(draft, "answered_3") == 0


def make_time(hour: int) -> object:
    return clock.now().time().replace(hour=hour, minute=0)


def test_only_ones_own_places_are_counted_and_a_manager_counts_nothing(herts: World) -> None:
    essex = world("Essex")
    assert build(asked(essex.coordinator)).empty
    assert not build(asked(herts.coordinator)).empty
    scope = Scope(ScopeKind.ORGANISATION, str(herts.school.id))
    manager = Actor(herts.priya.id, "Ruth", (Grant(Role.MANAGER, scope),))
    assert build(asked(manager)).empty
    whole = Actor(herts.priya.id, "Ruth", (Grant(Role.MANAGER, Scope(ScopeKind.PROGRAMME)),))
    assert build(asked(whole)).empty


def test_indicators_borrow_counts_of_ambassadors_and_their_months(
    herts: World, frozen: Frozen
) -> None:
    frozen("2027-07-01 06:38")
    tallies.ask()
    month = db.session.query(making.Ambassador).count()
    assert month == 4
    for row in db.session.query(tallies.Tally).limit(2):
        tallies.enter(row.id, conversations=5, to_counselling=1, to_mediation=0, by=SYSTEM)
    measures = current_registry().measures
    found = {key: measures[key].figures(asked())[0].value for key in (
        "ambassadors_in_place", "ambassador_conversations", "referrals_to_counselling",
        "referrals_to_mediation",
    )}  # fmt: skip
    assert list(found.values()) == [4, 10, 2, 0]
    talks = measures["ambassador_conversations"].figures(asked())
    told = Draft(tuple(talks), (Sentence("{ambassador_conversations} conversations"),))
    hidden = hide(told, POLICIES[Audience.PARTNER])
    assert talks[0].key in hidden, "ten conversations are of two ambassadors"
    assert measures["pledges_done"].figures(asked())[0].value is None
