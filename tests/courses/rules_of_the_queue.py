"""Who comes first for the free places of a date, from the rules as they are written down.

It reads rows and asks nothing that the product decides by: most points first, then who joined
first, past those whom the date does not suit; a pair has two places or none.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from courses.models import Approval, Booking, Cohort, Offer, Session, Waiting
from lms import clock
from lms.db import db

ON_IT = ("requested", "offered", "booked")
SEATED = ("offered", "booked")


def free(cohort_id: uuid.UUID) -> int:
    """How many places nobody has and none is held."""
    seats = select(func.count()).where(Booking.cohort_id == cohort_id, Booking.state.in_(SEATED))
    capacity = db.session.scalar(select(Cohort.capacity).where(Cohort.id == cohort_id))
    return (capacity or 0) - (db.session.scalar(seats) or 0)


def first(cohort_id: uuid.UUID, elsewhere: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """The people whose the free places are, in their order; those `elsewhere` may not come.

    On the day itself, and the day before, whoever books first has them.
    """
    starts = select(func.min(func.lower(Session.during))).where(_held(Session, cohort_id))
    begins = db.session.scalar(starts)
    if begins is None or begins.date() <= clock.today():
        return []
    waits = _waits()
    left, found = free(cohort_id), list[uuid.UUID]()
    for one in waits:
        both = [each for each in waits if each is one or _paired(each, one)]
        whole = len(both) == (2 if one.pair_id else 1)
        suits = all(each.person_id not in elsewhere and _suits(each, cohort_id) for each in both)
        if whole and suits and one.person_id not in found and len(both) <= left:
            found += [each.person_id for each in both]
            left -= len(both)
    return found


def wrongly_offered(known: set[uuid.UUID], elsewhere: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """The offers that are new and somebody else's: of a date that does not suit whoever has it,
    or one that suits somebody who comes before them and waits on by themselves.

    Those that are there are `known` from now on.
    """
    rows = db.session.execute(
        select(Offer, Waiting)
        .join(Waiting, Waiting.id == Offer.waiting_id)
        .where(Offer.state == "open", Offer.id.not_in(known))
        .execution_options(populate_existing=True)
    ).all()
    known |= {offer.id for offer, _ in rows}
    alone = [one for one in _waits() if one.pair_id is None and one.person_id not in elsewhere]
    return [
        offer.id
        for offer, one in rows
        if one.person_id in elsewhere
        or _missed(one, offer.cohort_id)
        or any(
            _rank(other) < min(_rank(each) for _, each in rows if each is one or _paired(each, one))
            and _suits(other, offer.cohort_id)
            for other in alone
        )
    ]


def _rank(one: Waiting) -> tuple[int, datetime, uuid.UUID]:
    return (-one.points, one.joined_at, one.id)


def passed_over(
    cohort_id: uuid.UUID, who: uuid.UUID, elsewhere: Collection[uuid.UUID]
) -> list[uuid.UUID]:
    """Who would lose a place that is theirs if somebody had one."""
    others = [one for one in first(cohort_id, elsewhere) if one != who]
    return others[max(free(cohort_id) - 1, 0) :]


def _waits() -> list[Waiting]:
    """Everybody who waits, most points first, then who joined first."""
    rows = select(Waiting).where(Waiting.state == "waiting")
    return sorted(db.session.scalars(rows.execution_options(populate_existing=True)), key=_rank)


def _paired(one: Waiting, other: Waiting) -> bool:
    return one.pair_id is not None and one.pair_id == other.pair_id


def _suits(one: Waiting, cohort_id: uuid.UUID) -> bool:
    """Whether the date is still open to somebody: not taken, turned down, missed or at a clash."""
    mine = select(Booking.id).where(Booking.person_id == one.person_id)
    there, own = aliased(Session), aliased(Session)
    clash = (
        mine.join(own, own.cohort_id == Booking.cohort_id)
        .join(there, there.during.op("&&")(own.during))
        .where(Booking.state.in_(SEATED), own.holds, _held(there, cohort_id))
    )
    on_it = mine.where(Booking.cohort_id == cohort_id, Booking.state.in_(ON_IT))
    return not (
        _missed(one, cohort_id)
        or db.session.scalars(on_it).first()
        or db.session.scalars(clash).first()
    )


def _missed(one: Waiting, cohort_id: uuid.UUID) -> bool:
    """Whether somebody saw a date free when they joined, or has turned it down."""
    return str(cohort_id) in one.availability.get("passed", ()) or _turned_down(one, cohort_id)


def _turned_down(one: Waiting, cohort_id: uuid.UUID) -> bool:
    """Whether they, or their manager, let the last offer of it go; a manager may still say yes."""
    last = db.session.execute(
        select(Offer.state, Approval.id, Approval.answer)
        .outerjoin(Approval, Approval.booking_id == Offer.booking_id)
        .where(Offer.waiting_id == one.id, Offer.cohort_id == cohort_id)
        .where(Offer.state.in_(("declined", "lapsed")))
        .order_by(Offer.decided_at.desc(), Offer.id.desc())
    ).first()
    if last is None:
        return False
    return last.state == "declined" or last.id is None or last.answer != "approved"


def _held(session: Any, cohort_id: uuid.UUID) -> Any:
    return (session.cohort_id == cohort_id) & session.holds
