"""Booking, giving up and moving: what the people, the places and the messages become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

import pytest
from sqlalchemy import func, select

from courses.models import Booking, BookingChange, Cohort, Place, Waiting
from courses.queries import bookings, catalogue, planning, prerequisites
from courses.queries import waiting as waiting_list
from courses.services import booking, schedule, waiting
from lms.contracts import SYSTEM
from lms.db import Complaint, db
from lms.events import Upgraded, publish
from lms.messages.models import Message
from tests import factories as make
from tests.courses.conftest import DAY, World, oneself


def seats(cohort: Cohort) -> int:
    return db.session.scalar(select(Cohort.seats_taken).where(Cohort.id == cohort.id)) or 0


def kinds(who_id: object) -> list[str]:
    statement = select(Message.kind).where(Message.person_id == who_id).order_by(Message.id)
    return list(db.session.scalars(statement))


def test_people_booked_together_have_a_place_at_every_session_and_a_line_of_history(
    world: World,
) -> None:
    people = [make.person() for _ in range(3)]

    ids = booking.book_many(
        world.cohort.id, [p.id for p in people], source="coordinator", by=world.coordinator
    )

    assert seats(world.cohort) == 3
    places = select(func.count()).select_from(Place).where(Place.booking_id.in_(ids))
    assert db.session.scalar(places.where(Place.is_booked)) == 6
    history = select(BookingChange.to_state).where(BookingChange.booking_id.in_(ids))
    assert db.session.scalars(history).all() == ["booked"] * 3


def test_a_booking_keeps_job_and_employer_of_that_day(world: World) -> None:
    job = make.profession("Health visitor")
    employer = make.organisation("Herts Community NHS", locality_id=world.place.id)
    amara = make.person(profession_id=job.id, organisation_id=employer.id)
    booking.book_many(world.cohort.id, [amara.id], source="coordinator", by=world.coordinator)

    amara.profession_id = make.profession("Midwife").id
    db.session.flush()

    (row,) = bookings.of_cohort(world.coordinator, world.cohort.id)
    assert (row.profession, row.organisation) == ("Health visitor", "Herts Community NHS")
    assert row.locality == "Hertfordshire"


def test_a_confirmation_after_a_booking_by_staff_waits_ten_minutes_with_the_calendar(
    world: World,
) -> None:
    amara = make.person()
    booking.book_many(world.cohort.id, [amara.id], source="coordinator", by=world.coordinator)

    message = db.session.scalars(select(Message).where(Message.person_id == amara.id)).one()

    assert message.subject == "Booked: Brief Encounters, 18 Feb 2027"
    assert "Thursday 18 February 2027, 9:30am to 12:30pm" in message.body
    assert "Stevenage Library, Room 2" in message.body
    assert "Trainer: Sam Ellery" in message.body
    assert (message.not_before - message.created_at).total_seconds() == 600
    assert message.ical is not None
    assert message.ical["method"] == "REQUEST"
    assert len(message.ical["entries"]) == 2


def test_booking_oneself_twice_is_one_booking_and_one_confirmation(world: World) -> None:
    amara = make.person()

    for _ in range(2):
        booking.book_oneself(world.cohort.id, amara.id, by=oneself(amara))

    assert seats(world.cohort) == 1
    assert kinds(amara.id) == ["courses.confirmation"]


def test_a_full_cohort_says_that_somebody_took_the_last_place(world: World) -> None:
    world.cohort.capacity = 1
    booking.book_oneself(world.cohort.id, (first := make.person()).id, by=oneself(first))

    with pytest.raises(Complaint, match="Someone took the last place"):
        booking.book_oneself(world.cohort.id, (late := make.person()).id, by=oneself(late))


def test_people_are_booked_all_or_none(world: World) -> None:
    world.cohort.capacity = 2

    with pytest.raises(Complaint, match="2 places left, and 3 needed"):
        booking.book_many(
            world.cohort.id,
            [make.person().id for _ in range(3)],
            source="import",
            by=world.coordinator,
        )

    assert seats(world.cohort) == 0


def test_who_is_booked_elsewhere_at_that_time_is_refused_by_name_and_time(world: World) -> None:
    other = make.cohort(None, world.place, code="TC-03")
    make.session(other, make.hours(DAY, time(12), time(13)))
    amara = make.person("Amara", "Okafor")
    make.booking(other, amara)

    with pytest.raises(Complaint) as refused:
        booking.book_many(world.cohort.id, [amara.id], source="coordinator", by=world.coordinator)

    assert "Amara Okafor is booked on" in refused.value.text
    assert "(TC-03) on Thursday 18 February 2027 from midday to 1pm" in refused.value.text


def test_a_clash_with_a_cohort_out_of_sight_says_only_that_the_person_is_taken(
    world: World,
) -> None:
    other = make.cohort(None, make.locality("Luton"), code="MB-01")
    make.session(other, DAY)
    amara = make.person("Amara", "Okafor")
    make.booking(other, amara)

    with pytest.raises(Complaint) as refused:
        booking.book_many(world.cohort.id, [amara.id], source="coordinator", by=world.coordinator)

    assert refused.value.text == (
        "Amara Okafor is taken on Thursday 18 February 2027 from 9:30am to 12:30pm"
    )


def test_two_courses_back_to_back_do_not_clash(world: World) -> None:
    other = make.cohort(None, world.place)
    make.session(other, make.hours(DAY, time(12, 30), time(15)))
    amara = make.person()
    make.booking(other, amara)

    booking.book_many(world.cohort.id, [amara.id], source="coordinator", by=world.coordinator)

    assert seats(world.cohort) == 1


def test_nobody_is_booked_on_a_cancelled_cohort(world: World) -> None:
    cancelled = make.cohort(world.edition, world.place, state="cancelled", code="BE-09")

    with pytest.raises(Complaint, match="has been cancelled"):
        booking.book_oneself(cancelled.id, (amara := make.person()).id, by=oneself(amara))


def test_a_place_given_up_is_free_and_can_be_taken_back(world: World) -> None:
    amara = make.person()
    me = oneself(amara)
    booking.book_oneself(world.cohort.id, amara.id, by=me)

    booking.give_up(world.cohort.id, amara.id, by=me)
    booking.give_up(world.cohort.id, amara.id, by=me)
    assert seats(world.cohort) == 0
    booking.book_oneself(world.cohort.id, amara.id, by=me)

    assert seats(world.cohort) == 1
    messages = db.session.scalars(
        select(Message).where(Message.person_id == amara.id).order_by(Message.ical_sequence)
    ).all()
    assert [m.kind for m in messages] == [
        "courses.confirmation",
        "courses.place_given_up",
        "courses.confirmation",
    ]
    assert [m.ical_sequence for m in messages] == [0, 1, 2]
    assert messages[1].ical is not None
    assert messages[1].ical["method"] == "CANCEL"


def test_a_booking_taken_back_before_its_message_went_tells_nobody(world: World) -> None:
    amara = make.person()
    (made,) = booking.book_many(
        world.cohort.id, [amara.id], source="coordinator", by=world.coordinator
    )

    booking.cancel(made, why="wrong person", by=world.coordinator)

    states = db.session.scalars(select(Message.state).where(Message.person_id == amara.id)).all()
    assert states == ["cancelled"]


def test_moving_takes_a_place_there_and_frees_one_here(world: World) -> None:
    other = make.cohort(world.edition, world.place, code="BE-02", capacity=1)
    make.session(other, date(2027, 3, 4))
    amara = make.person()
    (old,) = booking.book_many(
        world.cohort.id, [amara.id], source="coordinator", by=world.coordinator
    )

    new = booking.move(old, other.id, by=world.coordinator, why="cannot come in February")

    assert (seats(world.cohort), seats(other)) == (0, 1)
    states = dict(db.session.execute(select(Booking.id, Booking.state)).all())
    assert (states[old], states[new]) == ("moved", "booked")


def test_moving_to_a_full_cohort_leaves_the_place_where_it_was(world: World) -> None:
    other = make.cohort(world.edition, world.place, code="BE-02", capacity=1)
    make.booking(other)
    (old,) = booking.book_many(
        world.cohort.id, [make.person().id], source="coordinator", by=world.coordinator
    )

    with pytest.raises(Complaint), db.session.begin_nested():
        booking.move(old, other.id, by=world.coordinator)

    assert (seats(world.cohort), seats(other)) == (1, 1)
    assert db.session.scalar(select(Booking.state).where(Booking.id == old)) == "booked"


def test_who_waits_for_a_date_goes_before_somebody_who_just_arrives(world: World) -> None:
    world.cohort.capacity = 1
    waits, arrives = make.person(), make.person()
    waiting.join(world.course.id, waits.id, by=oneself(waits), cohort_id=world.cohort.id)

    with pytest.raises(Complaint, match="Someone took the last place"):
        booking.book_oneself(world.cohort.id, arrives.id, by=oneself(arrives))
    booking.book_oneself(world.cohort.id, waits.id, by=oneself(waits))

    assert seats(world.cohort) == 1
    assert db.session.scalar(select(Waiting.state)) == "placed"


def test_the_waiting_list_is_in_order_of_arrival_and_joining_twice_is_joining_once(
    world: World, frozen: Callable[[str], object]
) -> None:
    world.cohort.capacity = 1
    make.booking(world.cohort)
    people = [make.person() for _ in range(3)]
    for minute, one in enumerate(people):
        frozen(f"2027-02-01 09:0{minute}")
        waiting.join(world.course.id, one.id, by=oneself(one))
    assert not waiting.join(world.course.id, people[0].id, by=oneself(people[0]))

    assert [
        row.person_id for row in waiting_list.of_course(world.course.id, world.coordinator)
    ] == [one.id for one in people]
    found = waiting_list.position(world.course.id, people[1].id)
    assert found is not None
    assert (found.nth, found.of) == (2, 3)
    assert kinds(people[0].id) == ["courses.waiting"]


def test_staff_need_a_reason_to_book_without_the_prerequisite(world: World) -> None:
    follow_on = make.course(
        title="Parents at War", template={"follow_on_of": "oneplusone:brief-encounters"}
    )
    cohort = make.cohort(make.edition(follow_on), world.place, code="PW-01")
    amara = make.person()

    with pytest.raises(Complaint, match="Enter a reason") as refused:
        booking.book_other(cohort.id, amara.id, by=world.coordinator)
    assert refused.value.field == "reason"
    booking.book_other(cohort.id, amara.id, by=world.coordinator, reason="did it in 2019")

    assert db.session.scalar(select(Booking.prerequisite_waiver)) == "did it in 2019"


def test_a_person_is_told_when_they_finished_the_course_that_comes_first(world: World) -> None:
    follow_on = make.course(
        title="Parents at War", template={"follow_on_of": "oneplusone:brief-encounters"}
    )
    amara = make.person()
    make.completion(make.booking(world.cohort, amara))

    found = prerequisites.of_person(follow_on.id, amara.id)

    assert found is not None
    assert found.words == "You finished Brief Encounters on 1 February 2027"


def test_a_confirmation_asks_the_five_questions_with_a_link_of_its_own(
    world: World,
) -> None:
    publish(Upgraded(SYSTEM))
    course = catalogue.get("think-couple")
    by = world.coordinator
    made = schedule.start(course.id, course.editions[0].id, by=by)
    trainer = make.trainer(world.sam, provider_key="tavistock")
    make.grant(world.sam, "trainer", "provider", "tavistock")
    sessions = [
        replace(one, day=date(2027, 3, 4), venue_id=world.room.id, trainer_ids=(trainer.id,))
        for one in planning.blank(course.editions[0])
    ]
    schedule.set_places(made, sessions, by=by)
    schedule.set_numbers(made, capacity=9, minimum=None, last_day=None, by=by)
    schedule.publish(made, by=by)
    amara = make.person()

    booking.book_oneself(made, amara.id, by=oneself(amara))

    kept = db.session.scalars(select(Message).where(Message.person_id == amara.id)).one()
    assert "[Answer now]{{link" in kept.body
    assert len(kept.links) == 2
    assert "token" not in str(kept.links)


def test_a_date_for_one_place_is_not_booked_from_another_without_a_reason(world: World) -> None:
    luton = make.organisation(locality_id=make.locality("Luton").id)
    theirs = make.person(organisation_id=luton.id)

    with pytest.raises(Complaint, match="This date is for people who work in Hertfordshire"):
        booking.book_oneself(world.cohort.id, theirs.id, by=oneself(theirs))
    booking.book_other(world.cohort.id, theirs.id, by=world.coordinator, reason="A neighbour")

    assert seats(world.cohort) == 1


def test_a_date_for_one_job_is_not_booked_by_another(world: World) -> None:
    world.cohort.profession_id = make.profession("Midwife").id
    amara = make.person()

    with pytest.raises(Complaint, match="This date is for: Midwife"):
        booking.book_oneself(world.cohort.id, amara.id, by=oneself(amara))


def test_an_online_course_is_confirmed_without_a_calendar(world: World) -> None:
    online = make.cohort(make.edition(world.course, format="e-learning"), world.place)
    amara = make.person()

    booking.book_oneself(online.id, amara.id, by=oneself(amara))

    kept = db.session.scalars(select(Message)).one()
    assert kept.subject == "Booked: Brief Encounters"
    assert "You do it online, in your own time." in kept.body
    assert kept.ical is None


def test_people_put_on_a_course_that_is_over_are_told_nothing(world: World) -> None:
    over = make.cohort(world.edition, world.place, state="finished")
    make.session(over, date(2027, 1, 7))
    amara = make.person()

    booking.book_many(over.id, [amara.id], source="import", by=world.coordinator)

    assert kinds(amara.id) == []
