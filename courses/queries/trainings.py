"""Who trained whom, from the register: answered to rooms below, which know no sessions.

`courses.plugin` gives it as the hook `lms_trainings`.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import DateTime, Select, func, select

from courses.models import (
    Attendance,
    Booking,
    Cohort,
    Course,
    Edition,
    Place,
    Session,
    SessionTrainer,
    Trainer,
)
from courses.queries import register
from lms import clock
from lms.contracts import Training
from lms.db import db


def of(person_ids: Sequence[uuid.UUID]) -> list[Training]:
    """Everybody who was at a session that one of these people taught, once per booking."""
    if not person_ids:
        return []
    return [
        Training(
            trainer_id=row.trainer_id,
            person_id=row.person_id,
            booking_id=row.id,
            cohort_id=row.cohort_id,
            label=f"{row.title}, {row.code}",
            on=clock.london(row.last).date(),
        )
        for row in db.session.execute(_trained(person_ids))
    ]


def _trained(person_ids: Sequence[uuid.UUID]) -> Select[Any]:
    last = func.max(func.upper(Session.during, type_=DateTime(timezone=True)))
    columns: list[Any] = [
        Trainer.person_id.label("trainer_id"),
        Booking.person_id,
        Booking.id,
        Booking.cohort_id,
        Course.title,
        Cohort.code,
        last.label("last"),
    ]
    return (
        select(*columns)
        .join(SessionTrainer, SessionTrainer.trainer_id == Trainer.id)
        .join(Session, Session.id == SessionTrainer.session_id)
        .join(Place, Place.session_id == Session.id)
        .join(Booking, Booking.id == Place.booking_id)
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .join(Attendance, Attendance.place_id == Place.id)
        .where(
            Trainer.person_id.in_(person_ids),
            Trainer.person_id != Booking.person_id,
            Session.holds,
            Attendance.mark != "absent",
            register.is_current(),
        )
        .group_by(Trainer.person_id, Booking.id, Cohort.id, Course.id)
        .order_by(last, Booking.id)
    )
