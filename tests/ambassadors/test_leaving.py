"""A leaver is handed on once and nothing is lost; an erased person's words go, numbers stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from lms import clock
from lms.ambassadors import jobs
from lms.ambassadors.models import (
    Ambassador,
    Candidate,
    CaseStudy,
    CheckIn,
    Handover,
    ObjectiveWording,
    Tally,
)
from lms.ambassadors.services import case_studies, leaving, recruiting, tallies
from lms.ambassadors.services.case_studies import Story
from lms.contracts import SYSTEM
from lms.db import Complaint, Complaints, db
from lms.errors import Conflict
from lms.events import PersonErased, publish
from lms.messages.models import Message
from lms.people.models import Person, PersonalLink, RoleGrant
from lms.testing import Frozen
from lms.testing.client import PageClient
from tests.ambassadors import making
from tests.ambassadors.making import World, answered, pledged, world
from tests.ambassadors.test_own_pages import said

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def herts(session: object, frozen: Frozen) -> World:
    frozen("2027-03-02 10:00")
    return world()


def live_links(of: Ambassador) -> list[str]:
    return list(
        db.session.scalars(
            select(PersonalLink.purpose).where(
                PersonalLink.person_id == of.person_id, PersonalLink.revoked_at.is_(None)
            )
        )
    )


def test_pledge_and_people_pass_to_the_one_who_stays(herts: World, frozen: Frozen) -> None:
    names = ("Jo", "Femi", "Beth", "Colin")
    jo, heir, mentee, gone = (making.ambassador(herts, herts.person(name)) for name in names)
    mentee.mentor_id = gone.mentor_id = jo.id
    leaving.hand_on(gone.id, None, by=herts.coordinator)
    made = pledged(jo)
    frozen("2027-04-02 10:22")
    jobs.tick()
    answered(made, 1, "partly", "fully")
    leaving.hand_on(jo.id, heir.id, why="A new post", by=herts.coordinator)
    db.session.expire_all()
    assert (jo.state, mentee.mentor_id, made.state) == ("left", heir.id, "handed_on")
    assert [one.state for one in db.session.scalars(select(CheckIn).order_by(CheckIn.months))] == [
        "answered", "cancelled", "cancelled",
    ]  # fmt: skip
    handover = db.session.scalars(select(Handover).where(Handover.from_id == jo.id)).one()
    assert (handover.pledge_id, handover.moved) == (made.id, [str(mentee.id)])
    assert live_links(jo) == ["check_in"]  # what was answered can still be looked at
    roles = select(RoleGrant.person_id).where(
        RoleGrant.role == "ambassador", RoleGrant.ended_at.is_(None)
    )
    assert set(db.session.scalars(roles)) == {heir.person_id, mentee.person_id}
    letter = db.session.scalars(select(Message).where(Message.kind == "handover")).one()
    assert letter.subject == "You take over from Jo Rowe"
    assert "the pledge and 1 ambassador to look after" in letter.body
    assert letter.person_id == heir.person_id


def test_without_an_heir_the_pledge_ends_and_its_words_stay(herts: World) -> None:
    jo = making.ambassador(herts)
    made = pledged(jo)
    leaving.hand_on(jo.id, None, by=herts.coordinator)
    db.session.expire_all()
    assert (jo.state, made.state) == ("left", "withdrawn")
    assert len(db.session.scalars(select(ObjectiveWording)).all()) == 2


def test_somebody_is_handed_on_once(herts: World) -> None:
    jo, heir = making.ambassador(herts), making.ambassador(herts)
    leaving.hand_on(jo.id, heir.id, by=herts.coordinator)
    with pytest.raises(Conflict):
        leaving.hand_on(jo.id, heir.id, by=herts.coordinator)


def test_only_who_stays_can_take_over(herts: World) -> None:
    jo, goes = making.ambassador(herts), making.ambassador(herts)
    leaving.say_leaving(goes.id, making.date_in(30), by=herts.coordinator)
    db.session.expire_all()
    for to in (jo.id, goes.id, making.uuid7()):
        with pytest.raises(Complaint, match="who stays"):
            leaving.hand_on(jo.id, to, by=herts.coordinator)
    assert jo.state == "active"


def test_the_reason_names_no_family(herts: World) -> None:
    jo = making.ambassador(herts)
    with pytest.raises(Complaints, match="somebody's name"):
        leaving.hand_on(jo.id, None, why="After my client Sarah complained", by=herts.coordinator)


def test_who_left_may_come_back(herts: World) -> None:
    dilys = herts.person()
    jo = making.ambassador(herts, dilys)
    leaving.hand_on(jo.id, None, by=herts.coordinator)
    assert making.ambassador(herts, dilys).state == "active"


def test_an_erased_persons_words_go_and_their_numbers_stay(herts: World, frozen: Frozen) -> None:
    of = making.ambassador(herts)
    made = pledged(of)
    story = Story("We met.", "I asked.", "More talk.", "Ask.", ["public"], "name",
                  making.date_in(400))  # fmt: skip
    case_studies.write(of.id, story, send=True, by=SYSTEM)
    frozen("2027-04-02 10:22")
    jobs.tick()
    tallies.ask()
    month = db.session.scalars(select(Tally)).one()
    tallies.enter(month.id, conversations=4, to_counselling=1, to_mediation=0, by=SYSTEM)
    said = answered(made, 1, "fully", "partly", sentence="It went well.", obstacles=("time",))
    publish(PersonErased(SYSTEM, of.person_id))
    db.session.expire_all()
    assert (of.state, made.state) == ("left", "withdrawn")
    assert (said.sentence, said.wording, said.obstacles) == ("", None, ["time"])
    assert making.outcomes(said) == [("fully", None), ("partly", None)]
    study = db.session.scalars(select(CaseStudy)).one()
    assert (study.state, study.situation) == ("withdrawn", "[erased]")
    assert month.conversations == 4
    assert db.session.scalars(select(Candidate)).all() == []


def test_an_erased_person_who_was_only_invited_is_asked_no_more(herts: World) -> None:
    of = making.invited(herts)
    publish(PersonErased(SYSTEM, of.person_id))
    db.session.expire_all()
    assert of.state == "lapsed"


def test_an_erased_person_who_said_not_now_is_never_asked_again(
    herts: World, frozen: Frozen
) -> None:
    of = making.invited(herts)
    recruiting.decline(of.id, ask_again=True, by=making.by_link(of))
    publish(PersonErased(SYSTEM, of.person_id))
    db.session.expire_all()
    assert (of.state, of.ask_again_on) == ("declined", None)
    frozen("2027-09-02 10:22")
    jobs.tick()
    assert db.session.scalars(select(Ambassador.state)).all() == ["declined"]


def test_who_was_erased_before_their_wish_was_is_not_asked_either(
    herts: World, frozen: Frozen
) -> None:
    of = making.invited(herts)
    recruiting.decline(of.id, ask_again=True, by=making.by_link(of))
    db.session.get_one(Person, of.person_id).erased_at = clock.now()
    frozen("2027-09-02 10:22")
    jobs.tick()
    assert db.session.scalars(select(Ambassador.state)).all() == ["declined"]


def test_a_case_study_may_be_used_until_its_day_and_not_after(herts: World, frozen: Frozen) -> None:
    of = making.ambassador(herts)
    story = Story("We met.", "I asked.", "More talk.", "Ask.", ["public"], "name",
                  making.date_in(10))  # fmt: skip
    key = case_studies.write(of.id, story, send=True, by=SYSTEM)
    case_studies.approve(key, by=herts.coordinator)
    frozen("2027-03-12 10:22")
    jobs.tick()
    study = db.session.get_one(CaseStudy, key)
    assert study.state == "approved"
    frozen("2027-03-13 10:22")
    jobs.tick()
    db.session.expire_all()
    assert study.state == "expired"
    with pytest.raises(Conflict):
        case_studies.approve(key, by=herts.coordinator)


def test_a_story_that_was_withdrawn_cannot_be_approved_by_an_old_page(herts: World) -> None:
    of = making.ambassador(herts)
    story = Story("We met.", "I asked.", "More.", "Ask.", ["public"], "name", making.date_in(10))
    key = case_studies.write(of.id, story, send=True, by=SYSTEM)
    case_studies.take_back(key, by=SYSTEM)
    with pytest.raises(Conflict):
        case_studies.approve(key, by=herts.coordinator)


def test_who_became_one_this_month_is_asked_about_it_next_month(
    herts: World, frozen: Frozen
) -> None:
    making.ambassador(herts)
    tallies.ask()
    assert db.session.scalars(select(Tally)).all() == []
    frozen("2027-04-01 06:38")
    tallies.ask()
    month = db.session.scalars(select(Tally)).one()
    assert (month.month.isoformat(), month.answered_at) == ("2027-03-01", None)
    letter = db.session.scalars(select(Message).where(Message.kind == "tally")).one()
    assert letter.subject == "March 2027: how many conversations?"
    assert set(letter.links) == {"numbers", "nothing"}


def test_nobody_is_asked_to_hand_on_what_is_not_there(
    herts: World, as_person: Callable[..., PageClient], frozen: Frozen
) -> None:
    """Who has no pledge and looks after nobody: it is only noted that they left, once they have."""
    theo = making.ambassador(herts, herts.person("Theo"))
    leaving.say_leaving(theo.id, date(2027, 3, 31), by=herts.coordinator)
    browser = as_person(herts.priya)
    board, own = said(browser.get("/ambassadors")), said(browser.get(f"/ambassadors/{theo.id}"))
    for page in (board, own):
        assert "Hand on" not in page
        assert "nothing to hand on" in page
        assert "Note that they have left" in page
    assert "Needs a person" not in board
    assert "Theo Rowe leaves" not in said(browser.get("/home"))
    frozen("2027-03-31 09:00")
    home = said(as_person(herts.priya).get("/home"))
    assert "Note that they have left: Theo Rowe leaves on 31 March 2027" in home
