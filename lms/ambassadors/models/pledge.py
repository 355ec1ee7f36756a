"""A pledge, its objectives in their words over time, and what the check-ins said of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms import clock
from lms.ambassadors import codes
from lms.ambassadors.models.joining import Ambassador, of_ambassador
from lms.columns import Signed, at_most, one_of
from lms.db import AppendOnly, Dated, Model

PLEDGE_STATES = ("live", "finished", "withdrawn", "handed_on")
CHECK_IN_STATES = ("scheduled", "due", "answered", "closed", "cancelled")


def some_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """A check that the column's list holds nothing but these values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} <@ array[{listed}]::text[]", name=column)


class Pledge(Dated, Model):
    """Up to five objectives and how strongly they are meant; one live pledge each."""

    __tablename__ = "ambassadors_pledge"
    in_trail = of_ambassador("pledge")
    __table_args__ = (
        one_of("state", PLEDGE_STATES),
        CheckConstraint("strength between 1 and 5", name="strength"),
        CheckConstraint("(state = 'live') = (ended_at is null)", name="ended"),
        Index(
            "uq_ambassadors_pledge_live",
            "ambassador_id",
            unique=True,
            postgresql_where=text("state = 'live'"),
        ),
        Index(None, "ambassador_id", "made_at"),
    )

    ambassador_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("ambassadors_ambassador.id", ondelete="RESTRICT")
    )
    state: Mapped[str] = mapped_column(default="live")
    strength: Mapped[int]
    shared_with_manager: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]

    ambassador: Mapped[Ambassador] = relationship(lazy="raise_on_sql")


class Objective(Dated, Model):
    """One thing an ambassador will do; its words are rows of `ObjectiveWording`."""

    __tablename__ = "ambassadors_objective"
    in_trail = of_ambassador("objective", through="pledge_id")
    __table_args__ = (
        CheckConstraint("position between 1 and 5", name="position"),
        CheckConstraint("weight between 1 and 3", name="weight"),
        UniqueConstraint("pledge_id", "position"),
    )

    pledge_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("ambassadors_pledge.id", ondelete="RESTRICT")
    )
    position: Mapped[int]
    # How much it counts beside the others where outcomes are compared with what was hoped.
    weight: Mapped[int] = mapped_column(default=1)


class ObjectiveWording(Signed, AppendOnly, Model):
    """An objective in its own words, from `at` until the next wording."""

    __tablename__ = "ambassadors_objective_wording"
    __table_args__ = (
        at_most("text", 200),
        at_most("known_when", 120),
        CheckConstraint("btrim(text) <> ''", name="text"),
        CheckConstraint("by_months in (1, 3, 6)", name="by_months"),
        Index(None, "objective_id", "at"),
    )

    objective_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("ambassadors_objective.id", ondelete="RESTRICT")
    )
    text: Mapped[str]
    known_when: Mapped[str] = mapped_column(default="")
    by_months: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=clock.now)


class CheckIn(Dated, Model):
    """One asking about a pledge; answers stand here and, by objective, in `CheckInOutcome`."""

    __tablename__ = "ambassadors_check_in"
    in_trail = of_ambassador("check_in", through="pledge_id")
    __table_args__ = (
        one_of("state", CHECK_IN_STATES),
        CheckConstraint("months in (1, 3, 6)", name="months"),
        CheckConstraint("due_on < closes_on", name="due_before_closing"),
        CheckConstraint("reminders_sent between 0 and 2", name="reminders_sent"),
        CheckConstraint("manager_support between 1 and 5", name="manager_support"),
        CheckConstraint("not (no_manager and manager_support is not null)", name="no_manager"),
        CheckConstraint("(state = 'answered') = (answered_at is not null)", name="answered"),
        some_of("obstacles", codes.BARRIERS),
        some_of("helped", codes.HELPS),
        at_most("sentence", 300),
        UniqueConstraint("pledge_id", "months"),
        Index(None, "state", "due_on"),
        Index(None, "state", "closes_on"),
    )

    pledge_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("ambassadors_pledge.id", ondelete="RESTRICT")
    )
    months: Mapped[int]
    due_on: Mapped[date]
    closes_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="scheduled")
    invited_at: Mapped[datetime | None]
    reminders_sent: Mapped[int] = mapped_column(default=0)
    # The objectives as they stood when the ambassador was asked: id, position and words.
    wording: Mapped[list[Any] | None]
    obstacles: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    helped: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    manager_support: Mapped[int | None]
    no_manager: Mapped[bool] = mapped_column(default=False)
    sentence: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    # Answered after the last reminder.
    is_late: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime | None]

    pledge: Mapped[Pledge] = relationship(lazy="raise_on_sql")


class CheckInOutcome(AppendOnly, Model):
    """How one objective goes, as said in a check-in; a changed answer replaces an earlier one."""

    __tablename__ = "ambassadors_check_in_outcome"
    __table_args__ = (
        one_of("outcome", tuple(codes.OUTCOMES)),
        CheckConstraint("goal between -2 and 2", name="goal"),
        UniqueConstraint("id", "check_in_id", "objective_id"),
        ForeignKeyConstraint(
            ["replaces_id", "check_in_id", "objective_id"],
            [
                "ambassadors_check_in_outcome.id",
                "ambassadors_check_in_outcome.check_in_id",
                "ambassadors_check_in_outcome.objective_id",
            ],
            ondelete="RESTRICT",
            name="fk_ambassadors_check_in_outcome_replaces_id",
        ),
        Index(
            "uq_ambassadors_check_in_outcome_first",
            "check_in_id",
            "objective_id",
            unique=True,
            postgresql_where=text("replaces_id is null"),
        ),
        Index(None, "check_in_id"),
    )

    check_in_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("ambassadors_check_in.id", ondelete="RESTRICT")
    )
    objective_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("ambassadors_objective.id", ondelete="RESTRICT"), index=True
    )
    outcome: Mapped[str]
    # Beside what was hoped, -2 to 2; None where nobody said.
    goal: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)
