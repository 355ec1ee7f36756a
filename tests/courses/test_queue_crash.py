"""A place that is offered, taken or turned down: whole or not at all, and to the second."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import func, select, update

from courses.models import Booking, Cohort, Offer, Waiting
from courses.queries import offers
from courses.queries.offers import OfferRow
from courses.services import booking, waiting
from courses.services.queue import answering, jobs
from lms import clock
from lms.db import db
from lms.messages.models import Message
from lms.people.models import Person
from lms.settings import Settings
from tests import factories as make
from tests.courses.conftest import World, oneself
from tests.dying import killed_doing

Moment = Callable[[str], object]


@pytest.fixture
def people(world: World, frozen: Moment) -> list[Person]:
    """Who has the one place, and two who wait for it in this order."""
    world.cohort.capacity = 1
    has, *others = (make.person() for _ in range(3))
    booking.book_oneself(world.cohort.id, has.id, by=oneself(has))
    for minute, one in enumerate(others, 1):
        frozen(f"2027-02-01 09:0{minute}")
        waiting.join(world.course.id, one.id, by=oneself(one))
    return [has, *others]


@pytest.fixture
def held(world: World, people: list[Person], frozen: Moment) -> OfferRow:
    """The place is held for the first of them until 5pm on 3 February; it is noon on 2 February."""
    booking.give_up(world.cohort.id, people[0].id, by=oneself(people[0]))
    mail_goes()
    frozen("2027-02-02 12:00")
    [made] = offers.of_course(world.course.id)
    return made


def mail_goes() -> None:
    """Whatever waits to be sent has been."""
    queued = update(Message).where(Message.state == "queued")
    db.session.execute(queued.values(state="sent", sent_at=clock.now()))


def offered(world: World) -> list[object]:
    """For whom a place is held."""
    return [one.person_id for one in offers.of_course(world.course.id)]


def booked() -> list[object]:
    """Who has a place."""
    having = select(Booking.person_id).where(Booking.state == "booked")
    return list(db.session.scalars(having))


def told(kind: str) -> int:
    """How many messages of a kind there are."""
    number = select(func.count()).where(Message.kind == f"courses.{kind}")
    return db.session.scalar(number) or 0


def seats() -> int:
    """How many places are taken or held."""
    return db.session.scalar(select(Cohort.seats_taken)) or 0


def test_a_process_that_dies_while_a_place_is_offered_leaves_it_with_whoever_had_it(
    world: World, people: list[Person], settings: Settings
) -> None:
    has, first, _ = people
    give_up = partial(booking.give_up, world.cohort.id, has.id, by=oneself(has))
    killed_doing(settings, "offer.made", give_up)
    assert (booked(), offered(world), told("offer")) == ([has.id], [], 0)
    give_up()
    assert (booked(), offered(world), told("offer"), seats()) == ([], [first.id], 1, 1)


def test_a_process_that_dies_while_a_place_is_accepted_leaves_it_held(
    world: World, people: list[Person], held: OfferRow, settings: Settings
) -> None:
    first = people[1]
    accept = partial(answering.accept, held.id, by=oneself(first))
    before = told("confirmation")
    killed_doing(settings, "offer.accepted", accept)
    assert (booked(), offered(world), told("confirmation")) == ([], [first.id], before)
    accept()
    assert (booked(), offered(world), seats()) == ([first.id], [], 1)
    assert told("confirmation") == before + 1


def test_a_process_that_dies_while_a_place_is_turned_down_has_turned_down_nothing(
    world: World, people: list[Person], held: OfferRow, settings: Settings
) -> None:
    _, first, second = people
    decline = partial(answering.decline, held.id, by=oneself(first))
    killed_doing(settings, "offer.declined", decline)
    assert (offered(world), seats()) == ([first.id], 1)
    decline()
    assert (offered(world), seats()) == ([second.id], 1)


@pytest.mark.parametrize("answers_first", [True, False], ids=["answer", "lapse"])
def test_a_second_before_the_deadline_it_is_theirs_and_a_second_after_the_nexts(
    world: World, people: list[Person], held: OfferRow, frozen: Moment, answers_first: bool
) -> None:
    _, first, second = people
    frozen("2027-02-03 16:59:59")
    list(jobs.tend())
    assert offered(world) == [first.id]
    if answers_first:
        answering.accept(held.id, by=oneself(first))
    frozen("2027-02-03 17:00:01")
    list(jobs.tend())
    after = answering.accept(held.id, by=oneself(first))
    if answers_first:
        assert (after.state, booked(), offered(world)) == ("accepted", [first.id], [])
    else:
        assert (after.state, booked(), offered(world)) == ("lapsed", [], [second.id])
    assert seats() == 1


@pytest.mark.parametrize("gone", [True, False], ids=["their message had gone", "it had not"])
def test_a_worker_that_slept_three_days_ends_only_what_people_knew_of(
    world: World, people: list[Person], frozen: Moment, gone: bool
) -> None:
    """From Monday to Thursday morning; two working days on is Monday at 5pm in London."""
    has, first, second = people
    booking.give_up(world.cohort.id, has.id, by=oneself(has))
    if gone:
        mail_goes()
    frozen("2027-02-04 09:02")
    for _ in range(2):
        list(jobs.tend())
    assert offered(world) == [second.id if gone else first.id]
    [until] = db.session.scalars(select(Offer.expires_at).where(Offer.state == "open"))
    assert f"{clock.london(until):%d %B %H:%M}" == "08 February 17:00"
    waits = select(func.count()).where(Waiting.state == "offered")
    assert (db.session.scalar(waits), seats(), told("offer_lapsed")) == (1, 1, int(gone))
    new = select(Message).where(Message.kind == "courses.offer", Message.state == "queued")
    assert [one.person_id for one in db.session.scalars(new)] == offered(world)
