"""Two at once: an answer against the deadline, two workers, and a process that dies in between."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select, update

from courses.models import Booking, Cohort, Offer, Waiting
from courses.queries import explaining, offers
from courses.services import booking, waiting
from courses.services.queue import answering, jobs
from lms import clock
from lms import db as door
from lms.app import create_app
from lms.db import db
from lms.messages.models import Message
from lms.people.models import Person
from lms.settings import Settings
from lms.web.opening import LmsFlask
from tests import factories as make
from tests.courses.conftest import World, oneself


@pytest.fixture
def due(world: World, frozen: Callable[[str], object]) -> Offer:
    """A place held for the first of two, whose time is over this second; its message has gone."""
    world.cohort.capacity = 1
    has = make.person()
    booking.book_oneself(world.cohort.id, has.id, by=oneself(has))
    for minute in range(2):
        frozen(f"2027-02-01 09:0{minute}")
        one = make.person()
        waiting.join(world.course.id, one.id, by=oneself(one))
    booking.give_up(world.cohort.id, has.id, by=oneself(has))
    db.session.execute(
        update(Message).where(Message.state == "queued").values(state="sent", sent_at=clock.now())
    )
    frozen("2027-02-03 17:00")
    found = db.session.scalars(select(Offer)).one()
    door.commit()
    return found


def at_once(app: LmsFlask, *acts: Callable[[], object]) -> list[object]:
    """Do things in threads of their own, each in its own transaction, all let go together."""
    ready = threading.Barrier(len(acts))

    def do(act: Callable[[], object]) -> object:
        with app.app_context():
            ready.wait(30)
            with door.unit_of_work():
                return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


@pytest.mark.parametrize("attempt", range(3))
def test_an_answer_at_the_deadline_and_the_lapse_have_one_winner_and_the_seat_one_holder(
    world: World, due: Offer, app: LmsFlask, attempt: int
) -> None:
    offer_id, cohort_id, course_id = due.id, world.cohort.id, world.course.id
    first = db.session.get_one(Waiting, due.waiting_id).person_id
    me = oneself(db.session.get_one(Person, first))
    door.commit()

    after, _ = at_once(
        app, lambda: answering.accept(offer_id, by=me), lambda: answering.lapse(course_id)
    )

    db.session.expire_all()
    held = select(func.count()).where(
        Booking.cohort_id == cohort_id, Booking.state.in_(("booked", "offered"))
    )
    assert db.session.scalar(held) == 1
    assert db.session.scalar(select(Cohort.seats_taken).where(Cohort.id == cohort_id)) == 1
    won = offers.get(offer_id)
    assert won is not None
    assert won.state == after.state  # type: ignore[attr-defined]
    told = set(db.session.scalars(select(Message.kind).where(Message.person_id == first)))
    if won.state == "accepted":
        assert "courses.offer_lapsed" not in told
        assert offers.of_cohort(cohort_id) == []
    else:
        assert won.state == "lapsed"
        assert "courses.offer_lapsed" in told
        assert [one.person_id != first for one in offers.of_cohort(cohort_id)] == [True]


def test_two_workers_at_once_let_an_offer_lapse_once(
    world: World, due: Offer, app: LmsFlask
) -> None:
    course_id = world.course.id

    at_once(app, lambda: list(jobs.tend()), lambda: answering.lapse(course_id))

    lapsed = select(func.count()).where(Message.kind == "courses.offer_lapsed")
    assert db.session.scalar(lapsed) == 1
    assert len(offers.of_course(course_id)) == 1
    assert all(one.agrees for one in explaining.of_course("brief-encounters").decisions())


def test_pressing_accept_twice_at_once_is_one_booking_and_one_confirmation(
    world: World, due: Offer, app: LmsFlask
) -> None:
    offer_id = due.id
    first = db.session.get_one(Waiting, due.waiting_id).person_id
    me = oneself(db.session.get_one(Person, first))
    door.commit()

    both = at_once(app, *[lambda: answering.accept(offer_id, by=me)] * 2)

    assert [one.state for one in both] == ["accepted"] * 2  # type: ignore[attr-defined]
    told = select(func.count()).where(
        Message.person_id == first, Message.kind == "courses.confirmation"
    )
    assert db.session.scalar(told) == 1


def die_lapsing(settings: dict[str, Any], course_id: Any) -> None:
    """Let an offer lapse in a process of its own, which dies where `LMS_CRASH_AT` says."""
    app = create_app(Settings(**settings))
    with app.app_context(), door.unit_of_work():
        answering.lapse(course_id)


def test_a_worker_that_dies_between_the_lapse_and_the_next_offer_leaves_the_first_as_it_was(
    world: World, due: Offer, settings: Settings, monkeypatch: Any
) -> None:
    monkeypatch.setenv("LMS_CRASH_AT", "offer.lapsed")
    db.session.execute(update(Offer).values(expires_at=clock.now().replace(year=2020)))
    door.commit()
    fork = multiprocessing.get_context("spawn")

    process = fork.Process(target=die_lapsing, args=(settings.model_dump(), world.course.id))
    process.start()
    process.join(60)
    monkeypatch.delenv("LMS_CRASH_AT")

    assert process.exitcode == -9
    assert [one.state for one in offers.of_course(world.course.id)] == ["open"]
    assert db.session.scalar(select(Cohort.seats_taken)) == 1
    answering.lapse(world.course.id)
    assert [one.waiting_id != due.waiting_id for one in offers.of_course(world.course.id)] == [True]
