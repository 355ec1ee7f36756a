"""How an offer ends, whatever ended it: its seat is free, its person waits on or not.

The verbs are in `answering`, which holds the course first.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import update

from courses.models import Offer, Waiting
from courses.queries.offers import DECLINED, LAPSED, OPEN, OfferRow
from courses.services import links
from courses.services.queue import letters, points
from courses.services.steps import step
from lms import audit, clock
from lms.contracts import Actor
from lms.db import db

SUBJECT = "courses_cohort"


def end(held: Sequence[OfferRow], state: str, *, waits: str, by: Actor, why: str) -> None:
    """End open offers: the seats are free, and their people wait on or not."""
    if not held:
        return
    booking_state = DECLINED if state == DECLINED else LAPSED
    step([one.booking_id for one in held], booking_state, by=by, why=why)
    change(held, state=state, decided_at=clock.now())
    ids = [one.waiting_id for one in held]
    if waits == "waiting":
        _wait_on(ids)
    else:
        wait_no_more(ids, waits)
    links.follow_offers(one.id for one in held)
    letters.hush([one.id for one in held], by=by, why=f"the offer has ended: {why}")
    for cohort_id in {one.cohort_id for one in held}:
        audit.write(f"ended offers ({state})", SUBJECT, cohort_id, by=by, after={"why": why})
    for course_id in {one.course_id for one in held}:
        points.soon(course_id)


def change(held: Collection[OfferRow], **values: object) -> None:
    """Set columns of offers that are open still."""
    db.session.execute(
        update(Offer)
        .where(Offer.id.in_([one.id for one in held]), Offer.state == OPEN)
        .values(**values, updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def wait_no_more(waiting_ids: Collection[uuid.UUID], state: str) -> None:
    """Take people out of the queue, with a place or without."""
    now = clock.now()
    db.session.execute(
        update(Waiting)
        .where(Waiting.id.in_(waiting_ids), Waiting.closed_at.is_(None))
        .values(state=state, closed_at=now, updated_at=now)
        .execution_options(synchronize_session=False)
    )


def _wait_on(waiting_ids: Collection[uuid.UUID]) -> None:
    db.session.execute(
        update(Waiting)
        .where(Waiting.id.in_(waiting_ids), Waiting.state == "offered")
        .values(state="waiting", updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )
