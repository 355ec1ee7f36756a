"""Undoing an import while nothing hangs on it: places freed, waiting ended, marks taken back.

The view calls `undo`; the job `FORGET` forgets the people whom only this file brought.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from sqlalchemy import select

from courses.imports import batches
from courses.imports.batches import Batch
from courses.imports.queries import hanging
from courses.imports.services import marks
from courses.imports.services.deciding import SUBJECT, locked, update_batch
from courses.models import Booking, Waiting
from courses.services import booking, waiting
from lms import audit, clock
from lms.contracts import SYSTEM, Actor, Job
from lms.db import be_patient, crash_point, db
from lms.errors import Conflict
from lms.jobs import defer
from lms.people.services.taking_back import take_back
from lms.records import ImportBatch

WHY = "The import was undone"
CHUNK = 200


class StillNeeded(Exception):
    """Something hangs on the import; `sentences` say what."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("; ".join(sentences))
        self.sentences = tuple(sentences)


def undo(batch_id: uuid.UUID, *, by: Actor) -> None:
    """Take everything back that the import did; twice is once. Raises `StillNeeded`.

    What was not sent yet is never sent; who was told already is told of this too.
    """
    be_patient(60)
    batch, cohort = locked(batch_id, by)
    if batch.state == batches.UNDONE:
        return
    if batch.state != batches.CONFIRMED or not batch.is_people:
        raise Conflict("This import cannot be undone.")
    _refuse(batch_id)
    marks.take_back(batch, by)
    booking.cancel_many(_ids(batch, "bookings"), why=WHY, by=by, undo=True)
    # Asked again: a survey may have been answered while the bookings were being ended.
    _refuse(batch_id)
    for person_id in _ids(batch, "waiting"):
        waiting.leave(cohort.course_id, person_id, by=by)
    update_batch(
        batch_id,
        state=batches.UNDONE,
        undone_at=clock.now(),
        counts={**batch.counts, "undone_by": by.name},
    )
    audit.write("undid an import", SUBJECT, batch_id, by=by, after={"cohort": cohort.code})
    if batch.made.get("people"):
        defer(FORGET, batch_id=str(batch_id))
    crash_point("import.undone")


def _refuse(batch_id: uuid.UUID) -> None:
    if sentences := hanging(batch_id):
        raise StillNeeded(sentences)


def _ids(batch: Batch, what: str) -> list[uuid.UUID]:
    return [uuid.UUID(one) for one in batch.made.get(what, ())]


def forget_people(batch_id: str) -> Iterator[None]:
    """Take back the people an undone import added, unless something else holds them by now."""
    row = db.session.execute(
        select(ImportBatch.counts).where(
            ImportBatch.id == uuid.UUID(batch_id), ImportBatch.state == batches.UNDONE
        )
    ).first()
    made = row.counts.get("made", {}) if row else {}
    people = [uuid.UUID(one) for one in made.get("people", ())]
    ended = [uuid.UUID(one) for one in made.get("bookings", ())]
    for start in range(0, len(people), CHUNK):
        some = people[start : start + CHUNK]
        take_back([one for one in some if one not in _held(some, ended)], by=SYSTEM)
        yield


def _held(people: Sequence[uuid.UUID], ended: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Who is booked or waits somewhere else by now."""
    booked = select(Booking.person_id).where(
        Booking.person_id.in_(people), Booking.id.not_in(ended)
    )
    waits = select(Waiting.person_id).where(
        Waiting.person_id.in_(people), Waiting.closed_at.is_(None)
    )
    return set(db.session.scalars(booked.union(waits)))


FORGET = Job("courses.forget_imported", forget_people)
