"""What ambassadors do beside their pledge: tallies, case studies, meetings; and the bulletin."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms import clock
from lms.ambassadors import codes
from lms.ambassadors.models.joining import of_ambassador
from lms.ambassadors.models.pledge import some_of
from lms.columns import Named, Signed, at_most, one_of
from lms.db import AppendOnly, Dated, Model

CASE_STUDY_STATES = ("draft", "submitted", "approved", "expired", "withdrawn")


class Tally(Dated, Model):
    """A month's conversations and referrals: three numbers, and no room for words."""

    __tablename__ = "ambassadors_referral_tally"
    in_trail = of_ambassador("tally")
    __table_args__ = (
        CheckConstraint("extract(day from month) = 1", name="month"),
        CheckConstraint("conversations between 0 and 9999", name="conversations"),
        CheckConstraint("to_counselling between 0 and 9999", name="to_counselling"),
        CheckConstraint("to_mediation between 0 and 9999", name="to_mediation"),
        CheckConstraint(
            "num_nulls(conversations, to_counselling, to_mediation, answered_at) in (0, 4)",
            name="all_or_nothing",
        ),
        UniqueConstraint("ambassador_id", "month"),
        Index(None, "month"),
    )

    ambassador_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("ambassadors_ambassador.id", ondelete="RESTRICT")
    )
    month: Mapped[date]
    conversations: Mapped[int | None]
    to_counselling: Mapped[int | None]
    to_mediation: Mapped[int | None]
    answered_at: Mapped[datetime | None]


class CaseStudy(Dated, Model):
    """A piece of an ambassador's work in their words, with what they allow and until when."""

    __tablename__ = "ambassadors_case_study"
    in_trail = Named(
        (),
        "ambassadors.review",
        "case_study_id",
        through="ambassador_id",
        word="of",
        kinds=("case_study",),
    )
    __table_args__ = (
        one_of("state", CASE_STUDY_STATES),
        one_of("naming", tuple(codes.NAMING)),
        some_of("uses", codes.USES),
        CheckConstraint("(state = 'draft') or submitted_at is not null", name="submitted"),
        *(at_most(part, 2000) for part in ("situation", "action", "change", "lesson")),
        at_most("review_note", 500),
        Index(None, "ambassador_id", "created_at"),
        Index(None, "state", "expires_on"),
    )

    ambassador_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("ambassadors_ambassador.id", ondelete="RESTRICT")
    )
    state: Mapped[str] = mapped_column(default="draft")
    situation: Mapped[str]
    action: Mapped[str]
    change: Mapped[str]
    lesson: Mapped[str]
    uses: Mapped[list[str]] = mapped_column(ARRAY(Text))
    naming: Mapped[str]
    consent_version: Mapped[int]
    expires_on: Mapped[date]
    submitted_at: Mapped[datetime | None]
    reviewer_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_person.id", ondelete="SET NULL"), index=True
    )
    reviewed_at: Mapped[datetime | None]
    review_note: Mapped[str] = mapped_column(default="")


class NetworkMeeting(Dated, Model):
    """A meeting of a place's ambassadors."""

    __tablename__ = "ambassadors_network_meeting"
    in_trail = Named(("title",), "ambassadors.meeting", "meeting_id", kinds=("network_meeting",))
    __table_args__ = (
        at_most("title", 200),
        at_most("place", 500),
        CheckConstraint("starts_at < ends_at", name="starts_before_ending"),
        Index(None, "locality_id", "starts_at"),
    )

    locality_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_locality.id", ondelete="RESTRICT")
    )
    title: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    marked_at: Mapped[datetime | None]


class NetworkAttendance(Dated, Model):
    """An ambassador who was at a meeting."""

    __tablename__ = "ambassadors_network_attendance"
    __table_args__ = (UniqueConstraint("meeting_id", "ambassador_id"),)

    meeting_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("ambassadors_network_meeting.id", ondelete="CASCADE")
    )
    ambassador_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("ambassadors_ambassador.id", ondelete="RESTRICT"), index=True
    )


class Bulletin(Signed, AppendOnly, Model):
    """A message to all ambassadors of the writer's places, as it went out."""

    __tablename__ = "ambassadors_bulletin"
    in_trail = Named(("subject",), "ambassadors.read_bulletin", "bulletin_id", kinds=("bulletin",))
    __table_args__ = (at_most("subject", 100), at_most("body", 10_000))

    subject: Mapped[str]
    body: Mapped[str]
    recipients: Mapped[int]
    locality_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid()), default=list)
    at: Mapped[datetime] = mapped_column(default=clock.now)
