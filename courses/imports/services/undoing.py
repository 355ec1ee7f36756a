"""Undoing an import while nothing hangs on it: places freed, waiting ended, marks taken back.

The view calls `undo`; the job `FORGET` forgets the people and organisations that only this file
brought.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from sqlalchemy import func, select, update

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
from lms.people.models import Organisation, Person
from lms.people.services import mailboxes, organisations
from lms.people.services.taking_back import take_back
from lms.records import ImportBatch
from lms.web import words

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
    # They leave before places come free, or these would be offered to them first.
    waiting.take_back(cohort.course_id, _ids(batch, "waiting"), by=by)
    booking.cancel_many(_ids(batch, "bookings"), why=WHY, by=by, undo=True)
    # Asked again: a survey may have been answered while the bookings were being ended.
    _refuse(batch_id)
    mailboxes.take_back(batch_id, by=by)
    update_batch(
        batch_id,
        state=batches.UNDONE,
        undone_at=clock.now(),
        counts={**batch.counts, "undone_by": by.name},
    )
    audit.write("undid an import", SUBJECT, batch_id, by=by, after={"cohort": cohort.code})
    if batch.made.get("people") or batch.made.get("organisations"):
        defer(FORGET, batch_id=str(batch_id))
    crash_point("import.undone")


def _refuse(batch_id: uuid.UUID) -> None:
    if sentences := hanging(batch_id):
        raise StillNeeded(sentences)


def _ids(batch: Batch, what: str) -> list[uuid.UUID]:
    return [uuid.UUID(one) for one in batch.made.get(what, ())]


def forget(batch_id: str) -> Iterator[None]:
    """Take back the people and organisations an undone import added, unless something else holds
    them by now.
    """
    row = db.session.execute(
        select(ImportBatch.counts, ImportBatch.confirmed_at).where(
            ImportBatch.id == uuid.UUID(batch_id), ImportBatch.state == batches.UNDONE
        )
    ).first()
    if row is None:
        return
    counts, made = row.counts, row.counts.get("made", {})
    added = f"{words.date(row.confirmed_at)} at {words.time(row.confirmed_at)}"
    why = f"Person taken back with the import of {added}"
    people, ended, employers = (
        [uuid.UUID(one) for one in made.get(what, ())]
        for what in ("people", "bookings", "organisations")
    )
    for start in range(0, len(people), CHUNK):
        some = people[start : start + CHUNK]
        take_back([one for one in some if one not in _held(some, ended)], by=SYSTEM, why=why)
        yield
    if employers:
        _forget_employers(ended, employers)
        update_batch(uuid.UUID(batch_id), counts={**counts, "stay": _there(employers)})


def _forget_employers(ended: Sequence[uuid.UUID], employers: Sequence[uuid.UUID]) -> None:
    """The bookings of who is forgotten keep their employer in words alone; then it may go."""
    erased = select(Person.id).where(Person.erased_at.is_not(None))
    db.session.execute(
        update(Booking)
        .where(
            Booking.id.in_(ended),
            Booking.organisation_id.in_(employers),
            Booking.person_id.in_(erased),
        )
        .values(organisation_id=None, updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    organisations.take_back(employers, by=SYSTEM)


def _there(employers: Sequence[uuid.UUID]) -> int:
    """How many of these organisations are still there."""
    counted = select(func.count()).select_from(Organisation).where(Organisation.id.in_(employers))
    return db.session.scalar(counted) or 0


def _held(people: Sequence[uuid.UUID], ended: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Who is booked or waits somewhere else by now."""
    booked = select(Booking.person_id).where(
        Booking.person_id.in_(people), Booking.id.not_in(ended)
    )
    waits = select(Waiting.person_id).where(
        Waiting.person_id.in_(people), Waiting.closed_at.is_(None)
    )
    return set(db.session.scalars(booked.union(waits)))


FORGET = Job("courses.forget_imported", forget)
