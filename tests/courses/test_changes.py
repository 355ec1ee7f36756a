"""Changing, cancelling and the course of time: what people are told and what becomes free."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import select

from courses.models import Booking, Cohort, Place, Session, Waiting
from courses.queries import cohorts
from courses.services import booking, cancelling, changing, edits, schedule
from courses.services import cohorts as life
from courses.services.cancelling import NOWHERE, WAITING_LIST, Fate
from courses.services.edits import SessionEdit
from courses.services.telling import Told
from lms import clock
from lms.db import Complaint, Complaints, db
from lms.errors import Conflict
from lms.messages.models import Message
from lms.people.models import Person, PersonalLink
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import DAY, World, oneself

AsPerson = Callable[[Person], PageClient]


def booked(world: World, number: int = 1) -> list[Any]:
    people = [make.person().id for _ in range(number)]
    return booking.book_many(world.cohort.id, people, source="coordinator", by=world.coordinator)


def moved(session: SessionEdit, day: date, start: time = time(9, 30)) -> SessionEdit:
    length = session.end - session.start
    return replace(session, start=clock.at(day, start), end=clock.at(day, start) + length)


def edited(world: World, change: Callable[[edits.Edit], edits.Edit]) -> Told:
    facts = cohorts.facts(world.cohort.id)
    changing.propose(world.cohort.id, change(edits.current(facts)), by=world.coordinator)
    return changing.apply(world.cohort.id, by=world.coordinator)


def first_session(day: date, start: time = time(9, 30)) -> Callable[[edits.Edit], edits.Edit]:
    return lambda edit: replace(
        edit, sessions=(moved(edit.sessions[0], day, start), *edit.sessions[1:])
    )


def messages(kind: str) -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.kind == f"courses.{kind}")))


def state(table: Any, key: Any) -> Any:
    return db.session.scalar(select(table.state).where(table.id == key))


def test_a_moved_session_tells_everybody_what_was_and_what_is_and_moves_their_calendar(
    world: World,
) -> None:
    booked(world, 2)

    told = edited(world, first_session(date(2027, 2, 17)))

    assert told == Told(people=2, trainers=1)
    sent = messages("changed")
    assert len(sent) == 2
    assert sent[0].subject == "Changed: Brief Encounters, now 17 Feb 2027"
    assert (
        "Session 1: was Thursday 18 February 2027, 9:30am to 12:30pm, "
        "now Wednesday 17 February 2027, 9:30am to 12:30pm"
    ) in sent[0].body
    assert sent[0].ical is not None
    assert (sent[0].ical["method"], sent[0].ical["sequence"]) == ("REQUEST", 1)
    places = select(Place.during).where(Place.session_id == world.sessions[0].id)
    assert {during.lower for during in db.session.scalars(places)} == {
        clock.at(date(2027, 2, 17), time(9, 30))
    }


def test_a_session_is_not_moved_onto_somebodys_other_course(world: World) -> None:
    amara = make.person("Amara", "Okafor")
    booking.book_many(world.cohort.id, [amara.id], source="coordinator", by=world.coordinator)
    other = make.cohort(None, world.place, code="TC-03")
    make.session(other, date(2027, 2, 17))
    make.booking(other, amara)

    with pytest.raises(Complaints, match=r"Amara Okafor is booked on .* \(TC-03\)"):
        edited(world, first_session(date(2027, 2, 17)))


def test_two_sessions_may_change_places(world: World) -> None:
    def swap(edit: edits.Edit) -> edits.Edit:
        one, two = edit.sessions
        return replace(
            edit,
            sessions=(
                replace(one, start=two.start, end=two.end),
                replace(two, start=one.start, end=one.end),
            ),
        )

    edited(world, swap)

    held = select(Session.id).where(Session.cohort_id == world.cohort.id).order_by(Session.during)
    assert db.session.scalars(held).all() == [world.sessions[1].id, world.sessions[0].id]


def test_a_session_that_was_held_keeps_its_date(
    world: World, frozen: Callable[[str], object]
) -> None:
    frozen("2027-02-19 09:00")

    with pytest.raises(Complaints, match="Session 1 has been held, so its date cannot change"):
        edited(world, first_session(date(2027, 2, 20)))


def test_capacity_does_not_fall_below_those_who_are_booked(world: World) -> None:
    booked(world, 3)

    with pytest.raises(Complaints) as refused:
        edited(world, lambda edit: replace(edit, capacity=2))

    assert refused.value.complaints[0].text == (
        "Capacity must be 3 or more, because 3 people are booked"
    )


def test_a_change_of_numbers_tells_nobody(world: World) -> None:
    booked(world, 1)

    told = edited(world, lambda edit: replace(edit, capacity=7))

    assert told == Told()
    assert messages("changed") == []
    assert db.session.scalar(select(Cohort.capacity)) == 7


def test_an_edit_reviewed_before_somebody_else_changed_the_cohort_is_refused(world: World) -> None:
    facts = cohorts.facts(world.cohort.id)
    edit = first_session(date(2027, 2, 17))(edits.current(facts))
    changing.propose(world.cohort.id, edit, by=world.coordinator)
    world.cohort.capacity = 9
    db.session.flush()

    with pytest.raises(Conflict):
        changing.apply(world.cohort.id, by=world.coordinator)


def test_a_cancelled_session_frees_its_room_and_leaves_the_calendars(world: World) -> None:
    booked(world, 1)

    edited(
        world,
        lambda edit: replace(
            edit, sessions=(edit.sessions[0], replace(edit.sessions[1], cancelled=True))
        ),
    )
    again = make.cohort(world.edition, world.place)
    make.session(again, date(2027, 2, 25), venue_id=world.room.id)

    (sent,) = messages("session_cancelled")
    assert sent.ical is not None
    assert sent.ical["method"] == "CANCEL"
    assert len(sent.ical["entries"]) == 1


def test_the_edit_page_shows_what_people_will_be_told_before_it_is_done(
    world: World, as_person: AsPerson
) -> None:
    booked(world, 1)
    browser = as_person(world.priya)
    at = f"/cohorts/{world.cohort.id}/edit"

    review = browser.press(at, **{"sessions-0-start": "10am", "sessions-0-end": "1pm"}).location
    page = browser.get(review).get_data(as_text=True)

    assert "Thursday 18 February 2027, 10am to 1pm" in page
    assert db.session.scalars(select(Message).where(Message.kind == "courses.changed")).all() == []
    done = browser.press(review, "Save and tell 1 person and 1 trainer")
    assert done.status_code == 303
    assert len(messages("changed")) == 1


def test_a_cancelled_cohort_tells_people_why_and_frees_room_trainer_and_people(
    world: World,
) -> None:
    ids = booked(world, 2)

    told = cancelling.cancel(
        world.cohort.id, reason="The trainer is ill", fate=Fate(NOWHERE), by=world.coordinator
    )

    assert told == Told(people=2, trainers=1)
    sent = messages("cancelled")
    assert "will not take place. Reason: The trainer is ill" in sent[0].body
    assert sent[0].ical is not None
    assert sent[0].ical["method"] == "CANCEL"
    assert {state(Booking, one) for one in ids} == {"cancelled"}
    again = make.cohort(world.edition, world.place)
    session = make.session(again, DAY, venue_id=world.room.id)
    make.teaches(world.trainer, session)


def test_people_of_a_cancelled_cohort_wait_with_the_place_their_booking_gave_them(
    world: World, frozen: Callable[[str], object]
) -> None:
    booked(world, 1)
    frozen("2027-02-03 09:00")
    later = make.person()
    db.session.add(Waiting(course_id=world.course.id, person_id=later.id))

    cancelling.cancel(world.cohort.id, reason="Snow", fate=Fate(WAITING_LIST), by=world.coordinator)

    rows = db.session.scalars(select(Waiting).order_by(Waiting.joined_at)).all()
    assert [row.person_id == later.id for row in rows] == [False, True]


def test_people_of_a_cancelled_cohort_are_moved_all_or_nobody(world: World) -> None:
    ids = booked(world, 2)
    other = make.cohort(world.edition, world.place, code="BE-02", capacity=1)
    make.session(other, date(2027, 3, 4))

    with pytest.raises(Complaint), db.session.begin_nested():
        cancelling.cancel(
            world.cohort.id, reason="Snow", fate=Fate("cohort", other.id), by=world.coordinator
        )
    assert state(Cohort, world.cohort.id) == "published"
    other.capacity = 2
    db.session.flush()
    cancelling.cancel(
        world.cohort.id, reason="Snow", fate=Fate("cohort", other.id), by=world.coordinator
    )

    assert {state(Booking, one) for one in ids} == {"moved"}
    assert db.session.scalar(select(Cohort.seats_taken).where(Cohort.id == other.id)) == 2


def test_cancelling_twice_is_cancelling_once(world: World) -> None:
    booked(world, 1)
    for _ in range(2):
        cancelling.cancel(world.cohort.id, reason="Snow", fate=Fate(NOWHERE), by=world.coordinator)

    assert len(messages("cancelled")) == 1


def test_a_link_to_a_cancelled_date_says_so_and_shows_the_others(
    world: World, as_person: AsPerson
) -> None:
    amara = make.person()
    booking.book_oneself(world.cohort.id, amara.id, by=oneself(amara))
    cancelling.cancel(world.cohort.id, reason="Snow", fate=Fate(NOWHERE), by=world.coordinator)

    page = as_person(amara).get(f"/cohorts/{world.cohort.id}/place")

    assert page.status_code == 410
    assert "This date has been cancelled" in page.get_data(as_text=True)


def test_time_takes_a_cohort_from_published_to_closed(
    world: World, frozen: Callable[[str], object]
) -> None:
    (one,) = booked(world, 1)
    seen = []
    for when in ("2027-02-18 09:00", "2027-02-18 10:00", "2027-02-25 12:30"):
        frozen(when)
        life.move_on()
        seen.append(state(Cohort, world.cohort.id))
    for place in db.session.scalars(select(Place).where(Place.booking_id == one)):
        make.attendance(place)
    life.move_on()
    seen.append(state(Cohort, world.cohort.id))

    assert seen == ["published", "running", "finished", "closed"]


def test_joining_instructions_go_once_five_working_days_before(
    world: World, frozen: Callable[[str], object]
) -> None:
    booked(world, 1)
    frozen("2027-02-10 12:00")
    life.send_joining()
    assert messages("joining") == []
    frozen("2027-02-11 08:00")
    for _ in range(2):
        life.send_joining()

    (sent,) = messages("joining")
    assert sent.subject == "Brief Encounters on Thursday: what you need"
    assert "This course talks about domestic abuse" in sent.body


def test_what_people_needed_on_the_day_is_forgotten_28_days_later(
    world: World, frozen: Callable[[str], object]
) -> None:
    amara = make.person()
    booking.book_oneself(world.cohort.id, amara.id, by=oneself(amara), needs="A ramp")
    frozen("2027-03-25 09:00")
    life.forget_needs()
    assert db.session.scalar(select(Booking.needs)) == "A ramp"
    frozen("2027-03-26 09:00")
    life.forget_needs()

    assert db.session.scalar(select(Booking.needs)) is None


def test_the_link_to_ones_place_lives_until_the_first_session_wherever_that_moves(
    world: World,
) -> None:
    amara = make.person()
    booking.book_oneself(world.cohort.id, amara.id, by=oneself(amara))

    edited(world, first_session(date(2027, 2, 17)))

    ends = db.session.scalar(
        select(PersonalLink.expires_at).where(PersonalLink.person_id == amara.id)
    )
    assert ends == clock.at(date(2027, 2, 17), time(9, 30))


def test_a_course_done_online_runs_from_publishing_and_ends_twelve_weeks_after_its_last_day(
    world: World, frozen: Callable[[str], object]
) -> None:
    online = make.cohort(
        make.edition(world.course, format="e-learning"),
        world.place,
        closes_at=clock.at(date(2027, 3, 1), time(23, 59)),
    )
    seen = []
    for when in ("2027-02-01 10:00", "2027-05-24 23:00", "2027-05-25 01:00"):
        frozen(when)
        life.move_on()
        seen.append(state(Cohort, online.id))

    assert seen == ["running", "running", "closed"]


def test_cancelling_a_session_warns_when_nobody_could_complete_the_rest(
    world: World, as_person: AsPerson
) -> None:
    world.cohort.rule = {
        "components": [
            {"key": "workshop", "title": "Workshop", "kind": "workshop", "required_minutes": 300}
        ]
    }
    browser = as_person(world.priya)

    step = browser.press(f"/cohorts/{world.cohort.id}/edit", **{"sessions-1-cancelled": "yes"})
    page = browser.get(step.location).get_data(as_text=True)

    assert "Workshop needs 5 h and would have 3 h: nobody could complete the course." in page


def test_a_date_that_grows_beyond_its_room_is_warned_of_and_may_be_saved(
    world: World, as_person: AsPerson
) -> None:
    world.room.capacity = 10
    browser = as_person(world.priya)

    review = browser.press(f"/cohorts/{world.cohort.id}/edit", capacity="14").location

    warned = "Stevenage Library, Room 2 holds 10 people, fewer than the 14 places."
    assert warned in browser.get(review).get_data(as_text=True)
    assert browser.press(review).status_code == 303


def test_a_review_left_open_while_somebody_else_changed_the_cohort_ends_in_a_conflict(
    world: World, as_person: AsPerson
) -> None:
    browser = as_person(world.priya)
    step = browser.press(f"/cohorts/{world.cohort.id}/edit", capacity="9")
    form = {"csrf_token": form_word(browser, step.location), "once": "one"}
    world.cohort.capacity = 11
    db.session.flush()

    assert browser.post(step.location, data=form).status_code == 409


def form_word(browser: PageClient, path: str) -> str:
    """The word of the page's form."""
    page = browser.get(path).get_data(as_text=True)
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def test_a_button_does_what_its_page_has_shown_and_not_what_somebody_proposed_meanwhile(
    world: World, as_person: AsPerson
) -> None:
    booked(world)
    facts = cohorts.facts(world.cohort.id)
    shown = first_session(date(2027, 2, 17))(edits.current(facts))
    changing.propose(world.cohort.id, shown, by=world.coordinator)
    browser, address = as_person(world.priya), f"/cohorts/{world.cohort.id}/edit/review"
    seen = edits.reviewed(cohorts.facts(world.cohort.id))
    meanwhile = first_session(date(2027, 2, 16))(edits.current(facts))
    changing.propose(world.cohort.id, meanwhile, by=world.coordinator)

    refused = browser.post(address, data={"seen": seen})

    assert refused.status_code == 422
    assert "Somebody else has proposed something else" in refused.get_data(as_text=True)
    assert cohorts.facts(world.cohort.id).first == facts.first
    assert messages("changed") == []
    assert browser.press(address).status_code == 303


def test_a_cancellation_that_somebody_changed_meanwhile_is_shown_again(
    world: World, as_person: AsPerson
) -> None:
    booked(world)
    for fate in (Fate(WAITING_LIST), Fate(NOWHERE)):
        seen = edits.reviewed(cohorts.facts(world.cohort.id))
        cancelling.propose(world.cohort.id, reason="Snow", fate=fate, by=world.coordinator)

    refused = as_person(world.priya).post(
        f"/cohorts/{world.cohort.id}/cancel/review", data={"seen": seen}
    )

    assert refused.status_code == 422
    assert state(Cohort, world.cohort.id) == "published"


def test_a_booking_of_a_course_that_is_over_is_not_moved_away_from_its_certificate(
    world: World, frozen: Callable[[str], object]
) -> None:
    (held,) = booked(world)
    later = make.cohort(world.edition, world.place, code="BE-02")
    make.session(later, date(2027, 4, 1))
    frozen("2027-03-01 09:00")
    life.move_on()
    life.move_on()

    with pytest.raises(Complaint, match="The course is over"):
        booking.move(held, later.id, by=world.coordinator)
    assert state(Booking, held) == "booked"


def test_a_change_during_the_course_does_not_end_the_links_people_have(
    world: World, frozen: Callable[[str], object]
) -> None:
    booked(world)
    frozen("2027-02-20 09:00")
    life.move_on()

    edited(
        world,
        lambda edit: replace(
            edit, sessions=(edit.sessions[0], moved(edit.sessions[1], date(2027, 2, 26)))
        ),
    )

    ends = set(db.session.scalars(select(PersonalLink.expires_at)))
    assert ends == {cohorts.facts(world.cohort.id).held[-1].end}


def test_a_cohort_that_holds_rooms_is_cancelled_and_not_given_up(world: World) -> None:
    scheduled = make.cohort(world.edition, world.place, state="scheduled", code="BE-09")

    with pytest.raises(Complaint, match="not a draft"):
        schedule.discard(scheduled.id, by=world.coordinator)


@pytest.mark.parametrize(
    "session_id", ["", "not-a-session", "00000000-0000-7000-8000-000000000000"]
)
def test_a_change_of_a_session_that_is_not_there_is_refused_and_kept_on_the_page(
    world: World, as_person: AsPerson, session_id: str
) -> None:
    refused = as_person(world.priya).press(
        f"/cohorts/{world.cohort.id}/edit", **{"sessions-0-id": session_id, "bring": "A pencil"}
    )

    assert refused.status_code == 409
    assert "A pencil" in refused.get_data(as_text=True)
