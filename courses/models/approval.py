"""A line manager's approval of one booking: whom we asked, why, and what they said.

`courses.services.requests` asks, `courses.services.approving` answers.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.columns import at_most, one_of
from lms.db import Dated, Model

ANSWERS = ("approved", "declined")


class Approval(Dated, Model):
    """A question to a manager about a booking that is requested or offered.

    A changed answer may need a new booking: `booking` is the one it is about now. Approved when
    the date was full, it stands for the place that the queue will give (`waiting`).
    """

    __tablename__ = "courses_approval"
    __table_args__ = (
        one_of("answer", ANSWERS),
        CheckConstraint("(answer is null) = (answered_at is null)", name="answered"),
        at_most("asked_why", 500),
        at_most("reason", 2000),
        Index(None, "manager_id", "answer"),
    )

    booking_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_booking.id", ondelete="RESTRICT"), unique=True
    )
    waiting_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("courses_waiting.id", ondelete="SET NULL"), index=True
    )
    manager_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_person.id", ondelete="RESTRICT")
    )
    asked_why: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    answer: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
