"""Who says yes and finishes is asked, once, in whichever order; and what is answered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms import clock, events
from lms.ambassadors import jobs
from lms.ambassadors.models import Ambassador, Candidate
from lms.ambassadors.services import recruiting, roles
from lms.contracts import SYSTEM, Role
from lms.db import Complaint, db, uuid7
from lms.errors import Conflict
from lms.messages.models import Message
from lms.people.models import RoleGrant
from lms.registry import current_registry
from lms.testing import Frozen
from tests import factories as make
from tests.ambassadors import making
from tests.ambassadors.making import World, world

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def herts(session: object) -> World:
    return world()


def ambassadors() -> list[Ambassador]:
    return list(db.session.scalars(select(Ambassador).order_by(Ambassador.id)))


def messages(kind: str) -> list[Message]:
    found = select(Message).where(Message.kind == kind).order_by(Message.id)
    return list(db.session.scalars(found))


@pytest.mark.parametrize("first", ["volunteered", "completed"])
def test_yes_and_finished_make_an_invitation_in_either_order(herts: World, first: str) -> None:
    dilys, booking_id = herts.person(), uuid7()
    steps = [making.volunteered, making.completed]
    for step in steps if first == "volunteered" else reversed(steps):
        assert ambassadors() == []
        step(dilys, booking_id, herts.place)
    [invited] = ambassadors()
    assert (invited.person_id, invited.state) == (dilys.id, "invited")
    assert invited.locality_id == herts.place.id
    [letter] = messages("ambassador-invitation")
    assert letter.subject == "Would you be an ambassador?"
    assert "You said you'd like to help colleagues" in letter.body
    assert letter.locality_ids == [herts.place.id]


def test_what_happens_twice_invites_once(herts: World) -> None:
    dilys, booking_id = herts.person(), uuid7()
    for _ in range(2):
        making.volunteered(dilys, booking_id, herts.place)
        making.completed(dilys, booking_id, herts.place)
    assert len(ambassadors()) == len(messages("ambassador-invitation")) == 1


def test_a_course_that_does_not_recruit_makes_no_candidate(herts: World) -> None:
    making.completed(herts.person(), uuid7(), herts.place, course="tavistock:think-couple")
    assert db.session.scalars(select(Candidate)).all() == []


def test_who_had_not_finished_after_all_is_not_invited(herts: World) -> None:
    dilys, booking_id = herts.person(), uuid7()
    making.completed(dilys, booking_id, herts.place)
    recruiting.note_withdrawal(events.CompletionWithdrawn(SYSTEM, uuid7(), booking_id, uuid7()))
    making.volunteered(dilys, booking_id, herts.place)
    assert ambassadors() == []


def test_yes_makes_an_ambassador_with_the_version_that_was_read(herts: World) -> None:
    made = making.ambassador(herts)
    assert (made.state, made.role_version) == ("active", 1)
    assert made.accepted_at is not None
    grant = db.session.scalars(
        select(RoleGrant).where(RoleGrant.role == Role.AMBASSADOR.value)
    ).one()
    assert (grant.person_id, grant.scope_id) == (made.person_id, str(herts.place.id))


def test_yes_pressed_twice_is_yes_once(herts: World) -> None:
    made = making.ambassador(herts)
    recruiting.accept(made.id, role_version=1, by=making.by_link(made))
    assert (
        len(db.session.scalars(select(RoleGrant).where(RoleGrant.role == "ambassador")).all()) == 1
    )


def test_a_role_described_anew_must_be_read_again(herts: World) -> None:
    made = making.invited(herts)
    roles.describe("Another role.", after=1, by=SYSTEM)
    with pytest.raises(Complaint, match="changed while you were reading"):
        recruiting.accept(made.id, role_version=1, by=making.by_link(made))
    assert made.state == "invited"


def test_two_new_versions_of_the_role_at_once_are_not_both_kept(herts: World) -> None:
    roles.describe("A second version.", after=1, by=SYSTEM)
    with pytest.raises(Complaint, match="Somebody else"):
        roles.describe("Another second version.", after=1, by=SYSTEM)
    assert roles.newest().text == "A second version."


def test_not_now_is_asked_again_after_six_months_only_by_who_allows_it(
    herts: World, frozen: Frozen
) -> None:
    frozen("2027-03-02 10:00")
    never, later = making.invited(herts), making.invited(herts)
    recruiting.decline(never.id, ask_again=False, by=making.by_link(never))
    recruiting.decline(later.id, ask_again=True, by=making.by_link(later))
    frozen("2027-09-01 10:00")
    jobs.tick()
    assert len(ambassadors()) == 2
    frozen("2027-09-02 10:00")
    jobs.tick()
    jobs.tick()
    new = ambassadors()[2:]
    assert [(one.person_id, one.state) for one in new] == [(later.person_id, "invited")]


def test_a_declined_invitation_cannot_be_accepted_by_an_old_page(herts: World) -> None:
    made = making.invited(herts)
    recruiting.decline(made.id, ask_again=False, by=making.by_link(made))
    with pytest.raises(Conflict):
        recruiting.accept(made.id, role_version=1, by=making.by_link(made))


def test_an_invitation_that_nobody_answers_lapses(herts: World, frozen: Frozen) -> None:
    frozen("2027-03-02 10:00")
    made = making.invited(herts)
    frozen("2027-05-01 10:59")
    jobs.tick()
    assert made.state == "invited"
    frozen("2027-05-01 11:01")
    jobs.tick()
    db.session.expire_all()
    assert made.state == "lapsed"


def test_a_coordinator_may_invite_who_finished_and_nobody_twice(herts: World) -> None:
    dilys, booking_id = herts.person(), uuid7()
    making.completed(dilys, booking_id, herts.place)
    candidate = db.session.scalars(select(Candidate)).one()
    recruiting.invite(candidate.id, by=herts.coordinator)
    with pytest.raises(Complaint, match="already"):
        recruiting.invite(candidate.id, by=herts.coordinator)
    [letter] = messages("ambassador-invitation")
    assert "we think that you could help" in letter.body


def test_ambassadors_go_first_where_a_course_says_so(herts: World) -> None:
    made = making.ambassador(herts)
    ask = current_registry().booking_priority
    [first] = ask(made.person_id, "hertfordshire_mediation:parents-at-war")
    assert (first.key, first.reason) == ("ambassador", "Ambassador")
    assert ask(made.person_id, making.BRIEF) == []
    assert ask(make.person().id, "hertfordshire_mediation:parents-at-war") == []


def test_the_link_to_an_invitation_lives_as_long_as_the_invitation(herts: World) -> None:
    made = making.invited(herts)
    link = making.by_link(made).link
    assert link is not None
    from_row = db.session.get_one(making.PersonalLink, link.link_id)
    assert from_row.expires_at is not None
    assert from_row.expires_at - clock.now() > timedelta(days=59)
