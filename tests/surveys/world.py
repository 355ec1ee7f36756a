"""A published cohort of Brief Encounters with its surveys, for the tests of this room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from courses.models import Booking, Cohort, Course, Edition, Session
from lms import clock, events
from lms.contracts import SYSTEM
from lms.db import db
from lms.people import links
from lms.people.models import Person
from surveys.models import Assignment, Wave
from surveys.services import assigning
from tests import factories as make

FIVE = ("identifying", "knowledge", "asking", "helping", "signposting")


@dataclass(frozen=True)
class World:
    """A cohort of four sessions (the first begins at `begins`) and who is booked on it."""

    cohort: Cohort
    sessions: tuple[Session, ...]
    bookings: tuple[Booking, ...]
    people: tuple[Person, ...]


def world(
    *, begins: date | None = None, people: int = 1, design: str = "pre_post_follow_up"
) -> World:
    """The cohort: four mornings, the first in ten days unless `begins` says otherwise."""
    events.publish(events.Upgraded(SYSTEM))
    course = db.session.scalars(
        select(Course).where(Course.key == "oneplusone:brief-encounters")
    ).one()
    edition = db.session.scalars(
        select(Edition).where(Edition.course_id == course.id, Edition.key == "four-sessions")
    ).one()
    first = begins or clock.today() + timedelta(days=10)
    cohort = make.cohort(
        edition, state="published", design=design, template=course.template, capacity=100
    )
    days = [make.session(cohort, first + timedelta(days=7 * n)) for n in range(4)]
    assigning.set_waves(cohort.id)
    job = make.profession()
    who = tuple(make.person(profession_id=job.id) for _ in range(people))
    bookings = tuple(make.booking(cohort, person) for person in who)
    assigning.assign(cohort.id, [booking.id for booking in bookings])
    return World(cohort, tuple(days), bookings, who)


def wave(of: World, kind: str, *, second: bool = False) -> Wave:
    """One of the cohort's waves."""
    return db.session.scalars(
        select(Wave).where(
            Wave.cohort_id == of.cohort.id, Wave.kind == kind, Wave.is_second.is_(second)
        )
    ).one()


def asked(of: World, kind: str, number: int = 0, *, second: bool = False) -> Assignment:
    """What one of the people is asked in a wave, as it is now."""
    return db.session.scalars(
        select(Assignment)
        .where(
            Assignment.wave_id == wave(of, kind, second=second).id,
            Assignment.booking_id == of.bookings[number].id,
        )
        .execution_options(populate_existing=True)
    ).one()


def path(of: Assignment, *, unsent: bool = False) -> str:
    """The address behind a person's own link to a survey; `unsent` behind the code in the room."""
    live = links.live_for(assigning.LINK, [of.id])
    return f"/s/{links.token(live[of.id], unsent=unsent)}"


def five(value: int = 4) -> Mapping[str, Any]:
    """A form with the same answer to all five questions."""
    return {f"q-{key}": str(value) for key in FIVE}
