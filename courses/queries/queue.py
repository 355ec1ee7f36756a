"""Those who wait for a course, in the order that counts, and the rules that make it.

Services decide by `line`; pages show what `courses.queries.waiting` makes of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from courses.models import Cohort, Course, Edition, Waiting, WaitingMove, WaitingPriority
from lms.contracts import AfterLapse, QueueRule
from lms.db import db

BY_HAND = "by_hand"
"""The key of points that somebody added by hand."""


@dataclass(frozen=True)
class Waiter:
    """Somebody who waits: where in the order, and for what. `cohort_id` is the date asked for.

    `localities` and `editions` are what they accept, empty for any; `passed` are dates that they
    saw free and did not take; before `undo_until` nobody is offered what an import asked for.
    """

    id: uuid.UUID
    course_id: uuid.UUID
    person_id: uuid.UUID
    state: str
    points: int
    joined_at: datetime
    cohort_id: uuid.UUID | None
    pair_id: uuid.UUID | None
    waiver: str
    localities: frozenset[uuid.UUID]
    editions: frozenset[uuid.UUID]
    passed: frozenset[uuid.UUID]
    undo_until: datetime | None

    @property
    def key(self) -> tuple[int, datetime, uuid.UUID]:
        """What the order is made of."""
        return (-self.points, self.joined_at, self.id)


@dataclass(frozen=True)
class Points:
    """Points of somebody in a queue, with the reason that is shown."""

    key: str
    points: int
    words: str


def line(course_id: uuid.UUID) -> list[Waiter]:
    """Everybody who waits for a course and has no offer, in their order."""
    return _waiters(Waiting.course_id == course_id, Waiting.state == "waiting")


def get(waiting_id: uuid.UUID) -> Waiter | None:
    """Somebody who waits or waited."""
    found = _waiters(Waiting.id == waiting_id)
    return found[0] if found else None


def of_person(course_id: uuid.UUID, person_id: uuid.UUID) -> Waiter | None:
    """A person's live row in a course's queue, waiting or with an offer."""
    found = _waiters(
        Waiting.course_id == course_id,
        Waiting.person_id == person_id,
        Waiting.state.in_(("waiting", "offered")),
    )
    return found[0] if found else None


def anybody(course_id: uuid.UUID) -> bool:
    """Whether somebody waits for a course: the cheap question before the long one."""
    waits = select(Waiting.id).where(Waiting.course_id == course_id, Waiting.state == "waiting")
    return db.session.scalar(waits.limit(1)) is not None


def courses_with_room() -> list[uuid.UUID]:
    """Courses that people wait for while a published date has a free place, in lock order."""
    room = (
        select(Waiting.course_id)
        .join(Edition, Edition.course_id == Waiting.course_id)
        .join(Cohort, Cohort.edition_id == Edition.id)
        .where(
            Waiting.state == "waiting",
            Cohort.state == "published",
            Cohort.capacity > Cohort.seats_taken,
        )
        .distinct()
    )
    return sorted(db.session.scalars(room))


def rules(course_id: uuid.UUID) -> tuple[QueueRule, ...]:
    """Who goes before others in a course's queue, most points first."""
    return rules_of(_template(course_id))


def rules_of(template: Mapping[str, Any]) -> tuple[QueueRule, ...]:
    """The same from a course's template."""
    made = [
        QueueRule(str(one["key"]), int(one["points"]), str(one["words"]))
        for one in template.get("queue") or ()
    ]
    return tuple(sorted(made, key=lambda rule: (-rule.points, rule.key)))


def after_lapse(course_id: uuid.UUID) -> AfterLapse:
    """Where somebody waits on who did not answer an offer."""
    kept = _template(course_id).get("after_lapse")
    return AfterLapse(kept) if kept else AfterLapse.SAME_PLACE


def reasons(waiting_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Points]]:
    """Why people stand where they do: the points of the run that counts, then those by hand."""
    found: dict[uuid.UUID, list[Points]] = {one: [] for one in waiting_ids}
    computed = db.session.execute(
        select(
            WaitingPriority.waiting_id,
            WaitingPriority.key,
            WaitingPriority.points,
            WaitingPriority.reason,
        )
        .join(Waiting, Waiting.id == WaitingPriority.waiting_id)
        .where(Waiting.id.in_(waiting_ids), WaitingPriority.run_id == Waiting.run_id)
        .order_by(WaitingPriority.points.desc(), WaitingPriority.key)
    )
    for waiting_id, key, points, reason in computed:
        found[waiting_id].append(Points(key, points, reason))
    moves = db.session.execute(
        select(WaitingMove.waiting_id, WaitingMove.points, WaitingMove.why)
        .where(WaitingMove.waiting_id.in_(waiting_ids))
        .order_by(WaitingMove.created_at, WaitingMove.id)
    )
    for waiting_id, points, why in moves:
        found[waiting_id].append(Points(BY_HAND, points, why))
    return found


def partner(waiter: Waiter, others: Sequence[Waiter]) -> Waiter | None:
    """Who comes together with somebody, if they are a pair and the other is among these."""
    if waiter.pair_id is None:
        return None
    return next((o for o in others if o.pair_id == waiter.pair_id and o.id != waiter.id), None)


def _template(course_id: uuid.UUID) -> Mapping[str, Any]:
    found = db.session.scalar(select(Course.template).where(Course.id == course_id))
    return found or {}


def _waiters(*conditions: ColumnElement[bool]) -> list[Waiter]:
    rows = db.session.execute(
        select(
            Waiting.id,
            Waiting.course_id,
            Waiting.person_id,
            Waiting.state,
            Waiting.points,
            Waiting.joined_at,
            Waiting.cohort_id,
            Waiting.pair_id,
            Waiting.waiver,
            Waiting.localities,
            Waiting.editions,
            Waiting.availability,
        )
        .where(*conditions)
        .order_by(Waiting.points.desc(), Waiting.joined_at, Waiting.id)
    )
    return [_waiter(row) for row in rows]


def _waiter(row: Row[Any]) -> Waiter:
    kept = dict(row._mapping)
    said = kept.pop("availability")
    undo = said.get("undo_until")
    lists = {"localities": kept["localities"], "editions": kept["editions"]}
    ids = {name: _ids(ids) for name, ids in (lists | {"passed": said.get("passed", ())}).items()}
    kept["waiver"] = kept["waiver"] or ""
    return Waiter(**kept | ids, undo_until=datetime.fromisoformat(undo) if undo else None)


def _ids(kept: Collection[str]) -> frozenset[uuid.UUID]:
    return frozenset(uuid.UUID(one) for one in kept)
