"""Waiting for a course: joining its queue, leaving it, and being placed.

Pages, imports and cancelling call `join` and `leave`; booking calls `place_taken`.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from courses.models import Booking, Cohort, Edition, Waiting
from courses.queries.cohorts import CohortFacts
from courses.queries.offers import DECLINED, REVOKED
from courses.services import requests
from courses.services.queue import answering, ending, letters, locking, offering, pairs, points
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
    entry = _Entry(person_id, joined_at or clock.now(), cohort_id, passed)
    if not _enter(course_id, [entry], by):
        return False
    offering.fill(course_id)
    if told:
        letters.joined(course_id, person_id, by=by)
    return True


def join_imported(
    cohort: CohortFacts, person_ids: Sequence[uuid.UUID], *, undo_until: datetime, by: Actor
) -> list[uuid.UUID]:
    """Put people of an import into a date's queue, in their order; who did not wait already.

    Before `undo_until`, when they can be taken out again untold, no place is offered to them.
    """
    locking.hold([cohort.course_id])
    now = clock.now()
    entries = [_Entry(one, now, cohort.id, undo_until=undo_until) for one in person_ids]
    new = _enter(cohort.course_id, entries, by) if entries else set()
    joined = [one for one in person_ids if one in new]
    if joined:
        offering.fill(cohort.course_id)
    for one in joined:
        letters.joined(cohort.course_id, one, by=by)
    return joined


def join_again(cohort_id: uuid.UUID, booking_ids: Sequence[uuid.UUID], *, by: Actor) -> None:
    """Put people whose date was cancelled back into the queue, at their old places.

    Who had waited before their booking stands where they stood, with all that they and others had
    said there, a pair as a pair; others since they booked. A manager's yes holds for what comes.
    The caller holds the course, and fills it.
    """
    rows = db.session.execute(
        select(
            Edition.course_id,
            Booking.person_id,
            Booking.created_at,
            func.coalesce(Booking.prerequisite_waiver, "").label("waiver"),
        )
        .join(Cohort, Cohort.edition_id == Edition.id)
        .join(Booking, Booking.cohort_id == Cohort.id)
        .where(Cohort.id == cohort_id, Booking.id.in_(booking_ids))
        .order_by(Booking.created_at, Booking.id)
    ).all()
    if not rows:
        return
    course_id = rows[0].course_id
    people = [row.person_id for row in rows]
    back = _reopen(course_id, _waited(course_id, people, booking_ids), cohort_id, by)
    new = [row for row in rows if row.person_id not in back]
    entries = [_Entry(row.person_id, row.created_at, waiver=row.waiver) for row in new]
    if entries:
        _enter(course_id, entries, by)
    requests.keep_word(course_id, booking_ids)


def leave(course_id: uuid.UUID, person_id: uuid.UUID, *, by: Actor) -> bool:
    """Take somebody out of the queue, with any offer; False when they were not in it."""
    return _leave(course_id, [person_id], by=by, why="left the queue")


def take_back(course_id: uuid.UUID, person_ids: Sequence[uuid.UUID], *, by: Actor) -> None:
    """Take people whose import is undone out of the queue, all before their places go on."""
    _leave(course_id, person_ids, by=by, why="the import was undone", ended=REVOKED)


def place_taken(course_id: uuid.UUID, person_ids: Sequence[uuid.UUID], *, by: Actor) -> None:
    """Who has a place now waits no more; a place held for them on another date is free again.

    The caller holds the course, and fills it.
    """
    why = "has a place on another date"
    _close(course_id, person_ids, "placed", by=by, why=why, ended=REVOKED)


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


@dataclass(frozen=True)
class _Entry:
    """Somebody new to a queue, with the date they asked for and those that they did not take."""

    person_id: uuid.UUID
    joined_at: datetime
    cohort_id: uuid.UUID | None = None
    passed: Collection[uuid.UUID] = ()
    waiver: str = ""
    undo_until: datetime | None = None

    @property
    def availability(self) -> dict[str, Any]:
        """What the row keeps of when they may be offered what."""
        passed = {"passed": sorted(map(str, self.passed))} if self.passed else {}
        return passed | (
            {"undo_until": self.undo_until.isoformat()} if self.undo_until is not None else {}
        )


def _enter(course_id: uuid.UUID, entries: Sequence[_Entry], by: Actor) -> set[uuid.UUID]:
    """The rows of those who do not wait yet, with their points; whose they are."""
    now = clock.now()
    rows: list[dict[str, Any]] = [
        {
            "id": uuid7(),
            "course_id": course_id,
            "person_id": one.person_id,
            "cohort_id": one.cohort_id,
            "joined_at": one.joined_at,
            "state": "waiting",
            "points": 0,
            "localities": [],
            "editions": [],
            "availability": one.availability,
            "waiver": one.waiver or None,
            "created_at": now,
            "updated_at": now,
        }
        for one in entries
    ]
    made = db.session.execute(
        insert(Waiting)
        .values(rows)
        .on_conflict_do_nothing(
            index_elements=["course_id", "person_id"],
            index_where=text("state in ('waiting', 'offered')"),
        )
        .returning(Waiting.id, Waiting.person_id)
    )
    return _joined(course_id, made.all(), by)


def _waited(
    course_id: uuid.UUID, people: Sequence[uuid.UUID], booking_ids: Sequence[uuid.UUID]
) -> list[uuid.UUID]:
    """The newest row of each of these by which they had the place that these bookings were.

    Not the row of a place that they gave up or used, nor of whoever waits again already.
    """
    dates = select(Cohort.id).join(Edition).where(Edition.course_id == course_id)
    another = exists().where(
        Booking.person_id == Waiting.person_id,
        Booking.created_at >= Waiting.created_at,
        Booking.id.not_in(booking_ids),
        Booking.state.in_(("booked", "cancelled")),
        Booking.cohort_id.in_(dates.where(Cohort.state != "cancelled")),
    )
    live = aliased(Waiting)
    waits = exists().where(
        live.person_id == Waiting.person_id, live.course_id == course_id, live.closed_at.is_(None)
    )
    rows = db.session.execute(
        select(Waiting.person_id, Waiting.id)
        .where(
            Waiting.course_id == course_id,
            Waiting.person_id.in_(people),
            Waiting.state == "placed",
            ~another,
            ~waits,
        )
        .order_by(Waiting.closed_at)
    )
    return list({person_id: waiting_id for person_id, waiting_id in rows}.values())


def _reopen(
    course_id: uuid.UUID, waiting_ids: Sequence[uuid.UUID], cohort_id: uuid.UUID, by: Actor
) -> set[uuid.UUID]:
    """Let people who had been placed wait again, save for the date that is cancelled; who they are.

    One of a pair who is back alone waits alone.
    """
    rows = db.session.execute(
        update(Waiting)
        .where(Waiting.id.in_(waiting_ids))
        .values(
            state="waiting",
            closed_at=None,
            cohort_id=func.nullif(Waiting.cohort_id, cohort_id),
            updated_at=clock.now(),
        )
        .returning(Waiting.id, Waiting.person_id)
        .execution_options(synchronize_session=False)
    )
    back = _joined(course_id, rows.all(), by)
    pairs.part_from_gone(waiting_ids)
    return back


def _joined(
    course_id: uuid.UUID, rows: Sequence[Row[uuid.UUID, uuid.UUID]], by: Actor
) -> set[uuid.UUID]:
    """Compute the points of rows that wait since now, and say so; whose they are."""
    points.compute([row.id for row in rows])
    for row in rows:
        audit.write("joined the waiting list", SUBJECT, course_id, by=by)
        publish(Waitlisted(by, course_id, row.person_id))
    return {row.person_id for row in rows}


def _leave(
    course_id: uuid.UUID,
    person_ids: Sequence[uuid.UUID],
    *,
    by: Actor,
    why: str,
    ended: str = DECLINED,
) -> bool:
    locking.hold([course_id])
    if not _close(course_id, person_ids, "withdrawn", by=by, why=why, ended=ended):
        return False
    audit.write("left the waiting list", SUBJECT, course_id, by=by)
    offering.fill(course_id)
    return True


def _close(
    course_id: uuid.UUID,
    person_ids: Sequence[uuid.UUID],
    state: str,
    *,
    by: Actor,
    why: str,
    ended: str,
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
    answering.give_back(ids, ended, waits=state, by=by, why=why)
    pairs.part(ids)
    ending.wait_no_more(ids, state)
    letters.hush_place(ids, by=by, why=why or "they do not wait any more")
    return True
