"""Locks of the queue in the one order everybody keeps: course, then cohorts by id, then bookings.

Whoever frees or takes a place holds the course before anything else.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import or_, select, text

from courses.models import Cohort, Edition
from lms.db import db

QUEUE = 0x51554555  # "QUEU": the first of the two numbers of these advisory locks
OPEN = ("scheduled", "published", "running")


def hold(course_ids: Collection[uuid.UUID], also: Collection[uuid.UUID] = ()) -> None:
    """Hold courses with every cohort of theirs that may have places, and other cohorts."""
    for number in sorted({_number(one) for one in course_ids}):
        db.session.execute(
            text("select pg_advisory_xact_lock(:queue, :number)"),
            {"queue": QUEUE, "number": number},
        )
    editions = select(Edition.id).where(Edition.course_id.in_(course_ids))
    theirs = Cohort.edition_id.in_(editions) & Cohort.state.in_(OPEN)
    db.session.execute(
        select(Cohort.id)
        .where(or_(theirs, Cohort.id.in_(also)))
        .order_by(Cohort.id)
        .with_for_update()
    ).all()


def hold_cohorts(cohort_ids: Collection[uuid.UUID]) -> None:
    """Hold these cohorts, with the queues of their courses."""
    courses = db.session.scalars(
        select(Edition.course_id)
        .join(Cohort, Cohort.edition_id == Edition.id)
        .where(Cohort.id.in_(cohort_ids))
        .distinct()
    )
    hold(courses.all(), also=cohort_ids)


def _number(course_id: uuid.UUID) -> int:
    """A course as PostgreSQL's second number; two that share one only wait for each other."""
    return int.from_bytes(course_id.bytes[-4:], signed=True)
