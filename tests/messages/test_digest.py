"""What may wait comes as one letter a day: merged once, whatever happens meanwhile."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import datetime

import pytest
from sqlalchemy import func, insert, select

from lms import clock, jobs
from lms.db import Complaint, uuid7, violations
from lms.errors import Conflict
from lms.events import PersonErased, publish
from lms.messages import digests, services
from lms.messages.calendar import Calendar, Entry
from lms.messages.models import Digest, Message
from lms.messages.sending import SEND
from lms.people import links
from lms.testing.client import keep
from tests import factories
from tests.letters import html, text
from tests.messages.conftest import send
from tests.messages.test_queue import PRIYA, queue, state
from tests.messages.test_smtp import CRASH, smtp

MORNING = "2027-03-05 08:00"
"""A Friday; the messages are queued on the day before."""


def london(said):
    wall = datetime.fromisoformat(said)
    return clock.at(wall.date(), wall.time())


@pytest.fixture(autouse=True)
def thursday(frozen):
    frozen("2027-03-04 10:00")


@pytest.fixture
def amara(session):
    return factories.person("Amara", "Hill", email="amara@example.org")


@pytest.fixture
def post(session, make_app, postbox):
    """An application that sends by a real mail server."""
    return smtp(make_app, postbox.port)


def a_link(person):
    return links.grant("certificate", person_id=person.id, object_id=uuid7(), expires_at=None)


def routine(person, **options):
    return queue(person, **({"klass": "routine", "links": {"page": a_link(person)}} | options))


def named(person, subject, **options):
    """A message that may wait with a subject of its own."""
    message = routine(person, **options)
    body = services_body(message)
    services.edit(message, subject=subject, body=body, by=PRIYA)
    return message


def services_body(message_id):
    return digests.db.session.get_one(Message, message_id).body


def letter_of(session, person):
    return session.scalar(
        select(Message).where(Message.person_id == person.id, Message.kind == digests.KIND)
    )


def fresh(session, message_id):
    session.expire_all()
    return session.get_one(Message, message_id)


def test_what_was_queued_in_one_day_comes_as_one_letter_dated_things_first(
    session, post, postbox, amara, frozen
):
    undated = named(amara, "Your certificate for Think Couple")
    late = named(amara, "Still open: five questions", deadline=london("2027-03-18 09:30"))
    early = named(amara, "March: how many conversations?", deadline=london("2027-03-12 17:00"))
    beth = factories.person("Beth", email="beth@example.org")
    hers = named(beth, "Your certificate for Think Couple")
    send(post)
    assert postbox.messages == []

    frozen(MORNING)
    send(post)
    [letter] = postbox.to("amara@example.org")
    said = text(letter)
    assert letter["Subject"] == "3 things: March: how many conversations?"
    parts = ["March: how many", "Still open: five", "Your certificate for"]
    assert sorted(parts, key=said.index) == parts
    assert "March: how many conversations? (until 5pm on Friday 12 March 2027)." in said
    assert "Everything in this list can wait until 5pm on Friday 12 March 2027." in said
    assert [state(one) for one in (undated, late, early, hers)] == ["merged"] * 3 + ["sent"]
    assert not list(letter.iter_attachments())

    [alone] = postbox.to("beth@example.org")
    assert alone["Subject"] == "Your certificate for Think Couple"
    assert session.scalar(select(func.count()).select_from(Digest)) == 2


def test_each_thing_keeps_its_own_link(session, post, postbox, amara, frozen):
    theirs = [a_link(amara), a_link(amara)]
    for link in theirs:
        routine(amara, links={"page": link})
    frozen(MORNING)
    send(post)
    [letter] = postbox.to("amara@example.org")
    for link in theirs:
        url = links.url(link.id)
        assert f"Open my page: {url}" in text(letter)
        assert f'href="{url}"' in html(letter)
    kept = letter_of(session, amara)
    assert links.url(theirs[0].id) not in kept.body
    assert "Nothing in this list is urgent." in kept.body


def test_there_is_one_letter_a_day_and_what_comes_later_waits_for_the_next(
    session, post, postbox, amara, frozen
):
    routine(amara)
    routine(amara)
    frozen(MORNING)
    send(post)
    # The third was begun before 8am and committed after the letter was made.
    frozen("2027-03-05 07:59")
    straggler = routine(amara)
    other = routine(amara)
    for moment in ("2027-03-05 08:02", "2027-03-05 17:59"):
        frozen(moment)
        send(post)
    assert len(postbox.to("amara@example.org")) == 1
    assert state(straggler) == "queued"
    frozen("2027-03-08 08:00")
    send(post)
    assert len(postbox.to("amara@example.org")) == 2
    assert (state(straggler), state(other)) == ("merged", "merged")
    dates = session.scalars(select(Digest.on_date).order_by(Digest.on_date)).all()
    assert [day.isoformat() for day in dates] == ["2027-03-05", "2027-03-08"]


def test_the_database_keeps_a_person_to_one_letter_a_day(session, amara):
    rows = [{"id": uuid7(), "person_id": amara.id, "on_date": clock.today()} for _ in range(2)]
    second = Complaint("day", "twice")
    with pytest.raises(Complaint), violations(uq_messages_digest_person_id_on_date=second):
        session.execute(insert(Digest), rows)


@pytest.mark.parametrize("closed", ["2027-03-05 18:00", "2027-03-06 11:00", "2027-03-29 11:00"])
def test_a_worker_that_slept_makes_the_letter_when_offices_are_open_again(
    session, post, postbox, amara, frozen, closed
):
    routine(amara)
    routine(amara)
    frozen(closed)  # evening, Saturday, Easter Monday
    send(post)
    assert postbox.messages == []
    frozen("2027-03-30 15:00")
    send(post)
    assert len(postbox.to("amara@example.org")) == 1


def test_what_goes_at_once_never_waits_and_brings_its_calendar_file(
    session, post, postbox, amara, frozen
):
    starts = london("2027-03-20 09:30")
    invitation = Calendar("REQUEST", 0, (Entry("s1@lms", starts, starts, "Brief Encounters"),))
    booked = queue(amara, klass="routine", ical=invitation)
    old_address = queue(amara, klass="routine", to_address="old@example.org")
    frozen("2027-03-04 22:00")
    send(post)
    assert (state(booked), state(old_address)) == ("sent", "sent")
    assert len(list(postbox.to("amara@example.org")[0].iter_attachments())) == 1


def test_a_cancelled_message_leaves_a_letter_that_has_not_gone(
    session, post, postbox, amara, frozen
):
    thing = uuid7()
    dropped = named(amara, "Still open: A", subject_type="assignment", subject_id=thing)
    kept = [named(amara, "Still open: B"), named(amara, "Still open: C")]
    frozen(MORNING)
    list(digests.gather())
    assert "Still open: A" in letter_of(session, amara).body
    services.cancel_about("assignment", [thing], by=PRIYA, why="the booking has ended")
    letter = letter_of(session, amara)
    assert "Still open: A" not in letter.body
    assert letter.subject.startswith("2 things")
    send(post)
    [went] = postbox.to("amara@example.org")
    assert "Still open: A" not in text(went)
    assert [state(one) for one in (dropped, *kept)] == ["cancelled", "merged", "merged"]
    with pytest.raises(Conflict):
        services.cancel(kept[0], by=PRIYA)


def test_what_is_left_alone_goes_in_its_own_words(session, post, postbox, amara, frozen):
    first, second = named(amara, "Still open: A"), named(amara, "Still open: B")
    frozen(MORNING)
    list(digests.gather())
    services.cancel(first, by=PRIYA)
    send(post)
    [went] = postbox.to("amara@example.org")
    assert went["Subject"] == "Still open: B"
    assert "Here is the new link you asked for" in text(went)
    assert state(second) == "merged"


def test_a_letter_with_nothing_left_does_not_go(session, post, postbox, amara, frozen):
    both = [routine(amara), routine(amara)]
    frozen(MORNING)
    list(digests.gather())
    for one in both:
        services.cancel(one, by=PRIYA)
    send(post)
    assert postbox.messages == []
    assert letter_of(session, amara).state == "cancelled"


def test_a_thing_whose_link_was_withdrawn_leaves_the_letter_as_it_goes(
    session, post, postbox, amara, frozen
):
    link = a_link(amara)
    dead = named(amara, "Still open: A", links={"page": link})
    named(amara, "Still open: B")
    named(amara, "Still open: C")
    frozen(MORNING)
    list(digests.gather())
    links.revoke(link_ids=[link.id])
    send(post)
    [went] = postbox.to("amara@example.org")
    assert "Still open: A" not in text(went)
    assert went["Subject"].startswith("2 things")
    assert fresh(session, dead).last_error == "Its link has been withdrawn or has run out"
    assert letter_of(session, amara).state == "sent"


def test_cancelling_a_letter_cancels_what_is_in_it(session, post, postbox, amara, frozen):
    both = [routine(amara), routine(amara)]
    frozen(MORNING)
    list(digests.gather())
    services.cancel(letter_of(session, amara).id, by=PRIYA)
    send(post)
    assert postbox.messages == []
    assert {state(one) for one in both} == {"cancelled"}


def test_nothing_of_an_erased_person_stays_in_a_letter(session, post, postbox, amara, frozen):
    both = [named(amara, "Still open: A"), named(amara, "Still open: B")]
    frozen(MORNING)
    list(digests.gather())
    publish(PersonErased(PRIYA, amara.id))
    send(post)
    assert postbox.messages == []
    assert letter_of(session, amara).body == "The words of this message have been erased."
    assert {state(one) for one in both} == {"cancelled"}


def test_what_a_person_let_go_does_not_wait_for_another_letter(
    session, post, postbox, amara, frozen
):
    held, routinely = routine(amara), routine(amara)
    services.hold(held, by=PRIYA)
    frozen("2027-03-05 10:00")
    services.release(held, by=PRIYA)
    send(post)
    assert (state(held), state(routinely)) == ("sent", "sent")
    assert len(postbox.to("amara@example.org")) == 2
    now = routine(amara)
    services.send_now(now, by=PRIYA)
    send(post)
    assert state(now) == "sent"


def test_a_refused_letter_is_tried_again_and_is_no_second_letter(
    session, make_app, liar, postbox, amara, frozen
):
    both = [routine(amara), routine(amara)]
    frozen(MORNING)
    send(smtp(make_app, liar(RCPT="450 later").port))
    letter = letter_of(session, amara)
    assert (letter.state, letter.attempts) == ("queued", 1)
    frozen("2027-03-05 08:02")
    send(smtp(make_app, postbox.port))
    assert len(postbox.to("amara@example.org")) == 1
    assert {state(one) for one in both} == {"merged"}


def test_somebody_whose_address_went_away_has_the_letter_to_print(
    session, post, amara, frozen, as_person
):
    routine(amara)
    routine(amara)
    session.execute(factories.PersonEmail.__table__.delete())
    frozen(MORNING)
    send(post)
    letter = letter_of(session, amara)
    assert (letter.state, letter.last_error) == ("held", "No e-mail: print")


def test_two_workers_make_one_letter_for_each_person(session, post, postbox, frozen):
    people = [factories.person(email=f"p{n}@example.org") for n in range(8)]
    for person in people:
        routine(person)
        routine(person)
    frozen(MORNING)
    keep()
    workers = [threading.Thread(target=jobs.perform, args=(post, SEND, {})) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(m["X-Envelope-To"] for m in postbox.messages) == sorted(
        f"p{n}@example.org" for n in range(8)
    )
    assert session.scalar(select(func.count()).select_from(Digest)) == 8


def test_a_worker_killed_while_it_makes_letters_makes_them_once(
    session, make_app, postbox, amara, frozen
):
    """The kill comes before the commit; the clock of the other process is the real one."""
    app = smtp(make_app, postbox.port)
    both = [routine(amara), routine(amara)]
    session.query(Message).update({"not_before": clock.now()})
    keep()
    known = app.extensions["lms_settings"].model_dump(mode="json")
    for name in ("secret_key", "link_key", "smtp_password"):
        known[name] = getattr(app.extensions["lms_settings"], name).get_secret_value()
    killed = subprocess.run(
        [sys.executable, "-c", PLAYED + CRASH.replace("jobs.perform", "played(jobs.perform)")],
        input=json.dumps(known), text=True, env=os.environ | {"LMS_CRASH_AT": "digest.made"},
        capture_output=True, timeout=60,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert {state(one) for one in both} == {"queued"}
    frozen(MORNING)
    send(app)
    send(app)
    assert len(postbox.to("amara@example.org")) == 1


PLAYED = """
from datetime import UTC, datetime
from lms import clock

def played(run):
    def at_eight(*arguments):
        with clock.played(datetime(2027, 3, 5, 8, 0, tzinfo=UTC)):
            run(*arguments)
    return at_eight
"""


def test_many_people_s_letters_are_made_in_few_statements(session, post, frozen, count_queries):
    for _ in range(30):
        person = factories.person()
        routine(person)
        routine(person)
    frozen(MORNING)
    with count_queries() as seen:
        list(digests.gather())
    assert len(seen) < 25
    assert session.scalar(select(func.count()).where(Message.kind == digests.KIND)) == 30


# -- on the pages --------------------------------------------------------------------------------


@pytest.fixture
def priya(session, as_person):
    """Signs her in: `priya()`, at the time that it is then."""
    person = factories.person("Priya", "Nair")
    factories.grant(person, "coordinator")
    return lambda: as_person(person)


def test_the_messages_pages_say_in_which_digest_something_went(session, post, amara, frozen, priya):
    one, _ = named(amara, "Still open: A"), named(amara, "Still open: B")
    frozen(MORNING)
    send(post)
    priya = priya()
    assert "In the digest of 5 March 2027" in priya.get("/messages?state=merged").text
    page = priya.get(f"/messages/{one}").text
    assert "Went in" in page
    assert "the digest of 5 March 2027" in page
    letter = letter_of(session, amara)
    assert f"/messages/{letter.id}" in page
    page = priya.get(f"/messages/{letter.id}").text
    assert f"/messages/{one}" in page
    assert "[personal link]" in page
    assert "Edit" not in page


def test_something_can_be_taken_out_of_a_digest_that_is_held(session, post, amara, frozen, priya):
    one, other = named(amara, "Still open: A"), named(amara, "Still open: B")
    third = named(amara, "Still open: C")
    frozen(MORNING)
    list(digests.gather())
    letter = letter_of(session, amara)
    services.hold(letter.id, by=PRIYA)
    priya = priya()
    answer = priya.press(f"/messages/{one}", "Take it out of the digest")
    assert answer.status_code == 303
    assert "Still open: A" not in fresh(session, letter.id).body
    assert priya.press(f"/messages/{letter.id}", "Cancel the whole digest").status_code == 303
    assert {state(m) for m in (one, other, third)} == {"cancelled"}


def test_a_coordinator_of_one_place_reads_a_digest_only_if_all_of_it_is_theirs(
    session, amara, frozen, as_person
):
    here, there = factories.locality(), factories.locality()
    mine = routine(amara, locality_ids=[here.id])
    routine(amara, locality_ids=[here.id, there.id])
    beth = factories.person("Beth")
    theirs = routine(beth, locality_ids=[here.id])
    routine(beth, locality_ids=[there.id])
    frozen(MORNING)
    list(digests.gather())
    person = factories.person("Priya")
    factories.grant(person, "coordinator", scope_kind="locality", scope_id=here.id)
    browser = as_person(person)
    assert browser.get(f"/messages/{letter_of(session, amara).id}").status_code == 200
    assert browser.get(f"/messages/{letter_of(session, beth).id}").status_code == 404
    assert "the digest of" in browser.get(f"/messages/{mine}").text
    assert "went in one message with others" in browser.get(f"/messages/{theirs}").text
