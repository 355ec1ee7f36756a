"""Waiting for a course: who waits with how many points, pairs, offers, and how each was decided.

Services of the queue write them; the order is `points desc, joined_at, id`, complete and total.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.models.booking import Booking
from courses.models.catalogue import Course
from lms import clock
from lms.columns import Signed, at_most, one_of
from lms.db import AppendOnly, Dated, Model
from lms.people.models import Person

WAITING_STATES = ("waiting", "offered", "placed", "withdrawn")
OFFER_STATES = ("open", "accepted", "declined", "lapsed", "revoked")
DECISIONS = ("offer", "by_hand")


class WaitingPair(Dated, Model):
    """Two people who wait for a course and come together or not at all."""

    __tablename__ = "courses_waiting_pair"

    course_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_course.id", ondelete="RESTRICT"), index=True
    )


class Waiting(Dated, Model):
    """Somebody who waits for a course; `cohort_id` is the date they asked for.

    `localities` and `editions` are the ids they accept, empty for any; `availability` holds under
    `passed` the ids of dates that they saw free and did not take, under `undo_until` the moment
    before which the import that put them here can be undone without their knowing.
    """

    __tablename__ = "courses_waiting"
    __table_args__ = (
        one_of("state", WAITING_STATES),
        CheckConstraint(
            "(state in ('waiting', 'offered')) = (closed_at is null)", name="closed_at"
        ),
        at_most("waiver", 2000),
        Index(
            "uq_courses_waiting_active",
            "course_id",
            "person_id",
            unique=True,
            postgresql_where=text("state in ('waiting', 'offered')"),
        ),
        Index(
            "ix_courses_waiting_order",
            "course_id",
            "state",
            text("points desc"),
            "joined_at",
            "id",
        ),
    )

    course_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_course.id", ondelete="RESTRICT")
    )
    person_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_person.id", ondelete="RESTRICT"), index=True
    )
    cohort_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("courses_cohort.id", ondelete="SET NULL"), index=True
    )
    pair_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("courses_waiting_pair.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[str] = mapped_column(default="waiting")
    # The sum of the priorities of the run that counts and of all moves by hand.
    points: Mapped[int] = mapped_column(default=0)
    run_id: Mapped[uuid.UUID | None]
    localities: Mapped[list[Any]] = mapped_column(default=list)
    editions: Mapped[list[Any]] = mapped_column(default=list)
    availability: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # The reason for letting somebody in without the course that comes first.
    waiver: Mapped[str | None]
    joined_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]

    course: Mapped[Course] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class WaitingPriority(AppendOnly, Model):
    """Points for somebody who waits, with the reason they read, as one run computed them."""

    __tablename__ = "courses_waiting_priority"
    __table_args__ = (Index(None, "waiting_id", "run_id"),)

    waiting_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_waiting.id", ondelete="RESTRICT")
    )
    run_id: Mapped[uuid.UUID]
    key: Mapped[str]
    points: Mapped[int]
    reason: Mapped[str]


class WaitingMove(Signed, AppendOnly, Model):
    """Points added by hand, so that somebody stands at the place they were moved to."""

    __tablename__ = "courses_waiting_move"
    __table_args__ = (at_most("why", 2000),)

    waiting_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_waiting.id", ondelete="RESTRICT"), index=True
    )
    points: Mapped[int]
    why: Mapped[str]


class OfferDecision(Signed, AppendOnly, Model):
    """Who got free places of a cohort and why, with everybody who waited, in their order then.

    `listed` has a line for each with points, reasons and, for those passed over, why; `chosen` are
    ids of waiting rows. A place given by hand past others is a decision too, with its reason.
    """

    __tablename__ = "courses_offer_decision"
    __table_args__ = (
        one_of("kind", DECISIONS),
        CheckConstraint("seats >= 0", name="seats"),
        at_most("why", 2000),
        Index(None, "cohort_id", "created_at"),
    )

    cohort_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_cohort.id", ondelete="RESTRICT")
    )
    kind: Mapped[str] = mapped_column(default="offer")
    seats: Mapped[int]
    rules: Mapped[list[Any]]
    listed: Mapped[list[Any]]
    chosen: Mapped[list[Any]]
    why: Mapped[str] = mapped_column(default="")


class Offer(Dated, Model):
    """A place held for somebody until a moment; its booking holds the seat meanwhile.

    Who said yes has agreed (`agreed_at`); the offer stays open until the other of a pair has too,
    and a manager who is asked.
    """

    __tablename__ = "courses_offer"
    __table_args__ = (
        one_of("state", OFFER_STATES),
        CheckConstraint("(state = 'open') = (decided_at is null)", name="decided_at"),
        Index(
            "uq_courses_offer_open",
            "waiting_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index(None, "waiting_id", "cohort_id"),
        Index(None, "state", "expires_at"),
    )

    waiting_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_waiting.id", ondelete="RESTRICT")
    )
    cohort_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_cohort.id", ondelete="RESTRICT"), index=True
    )
    booking_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_booking.id", ondelete="RESTRICT"), unique=True
    )
    decision_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_offer_decision.id", ondelete="RESTRICT"), index=True
    )
    state: Mapped[str] = mapped_column(default="open")
    expires_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    # How often the deadline was set: a message about an earlier one never goes.
    token_version: Mapped[int] = mapped_column(default=1)

    waiting: Mapped[Waiting] = relationship(lazy="raise_on_sql")
    booking: Mapped[Booking] = relationship(lazy="raise_on_sql")
