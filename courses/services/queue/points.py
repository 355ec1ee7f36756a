"""Points of those who wait: asked of every room when somebody joins and on stated events, kept.

A page never computes them. `waiting.run_id` names the run that counts; what an older run and hands
have added stays on record.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from sqlalchemy import func, insert, select, update

from courses.models import Cohort, Course, Edition, Waiting, WaitingMove, WaitingPriority
from courses.queries import queue
from courses.queries.queue import BY_HAND, Points
from courses.services.queue import locking
from lms import clock
from lms.contracts import Job
from lms.db import db, uuid7
from lms.jobs import defer
from lms.registry import current_registry


def compute(waiting_ids: Collection[uuid.UUID]) -> int:
    """Ask for everybody's points and keep what has changed; how many changed."""
    rows = db.session.execute(
        select(Waiting.id, Waiting.person_id, Waiting.run_id, Course.key, Course.template)
        .join(Course, Course.id == Waiting.course_id)
        .where(Waiting.id.in_(waiting_ids))
        .order_by(Waiting.id)
    ).all()
    held = queue.reasons([row.id for row in rows])
    changed = 0
    for row in rows:
        now = _asked(row.person_id, row.key, row.template)
        before = {one for one in held[row.id] if one.key != BY_HAND}
        if row.run_id is None or set(now) != before:
            _keep(row.id, now)
            changed += 1
    return changed


def soon(course_id: uuid.UUID) -> None:
    """Have a course's points computed again, after this transaction, if anybody waits for it."""
    if queue.rules(course_id) and queue.anybody(course_id):
        defer(COMPUTE, key=f"queue:{course_id}", course_id=str(course_id))


def soon_of(cohort_id: uuid.UUID) -> None:
    """The same for the course of a cohort."""
    course = (
        select(Edition.course_id)
        .join(Cohort, Cohort.edition_id == Edition.id)
        .where(Cohort.id == cohort_id)
    )
    soon(db.session.execute(course).scalar_one())


def soon_for(person_id: uuid.UUID) -> None:
    """The same for every course that a person waits for."""
    found = select(Waiting.course_id).where(
        Waiting.person_id == person_id, Waiting.state == "waiting"
    )
    for course_id in db.session.scalars(found.order_by(Waiting.course_id)):
        soon(course_id)


def compute_course(course_id: str) -> None:
    """The job of `soon`."""
    course = uuid.UUID(course_id)
    locking.hold([course])
    compute([one.id for one in queue.line(course)])


def total(waiting_ids: Collection[uuid.UUID]) -> None:
    """Set everybody's points to the sum of what counts."""
    computed = (
        select(func.coalesce(func.sum(WaitingPriority.points), 0))
        .where(WaitingPriority.waiting_id == Waiting.id, WaitingPriority.run_id == Waiting.run_id)
        .correlate(Waiting)
        .scalar_subquery()
    )
    by_hand = (
        select(func.coalesce(func.sum(WaitingMove.points), 0))
        .where(WaitingMove.waiting_id == Waiting.id)
        .correlate(Waiting)
        .scalar_subquery()
    )
    db.session.execute(
        update(Waiting)
        .where(Waiting.id.in_(waiting_ids))
        .values(points=computed + by_hand, updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _asked(person_id: uuid.UUID, course: str, template: Mapping[str, object]) -> list[Points]:
    """What counts by the course's own rules, with the points that they give; once for each key."""
    stated = {rule.key: rule.points for rule in queue.rules_of(template)}
    if not stated:
        return []
    found = {
        one.key: Points(one.key, stated[one.key], one.reason)
        for one in current_registry().booking_priority(person_id, course)
        if one.key in stated
    }
    return list(found.values())


def _keep(waiting_id: uuid.UUID, found: list[Points]) -> None:
    run_id = uuid7()
    if found:
        db.session.execute(
            insert(WaitingPriority).returning(WaitingPriority.id),
            [
                {
                    "waiting_id": waiting_id,
                    "run_id": run_id,
                    "key": one.key,
                    "points": one.points,
                    "reason": one.words,
                }
                for one in found
            ],
        )
    db.session.execute(
        update(Waiting)
        .where(Waiting.id == waiting_id)
        .values(run_id=run_id)
        .execution_options(synchronize_session=False)
    )
    total([waiting_id])


COMPUTE = Job("courses.queue_points", compute_course)
