"""The waiting list: joining, leaving, and being placed; plain order of arrival.

Pages call `join` and `leave`; booking calls `place_taken`.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from courses.models import Waiting
from courses.services import notices
from lms import audit, clock
from lms.contracts import Actor
from lms.db import db, uuid7

SUBJECT = "courses_course"


def join(
    course_id: uuid.UUID,
    person_id: uuid.UUID,
    *,
    by: Actor,
    cohort_id: uuid.UUID | None = None,
    joined_at: datetime | None = None,
    told: bool = True,
) -> bool:
    """Put somebody at the end, or at `joined_at`; False if they wait already.

    `cohort_id` is the date they asked for; without it every date fits.
    """
    now = clock.now()
    made = db.session.scalar(
        insert(Waiting)
        .values(
            id=uuid7(),
            course_id=course_id,
            person_id=person_id,
            cohort_id=cohort_id,
            joined_at=joined_at or now,
            state="waiting",
            created_at=now,
            updated_at=now,
        )
        .on_conflict_do_nothing(
            index_elements=["course_id", "person_id"], index_where=Waiting.state == "waiting"
        )
        .returning(Waiting.id)
    )
    if made is None:
        return False
    audit.write("joined the waiting list", SUBJECT, course_id, by=by)
    if told:
        notices.waiting(course_id, person_id, by=by)
    return True


def leave(course_id: uuid.UUID, person_id: uuid.UUID, *, by: Actor) -> bool:
    """Take somebody off the list; False when they were not on it."""
    if not _close(course_id, [person_id], "withdrawn"):
        return False
    audit.write("left the waiting list", SUBJECT, course_id, by=by)
    return True


def place_taken(course_id: uuid.UUID, person_ids: Sequence[uuid.UUID]) -> None:
    """Who has a place now waits no more."""
    _close(course_id, person_ids, "placed")


def _close(course_id: uuid.UUID, person_ids: Sequence[uuid.UUID], state: str) -> bool:
    now = clock.now()
    closed = db.session.execute(
        update(Waiting)
        .where(
            Waiting.course_id == course_id,
            Waiting.person_id.in_(person_ids),
            Waiting.state == "waiting",
        )
        .values(state=state, closed_at=now, updated_at=now)
        .returning(Waiting.id)
        .execution_options(synchronize_session=False)
    )
    return bool(closed.all())
