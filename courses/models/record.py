"""What happened: marks in the register, components completed and completions, all append-only.

A correction is a new row that names the one it replaces; the row nobody replaces is current.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.models.booking import Booking, Place
from courses.models.catalogue import Component
from lms import clock
from lms.columns import Signed, at_most, one_of
from lms.db import AppendOnly, Model

TAKEN_BACK = "taken_back"
"""The mark of a place that is unmarked again: what an undone import had brought."""
MARKS = ("present", "late", "left_early", "absent", TAKEN_BACK)
EVIDENCE_SOURCES = ("import_row", "hook", "person")
VERDICTS = ("completed", "not_yet", "not_completed")


class Attendance(Signed, AppendOnly, Model):
    """A mark for one place: one root and no fork, so the current one is what nobody replaces."""

    __tablename__ = "courses_attendance"
    __table_args__ = (
        one_of("mark", MARKS),
        at_most("reason", 2000),
        at_most("why", 2000),
        CheckConstraint("minutes >= 0", name="minutes"),
        UniqueConstraint("id", "place_id"),
        ForeignKeyConstraint(
            ["replaces_id", "place_id"],
            ["courses_attendance.id", "courses_attendance.place_id"],
            ondelete="RESTRICT",
            name="fk_courses_attendance_replaces_id",
        ),
        Index(
            "uq_courses_attendance_root",
            "place_id",
            unique=True,
            postgresql_where=text("replaces_id is null"),
        ),
    )

    place_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_place.id", ondelete="RESTRICT"), index=True
    )
    mark: Mapped[str]
    arrived_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    # Attended, as counted from the mark when it was made.
    minutes: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    # Why it was corrected once the day had passed.
    why: Mapped[str] = mapped_column(default="")
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)

    place: Mapped[Place] = relationship(lazy="raise_on_sql", foreign_keys=[place_id])


class ComponentCompletion(Signed, AppendOnly, Model):
    """Evidence that a booked person did a component outside the register, such as e-learning."""

    __tablename__ = "courses_component_completion"
    __table_args__ = (
        one_of("source", EVIDENCE_SOURCES),
        CheckConstraint("minutes >= 0", name="minutes"),
        UniqueConstraint(
            "booking_id", "component_id", "source_ref", name="uq_courses_component_completion_once"
        ),
    )

    booking_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_booking.id", ondelete="RESTRICT")
    )
    component_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_component.id", ondelete="RESTRICT"), index=True
    )
    completed_at: Mapped[datetime]
    minutes: Mapped[int]
    source: Mapped[str]
    # What makes the same evidence handed in twice one row.
    source_ref: Mapped[str]
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)

    booking: Mapped[Booking] = relationship(lazy="raise_on_sql")
    component: Mapped[Component] = relationship(lazy="raise_on_sql")


class Completion(AppendOnly, Model):
    """The verdict on a booking, with the rule and the evidence it rests on."""

    __tablename__ = "courses_completion"
    __table_args__ = (
        one_of("verdict", VERDICTS),
        UniqueConstraint("id", "booking_id"),
        ForeignKeyConstraint(
            ["replaces_id", "booking_id"],
            ["courses_completion.id", "courses_completion.booking_id"],
            ondelete="RESTRICT",
            name="fk_courses_completion_replaces_id",
        ),
        Index(
            "uq_courses_completion_root",
            "booking_id",
            unique=True,
            postgresql_where=text("replaces_id is null"),
        ),
    )

    booking_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_booking.id", ondelete="RESTRICT"), index=True
    )
    verdict: Mapped[str]
    rule: Mapped[dict[str, Any]]
    evidence: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)

    booking: Mapped[Booking] = relationship(lazy="raise_on_sql", foreign_keys=[booking_id])
