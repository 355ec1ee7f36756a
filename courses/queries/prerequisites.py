"""The course that comes before another, and who has finished it.

Booking pages and the queue ask; the record decides, as it stands now.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from courses.models import Booking, Cohort, Completion, Course, Edition
from lms.db import db
from lms.web import words


@dataclass(frozen=True)
class First:
    """The course that comes first."""

    id: uuid.UUID
    title: str
    slug: str


@dataclass(frozen=True)
class Prerequisite:
    """The course that comes first, and when this person finished it."""

    course: str
    slug: str
    finished_at: datetime | None

    @property
    def words(self) -> str:
        """As "You finished Brief Encounters on 4 March 2027", or what is missing."""
        if self.finished_at is None:
            return f"You have not finished {self.course} yet"
        return f"You finished {self.course} on {words.date(self.finished_at)}"


def first_of(course_id: uuid.UUID) -> First | None:
    """The course that must come before this one, if one must and we know it."""
    course = db.session.execute(
        select(Course.provider_key, Course.template).where(Course.id == course_id)
    ).one()
    wanted = course.template.get("follow_on_of")
    if not wanted:
        return None
    earlier = db.session.execute(
        select(Course.id, Course.title, Course.slug)
        .where(
            Course.key.in_([wanted, f"{course.provider_key}:{wanted}"]) | (Course.slug == wanted)
        )
        .order_by(Course.key == wanted)
    ).first()
    return First(*earlier) if earlier else None


def of_person(course_id: uuid.UUID, person_id: uuid.UUID | None) -> Prerequisite | None:
    """The course that must come before this one, with the person's own standing."""
    first = first_of(course_id)
    if first is None:
        return None
    when = finished(first.id, [person_id]).get(person_id) if person_id else None
    return Prerequisite(first.title, first.slug, when)


def follow_ons(cohort_id: uuid.UUID) -> list[uuid.UUID]:
    """The courses that a cohort's course comes before."""
    key, slug = db.session.execute(
        select(Course.key, Course.slug)
        .join(Edition, Edition.course_id == Course.id)
        .join(Cohort, Cohort.edition_id == Edition.id)
        .where(Cohort.id == cohort_id)
    ).one()
    wanted = Course.template["follow_on_of"].astext
    return list(
        db.session.scalars(
            select(Course.id)
            .where(wanted.in_([key, slug]) | (Course.provider_key + ":" + wanted == key))
            .order_by(Course.id)
        )
    )


def finished(course_id: uuid.UUID, person_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """Who of these people completed a course, as far as the record stands now, and when first."""
    rows = db.session.execute(
        _current().where(Edition.course_id == course_id, Booking.person_id.in_(person_ids))
    )
    return {person_id: at for person_id, at in rows}


def _current() -> Select[uuid.UUID, datetime]:
    later = aliased(Completion)
    return (
        select(Booking.person_id, func.min(Completion.at))
        .join(Booking, Booking.id == Completion.booking_id)
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .outerjoin(later, later.replaces_id == Completion.id)
        .where(Completion.verdict == "completed", later.id.is_(None))
        .group_by(Booking.person_id)
    )
