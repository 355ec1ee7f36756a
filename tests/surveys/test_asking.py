"""When people are asked: waves, opening, the code in the room, messages, reminders, silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from courses.models import Place
from lms import clock, events
from lms.contracts import SYSTEM
from lms.db import db
from lms.messages.models import Message
from lms.registry import current_registry
from surveys.models import Assignment, Wave
from surveys.services import assigning, instruments, invitations, opening
from tests import factories as make
from tests.surveys.world import World, asked, five, path, wave, world


def was_there(w: World, number: int = 0, mark: str = "present") -> None:
    last = db.session.scalars(
        select(Place).where(
            Place.booking_id == w.bookings[number].id, Place.session_id == w.sessions[-1].id
        )
    ).one()
    make.attendance(last, mark)


def written() -> list[str]:
    return [message.subject for message in db.session.scalars(select(Message).order_by(Message.id))]


def test_a_cohorts_waves_follow_its_design_and_its_dates(session, frozen):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 11))
    before, after, later = (wave(w, kind) for kind in ("pre", "post", "follow_up"))
    assert before.closes_at == clock.at(date(2027, 3, 11), time(10))
    assert after.opens_at == clock.at(date(2027, 4, 1), time(12))
    assert later.opens_at == clock.at(date(2027, 10, 1), time(8))
    assert wave(w, "post", second=True).is_second


def test_moving_the_course_moves_what_nobody_has_answered_yet(session, frozen):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 11))
    for number in reversed(range(4)):
        w.sessions[number].during = make.hours(date(2027, 3, 18) + timedelta(days=7 * number))
        db.session.flush()
    events.publish(events.CohortChanged(SYSTEM, w.cohort.id, ("dates",)))
    assert clock.london(wave(w, "pre").closes_at).date() == date(2027, 3, 18)
    assert clock.london(asked(w, "pre").closes_at).date() == date(2027, 3, 18)
    assert clock.london(asked(w, "post").opens_at).date() == date(2027, 4, 8)


def test_booking_again_after_cancelling_asks_again_and_assigning_twice_asks_once(session):
    w = world()
    assigning.assign(w.cohort.id, [w.bookings[0].id])
    assert len(db.session.scalars(select(Assignment)).all()) == len(
        db.session.scalars(select(Wave)).all()
    )


def test_after_opens_half_an_hour_before_the_end_for_those_who_are_there(session, frozen):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 11), people=3)
    was_there(w, 0)
    was_there(w, 1, "absent")
    frozen("2027-04-01 11:59")
    opening.tick()
    assert asked(w, "post", 0).state == "waiting"
    frozen("2027-04-01 12:00")
    opening.tick()
    assert [asked(w, "post", n).state for n in range(3)] == ["open", "waiting", "waiting"]
    assert written() == ["After Brief Encounters: the same five questions"]


def test_the_last_register_opens_the_survey_after_without_waiting_for_the_job(session, frozen):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 11))
    frozen("2027-04-01 12:20")
    was_there(w)
    events.publish(
        events.RegisterMarked(SYSTEM, w.cohort.id, w.sessions[-1].id, (w.bookings[0].id,))
    )
    assert asked(w, "post").state == "open"


def test_after_opens_by_its_own_cohorts_last_session_whatever_runs_elsewhere(session, frozen):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 11))
    elsewhere = make.cohort()
    make.session(elsewhere, date(2027, 6, 1))
    make.wave(elsewhere)
    frozen("2027-04-01 12:20")
    was_there(w)
    opening.tick()
    assert asked(w, "post").state == "open"


def test_the_code_in_the_room_opens_ones_own_survey_for_the_address_one_booked_with(
    session, client, frozen
):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 11))
    email = make.address(w.people[0], "amara@health.example")
    frozen("2027-03-11 08:00")
    room = f"/r/{w.cohort.code.lower()}"
    found = client.press(room, "Open my survey", email=email.address.upper())
    assert found.location == path(asked(w, "pre"), unsent=True)
    unknown = client.press(room, "Open my survey", email="nobody@health.example")
    assert unknown.status_code == 422
    assert "ask the trainer" in unknown.get_data(as_text=True)
    email.sharing = "shared"
    assert client.press(room, "Open my survey", email=email.address).status_code == 422
    frozen("2027-03-11 15:00")
    assert client.get(room).status_code == 404


def test_who_scans_the_code_at_the_end_is_in_the_room_whatever_the_register_says(
    session, client, frozen
):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 11))
    mine = make.address(w.people[0], "amara@health.example").address
    frozen("2027-04-01 12:10")
    opening.close_due()
    found = client.press(f"/r/{w.cohort.code}", "Open my survey", email=mine)
    assert found.location == path(asked(w, "post"), unsent=True)


def test_feedback_of_who_scanned_the_code_is_kept_though_no_register_is_marked(
    session, client, frozen
):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 11))
    mine = make.address(w.people[0], "amara@health.example").address
    frozen("2027-04-01 12:10")
    client.press(f"/r/{w.cohort.code}", "Open my survey", email=mine)
    main = path(asked(w, "post"))
    sent = client.press(main, "Send my answers", **five(4))
    client.press(sent.location, **{"q-keep_or_change": "The role play"})
    assert asked(w, "post", second=True).state == "submitted"


def test_before_is_reminded_of_seven_and_two_days_before_and_then_no_more(session, frozen):
    frozen("2027-03-01 09:00")
    world(begins=date(2027, 3, 18))
    frozen("2027-03-11 10:30")
    invitations.remind()
    invitations.remind()
    assert written() == ["Before Brief Encounters: five questions"]
    frozen("2027-03-16 10:30")
    invitations.remind()
    invitations.remind()
    assert written()[1:] == ["Last reminder: Brief Encounters survey"]


def test_a_worker_that_slept_for_weeks_sends_one_reminder_on_waking(session, frozen):
    frozen("2027-02-01 09:00")
    world(begins=date(2027, 3, 18))
    frozen("2027-03-17 10:30")
    invitations.remind()
    assert written() == ["Last reminder: Brief Encounters survey"]


def test_nobody_is_reminded_of_what_fell_due_before_they_booked(session, frozen):
    frozen("2027-03-15 09:00")
    world(begins=date(2027, 3, 18))
    invitations.remind()
    assert written() == []


def test_a_coordinator_reminds_each_at_most_once_a_day(session, frozen):
    frozen("2027-03-01 09:00")
    w = world(people=2)
    one = wave(w, "pre").id
    assert invitations.remind_now(one, by=SYSTEM) == 2
    assert invitations.remind_now(one, by=SYSTEM) == 0
    frozen("2027-03-02 09:00")
    assert invitations.remind_now(one, by=SYSTEM) == 2


def test_no_message_about_a_survey_holds_a_link_that_could_be_taken(session, frozen):
    frozen("2027-03-01 09:00")
    w = world()
    invitations.remind_now(wave(w, "pre").id, by=SYSTEM)
    [message] = db.session.scalars(select(Message)).all()
    assert path(asked(w, "pre")).removeprefix("/s/") not in message.body
    assert "{{link survey}}" in message.body


def test_the_booking_message_invites_to_the_survey_before_in_one_note_each(session):
    w = world(people=3)
    notes = current_registry().booking_notes("confirmation", [b.id for b in w.bookings])
    assert {note.booking_id for note in notes} == {booking.id for booking in w.bookings}
    assert all("Answer now" in note.text and note.links for note in notes)


def test_a_changed_questionnaire_needs_a_new_version(session, monkeypatch):
    world()
    shipped = current_registry().surveys["core:practitioner-confidence"]
    changed = dict(current_registry().surveys)
    changed["core:practitioner-confidence"] = replace(shipped, intro="Something else")
    monkeypatch.setattr(current_registry(), "surveys", changed)
    with pytest.raises(Exception, match="Give the changed survey a new version"):
        instruments.synchronise()
