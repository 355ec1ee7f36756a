"""What events tell the rooms below of a booking: whose, on which course, in words, and where.

Completion and the surveys publish with it; bookings themselves are out of those rooms' reach.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from courses.models import Booking, Cohort, CohortLocality, Course, Edition
from lms.db import db


@dataclass(frozen=True)
class Told:
    """A booking as the fields of an event: unpack it with `vars`."""

    person_id: uuid.UUID
    course: str
    label: str
    locality_id: uuid.UUID | None


def of(booking_id: uuid.UUID) -> Told:
    """Whose booking it is, the course's key, "Brief Encounters, BE-05", and the place."""
    return several([booking_id])[booking_id]


def several(booking_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Told]:
    """The same of many bookings."""
    rows = db.session.execute(
        select(
            Booking.id,
            Booking.person_id,
            Course.key,
            Course.title,
            Cohort.code,
            _place().label("place"),
        )
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(Booking.id.in_(booking_ids))
    )
    return {
        row.id: Told(row.person_id, row.key, f"{row.title}, {row.code}", row.place) for row in rows
    }


def _place() -> ColumnElement[Any]:
    """Where somebody worked when they booked, else the first of the cohort's places."""
    first = (
        select(CohortLocality.locality_id)
        .where(CohortLocality.cohort_id == Booking.cohort_id)
        .order_by(CohortLocality.locality_id)
        .limit(1)
        .correlate(Booking)
        .scalar_subquery()
    )
    return func.coalesce(Booking.locality_id, first)
