"""A person on a cohort: the booking and its history, and their places at sessions.

Only the one function that writes a `BookingChange` changes `Booking.state`: a trigger refuses the
step without its row, which must be flushed before it.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.models.cohort import Cohort, Session
from lms.columns import Change, Named, at_most, one_of
from lms.db import Dated, Model
from lms.people.models import Person

BOOKING_STATES = (
    "requested",
    "offered",
    "booked",
    "refused",
    "declined",
    "lapsed",
    "withdrawn",
    "cancelled",
    "moved",
)
BOOKING_SOURCES = ("self", "coordinator", "import", "offer")


class Booking(Dated, Model):
    """A person on a cohort, with what they were (job, employer, place) when they booked."""

    __tablename__ = "courses_booking"
    in_trail = Named(
        (), "courses.cohort", "cohort_id", column="cohort_id", through="person_id", word="of"
    )
    __table_args__ = (
        one_of("state", BOOKING_STATES),
        one_of("source", BOOKING_SOURCES),
        at_most("prerequisite_waiver", 2000),
        at_most("needs", 2000),
        UniqueConstraint("id", "person_id"),
        Index(
            "uq_courses_booking_active",
            "cohort_id",
            "person_id",
            unique=True,
            postgresql_where=text("state in ('offered', 'requested', 'booked')"),
        ),
        Index(None, "person_id", "state"),
        Index(None, "cohort_id", "state"),
    )

    cohort_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_cohort.id", ondelete="RESTRICT")
    )
    person_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_person.id", ondelete="RESTRICT")
    )
    state: Mapped[str]
    source: Mapped[str]
    # As they were at booking: every report breaks down by these, never by today's post.
    profession_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_profession.id", ondelete="RESTRICT"), index=True
    )
    profession_label: Mapped[str] = mapped_column(default="")
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_organisation.id", ondelete="RESTRICT"), index=True
    )
    organisation_label: Mapped[str] = mapped_column(default="")
    locality_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_locality.id", ondelete="RESTRICT"), index=True
    )
    locality_label: Mapped[str] = mapped_column(default="")
    team: Mapped[str | None]
    manager_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_person.id", ondelete="SET NULL"), index=True
    )
    needs_approval: Mapped[bool] = mapped_column(default=False)
    # The reason for letting somebody in without the prerequisite.
    prerequisite_waiver: Mapped[str | None]
    # Access and diet on the day; deleted 28 days after the last session.
    needs: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])
    places: Mapped[list[Place]] = relationship(
        lazy="raise_on_sql",
        back_populates="booking",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )


class BookingChange(Change, Model):
    """A step in a booking's life."""

    __tablename__ = "courses_booking_change"
    __table_args__ = (at_most("why", 2000), Index(None, "booking_id", "at"))

    booking_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_booking.id", ondelete="RESTRICT")
    )
    # The transaction that wrote it: xmin would name the savepoint, this names the whole.
    transaction: Mapped[int] = mapped_column(
        BigInteger, server_default=text("(pg_current_xact_id()::text)::bigint"), sort_order=904
    )


class Place(Dated, Model):
    """A person's seat at one session; it clashes with another only while booked.

    `person_id`, `during` and `holds` are copies that foreign keys keep true, `is_booked` is kept by
    a trigger from the booking's state.
    """

    __tablename__ = "courses_place"
    __table_args__ = (
        ForeignKeyConstraint(
            ["booking_id", "person_id"],
            ["courses_booking.id", "courses_booking.person_id"],
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["session_id", "during", "holds"],
            ["courses_session.id", "courses_session.during", "courses_session.holds"],
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        UniqueConstraint("booking_id", "session_id"),
        Index(None, "session_id"),
        ExcludeConstraint(
            ("person_id", "="),
            ("during", "&&"),
            where=text("holds and is_booked"),
            using="gist",
            name="ex_place_person_clash",
        ),
    )

    booking_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    session_id: Mapped[uuid.UUID]
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    holds: Mapped[bool]
    is_booked: Mapped[bool] = mapped_column(server_default=text("false"))

    booking: Mapped[Booking] = relationship(lazy="raise_on_sql", back_populates="places")
    session: Mapped[Session] = relationship(lazy="raise_on_sql")
