"""Places that the queue holds while a manager is asked, for one alone and for a pair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time

import pytest
from sqlalchemy import select, update

from courses.models import Approval, Booking, Cohort, Offer, Waiting
from courses.queries import cohorts, explaining, fitting, offers, queue
from courses.queries import waiting as waiting_list
from courses.queries.offers import OfferRow
from courses.services import approving, changing, edits
from courses.services.queue import answering, jobs, pairs
from lms import clock
from lms.db import db
from lms.messages.models import Message
from lms.people.models import Person
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import TEMPLATE, World, oneself

Frozen = Callable[[str], datetime]
NEXT = date(2027, 4, 8)


@pytest.fixture
def asking(world: World) -> World:
    """The programme, with a course that asks for approval."""
    for row in (world.course, world.cohort):
        row.template = TEMPLATE | {"needs_approval": True}
    db.session.flush()
    return world


def somebody(name: str) -> Person:
    """Somebody whose manager is on record."""
    boss = make.person(f"{name}’s", "Boss", email=f"boss.of.{name.lower()}@example.org")
    return make.person(name, "Okafor", manager_id=boss.id)


@pytest.fixture
def alone(asking: World) -> OfferRow:
    """A place held until 5pm on 3 February for Amara, before whom nobody waits."""
    make.waiting(asking.cohort, somebody("Amara"))
    asking.cohort.capacity = 1
    return tend_to(asking)[0]


@pytest.fixture
def both(asking: World) -> tuple[OfferRow, OfferRow]:
    """Two places held until 5pm on 3 February for a pair, Amara and Beth."""
    asking.cohort.capacity = 2
    db.session.flush()
    rows = [make.waiting(asking.cohort, somebody(name)) for name in ("Amara", "Beth")]
    pairs.make(rows[0].id, rows[1].id, by=asking.coordinator)
    sent()
    one, other = offers.of_cohort(asking.cohort.id)
    return one, other


def tend() -> None:
    for _ in jobs.tend():
        pass


def tend_to(world: World) -> list[OfferRow]:
    """What is offered of the date once the job has looked, with messages that have gone."""
    tend()
    sent()
    return offers.of_cohort(world.cohort.id)


def sent() -> None:
    """Every message that is due has gone."""
    for message in db.session.scalars(select(Message).where(Message.state == "queued")):
        message.state, message.sent_at = "sent", clock.now()
    db.session.flush()


def who(offer: OfferRow) -> Person:
    return db.session.get_one(Person, offer.person_id)


def accept(offer: OfferRow) -> OfferRow:
    return answering.accept(offer.id, by=oneself(who(offer)))


def answer(offer: OfferRow, *, approves: bool = True) -> None:
    """The manager who was asked about a held place answers."""
    asked = db.session.scalars(
        select(Approval).where(Approval.booking_id == offer.booking_id)
    ).one()
    boss = oneself(db.session.get_one(Person, asked.manager_id))
    approving.answer(asked.id, approves=approves, reason="" if approves else "No", by=boss)


def state(offer: OfferRow) -> str:
    found = offers.get(offer.id)
    assert found is not None
    return found.state


def booked() -> int:
    return len(db.session.scalars(select(Booking.id).where(Booking.state == "booked")).all())


def messages(offer: OfferRow, kind: str) -> list[Message]:
    found = select(Message).where(
        Message.person_id == offer.person_id, Message.kind == f"courses.{kind}"
    )
    return list(db.session.scalars(found.order_by(Message.id)))


def line(world: World) -> list[object]:
    return [one.person_id for one in queue.line(world.course.id)]


def why_not(world: World, offer: OfferRow) -> str:
    dates = [cohorts.facts(world.cohort.id)]
    return waiting_list.unfit(offer.waiting_id, dates)[world.cohort.id]


def move(world: World, day: date) -> None:
    """Move the first session to another day, and the second after it."""
    now = edits.current(cohorts.facts(world.cohort.id))
    days = zip(now.sessions, (day, date(2027, 4, 15)), strict=True)
    first, second = (
        replace(one, start=clock.at(on, time(9, 30)), end=clock.at(on, time(12, 30)))
        for one, on in days
    )
    changing.propose(world.cohort.id, replace(now, sessions=(first, second)), by=world.coordinator)
    changing.apply(world.cohort.id, by=world.coordinator)


def old(offer: OfferRow, state: str, waits: str) -> None:
    """End one offer of a pair as it may have ended before pairs were held together."""
    make.change_booking(db.session.get_one(Booking, offer.booking_id), "lapsed")
    db.session.execute(
        update(Offer).where(Offer.id == offer.id).values(state=state, decided_at=clock.now())
    )
    closed = None if waits == "waiting" else clock.now()
    db.session.execute(
        update(Waiting)
        .where(Waiting.id == offer.waiting_id)
        .values(state=waits, closed_at=closed)
        .execution_options(synchronize_session=False)
    )


# -- a pair ----------------------------------------------------------------------------------------


def test_both_places_of_a_pair_are_held_longer_while_the_manager_of_one_is_asked(
    asking: World, both: tuple[OfferRow, OfferRow], frozen: Frozen
) -> None:
    frozen("2027-02-02 10:00")
    accept(both[0])
    sent()
    frozen("2027-02-03 17:01")

    tend()

    assert [(one.id, one.expires_at.day) for one in offers.of_cohort(asking.cohort.id)] == [
        (both[0].id, 4),
        (both[1].id, 4),
    ]
    assert messages(both[1], "offer_lapsed") == []


def test_a_manager_who_says_yes_after_the_first_deadline_places_nobody_of_a_pair_alone(
    asking: World, both: tuple[OfferRow, OfferRow], frozen: Frozen
) -> None:
    one, other = both
    frozen("2027-02-02 10:00")
    accept(one)
    sent()
    frozen("2027-02-03 17:01")
    tend()

    answer(one)
    assert (booked(), state(one), state(other)) == (0, "open", "open")
    accept(other)
    answer(other)

    assert (booked(), state(one), state(other)) == (2, "accepted", "accepted")
    assert line(asking) == []


def test_who_agreed_is_not_told_that_the_place_went_on_while_both_are_held(
    asking: World, both: tuple[OfferRow, OfferRow], frozen: Frozen
) -> None:
    one, other = both
    accept(one)
    answer(one)
    frozen("2027-02-02 10:00")
    accept(other)
    sent()
    frozen("2027-02-03 17:01")

    tend()

    assert (state(one), state(other)) == ("open", "open")
    assert messages(one, "offer_ended") == []


def test_a_pair_whose_offers_end_at_different_times_lapses_at_the_later_one(
    asking: World, both: tuple[OfferRow, OfferRow], frozen: Frozen
) -> None:
    one, other = both
    db.session.execute(
        update(Offer)
        .where(Offer.id == other.id)
        .values(expires_at=clock.at(date(2027, 2, 5), time()))
    )
    frozen("2027-02-04 09:00")
    tend()
    assert (state(one), state(other)) == ("open", "open")
    frozen("2027-02-05 00:00")
    tend()

    assert (state(one), state(other)) == ("lapsed", "lapsed")


def test_a_manager_who_is_asked_by_one_of_a_pair_and_says_nothing_leaves_both_waiting_as_a_pair(
    asking: World, both: tuple[OfferRow, OfferRow], frozen: Frozen
) -> None:
    one, other = both
    accept(one)
    accept(other)
    answer(other)
    sent()
    frozen("2027-02-03 17:01")

    tend()

    assert (state(one), state(other)) == ("lapsed", "revoked")
    assert line(asking) == [one.person_id, other.person_id]
    assert len({waits.pair_id for waits in queue.line(asking.course.id)} - {None}) == 1
    assert "your manager did not answer in time" in messages(one, "offer_ended")[0].body
    assert "the person who comes with you cannot come" in messages(other, "offer_ended")[0].body
    assert why_not(asking, other) == ""


def test_a_managers_no_to_one_of_a_pair_leaves_the_other_waiting_alone(
    asking: World, both: tuple[OfferRow, OfferRow]
) -> None:
    one, other = both
    accept(one)
    accept(other)
    answer(other)

    answer(one, approves=False)

    assert (state(one), state(other)) == ("declined", "revoked")
    # Alone by now, they are offered a place of the date at once.
    (again,) = offers.of_cohort(asking.cohort.id)
    assert (again.person_id, again.pair_id) == (other.person_id, None)


def test_who_has_not_been_told_yet_reads_the_later_deadline_when_the_others_manager_is_asked(
    asking: World, both: tuple[OfferRow, OfferRow], frozen: Frozen
) -> None:
    one, other = both
    db.session.execute(
        update(Message)
        .where(Message.person_id == other.person_id, Message.kind == "courses.offer")
        .values(state="queued", sent_at=None)
    )
    frozen("2027-02-02 10:00")

    accept(one)

    db.session.expire_all()
    told = messages(other, "offer")
    assert [message.state for message in told] == ["cancelled", "queued"]
    assert told[1].subject.endswith("answer by 5pm on 4 Feb 2027")


def test_nobody_takes_a_place_alone_whose_other_still_waits(
    asking: World, both: tuple[OfferRow, OfferRow], frozen: Frozen
) -> None:
    one, other = both
    old(other, "lapsed", "waiting")
    accept(one)

    answer(one)

    assert (booked(), state(one)) == (0, "open")
    frozen("2027-02-03 17:01")
    tend()
    assert state(one) == "revoked"
    assert "the person who comes with you cannot come" in messages(one, "offer_ended")[0].body


def test_whose_other_has_gone_for_good_takes_the_place_alone_and_is_in_no_pair(
    asking: World, both: tuple[OfferRow, OfferRow]
) -> None:
    one, other = both
    old(other, "revoked", "withdrawn")
    accept(one)

    answer(one)

    assert (booked(), state(one)) == (1, "accepted")
    pair = select(Waiting.pair_id).where(Waiting.pair_id.is_not(None))
    assert db.session.scalars(pair).all() == []


# -- a manager who says nothing --------------------------------------------------------------------


def test_who_said_yes_is_not_said_to_be_silent_when_their_manager_was(
    asking: World, alone: OfferRow, frozen: Frozen
) -> None:
    accept(alone)
    sent()
    frozen("2027-02-03 17:01")

    tend()

    assert state(alone) == "lapsed"
    assert why_not(asking, alone) == fitting.UNANSWERED
    assert messages(alone, "offer_lapsed") == []
    (told,) = messages(alone, "offer_ended")
    assert "cannot hold it any longer: your manager did not answer in time." in told.body
    assert "You are back on the waiting list, 1st of 1." in told.body
    history = db.session.get_one(Booking, alone.booking_id, populate_existing=True)
    assert history.state == "lapsed"


def test_who_said_yes_keeps_their_place_where_the_silent_go_to_the_end(
    asking: World, alone: OfferRow, frozen: Frozen
) -> None:
    asking.course.template = asking.course.template | {"after_lapse": "end"}
    make.waiting(asking.cohort, later := somebody("Beth"))
    accept(alone)
    sent()
    frozen("2027-02-03 17:01")

    tend()

    assert line(asking) == [alone.person_id]
    (next_one,) = offers.of_cohort(asking.cohort.id)
    assert next_one.person_id == later.id
    before = db.session.scalar(select(Waiting.joined_at).where(Waiting.id == alone.waiting_id))
    assert before == clock.at(date(2027, 2, 1), time(9))


def test_a_manager_who_says_yes_late_has_the_date_offered_again_and_is_not_asked_again(
    asking: World, alone: OfferRow, frozen: Frozen
) -> None:
    accept(alone)
    sent()
    frozen("2027-02-03 17:01")
    tend()
    assert offers.of_cohort(asking.cohort.id) == []

    answer(alone)

    (again,) = offers.of_cohort(asking.cohort.id)
    assert (again.person_id, again.agreed_at) == (alone.person_id, None)
    assert accept(again).state == "accepted"
    assert all(one.agrees for one in explaining.of_course("brief-encounters").decisions())


def test_a_manager_who_says_no_late_is_the_reason_that_is_given(
    asking: World, alone: OfferRow, frozen: Frozen
) -> None:
    accept(alone)
    sent()
    frozen("2027-02-03 17:01")
    tend()

    answer(alone, approves=False)

    assert why_not(asking, alone) == fitting.REFUSED


def test_pages_say_for_whom_a_place_waits_that_somebody_said_yes_to(
    asking: World, alone: OfferRow, as_person: Callable[[Person], PageClient]
) -> None:
    accept(alone)
    browser = as_person(asking.priya)

    held = browser.get(f"/cohorts/{asking.cohort.id}/offers").text
    waits = browser.get("/courses/brief-encounters/queue").text

    assert "Said yes; waits for their manager" in held
    assert "said yes, waits for their manager" in waits


# -- a date that changes ---------------------------------------------------------------------------


@pytest.mark.parametrize("heard", [True, False], ids=["told", "not told yet"])
def test_who_knew_of_a_place_is_told_when_its_date_moves_too_near_to_hold_it(
    world: World, frozen: Frozen, heard: bool
) -> None:
    world.cohort.capacity = 1
    make.waiting(world.cohort)
    tend()
    (held,) = offers.of_cohort(world.cohort.id)
    if heard:
        sent()
    frozen("2027-02-02 09:00")

    move(world, date(2027, 2, 2))

    assert state(held) == "revoked"
    told = messages(held, "offer_ended")
    assert len(told) == heard
    if heard:
        assert "on Tuesday 2 February 2027 for you and cannot hold it any longer" in told[0].body
        assert "it is now too near to hold places" in told[0].body
        assert "You are back on the waiting list, 1st of 1." in told[0].body


def test_nobody_has_agreed_to_a_date_that_has_changed_since(world: World, frozen: Frozen) -> None:
    world.cohort.capacity = 2
    db.session.flush()
    rows = [make.waiting(world.cohort) for _ in range(2)]
    pairs.make(rows[0].id, rows[1].id, by=world.coordinator)
    sent()
    one, other = offers.of_cohort(world.cohort.id)
    accept(one)

    move(world, NEXT)
    accept(other)

    assert (state(one), state(other), booked()) == ("open", "open", 0)
    accept(one)
    assert booked() == 2


def test_a_managers_yes_gives_no_place_on_a_date_that_has_changed_since_it_was_agreed_to(
    asking: World, alone: OfferRow, as_person: Callable[[Person], PageClient]
) -> None:
    accept(alone)

    move(asking, NEXT)
    answer(alone)

    assert (state(alone), booked()) == ("open", 0)
    page = as_person(who(alone)).get(f"/cohorts/{asking.cohort.id}/place").text
    assert "A place is being held for you" in page
    accept(alone)
    assert booked() == 1


def test_who_agrees_to_a_changed_date_has_their_manager_asked_with_its_new_dates(
    asking: World, alone: OfferRow, as_person: Callable[[Person], PageClient]
) -> None:
    accept(alone)
    move(asking, NEXT)
    browser = as_person(who(alone))
    path = f"/cohorts/{asking.cohort.id}/place"
    assert "A place is being held for you" in browser.get(path).text

    browser.press(path, "Send my answer", answer="take")

    assert "Your manager has been asked" in browser.get(path).text
    boss = select(Approval.manager_id).where(Approval.booking_id == alone.booking_id)
    asked = db.session.scalars(
        select(Message).where(Message.person_id == db.session.scalar(boss)).order_by(Message.id)
    ).all()
    assert len(asked) == 2
    assert "8 to 15 April 2027" in asked[1].body
    answer(alone)
    assert booked() == 1


def test_an_offer_of_a_changed_date_does_not_lapse_before_its_new_message_has_gone(
    world: World, frozen: Frozen
) -> None:
    world.cohort.capacity = 1
    make.waiting(world.cohort)
    (held,) = tend_to(world)
    move(world, NEXT)
    (changed,) = offers.of_cohort(world.cohort.id)
    frozen("2027-02-03 17:01")

    tend()

    (after,) = offers.of_cohort(world.cohort.id)
    assert (after.id, after.version) == (held.id, changed.version + 1)
    sent()
    frozen("2027-02-05 17:01")
    tend()
    assert state(held) == "lapsed"


def test_who_agreed_is_not_asked_again_because_the_others_message_has_not_gone(
    world: World, frozen: Frozen
) -> None:
    world.cohort.capacity = 2
    db.session.flush()
    rows = [make.waiting(world.cohort) for _ in range(2)]
    pairs.make(rows[0].id, rows[1].id, by=world.coordinator)
    one, other = offers.of_cohort(world.cohort.id)
    accept(one)
    frozen("2027-02-03 17:01")

    tend()

    assert (len(messages(one, "offer")), len(messages(other, "offer"))) == (1, 2)
    assert {row.expires_at.day for row in offers.of_cohort(world.cohort.id)} == {5}
    assert db.session.scalar(select(Cohort.seats_taken)) == 2
