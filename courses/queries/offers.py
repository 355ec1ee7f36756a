"""Offers: of a cohort, of a person, one alone, with until when the place is held.

Pages show them, the queue's services and its job answer them.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import aliased

from courses.models import Approval, Offer, Waiting
from lms import clock
from lms.db import db

OPEN, ACCEPTED, DECLINED, LAPSED, REVOKED = "open", "accepted", "declined", "lapsed", "revoked"


@dataclass(frozen=True)
class OfferRow:
    """A place held for somebody, or how that ended.

    `agreed_at` is when they said yes; `asked` whether their manager still has to.
    """

    id: uuid.UUID
    waiting_id: uuid.UUID
    course_id: uuid.UUID
    person_id: uuid.UUID
    cohort_id: uuid.UUID
    booking_id: uuid.UUID
    pair_id: uuid.UUID | None
    state: str
    made_at: datetime
    expires_at: datetime
    agreed_at: datetime | None
    decided_at: datetime | None
    version: int
    asked: bool

    @property
    def is_open(self) -> bool:
        """Whether it still holds the place."""
        return self.state == OPEN

    @property
    def waits_for(self) -> str:
        """Whose answer is missing when they have said yes."""
        return "their manager" if self.asked else "the other of the pair"


def get(offer_id: uuid.UUID) -> OfferRow | None:
    """One offer."""
    return _first(Offer.id == offer_id)


def open_of(cohort_id: uuid.UUID, person_id: uuid.UUID) -> OfferRow | None:
    """The place of a date that is held for a person, if one is."""
    return _first(Offer.cohort_id == cohort_id, Waiting.person_id == person_id, Offer.state == OPEN)


def of_person(person_id: uuid.UUID) -> list[OfferRow]:
    """The places held for a person."""
    return _rows(Waiting.person_id == person_id, Offer.state == OPEN)


def of_cohort(cohort_id: uuid.UUID) -> list[OfferRow]:
    """The places of a date that are held, in the order of their deadlines."""
    return _rows(Offer.cohort_id == cohort_id, Offer.state == OPEN)


def of_course(course_id: uuid.UUID) -> list[OfferRow]:
    """The places of a course that are held."""
    return _rows(Waiting.course_id == course_id, Offer.state == OPEN)


def of_waiting(waiting_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, OfferRow]:
    """The places held for people in a queue, by their rows there."""
    rows = _rows(Offer.waiting_id.in_(waiting_ids), Offer.state == OPEN)
    return {row.waiting_id: row for row in rows}


def of_pair(offer: OfferRow) -> list[OfferRow]:
    """The offers that stand and fall with one, as they are now while they are open: itself and,
    of a pair, the other's.
    """
    if offer.pair_id is None:
        return _rows(Offer.id == offer.id, Offer.state == OPEN)
    return _rows(
        Waiting.pair_id == offer.pair_id, Offer.cohort_id == offer.cohort_id, Offer.state == OPEN
    )


def courses_due() -> list[uuid.UUID]:
    """Courses with an offer whose time is over, in the order of their locks."""
    due = (
        select(Waiting.course_id)
        .join(Offer, Offer.waiting_id == Waiting.id)
        .where(*_over())
        .distinct()
    )
    return sorted(db.session.scalars(due))


def due(course_id: uuid.UUID) -> list[OfferRow]:
    """The offers of a course whose time is over, of a pair both, in the order they ended in."""
    return _rows(Waiting.course_id == course_id, *_over())


def _over() -> list[ColumnElement[bool]]:
    now = clock.now()
    beside, other = aliased(Offer), aliased(Waiting)
    held_longer = exists().where(
        other.pair_id == Waiting.pair_id,
        beside.waiting_id == other.id,
        beside.state == OPEN,
        beside.expires_at > now,
    )
    return [Offer.state == OPEN, Offer.expires_at <= now, ~held_longer]


def _first(*conditions: ColumnElement[bool]) -> OfferRow | None:
    found = _rows(*conditions)
    return found[0] if found else None


def _rows(*conditions: ColumnElement[bool]) -> list[OfferRow]:
    statement: Select[*tuple[Any, ...]] = (
        select(
            Offer.id,
            Offer.waiting_id,
            Waiting.course_id,
            Waiting.person_id,
            Offer.cohort_id,
            Offer.booking_id,
            Waiting.pair_id,
            Offer.state,
            Offer.created_at,
            Offer.expires_at,
            Offer.agreed_at,
            Offer.decided_at,
            Offer.token_version,
            exists().where(Approval.booking_id == Offer.booking_id, Approval.answer.is_(None)),
        )
        .join(Waiting, Waiting.id == Offer.waiting_id)
        .where(*conditions)
        .order_by(Offer.expires_at, Offer.created_at, Offer.id)
    )
    return [OfferRow(*row) for row in db.session.execute(statement)]
