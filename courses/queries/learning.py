"""A person's learning record: each course with its dates, the hours they were there, the verdict.

The panel on a person's page shows it; the query takes the actor.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func

from courses.models import Attendance, Place
from courses.queries import bookings, cohorts, completion, register
from courses.queries.bookings import BookingRow
from courses.queries.cohorts import CohortFacts
from courses.queries.completion import Standing
from lms.contracts import Actor
from lms.db import db


@dataclass(frozen=True)
class Learnt:
    """A booking with its cohort, the minutes its marks count and the verdict on a kept place."""

    booking: BookingRow
    cohort: CohortFacts
    minutes: int
    verdict: Standing | None


def of_person(actor: Actor, person_id: uuid.UUID) -> list[Learnt]:
    """What somebody was booked on as far as the actor may see it, the latest dates first."""
    rows = bookings.of_person(actor, person_id)
    ids = [row.id for row in rows]
    facts = cohorts.several([row.cohort_id for row in rows])
    minutes, verdicts = _minutes(ids), completion.current(ids)
    found = [
        Learnt(
            row,
            facts[row.cohort_id],
            minutes.get(row.id, 0),
            verdicts.get(row.id) if row.state == "booked" else None,
        )
        for row in rows
    ]
    return sorted(found, key=_latest, reverse=True)


def _latest(one: Learnt) -> tuple[datetime, datetime]:
    first = one.cohort.first
    return (first.start if first else one.booking.created_at, one.booking.created_at)


def _minutes(booking_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The minutes of the marks that stand, by booking."""
    rows = db.session.execute(
        register.current(Place.booking_id, func.sum(Attendance.minutes))
        .where(Place.booking_id.in_(booking_ids))
        .group_by(Place.booking_id)
    )
    return {booking_id: int(minutes or 0) for booking_id, minutes in rows}
