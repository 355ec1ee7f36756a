"""Changes to the queue by hand: another place, letting somebody in, and what dates somebody wants.

Each needs a reason that stands in the history, save a person's own wishes.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import insert, update

from courses.models import Waiting, WaitingMove
from courses.queries import queue
from courses.queries.queue import Waiter
from courses.services.queue import locking, offering, points
from lms import audit, clock
from lms.contracts import Actor
from lms.db import Complaint, db, fail
from lms.errors import Conflict, NotFound

SUBJECT = "courses_course"
KEPT_AHEAD = "Stays before somebody who was moved: "


def move(waiting_id: uuid.UUID, to: int, *, by: Actor, why: str) -> None:
    """Put somebody at place `to` (counted from 1), by points that stand in the history.

    Where two ahead and behind have the same points there is no room between them: then everybody
    ahead gets a point too. Raises `Complaint` on `place` and `reason`, `Conflict` when they do not
    wait any more.
    """
    if not why.strip():
        raise Complaint("reason", "Enter a reason, which is shown in the history")
    one, waiters = _found(waiting_id)
    if not 1 <= to <= len(waiters):
        raise Complaint("place", f"Enter a position from 1 to {len(waiters)}")
    others = [other for other in waiters if other.id != waiting_id]
    if waiters[to - 1].id == waiting_id:
        raise Complaint("place", f"They are at position {to} already. Enter another")
    ahead, behind = others[: to - 1], others[to - 1 :]
    number = _between(one, ahead, behind)
    added = {}
    if number is None:
        added = {other.id: 1 for other in ahead}
        ahead = [replace(other, points=other.points + 1) for other in ahead]
        number = _between(one, ahead, behind)
    if number is None:
        fail("no room between two who wait, even after a point")
    added[waiting_id] = number - one.points
    _keep(added, waiting_id, by=by, why=why.strip())
    audit.write("moved in the queue", SUBJECT, one.course_id, by=by, after={"to": to})
    offering.fill(one.course_id)


def to_the_front(course_id: uuid.UUID, person_id: uuid.UUID, *, by: Actor, why: str) -> None:
    """Somebody who is given a place before others: a move with its reason, before they leave."""
    waiters = queue.line(course_id)
    one = next((other for other in waiters if other.person_id == person_id), None)
    if one is None or waiters[0].id == one.id:
        return
    _keep({one.id: waiters[0].points + 1 - one.points}, one.id, by=by, why=why)


def let_in(waiting_id: uuid.UUID, *, by: Actor, why: str) -> None:
    """Let somebody have a place without the course that comes first, with a reason."""
    if not why.strip():
        raise Complaint("reason", "Enter a reason, which is shown in the history")
    one, _ = _found(waiting_id)
    _set(waiting_id, waiver=why.strip()[:2000])
    audit.write("let in without the course before", SUBJECT, one.course_id, by=by)
    offering.fill(one.course_id)


def wants(
    course_id: uuid.UUID,
    person_id: uuid.UUID,
    *,
    localities: Collection[uuid.UUID],
    editions: Collection[uuid.UUID],
    by: Actor,
) -> None:
    """Keep which places and formats suit somebody; none chosen is any."""
    locking.hold([course_id])
    one = queue.of_person(course_id, person_id)
    if one is None:
        raise NotFound
    _set(
        one.id,
        localities=sorted(str(locality) for locality in localities),
        editions=sorted(str(edition) for edition in editions),
    )
    audit.write("said which dates suit", SUBJECT, course_id, by=by)
    offering.fill(course_id)


def _found(waiting_id: uuid.UUID) -> tuple[Waiter, list[Waiter]]:
    """Somebody who waits, and everybody with them in order, the course held."""
    one = queue.get(waiting_id)
    if one is None:
        raise NotFound
    locking.hold([one.course_id])
    waiters = queue.line(one.course_id)
    for waiter in waiters:
        if waiter.id == waiting_id:
            return waiter, waiters
    raise Conflict("They do not wait any more, or have an offer.")


def _between(one: Waiter, ahead: Sequence[Waiter], behind: Sequence[Waiter]) -> int | None:
    """The points with which somebody would stand between these; None when no number does it."""
    near = [other.points for other in (*ahead[-1:], *behind[:1])]
    tries = [one.points, *near, *(number + 1 for number in near), *(number - 1 for number in near)]
    return next((number for number in tries if _stands(one, number, ahead, behind)), None)


def _stands(one: Waiter, number: int, ahead: Sequence[Waiter], behind: Sequence[Waiter]) -> bool:
    key = replace(one, points=number).key
    return all(other.key < key for other in ahead[-1:]) and all(key < o.key for o in behind[:1])


def _keep(added: dict[uuid.UUID, int], moved: uuid.UUID, *, by: Actor, why: str) -> None:
    rows = [
        {
            "waiting_id": waiting_id,
            "points": number,
            "why": (why if waiting_id == moved else KEPT_AHEAD + why)[:2000],
            "by_id": by.person_id,
            "by_label": by.name,
        }
        for waiting_id, number in added.items()
    ]
    db.session.execute(insert(WaitingMove).returning(WaitingMove.id), rows)
    points.total(list(added))


def _set(waiting_id: uuid.UUID, **values: object) -> None:
    db.session.execute(
        update(Waiting)
        .where(Waiting.id == waiting_id)
        .values(**values, updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )
