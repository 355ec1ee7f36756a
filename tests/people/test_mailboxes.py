"""Mailboxes that several people read: messages go there, and nobody signs in with them."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from lms.contracts import SYSTEM, Actor, Grant, Role, Scope, ScopeKind
from lms.db import Complaint, uuid7
from lms.people.models import SAID, SHARED, MailboxDecision, Person, PersonEmail
from lms.people.queries import mailboxes as mailbox_queries
from lms.people.services import NewPerson, add_person, keepers, mailboxes, set_email
from lms.people.services.taking_back import take_back
from lms.records import AuditEntry, ImportBatch
from tests import factories
from tests.letters import text as plain
from tests.people.test_people_pages import administrator, two_places
from tests.people.test_sign_in import ask, code_in, link_for

__all__ = ["two_places"]


def sharing(session, person):
    session.expire_all()
    return session.scalar(select(PersonEmail.sharing).where(PersonEmail.person_id == person.id))


def held_by(session, person, sharing):
    session.scalar(select(PersonEmail).where(PersonEmail.person_id == person.id)).sharing = sharing
    session.flush()


def test_with_a_shared_mailbox_nobody_signs_in_and_the_message_says_why(
    session, browser, letters, run_jobs
):
    person = factories.person(email="desk@example.org")
    held_by(session, person, SHARED)
    mine = browser()
    assert ask(mine, "desk@example.org").location == "/sign-in/sent"
    run_jobs()
    (letter,) = letters.to("desk@example.org")
    assert "Several people read this mailbox, so nobody can sign in with it" in plain(letter)
    assert "/sign-in/" not in plain(letter)
    assert "type this code" not in plain(letter)


def test_what_is_under_way_ends_when_a_mailbox_is_found_to_be_shared(
    session, browser, letters, run_jobs, as_person
):
    person = factories.person("Robin", "Ellis", email="desk@example.org")
    signed_in, mine = as_person(person), browser()
    link = link_for(mine, letters, run_jobs, "desk@example.org")
    code = code_in(letters.to("desk@example.org")[-1])
    mailboxes.decide(person.id, shared=True, by=SYSTEM)
    assert signed_in.get("/home").status_code == 303
    assert mine.get(link).status_code == 410
    mailboxes.decide(person.id, shared=False, by=SYSTEM)
    assert mine.post(link).status_code == 410
    assert mine.press("/sign-in/sent", "Sign in", code=code).status_code == 410


def test_who_may_change_a_person_decides_on_their_page_and_the_trail_says_so(
    session, two_places, as_person
):
    (_, _, worker, coordinator), (_, _, _, stranger) = two_places
    held_by(session, worker, SAID)
    page, mine = f"/people/{worker.id}", as_person(coordinator)
    assert "An import says that Amara of Hertfordshire’s e-mail address" in mine.get("/home").text
    assert "An import says" not in as_person(stranger).get("/home").text
    assert as_person(stranger).post(f"{page}/mailbox", data={"sharing": "own"}).status_code == 404
    assert mine.post(f"{page}/mailbox", data={"sharing": "maybe"}).status_code == 422
    assert mine.press(page, "It is shared").location == page
    assert sharing(session, worker) == SHARED
    assert "Several people read this mailbox, so nobody can sign in with it" in mine.get(page).text
    assert "An import says" not in mine.get("/home").text
    mine.press(page, "Only Amara reads it")
    assert sharing(session, worker) == "own"
    said = select(AuditEntry.after).where(AuditEntry.after.has_key("mailbox"))
    assert [row["mailbox"] for row in session.scalars(said.order_by(AuditEntry.id))] == [
        "read by several",
        "read by one person",
    ]


def test_nobody_decides_about_themselves_or_about_who_holds_more_roles(
    session, two_places, as_person
):
    (_, organisation, _, coordinator), _ = two_places
    boss = factories.person("Ada", "Boss", organisation_id=organisation.id)
    factories.grant(boss, "administrator")
    for person in (boss, coordinator):
        held_by(session, person, SAID)
        page = as_person(coordinator).get(f"/people/{person.id}").text
        assert re.search("Somebody (else )?who may change this record decides", page)
        answer = as_person(coordinator).post(
            f"/people/{person.id}/mailbox", data={"sharing": "shared"}
        )
        assert answer.status_code == 404
        assert sharing(session, person) == SAID
    assert "It is shared" in as_person(administrator()).get(f"/people/{boss.id}").text


def test_of_a_new_address_nobody_has_said_that_others_read_it(session):
    person = factories.person(email="desk@example.org")
    held_by(session, person, SHARED)
    set_email(person.id, "robin@example.org", by=SYSTEM)
    assert sharing(session, person) == "own"


def test_whoever_gets_an_address_later_that_an_import_said_is_shared_signs_in_by_it_no_more(
    session, as_person
):
    said = batch()
    mailboxes.say_shared({"desk@example.org"}, by=SYSTEM, import_id=said)
    with pytest.raises(Complaint, match="nobody can sign in with it"):
        keepers.invite_administrator("Ada Boss", "desk@example.org")
    cat = session.get_one(Person, add_person(NewPerson("Cat", email="Desk@example.org"), by=SYSTEM))
    assert sharing(session, cat) == SHARED
    set_email(cat.id, "cat@example.org", by=SYSTEM)
    assert sharing(session, cat) == "own"
    robin = factories.person("Robin", email="robin@example.org")
    signed_in = as_person(robin)
    set_email(robin.id, "desk@example.org", by=SYSTEM)
    assert sharing(session, robin) == SHARED
    assert signed_in.get("/home").status_code == 303
    mailboxes.take_back(said, by=SYSTEM)
    assert sharing(session, robin) == "own"


def test_a_mailbox_is_shared_as_long_as_one_import_says_so_that_may_decide_it(session, two_places):
    (_, _, worker, _), (place, _, _, stranger) = two_places
    elsewhere = Grant(Role.COORDINATOR, Scope(ScopeKind.LOCALITY, str(place.id)))
    desk = session.scalar(select(PersonEmail.address).where(PersonEmail.person_id == worker.id))
    first, second = batch(), batch()
    mailboxes.say_shared({desk}, by=SYSTEM, import_id=first)
    mailboxes.say_shared({desk}, by=Actor(stranger.id, "Priya", (elsewhere,)), import_id=second)
    assert sharing(session, worker) == SHARED
    mailboxes.take_back(first, by=SYSTEM)
    assert sharing(session, worker) == SAID
    mailboxes.take_back(second, by=SYSTEM)
    assert sharing(session, worker) == "own"


def test_what_a_person_decided_holds_and_a_later_import_only_asks_again(session, as_person):
    person = factories.person("Robin", email="desk@example.org")
    mailboxes.say_shared({"desk@example.org"}, by=SYSTEM, import_id=batch())
    mailboxes.decide(person.id, shared=False, by=SYSTEM)
    signed_in, later = as_person(person), batch()
    mailboxes.say_shared({"DESK@example.org"}, by=SYSTEM, import_id=later)
    assert sharing(session, person) == SAID
    assert signed_in.get("/home").status_code == 200
    mailboxes.take_back(later, by=SYSTEM)
    assert sharing(session, person) == "own"
    mailboxes.decide(person.id, shared=True, by=SYSTEM)
    mailboxes.say_shared({"desk@example.org"}, by=SYSTEM, import_id=later)
    mailboxes.take_back(later, by=SYSTEM)
    assert sharing(session, person) == SHARED


def test_what_was_decided_holds_for_the_address_whoever_has_it_then(session, as_person):
    robin = factories.person("Robin", email="desk@example.org")
    mailboxes.decide(robin.id, shared=True, by=SYSTEM)
    set_email(robin.id, "robin@example.org", by=SYSTEM)
    assert sharing(session, robin) == "own"
    assert mailbox_queries.doubtful("desk@example.org")
    with pytest.raises(Complaint, match="nobody can sign in with it"):
        keepers.invite_administrator("Ada Boss", "desk@example.org")
    cat = session.get_one(Person, add_person(NewPerson("Cat", email="Desk@example.org"), by=SYSTEM))
    assert sharing(session, cat) == SHARED
    mailboxes.decide(cat.id, shared=False, by=SYSTEM)
    set_email(cat.id, None, by=SYSTEM)
    signed_in = as_person(robin)
    set_email(robin.id, "desk@example.org", by=SYSTEM)
    assert sharing(session, robin) == "own"
    assert signed_in.get("/home").status_code == 200


def test_an_import_asks_again_of_an_address_that_was_decided_for_somebody_else(session):
    robin = factories.person("Robin", email="desk@example.org")
    mailboxes.decide(robin.id, shared=False, by=SYSTEM)
    set_email(robin.id, None, by=SYSTEM)
    mailboxes.say_shared({"desk@example.org"}, by=SYSTEM, import_id=batch())
    cat = session.get_one(Person, add_person(NewPerson("Cat", email="desk@example.org"), by=SYSTEM))
    assert sharing(session, cat) == SAID


def test_what_was_decided_of_the_mailbox_of_one_person_goes_with_them_when_they_are_taken_back(
    session,
):
    robin = factories.person("Robin", email=None)
    set_email(robin.id, "robin@example.org", by=SYSTEM)
    mailboxes.decide(robin.id, shared=False, by=SYSTEM)
    assert take_back([robin.id], by=SYSTEM) == [robin.id]
    assert session.scalars(select(MailboxDecision)).all() == []


def batch():
    row = {"kind": "people", "importer_key": "x", "file_name": "x.csv", "file_sha256": ""}
    return factories.keep(ImportBatch(id=uuid7(), by_label="Priya", **row)).id
