"""Pairs: two people who wait for a course and come together or not at all.

The queue's page makes and parts them; who leaves the queue leaves the other waiting alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import exists, select, update
from sqlalchemy.orm import aliased

from courses.models import Waiting, WaitingPair
from courses.queries import queue
from courses.services.queue import locking, offering
from lms import audit, clock
from lms.contracts import Actor
from lms.db import Complaint, db
from lms.errors import NotFound

SUBJECT = "courses_course"


def make(waiting_id: uuid.UUID, other_id: uuid.UUID, *, by: Actor) -> None:
    """Let two who wait for one course come together or not at all.

    Raises `Complaint` on `other` when one has an offer, or comes with somebody else.
    """
    one, other = queue.get(waiting_id), queue.get(other_id)
    if one is None or other is None or one.course_id != other.course_id:
        raise NotFound
    locking.hold([one.course_id])
    waits = {row.id: row for row in queue.line(one.course_id)}
    if one.id == other.id or not {one.id, other.id} <= waits.keys():
        raise Complaint("other", "Choose somebody who waits for this course and has no offer")
    if waits[one.id].pair_id or waits[other.id].pair_id:
        raise Complaint("other", "One of them comes with somebody else. Part those two first")
    pair = WaitingPair(course_id=one.course_id)
    db.session.add(pair)
    db.session.flush()
    _set([one.id, other.id], pair.id)
    audit.write("paired two who wait", SUBJECT, one.course_id, by=by)
    offering.fill(one.course_id)


def part(waiting_ids: Collection[uuid.UUID]) -> None:
    """Let those wait for themselves who would have come with one of these; two of these are a pair
    for good, wherever they go.
    """
    other = aliased(Waiting)
    pairs = select(Waiting.pair_id).where(
        Waiting.id.in_(waiting_ids),
        exists().where(other.pair_id == Waiting.pair_id, other.id.not_in(waiting_ids)),
    )
    _set(db.session.scalars(select(Waiting.id).where(Waiting.pair_id.in_(pairs))).all(), None)


def part_from_gone(waiting_ids: Collection[uuid.UUID]) -> None:
    """Let those of these wait for themselves who wait while their other does not any more."""
    other = aliased(Waiting)
    waits = exists().where(
        other.pair_id == Waiting.pair_id, other.id != Waiting.id, other.closed_at.is_(None)
    )
    lone = select(Waiting.id).where(
        Waiting.id.in_(waiting_ids),
        Waiting.pair_id.is_not(None),
        Waiting.closed_at.is_(None),
        ~waits,
    )
    for waiting_id in db.session.scalars(lone).all():
        part([waiting_id])


def part_by_hand(waiting_id: uuid.UUID, *, by: Actor) -> None:
    """The same, asked for by staff; `Complaint` on `other` while places are held for both."""
    one = queue.get(waiting_id)
    if one is None:
        raise NotFound
    locking.hold([one.course_id])
    one = queue.get(waiting_id)
    if one is None or one.state != "waiting":
        raise Complaint("other", "Places are held for them. Wait for their answers")
    part([waiting_id])
    audit.write("parted two who wait", SUBJECT, one.course_id, by=by)
    offering.fill(one.course_id)


def _set(waiting_ids: Collection[uuid.UUID], pair_id: uuid.UUID | None) -> None:
    db.session.execute(
        update(Waiting)
        .where(Waiting.id.in_(waiting_ids))
        .values(pair_id=pair_id, updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )
