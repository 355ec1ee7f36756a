"""Waiting for a course: joining its queue, leaving it, and being placed.

Pages, imports and cancelling call `join` and `leave`; booking calls `place_taken`.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from courses.models import Booking, Cohort, Edition, Waiting
from courses.services.queue import answering, letters, locking, offering, pairs, points
from lms import audit, clock
from lms.contracts import SYSTEM, Actor
from lms.db import db, uuid7
from lms.events import Waitlisted, publish

SUBJECT = "courses_course"


def join(
    course_id: uuid.UUID,
    person_id: uuid.UUID,
    *,
    by: Actor,
    cohort_id: uuid.UUID | None = None,
    joined_at: datetime | None = None,
    passed: Collection[uuid.UUID] = (),
    told: bool = True,
) -> bool:
    """Put somebody into a course's queue, since now or `joined_at`; False if they wait already.

    `cohort_id` is the date they asked for; `passed` are dates that are free and that they did not
    take. A free place that fits is offered to them at once.
    """
    locking.hold([course_id])
    if not _enter(course_id, [(person_id, joined_at or clock.now())], cohort_id, passed, by):
        return False
    offering.fill(course_id)
    if told:
        letters.joined(course_id, person_id, by=by)
    return True


def join_again(cohort_id: uuid.UUID, booking_ids: Sequence[uuid.UUID], *, by: Actor) -> None:
    """Put people whose date was cancelled back into the queue, at their old places.

    Who had waited before their booking stands where they stood, others since they booked. The
    caller holds the course, and fills it.
    """
    rows = db.session.execute(
        select(Edition.course_id, Booking.person_id, Booking.created_at)
        .join(Cohort, Cohort.edition_id == Edition.id)
        .join(Booking, Booking.cohort_id == Cohort.id)
        .where(Cohort.id == cohort_id, Booking.id.in_(booking_ids))
        .order_by(Booking.created_at, Booking.id)
    ).all()
    if not rows:
        return
    course_id = rows[0].course_id
    before = _joined_before(course_id, [row.person_id for row in rows])
    since = [(row.person_id, before.get(row.person_id, row.created_at)) for row in rows]
    _enter(course_id, since, None, (), by)


def leave(course_id: uuid.UUID, person_id: uuid.UUID, *, by: Actor) -> bool:
    """Take somebody out of the queue, with any offer; False when they were not in it."""
    locking.hold([course_id])
    if not _close(course_id, [person_id], "withdrawn", by=by, why="left the queue"):
        return False
    audit.write("left the waiting list", SUBJECT, course_id, by=by)
    offering.fill(course_id)
    return True


def place_taken(course_id: uuid.UUID, person_ids: Sequence[uuid.UUID], *, by: Actor) -> None:
    """Who has a place now waits no more; a place held for them on another date is free again.

    The caller holds the course, and fills it.
    """
    _close(course_id, person_ids, "placed", by=by, why="has a place on another date")


def forget(person_id: uuid.UUID) -> None:
    """Take an erased person out of every queue, and forget why they were let in.

    Moves by hand are append-only: only the erasure's own role may blank their reasons.
    """
    waits = select(Waiting.course_id).where(
        Waiting.person_id == person_id, Waiting.closed_at.is_(None)
    )
    for course_id in sorted(db.session.scalars(waits)):
        leave(course_id, person_id, by=SYSTEM)
    db.session.execute(update(Waiting).where(Waiting.person_id == person_id).values(waiver=None))


def _enter(
    course_id: uuid.UUID,
    since: Sequence[tuple[uuid.UUID, datetime]],
    cohort_id: uuid.UUID | None,
    passed: Collection[uuid.UUID],
    by: Actor,
) -> list[uuid.UUID]:
    """The rows of those who do not wait yet, with their points; their ids."""
    now = clock.now()
    made = db.session.execute(
        insert(Waiting)
        .values(
            [
                {
                    "id": uuid7(),
                    "course_id": course_id,
                    "person_id": person_id,
                    "cohort_id": cohort_id,
                    "joined_at": joined_at,
                    "state": "waiting",
                    "points": 0,
                    "localities": [],
                    "editions": [],
                    "availability": {"passed": sorted(map(str, passed))} if passed else {},
                    "created_at": now,
                    "updated_at": now,
                }
                for person_id, joined_at in since
            ]
        )
        .on_conflict_do_nothing(
            index_elements=["course_id", "person_id"],
            index_where=text("state in ('waiting', 'offered')"),
        )
        .returning(Waiting.id, Waiting.person_id)
    ).all()
    points.compute([row.id for row in made])
    for row in made:
        audit.write("joined the waiting list", SUBJECT, course_id, by=by)
        publish(Waitlisted(by, course_id, row.person_id))
    return [row.id for row in made]


def _joined_before(
    course_id: uuid.UUID, person_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, datetime]:
    """Since when people had waited for this course before they got a place."""
    rows = db.session.execute(
        select(Waiting.person_id, Waiting.joined_at)
        .where(
            Waiting.course_id == course_id,
            Waiting.person_id.in_(person_ids),
            Waiting.state == "placed",
        )
        .order_by(Waiting.closed_at)
    )
    return {person_id: joined_at for person_id, joined_at in rows}


def _close(
    course_id: uuid.UUID, person_ids: Sequence[uuid.UUID], state: str, *, by: Actor, why: str
) -> bool:
    ids = db.session.scalars(
        select(Waiting.id).where(
            Waiting.course_id == course_id,
            Waiting.person_id.in_(person_ids),
            Waiting.closed_at.is_(None),
        )
    ).all()
    if not ids:
        return False
    answering.give_back(ids, waits=state, by=by, why=why)
    pairs.part(ids)
    now = clock.now()
    db.session.execute(
        update(Waiting)
        .where(Waiting.id.in_(ids), Waiting.closed_at.is_(None))
        .values(state=state, closed_at=now, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    return True
