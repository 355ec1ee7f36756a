"""People whose date is cancelled are back in the queue with everything they had there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from courses.models import Approval, Booking, Cohort, Waiting, WaitingMove
from courses.queries import explaining, offers, queue
from courses.queries.queue import Waiter
from courses.services import approving, booking, cancelling, waiting
from courses.services.cancelling import Fate
from courses.services.queue import answering, jobs, moving, pairs
from lms.db import db
from lms.people.models import Person
from tests import factories as make
from tests.courses.conftest import TEMPLATE, World, oneself

Frozen = Callable[[str], object]


@pytest.fixture
def line(world: World, frozen: Frozen) -> list[Person]:
    """Four who wait for the date, which one person fills, a minute apart."""
    world.cohort.capacity = 1
    has = make.person()
    booking.book_oneself(world.cohort.id, has.id, by=oneself(has))
    people = []
    for minute in range(4):
        frozen(f"2027-02-01 10:0{minute}")
        people.append(make.person())
        waiting.join(world.course.id, people[-1].id, by=oneself(people[-1]))
    frozen("2027-02-01 11:00")
    return people


def waits(world: World, one: Person) -> Waiter:
    return queue.of_person(world.course.id, one.id) or pytest.fail("does not wait")


def order(world: World) -> list[object]:
    return [one.person_id for one in queue.line(world.course.id)]


def room(world: World, capacity: int) -> None:
    """So many places of the date, offered to those who wait."""
    world.cohort.capacity = capacity
    db.session.flush()
    for _ in jobs.tend():
        pass


def take(world: World, *people: Person) -> None:
    """These take the places that are held for them."""
    for one in people:
        held = offers.open_of(world.cohort.id, one.id) or pytest.fail("has no offer")
        answering.accept(held.id, by=oneself(one))


def cancel(world: World, cohort: Cohort | None = None) -> None:
    cohort_id = (cohort or world.cohort).id
    cancelling.cancel(cohort_id, reason="Flood", fate=Fate("waiting"), by=world.coordinator)


def another(world: World, code: str = "BE-02", **columns: object) -> Cohort:
    made = make.cohort(world.edition, world.place, code=code, **columns)
    make.session(made, date(2027, 4, 8))
    return made


def test_who_was_moved_to_the_front_is_first_again(world: World, line: list[Person]) -> None:
    last = line[3]
    moving.move(waits(world, last).id, 1, by=world.coordinator, why="Her team needs it")
    room(world, 2)
    take(world, last)

    cancel(world)

    assert order(world)[0] == last.id
    assert waits(world, last).points == 1
    (moved,) = db.session.scalars(select(WaitingMove)).all()
    assert moved.waiting_id == waits(world, last).id


def test_what_somebody_wants_saw_and_was_let_in_for_comes_back_with_them(
    world: World, line: list[Person]
) -> None:
    seen = another(world, capacity=1)
    make.booking(seen)
    first = line[0]
    row = db.session.get_one(Waiting, waits(world, first).id)
    row.availability = {"passed": [str(seen.id)]}
    db.session.flush()
    moving.let_in(row.id, by=world.coordinator, why="Did it in 2019")
    wanted = {"localities": [world.place.id], "editions": [world.edition.id]}
    moving.wants(world.course.id, first.id, **wanted, by=oneself(first))
    before = waits(world, first)
    room(world, 2)
    take(world, first)

    cancel(world)

    after = waits(world, first)
    assert (after.joined_at, after.waiver) == (before.joined_at, "Did it in 2019")
    assert after.localities == {world.place.id}
    assert after.editions == {world.edition.id}
    assert after.passed == {seen.id}


def test_the_date_that_was_cancelled_is_not_the_one_that_somebody_asks_for(world: World) -> None:
    full = another(world, capacity=1)
    make.booking(full)
    one, other = make.waiting(world.cohort), make.waiting(full)
    people = [one.person_id, other.person_id]
    booking.book_many(world.cohort.id, people, source="coordinator", by=world.coordinator)

    cancel(world)

    assert order(world) == people
    db.session.expire_all()
    assert one.cohort_id is None
    assert other.cohort_id is not None


@pytest.mark.parametrize("by_hand", [False, True], ids=["took its offers", "was booked"])
def test_a_pair_of_whom_both_come_back_is_a_pair_and_is_offered_two_places_or_none(
    world: World, line: list[Person], by_hand: bool
) -> None:
    first, second, *_ = line
    pairs.make(waits(world, first).id, waits(world, second).id, by=world.coordinator)
    if by_hand:
        world.cohort.capacity = 3
        db.session.flush()
        booking.book_many(
            world.cohort.id, [first.id, second.id], source="import", by=world.coordinator
        )
    else:
        room(world, 3)
        take(world, first, second)

    cancel(world)

    assert order(world)[1:3] == [first.id, second.id]
    pair = {waits(world, one).pair_id for one in (first, second)}
    assert len(pair) == 1
    assert None not in pair
    small = another(world, capacity=2)
    for _ in jobs.tend():
        pass
    held = {one.person_id for one in offers.of_cohort(small.id)}
    assert line[2].id in held
    assert held.isdisjoint({first.id, second.id})
    assert all(one.agrees for one in explaining.of_course("brief-encounters").decisions())


def test_one_of_a_pair_who_comes_back_without_the_other_waits_alone(
    world: World, line: list[Person]
) -> None:
    first, second, *_ = line
    pairs.make(waits(world, first).id, waits(world, second).id, by=world.coordinator)
    room(world, 3)
    take(world, first, second)
    booking.give_up(world.cohort.id, second.id, by=oneself(second))

    cancel(world)

    assert waits(world, first).pair_id is None
    pair = select(Waiting.id).where(Waiting.pair_id.is_not(None))
    assert db.session.scalars(pair).all() == []


def test_a_place_that_somebody_gave_up_is_not_what_they_come_back_by(
    world: World, line: list[Person], frozen: Frozen
) -> None:
    first = line[0]
    moving.move(waits(world, line[1]).id, 1, by=world.coordinator, why="Agreed")
    moving.move(waits(world, first).id, 1, by=world.coordinator, why="Agreed")
    room(world, 2)
    take(world, first)
    booking.give_up(world.cohort.id, first.id, by=oneself(first))
    frozen("2027-02-02 09:00")
    other = another(world, capacity=9)
    booking.book_many(
        other.id, [first.id], source="coordinator", by=world.coordinator, why="Agreed since"
    )

    cancel(world, other)

    assert waits(world, first).points == 0
    assert waits(world, first).joined_at.day == 2


def test_who_is_cancelled_twice_stands_where_they_stood_each_time(
    world: World, line: list[Person]
) -> None:
    last = line[3]
    moving.move(waits(world, last).id, 1, by=world.coordinator, why="Her team needs it")
    room(world, 2)
    take(world, last)
    cancel(world)
    other = another(world, capacity=1)
    for _ in jobs.tend():
        pass
    (held,) = offers.of_cohort(other.id)
    assert held.person_id == last.id
    answering.accept(held.id, by=oneself(last))

    cancel(world, other)

    assert order(world)[0] == last.id


def test_who_had_not_waited_comes_back_since_they_booked_with_why_they_were_let_in(
    world: World, frozen: Frozen
) -> None:
    world.cohort.capacity = 2
    one = make.person()
    frozen("2027-02-01 09:30")
    booking.book_many(
        world.cohort.id,
        [booking.Seat(one.id, waiver="Did it in 2019")],
        source="coordinator",
        by=world.coordinator,
    )
    frozen("2027-02-02 09:00")

    cancel(world)

    after = waits(world, one)
    assert (after.waiver, after.joined_at.day) == ("Did it in 2019", 1)


@pytest.mark.parametrize("offered", [True, False], ids=["a held place", "a request"])
def test_the_managers_word_for_a_place_of_a_cancelled_date_holds_for_the_next(
    world: World, offered: bool
) -> None:
    for row in (world.course, world.cohort):
        row.template = TEMPLATE | {"needs_approval": True}
    db.session.flush()
    boss = make.person("Mark", "Boss", email="mark@example.org")
    amara = make.person("Amara", manager_id=boss.id)
    if offered:
        waiting.join(world.course.id, amara.id, by=oneself(amara))
    booking.book_oneself(world.cohort.id, amara.id, by=oneself(amara))
    asked = db.session.scalars(select(Approval)).one()
    approving.answer(asked.id, approves=True, by=oneself(boss))
    assert db.session.scalar(select(Booking.state)) == "booked"

    cancel(world)
    other = another(world, capacity=1, template=world.cohort.template)
    for _ in jobs.tend():
        pass
    (held,) = offers.of_cohort(other.id)

    assert answering.accept(held.id, by=oneself(amara)).state == "accepted"


def test_an_offer_given_back_for_a_place_elsewhere_was_not_said_no_to(
    world: World, line: list[Person]
) -> None:
    first = line[0]
    room(world, 2)
    other = another(world, capacity=9)
    booking.book_many(
        other.id, [first.id], source="coordinator", by=world.coordinator, why="She rang"
    )

    cancel(world, other)
    room(world, 6)

    assert offers.open_of(world.cohort.id, first.id) is not None
