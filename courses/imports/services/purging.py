"""Staged files go after a day, what was read of the others after ninety, of the erased at once."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import null, or_, select, update

from courses.imports import batches
from courses.imports.services.staging import forget
from courses.models import Booking
from lms import clock
from lms.contracts import Job
from lms.db import db
from lms.records import ImportBatch, ImportRow

STAGED_FOR = timedelta(hours=24)
RAW_FOR = timedelta(days=90)


def purge() -> None:
    """Forget staged files of yesterday, and what the rows of old imports held."""
    now = clock.now()
    stale = db.session.scalars(
        select(ImportBatch.id).where(
            ImportBatch.state == batches.STAGED, ImportBatch.updated_at < now - STAGED_FOR
        )
    ).all()
    if stale:
        forget(stale)
    over = (
        (ImportBatch.state == batches.CONFIRMED) & (ImportBatch.confirmed_at < now - RAW_FOR)
    ) | ((ImportBatch.state == batches.UNDONE) & (ImportBatch.undone_at < now - STAGED_FOR))
    db.session.execute(
        update(ImportRow)
        .where(
            ImportRow.raw.is_not(None),
            ImportRow.batch_id.in_(select(ImportBatch.id).where(over)),
        )
        .values(raw=null(), choice=null(), reasons=[], updated_at=now)
        .execution_options(synchronize_session=False)
    )


def forget_rows(person_id: uuid.UUID) -> None:
    """Empty the rows that a person's bookings came from: the person has been erased."""
    theirs = select(Booking.id).where(Booking.person_id == person_id)
    db.session.execute(
        update(ImportRow)
        .where(
            or_(
                (ImportRow.target_type == batches.BOOKING) & ImportRow.target_id.in_(theirs),
                ImportRow.target_type.in_((batches.WAITING, batches.MARKED))
                & (ImportRow.target_id == person_id),
            )
        )
        .values(raw=null(), choice=null(), reasons=[], updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )


PURGE = Job("courses.purge_imports", purge, cron="23 * * * *")
