"""The queue: its order and points, offers of free places, and how they end."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from courses.models import Booking, Offer
from courses.services import booking, waiting
from courses.services.queue import answering
from lms.db import db
from tests import factories as make
from tests.courses.conftest import World, oneself

Frozen = Callable[[str], object]


def test_a_place_given_up_is_offered_to_the_first_who_waits(world: World, frozen: Frozen) -> None:
    world.cohort.capacity = 1
    has, first, second = make.person(), make.person(), make.person()
    booking.book_oneself(world.cohort.id, has.id, by=oneself(has))
    for minute, one in enumerate((first, second)):
        frozen(f"2027-02-01 09:0{minute}")
        waiting.join(world.course.id, one.id, by=oneself(one), cohort_id=world.cohort.id)

    booking.give_up(world.cohort.id, has.id, by=oneself(has))

    offer = db.session.scalars(select(Offer)).one()
    held = db.session.get_one(Booking, offer.booking_id)
    assert (held.person_id, held.state) == (first.id, "offered")
    assert answering.accept(offer.id, by=oneself(first)).state == "accepted"
