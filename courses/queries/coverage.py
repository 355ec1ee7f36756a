"""Who goes before others because few of their like have had a place: what courses answer itself.

`courses.plugin` answers `lms_booking_priority` with these; ambassadors have a room of their own.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, distinct, exists, func, select

from courses.models import Booking, Cohort, Course, Edition, Waiting
from courses.queries import queue
from lms.contracts import Priority
from lms.db import db
from lms.people.models import Locality, Organisation, Person, Profession
from lms.web import words

UNDER_COVERED, AGENCY_SHARE = "under_covered", "agency_share"
HELD = ("offered", "booked")
TO_COME = ("published", "running")


def priorities(person_id: uuid.UUID, course: str) -> Iterator[Priority]:
    """What counts for a person in this course's queue, as far as the course's rules ask for it."""
    found = db.session.execute(
        select(Course.id, Course.template).where(Course.key == course)
    ).one_or_none()
    if found is None:
        return
    points = {rule.key: rule.points for rule in queue.rules_of(found.template)}
    person = _person(person_id) if points.keys() & {UNDER_COVERED, AGENCY_SHARE} else None
    if person is None:
        return
    if UNDER_COVERED in points and (reason := _under_covered(found.id, person)):
        yield Priority(UNDER_COVERED, points[UNDER_COVERED], reason)
    if AGENCY_SHARE in points and (reason := _agency_share(found.id, person)):
        yield Priority(AGENCY_SHARE, points[AGENCY_SHARE], reason)


def _person(person_id: uuid.UUID) -> Any:
    return db.session.execute(
        select(
            Person.id,
            Person.profession_id,
            Profession.name.label("profession"),
            Person.organisation_id,
            Organisation.name.label("organisation"),
            Organisation.locality_id,
            Locality.name.label("locality"),
        )
        .outerjoin(Profession, Profession.id == Person.profession_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(Locality, Locality.id == Organisation.locality_id)
        .where(Person.id == person_id)
    ).one_or_none()


def _under_covered(course_id: uuid.UUID, person: Any) -> str:
    """As "No health visitor from Blackpool yet": nobody else of their job and place had a place."""
    if person.profession_id is None or person.locality_id is None:
        return ""
    had = exists().where(
        _places(course_id),
        Booking.profession_id == person.profession_id,
        Booking.locality_id == person.locality_id,
        Booking.person_id != person.id,
    )
    if db.session.scalar(select(had)):
        return ""
    job = person.profession
    return f"No {job if job.isupper() else job[:1].lower() + job[1:]} from {person.locality} yet"


def _agency_share(course_id: uuid.UUID, person: Any) -> str:
    """As "Fewer places than an even share for St Hugh's (1 of 30, shared by 6)".

    Counted over the dates to come, among organisations whose people have places or wait.
    """
    if person.organisation_id is None:
        return ""
    to_come = _places(course_id) & Booking.cohort_id.in_(
        select(Cohort.id).where(Cohort.state.in_(TO_COME))
    )
    own = func.count().filter(Booking.organisation_id == person.organisation_id)
    taken, theirs = db.session.execute(select(func.count(), own).where(to_come)).one()
    agencies = (
        select(Booking.organisation_id)
        .where(to_come)
        .union(
            select(Person.organisation_id)
            .join(Waiting, Waiting.person_id == Person.id)
            .where(Waiting.course_id == course_id, Waiting.state.in_(("waiting", "offered")))
        )
    )
    number = db.session.scalar(select(func.count(distinct(agencies.subquery().c.organisation_id))))
    if not taken or not number or theirs * number >= taken:
        return ""
    return (
        f"Fewer places than an even share for {person.organisation} "
        f"({words.number(theirs)} of {words.number(taken)}, shared by {words.number(number)})"
    )


def _places(course_id: uuid.UUID) -> ColumnElement[bool]:
    """Bookings that hold a place of a course, of any date."""
    cohorts = select(Cohort.id).join(Edition).where(Edition.course_id == course_id)
    return Booking.state.in_(HELD) & Booking.cohort_id.in_(cohorts)
