"""Who is an ambassador: who may become one, who is, what they agreed to, and who took over.

Bookings stand above this room, so they are ids with a label and no foreign key.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms import clock
from lms.columns import Named, Signed, at_most, one_of
from lms.db import AppendOnly, Dated, Model
from lms.people.models import Person

AMBASSADOR_STATES = ("invited", "active", "declined", "lapsed", "left")


def of_ambassador(kind: str, *, through: str = "ambassador_id") -> Named:
    """How the audit trail calls what has no name: by the ambassador whose it is."""
    page = "ambassadors.ambassador", "ambassador_id"
    return Named((), *page, column="ambassador_id", through=through, word="of", kinds=(kind,))


class RoleDescription(Signed, AppendOnly, Model):
    """What an ambassador agrees to do and gets for it; a changed one is another version."""

    __tablename__ = "ambassadors_role_description"
    in_trail = Named(("version",), "ambassadors.role", kinds=("role_description",), word="version")
    __table_args__ = (at_most("text", 20_000),)

    version: Mapped[int] = mapped_column(unique=True)
    text: Mapped[str]


class Candidate(Dated, Model):
    """Somebody on a course that recruits: whether they said yes, and whether they finished."""

    __tablename__ = "ambassadors_candidate"
    __table_args__ = (Index(None, "locality_id", "completed_at"),)

    person_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_person.id", ondelete="CASCADE"), index=True
    )
    booking_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    label: Mapped[str] = mapped_column(default="")
    locality_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_locality.id", ondelete="RESTRICT")
    )
    volunteered_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]


class Ambassador(Dated, Model):
    """A person's time as an ambassador, from the invitation to leaving; one at a time."""

    __tablename__ = "ambassadors_ambassador"
    in_trail = Named(
        (), "ambassadors.ambassador", "ambassador_id", through="person_id", kinds=("ambassador",)
    )
    __table_args__ = (
        one_of("state", AMBASSADOR_STATES),
        CheckConstraint(
            "(state in ('active', 'left')) = (accepted_at is not null)"
            " and (accepted_at is null) = (role_version is null)",
            name="accepted",
        ),
        CheckConstraint("(state in ('invited', 'active')) = (ended_at is null)", name="ended"),
        CheckConstraint("state = 'declined' or ask_again_on is null", name="ask_again"),
        CheckConstraint("mentor_id <> id", name="not_their_own_mentor"),
        Index(
            "uq_ambassadors_ambassador_active",
            "person_id",
            unique=True,
            postgresql_where=text("state in ('invited', 'active')"),
        ),
        Index(None, "person_id"),
        Index(None, "locality_id", "state"),
        Index(None, "state", "ask_again_on"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_person.id", ondelete="RESTRICT")
    )
    locality_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_locality.id", ondelete="RESTRICT")
    )
    state: Mapped[str] = mapped_column(default="invited")
    invited_at: Mapped[datetime] = mapped_column(default=clock.now)
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # Version of the role description that was accepted.
    role_version: Mapped[int | None] = mapped_column(
        ForeignKey("ambassadors_role_description.version", ondelete="RESTRICT"), index=True
    )
    # Who said "not now, ask me again" is asked on this day.
    ask_again_on: Mapped[date | None]
    # The booking they were recruited from; courses are above, so it is an id with its words.
    origin_booking_id: Mapped[uuid.UUID | None]
    origin_label: Mapped[str] = mapped_column(default="")
    # The ambassador who trained or looks after this one.
    mentor_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("ambassadors_ambassador.id", ondelete="SET NULL"), index=True
    )
    # Told us that they will leave: on this day, said at that moment.
    leaves_on: Mapped[date | None]
    leaving_said_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class Handover(Signed, AppendOnly, Model):
    """Who took over from an ambassador that left: the pledge, and those they looked after."""

    __tablename__ = "ambassadors_handover"
    __table_args__ = (
        at_most("why", 500),
        CheckConstraint("from_id <> to_id", name="two_people"),
    )

    from_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("ambassadors_ambassador.id", ondelete="RESTRICT"), unique=True
    )
    to_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("ambassadors_ambassador.id", ondelete="RESTRICT"), index=True
    )
    pledge_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("ambassadors_pledge.id", ondelete="RESTRICT"), index=True
    )
    # Ids of the ambassadors who were looked after by the one and are by the other now.
    moved: Mapped[list[Any]] = mapped_column(default=list)
    why: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)
