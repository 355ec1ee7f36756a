"""How offers end: accepted, declined, lapsed, taken back; and until when they are held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import func, select

from courses.models import Booking, Cohort, Place, Waiting
from courses.queries import cohorts, deadlines, offers, queue
from courses.queries.offers import OfferRow
from courses.services import booking, cancelling, changing, edits, links, waiting
from courses.services.cancelling import Fate
from courses.services.queue import answering, jobs, pairs
from lms import clock
from lms.db import Complaint, db
from lms.messages.models import Message
from lms.people import links as people_links
from lms.people.models import Person
from tests import factories as make
from tests.courses.conftest import DAY, TEMPLATE, World, oneself

Frozen = Callable[[str], datetime]


@pytest.fixture
def held(world: World, frozen: Frozen) -> OfferRow:
    """A place of the date that is held for the first of two who wait, since 10am on 1 February."""
    world.cohort.capacity = 1
    has = make.person()
    booking.book_oneself(world.cohort.id, has.id, by=oneself(has))
    for minute in range(2):
        frozen(f"2027-02-01 09:0{minute}")
        one = make.person()
        waiting.join(world.course.id, one.id, by=oneself(one), cohort_id=world.cohort.id)
    frozen("2027-02-01 10:00")
    booking.give_up(world.cohort.id, has.id, by=oneself(has))
    (offer,) = offers.of_cohort(world.cohort.id)
    return offer


def who(offer: OfferRow) -> Person:
    return db.session.get_one(Person, offer.person_id)


def sent() -> None:
    """Every message that is due has gone."""
    for message in db.session.scalars(select(Message).where(Message.state == "queued")):
        message.state, message.sent_at = "sent", clock.now()
    db.session.flush()


def kinds(of: object) -> list[str]:
    return list(
        db.session.scalars(select(Message.kind).where(Message.person_id == of).order_by(Message.id))
    )


def state_of(person_id: object) -> str | None:
    return db.session.scalar(
        select(Waiting.state)
        .where(Waiting.person_id == person_id)
        .order_by(Waiting.created_at.desc())
        .limit(1)
    )


def tend() -> None:
    for _ in jobs.tend():
        pass


# -- yes and no ------------------------------------------------------------------------------------


def test_accepting_is_a_booking_with_places_and_a_confirmation_at_once(
    world: World, held: OfferRow
) -> None:
    after = answering.accept(held.id, by=oneself(who(held)), needs="A ramp")
    again = answering.accept(held.id, by=oneself(who(held)))

    assert (after.state, again.state) == ("accepted", "accepted")
    made = db.session.get_one(Booking, held.booking_id, populate_existing=True)
    assert (made.state, made.source, made.needs) == ("booked", "offer", "A ramp")
    assert made.confirmed_at is not None
    places = select(func.count()).select_from(Place).where(Place.booking_id == made.id)
    assert db.session.scalar(places.where(Place.is_booked)) == 2
    assert state_of(held.person_id) == "placed"
    assert kinds(held.person_id)[-1] == "courses.confirmation"
    assert db.session.scalar(select(func.count()).select_from(Booking)) == 2


def test_accepting_meets_another_course_at_that_time_and_says_so(
    world: World, held: OfferRow
) -> None:
    other = make.cohort(None, world.place, code="TC-03")
    make.session(other, DAY)
    make.booking(other, who(held))

    with pytest.raises(Complaint) as refused:
        answering.accept(held.id, by=oneself(who(held)))

    assert refused.value.field == "answer"
    assert "You are booked on another course on Thursday 18 February 2027" in refused.value.text
    assert offers.get(held.id) == held


def test_saying_no_keeps_the_place_in_the_queue_and_asks_the_next(
    world: World, held: OfferRow
) -> None:
    before = queue.of_person(world.course.id, held.person_id)

    answering.decline(held.id, by=oneself(who(held)))

    after = queue.of_person(world.course.id, held.person_id)
    assert before is not None
    assert after is not None
    assert (after.state, after.joined_at) == ("waiting", before.joined_at)
    (next_one,) = offers.of_cohort(world.cohort.id)
    assert next_one.person_id != held.person_id
    assert queue.line(world.course.id)[0].person_id == held.person_id


def test_leaving_the_list_from_the_offer_ends_both(world: World, held: OfferRow) -> None:
    answering.decline(held.id, leave=True, by=oneself(who(held)))

    assert state_of(held.person_id) == "withdrawn"
    after = offers.get(held.id)
    assert after is not None
    assert after.state == "declined"


def test_booking_a_date_that_is_held_for_one_is_accepting_it(world: World, held: OfferRow) -> None:
    booking.book_oneself(world.cohort.id, held.person_id, by=oneself(who(held)))

    after = offers.get(held.id)
    assert after is not None
    assert after.state == "accepted"


def test_staff_accept_for_somebody_who_has_told_them(world: World, held: OfferRow) -> None:
    made = booking.book_other(world.cohort.id, held.person_id, by=world.coordinator)

    assert made == held.booking_id
    assert state_of(held.person_id) == "placed"


# -- the deadline ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2027-02-01 10:00", "2027-02-03 17:00"),
        ("2027-02-05 16:59", "2027-02-09 17:00"),
        ("2027-02-06 12:00", "2027-02-09 17:00"),
        ("2027-02-15 09:00", "2027-02-17 17:00"),
        ("2027-02-16 11:00", "2027-02-17 17:00"),
        ("2027-02-17 13:00", "2027-02-17 17:00"),
        ("2027-02-17 13:01", None),
        ("2027-02-17 18:00", None),
    ],
    ids=(
        "two working days",
        "over a weekend",
        "on a Saturday",
        "just before the date",
        "the working day before",
        "four hours",
        "less than four hours",
        "the evening before",
    ),
)
def test_a_place_is_held_for_two_working_days_and_less_near_the_date(
    world: World, frozen: Frozen, now: str, until: str | None
) -> None:
    moment = frozen(now)

    found = deadlines.until(cohorts.facts(world.cohort.id), moment)

    assert found == (clock.at(*_wall(until)) if until else None)


def _wall(words: str) -> tuple[date, object]:
    moment = datetime.fromisoformat(words)
    return moment.date(), moment.time()


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2027-03-24 10:00", "2027-03-30 17:00"),
        ("2027-03-30 10:00", "2027-04-01 17:00"),
        ("2027-10-29 10:00", "2027-11-02 17:00"),
    ],
    ids=("over Easter and into summer time", "in summer", "out of summer time"),
)
def test_the_deadline_is_5pm_in_london_and_passes_over_bank_holidays(
    world: World, frozen: Frozen, now: str, until: str
) -> None:
    later = make.cohort(world.edition, world.place, code="BE-07")
    make.session(later, date(2027, 12, 9))
    moment = frozen(now)

    found = deadlines.until(cohorts.facts(later.id), moment)

    assert found == clock.at(*_wall(until))


def test_the_last_day_to_book_ends_offers_too(world: World, frozen: Frozen) -> None:
    world.cohort.closes_at = clock.at(*_wall("2027-02-02 23:59"))
    db.session.flush()
    moment = frozen("2027-02-01 10:00")

    found = deadlines.until(cohorts.facts(world.cohort.id), moment)

    assert found == clock.at(*_wall("2027-02-02 17:00"))


def test_an_offer_nobody_answered_lapses_and_the_next_is_asked(
    world: World, held: OfferRow, frozen: Frozen
) -> None:
    sent()
    frozen("2027-02-03 17:01")

    tend()
    tend()

    after = offers.get(held.id)
    assert after is not None
    assert after.state == "lapsed"
    (next_one,) = offers.of_cohort(world.cohort.id)
    assert next_one.person_id != held.person_id
    assert queue.line(world.course.id)[0].person_id == held.person_id
    message = db.session.scalars(
        select(Message).where(Message.kind == "courses.offer_lapsed")
    ).one()
    assert "by 5pm on Wednesday 3 February 2027" in message.body
    assert "You are still on the list, 1st of 1." in message.body


def test_nothing_lapses_before_its_time(world: World, held: OfferRow, frozen: Frozen) -> None:
    sent()
    frozen("2027-02-03 16:59")

    tend()

    assert offers.of_cohort(world.cohort.id) == [held]


def test_an_offer_does_not_lapse_before_its_message_has_gone(
    world: World, held: OfferRow, frozen: Frozen
) -> None:
    frozen("2027-02-04 09:00")

    tend()

    (after,) = offers.of_cohort(world.cohort.id)
    assert (after.id, after.version) == (held.id, 2)
    assert after.expires_at == clock.at(*_wall("2027-02-08 17:00"))
    states = db.session.execute(
        select(Message.state, Message.subject)
        .where(Message.kind == "courses.offer")
        .order_by(Message.id)
    ).all()
    assert [state for state, _ in states] == ["cancelled", "queued"]
    assert states[1].subject.endswith("answer by 5pm on 8 Feb 2027")


def test_a_message_about_a_deadline_that_has_passed_never_goes(
    world: World, held: OfferRow, frozen: Frozen, run_jobs: Callable[[], None]
) -> None:
    frozen("2027-02-06 09:00")

    run_jobs()

    first, *later = db.session.scalars(
        select(Message).where(Message.kind == "courses.offer").order_by(Message.id)
    )
    assert first.state == "cancelled"
    assert all("9 Feb 2027" in one.subject for one in later)


def test_who_was_never_told_keeps_the_place_when_there_is_no_time_to_ask_again(
    world: World, held: OfferRow, frozen: Frozen
) -> None:
    frozen("2027-02-17 16:00")

    tend()

    after = offers.get(held.id)
    assert after is not None
    assert after.state == "revoked"
    assert queue.line(world.course.id)[0].person_id == held.person_id
    assert "courses.offer_lapsed" not in kinds(held.person_id)


def test_where_the_course_says_so_who_did_not_answer_goes_to_the_end(
    world: World, held: OfferRow, frozen: Frozen
) -> None:
    world.course.template = TEMPLATE | {"after_lapse": "end"}
    late = make.person()
    waiting.join(world.course.id, late.id, by=oneself(late), cohort_id=world.cohort.id)
    sent()
    frozen("2027-02-03 17:01")

    tend()

    assert [one.person_id for one in queue.line(world.course.id)] == [late.id, held.person_id]


def test_the_link_works_until_the_deadline_and_says_afterwards_how_it_ended(
    world: World, held: OfferRow, frozen: Frozen
) -> None:
    made = links.to_offer(held.id, held.person_id, held.expires_at)
    token = people_links.token(made)
    frozen("2027-02-03 17:00")
    assert people_links.expired(token) == made
    sent()

    tend()

    assert people_links.find(token, ("offer",)).person_id == held.person_id


# -- pairs -----------------------------------------------------------------------------------------


@pytest.fixture
def both(world: World, frozen: Frozen) -> tuple[OfferRow, OfferRow]:
    """Two places that are held for a pair."""
    world.cohort.capacity = 2
    db.session.flush()
    people = [make.person(), make.person()]
    rows = [make.waiting(world.cohort, one) for one in people]
    pairs.make(rows[0].id, rows[1].id, by=world.coordinator)
    one, other = offers.of_cohort(world.cohort.id)
    return one, other


def test_a_pair_has_its_places_when_both_have_said_yes(
    world: World, both: tuple[OfferRow, OfferRow]
) -> None:
    one, other = both

    first = answering.accept(one.id, by=oneself(who(one)))
    again = answering.accept(one.id, by=oneself(who(one)))
    assert (first.state, first.agreed_at is not None) == ("open", True)
    assert again == first
    assert db.session.scalar(select(func.count()).where(Booking.state == "booked")) == 0
    answering.accept(other.id, by=oneself(who(other)))

    assert db.session.scalar(select(func.count()).where(Booking.state == "booked")) == 2
    assert {state_of(one.person_id), state_of(other.person_id)} == {"placed"}


def test_when_one_of_a_pair_says_no_the_others_place_is_not_held_and_they_are_told(
    world: World, both: tuple[OfferRow, OfferRow]
) -> None:
    one, other = both
    answering.accept(one.id, by=oneself(who(one)))

    answering.decline(other.id, by=oneself(who(other)))

    states = {row.id: row.state for row in (offers.get(one.id), offers.get(other.id)) if row}
    assert states == {one.id: "revoked", other.id: "declined"}
    assert db.session.scalar(select(Cohort.seats_taken)) == 0
    message = db.session.scalars(select(Message).where(Message.kind == "courses.offer_ended")).one()
    assert message.person_id == one.person_id
    assert "the person who comes with you cannot come on this date" in message.body


def test_who_said_yes_is_not_blamed_when_the_other_of_the_pair_does_not_answer(
    world: World, both: tuple[OfferRow, OfferRow], frozen: Frozen
) -> None:
    one, other = both
    answering.accept(one.id, by=oneself(who(one)))
    sent()
    frozen("2027-02-03 17:01")

    tend()

    states = {row.id: row.state for row in (offers.get(one.id), offers.get(other.id)) if row}
    assert states == {one.id: "revoked", other.id: "lapsed"}
    assert kinds(one.person_id)[-1] == "courses.offer_ended"
    assert kinds(other.person_id)[-1] == "courses.offer_lapsed"


# -- what happens to the date ----------------------------------------------------------------------


def test_a_cancelled_date_takes_its_offers_back_and_everybody_stands_where_they_stood(
    world: World, held: OfferRow
) -> None:
    booked = make.person()
    world.cohort.capacity = 2
    db.session.flush()
    booking.book_many(
        world.cohort.id, [booked.id], source="coordinator", by=world.coordinator, why="Agreed"
    )

    cancelling.cancel(
        world.cohort.id, reason="The room is flooded.", fate=Fate("waiting"), by=world.coordinator
    )

    after = offers.get(held.id)
    assert after is not None
    assert after.state == "revoked"
    assert queue.line(world.course.id)[0].person_id == held.person_id
    told = db.session.scalars(
        select(Message).where(Message.person_id == held.person_id).order_by(Message.id)
    ).all()[-1]
    assert told.kind == "courses.offer_ended"
    assert "the course will not take place on this date. Reason: The room is flooded." in told.body
    assert "You are back on the waiting list, 1st of 3." in told.body


def test_people_of_a_cancelled_date_are_back_with_their_old_place_and_read_which(
    world: World, frozen: Frozen
) -> None:
    world.cohort.capacity = 1
    early = make.person()
    frozen("2027-02-01 09:01")
    waiting.join(world.course.id, early.id, by=oneself(early), cohort_id=world.cohort.id)
    booking.book_oneself(world.cohort.id, early.id, by=oneself(early))
    frozen("2027-02-01 09:05")
    later = make.person()
    waiting.join(world.course.id, later.id, by=oneself(later), cohort_id=world.cohort.id)
    sent()
    frozen("2027-02-02 09:00")

    cancelling.cancel(world.cohort.id, reason="Flood", fate=Fate("waiting"), by=world.coordinator)

    assert [one.person_id for one in queue.line(world.course.id)] == [early.id, later.id]
    message = db.session.scalars(select(Message).where(Message.kind == "courses.cancelled")).one()
    assert "You are back on the waiting list, 1st of 2." in message.body


def test_a_date_that_changes_is_offered_again_with_its_new_time(
    world: World, held: OfferRow, frozen: Frozen
) -> None:
    sent()
    frozen("2027-02-02 10:00")
    now = edits.current(cohorts.facts(world.cohort.id))
    hours = make.hours(date(2027, 3, 4))
    moved = replace(now.sessions[0], start=hours.lower, end=hours.upper)
    changing.propose(
        world.cohort.id, replace(now, sessions=(moved, now.sessions[1])), by=world.coordinator
    )

    changing.apply(world.cohort.id, by=world.coordinator)

    (after,) = offers.of_cohort(world.cohort.id)
    assert after.expires_at == clock.at(*_wall("2027-02-04 17:00"))
    newest = db.session.scalars(
        select(Message).where(Message.kind == "courses.offer").order_by(Message.id.desc())
    ).first()
    assert newest is not None
    assert "Thursday 4 March 2027" in newest.body


def test_the_capacity_cannot_go_below_what_is_booked_or_held(world: World, held: OfferRow) -> None:
    now = edits.current(cohorts.facts(world.cohort.id))
    world.cohort.capacity = 2
    db.session.flush()
    booking.book_many(
        world.cohort.id, [make.person().id], source="coordinator", by=world.coordinator, why="x"
    )

    with pytest.raises(Exception, match="Capacity must be 2 or more"):
        changing.propose(world.cohort.id, replace(now, capacity=1), by=world.coordinator)
