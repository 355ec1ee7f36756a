"""The queue of the demonstration: a full date of Parents at War, and who waits for it.

`world` puts it on the play after the runs and the pledges.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from courses.models import Offer, Waiting
from courses.queries import catalogue
from courses.services import booking, waiting
from courses.services.queue import answering
from lms.ambassadors.models import Ambassador
from lms.db import db
from plugins.demonstration.crowd import Someone
from plugins.demonstration.play import Play
from plugins.demonstration.programme import BRIEF
from plugins.demonstration.stage import Life, World

FULL = "war-4"
AMBASSADORS, OTHERS = 3, 2
"""Who waits beside the run's own newcomers, all of whom have done the course before it."""


def put_on(play: Play, world: World) -> None:
    """This morning, with the date full, people wait; then two places come free.

    The others were first, and yet an ambassador is asked before them; the first who is asked takes
    the place at once, the second has until the deadline.
    """
    life = world.lives.get(FULL)
    if life is None:  # a part of the programme is played
        return
    for minutes, act in (
        (50, partial(_wait, life)),
        (40, partial(_give_up, life, 0)),
        (25, partial(_take, life)),
        (15, partial(_give_up, life, 1)),
    ):
        play.at(play.now - timedelta(minutes=minutes), act)


def _wait(life: Life) -> None:
    """They want this date and, seeing others free, no other."""
    course = life.world.course(life.run)
    dates = catalogue.dates_of(course.id)
    passed = [one.id for one in dates if one.places_left and one.id != life.cohort_id]
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
