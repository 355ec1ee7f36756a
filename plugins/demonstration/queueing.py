"""The queue of the demonstration: a full date of Parents at War, and who waits for it.

Two give their places up: the first offer is taken, the second waits for an answer.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, time, timedelta
from functools import partial

from sqlalchemy import select

from courses.models import Offer, Waiting
from courses.queries import catalogue
from courses.services import booking, waiting
from courses.services.queue import answering
from lms import clock
from lms.ambassadors.models import Ambassador
from lms.db import db
from plugins.demonstration.crowd import Someone
from plugins.demonstration.days import next_working
from plugins.demonstration.play import Play
from plugins.demonstration.programme import BRIEF
from plugins.demonstration.stage import Life, World

FULL = "war-4"
WAITING_BEFORE, FREED_BEFORE = 12, 7
AMBASSADORS, OTHERS = 3, 2
"""Who waits beside the run's own newcomers, all of whom have done the course before it."""


def put_on(play: Play, world: World) -> None:
    """People wait; a place is freed and taken; another is freed on the last working day."""
    life, today = world.lives[FULL], world.days.today
    waits = next_working(today - timedelta(days=WAITING_BEFORE))
    play.at(clock.at(waits, time(11, 20)), partial(_wait, life))
    freed = next_working(today - timedelta(days=FREED_BEFORE))
    play.at(clock.at(freed, time(9, 50)), partial(_give_up, life, 0))
    play.at(clock.at(next_working(freed + timedelta(days=1)), time(12, 15)), partial(_take, life))
    play.at(clock.at(_last_working(today), time(10, 40)), partial(_give_up, life, 1))


def _last_working(today: date) -> date:
    day = today - timedelta(days=1)
    while next_working(day) != day:
        day -= timedelta(days=1)
    return day


def _wait(life: Life) -> None:
    """They want this date and, seeing others free, no other."""
    course = life.world.course(life.run)
    passed = [date.id for date in catalogue.dates_of(course.id) if date.places_left]
    for one in _finished(life):
        waiting.join(course.id, one.id, by=one.actor, cohort_id=life.cohort_id, passed=passed)


def _finished(life: Life) -> Iterator[Someone]:
    """Some who have done the course before it and not this one, ambassadors among them."""
    plans = life.world.plans.values()
    been = {
        one.person.name for plan in plans if plan.run.course == life.run.course
        for one in plan.members
    }  # fmt: skip
    free = {
        one.person.id: one.person
        for plan in plans
        if plan.run.course == BRIEF and plan.run.ambassadors
        for one in plan.members
        if one.completes and not one.key and one.person.name not in been
    }
    active = set(
        db.session.scalars(select(Ambassador.person_id).where(Ambassador.state == "active"))
    )
    others = [one for key, one in free.items() if key not in active]
    yield from others[:OTHERS]
    yield from [one for key, one in free.items() if key in active][:AMBASSADORS]


def _give_up(life: Life, number: int) -> None:
    one = life.plan.members[number].person
    booking.give_up(life.cohort_id, one.id, by=one.actor)


def _take(life: Life) -> None:
    """Whoever was offered the first place takes it."""
    for offer_id, person_id in db.session.execute(
        select(Offer.id, Waiting.person_id)
        .join(Waiting, Waiting.id == Offer.waiting_id)
        .where(Offer.cohort_id == life.cohort_id, Offer.state == "open")
    ):
        answering.accept(offer_id, by=_known(life.world)[person_id].actor)


def _known(world: World) -> dict[uuid.UUID, Someone]:
    return {one.person.id: one.person for plan in world.plans.values() for one in plan.members}
