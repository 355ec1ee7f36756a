"""Tables of the surveys room: questionnaires as they were asked, waves, who is asked, answers.

Nobody but the respondent sees one person's answers: only `surveys/services.py` and the few
functions of `surveys/queries.py` that count read `Submission.answers`.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.models import Booking, Cohort
from lms import clock
from lms.columns import Named, one_of
from lms.db import AppendOnly, Dated, Model

WAVE_KINDS = ("pre", "post", "then_test", "follow_up")
ANCHORS = ("booking", "first_session", "last_session", "completion")
ASSIGNMENT_STATES = ("waiting", "open", "submitted", "closed", "void")
CHANNELS = ("link", "qr", "paper")


class Instrument(AppendOnly, Model):
    """A version of a questionnaire, word for word; never changed once it was asked."""

    __tablename__ = "surveys_instrument"
    __table_args__ = (
        UniqueConstraint("key", "version"),
        UniqueConstraint("key", "definition_sha256"),
    )

    key: Mapped[str]
    version: Mapped[int]
    provider_key: Mapped[str]
    definition: Mapped[dict[str, Any]]
    definition_sha256: Mapped[str]


class Wave(Dated, Model):
    """One asking of a cohort: which questionnaire, when it opens and what it is measured from."""

    __tablename__ = "surveys_wave"
    in_trail = Named(
        (), "surveys.cohort", "cohort_id", column="cohort_id", through="cohort_id", word="of"
    )
    __table_args__ = (
        one_of("kind", WAVE_KINDS),
        one_of("anchor", ANCHORS),
        CheckConstraint("months >= 0", name="months"),
        CheckConstraint("opens_at <= closes_at", name="opens_before_closing"),
        UniqueConstraint(
            "cohort_id", "kind", "months", "instrument_id", postgresql_nulls_not_distinct=True
        ),
    )

    cohort_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_cohort.id", ondelete="CASCADE")
    )
    instrument_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("surveys_instrument.id", ondelete="RESTRICT"), index=True
    )
    kind: Mapped[str]
    months: Mapped[int | None]
    # A page after the main one that may be skipped (course feedback).
    is_second: Mapped[bool] = mapped_column(default=False)
    anchor: Mapped[str]
    # Unknown while the anchor has not happened (a completion, say).
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship(lazy="raise_on_sql")
    instrument: Mapped[Instrument] = relationship(lazy="raise_on_sql")


class Assignment(Dated, Model):
    """A booked person asked in a wave; `draft` holds answers not yet sent."""

    __tablename__ = "surveys_assignment"
    in_trail = Named(
        (), "surveys.cohort", "cohort_id", column="cohort_id", through="booking_id", word="of"
    )
    __table_args__ = (
        one_of("state", ASSIGNMENT_STATES),
        CheckConstraint("reminders_sent >= 0", name="reminders_sent"),
        ForeignKeyConstraint(
            ["booking_id", "person_id"],
            ["courses_booking.id", "courses_booking.person_id"],
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        UniqueConstraint("wave_id", "booking_id"),
        Index(None, "booking_id"),
        Index(None, "person_id", "state"),
        Index(None, "state", "opens_at"),
        Index(None, "state", "closes_at"),
    )

    wave_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("surveys_wave.id", ondelete="CASCADE"))
    booking_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    state: Mapped[str] = mapped_column(default="waiting")
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    invited_at: Mapped[datetime | None]
    reminders_sent: Mapped[int] = mapped_column(default=0)
    draft: Mapped[dict[str, Any] | None] = mapped_column(deferred=True, deferred_raiseload=True)
    link_version: Mapped[int] = mapped_column(default=1)

    wave: Mapped[Wave] = relationship(lazy="raise_on_sql")
    booking: Mapped[Booking] = relationship(lazy="raise_on_sql")


class Submission(AppendOnly, Model):
    """The answers to an assignment, once."""

    __tablename__ = "surveys_submission"
    __table_args__ = (
        one_of("channel", CHANNELS),
        CheckConstraint("seconds >= 0", name="seconds"),
        CheckConstraint("(channel = 'paper') = (keyed_by_id is not null)", name="keyed_by"),
        Index(
            "ix_surveys_submission_score",
            "instrument_id",
            "assignment_id",
            postgresql_include=["score"],
        ),
    )

    assignment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("surveys_assignment.id", ondelete="RESTRICT"), unique=True
    )
    instrument_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("surveys_instrument.id", ondelete="RESTRICT")
    )
    answers: Mapped[dict[str, Any]] = mapped_column(deferred=True, deferred_raiseload=True)
    # Of the questionnaire's primary construct; None where too little was answered.
    score: Mapped[Decimal | None] = mapped_column(Numeric(6, 3))
    submitted_at: Mapped[datetime] = mapped_column(default=clock.now)
    seconds: Mapped[int | None]
    channel: Mapped[str] = mapped_column(default="link")
    keyed_by_id: Mapped[uuid.UUID | None]
    # A before survey answered once the course had started, or any answered after closing.
    is_late: Mapped[bool] = mapped_column(default=False)

    assignment: Mapped[Assignment] = relationship(lazy="raise_on_sql")
