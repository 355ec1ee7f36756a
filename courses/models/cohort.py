"""A run of an edition: the cohort, whom it is for, its sessions, venues and trainers.

Nobody and no room is in two places at once: the exclusion constraints here say so, and services
turn their names into words.
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
    func,
    text,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql.elements import conv

from courses.models.catalogue import Component, Edition
from lms.columns import Change, Named, at_most, one_of
from lms.db import Dated, Model
from lms.people.models import Locality, Person, Profession

COHORT_STATES = (
    "draft",
    "scheduled",
    "published",
    "running",
    "finished",
    "closed",
    "cancelled",
)
DESIGNS = ("pre_post", "pre_post_follow_up", "after_only")


class Venue(Dated, Model):
    """A room sessions may be held in."""

    __tablename__ = "courses_venue"
    in_trail = Named(("name",), "courses.venue", "venue_id")
    __table_args__ = (
        at_most("name", 200),
        at_most("step_free", 300),
        at_most("parking", 300),
        at_most("map_url", 500),
        CheckConstraint("map_url = '' or map_url ~ '^https?://'", name="map_url"),
        CheckConstraint("capacity > 0", name="capacity"),
    )

    name: Mapped[str]
    locality_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_locality.id", ondelete="RESTRICT"), index=True
    )
    address: Mapped[str] = mapped_column(default="")
    capacity: Mapped[int | None]
    # How one gets there, in the words of whoever knows the room.
    step_free: Mapped[str] = mapped_column(default="")
    parking: Mapped[str] = mapped_column(default="")
    map_url: Mapped[str] = mapped_column(default="")
    is_virtual: Mapped[bool] = mapped_column(default=False)

    locality: Mapped[Locality | None] = relationship(lazy="raise_on_sql")


Index(
    "uq_courses_venue_locality_id_name",
    Venue.locality_id,
    func.lower(Venue.name),
    unique=True,
    postgresql_nulls_not_distinct=True,
)


class Trainer(Dated, Model):
    """A person who teaches for a provider."""

    __tablename__ = "courses_trainer"
    __table_args__ = (UniqueConstraint("person_id", "provider_key"),)

    person_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_person.id", ondelete="RESTRICT")
    )
    provider_key: Mapped[str]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class Cohort(Dated, Model):
    """A run of an edition for some localities; a draft may be incomplete, nothing later may.

    `seats_taken` belongs to a trigger on bookings: offered and booked ones hold a seat. A draft or
    cancelled cohort has no seats taken, so bookings are ended (and flushed) before the cohort is.
    """

    __tablename__ = "courses_cohort"
    in_trail = Named(("code",), "courses.cohort", "cohort_id", kinds=("courses_cohort", "cohort"))
    __table_args__ = (
        one_of("state", COHORT_STATES),
        one_of("design", DESIGNS),
        CheckConstraint(
            "seats_taken >= 0 and seats_taken <= capacity", name=conv("ck_cohort_not_oversold")
        ),
        CheckConstraint(
            "seats_taken = 0 or state not in ('draft', 'cancelled')",
            name=conv("ck_cohort_no_seats_unless_open"),
        ),
        CheckConstraint(
            "state in ('draft', 'cancelled') or (capacity is not null and design is not null"
            " and rule is not null and template is not null)",
            name="complete",
        ),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("minimum >= 0", name="minimum"),
        CheckConstraint("minimum <= capacity", name="minimum_fits"),
        CheckConstraint("costs_pence >= 0", name="costs_pence"),
        CheckConstraint("opens_at < closes_at", name="opens_before_closing"),
        Index(None, "state", "id"),
    )

    edition_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_edition.id", ondelete="RESTRICT"), index=True
    )
    # Short enough to be said aloud, like HBE-05.
    code: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="draft")
    design: Mapped[str | None]
    capacity: Mapped[int | None]
    minimum: Mapped[int | None]
    seats_taken: Mapped[int] = mapped_column(server_default=text("0"))
    # When set, only people of this profession may book.
    profession_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_profession.id", ondelete="RESTRICT"), index=True
    )
    rule: Mapped[dict[str, Any] | None]
    template: Mapped[dict[str, Any] | None]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    costs_pence: Mapped[int | None]
    # For the joining instructions.
    arrival: Mapped[str | None]
    bring: Mapped[str | None]
    lunch: Mapped[str | None]
    day_phone: Mapped[str | None]
    contact: Mapped[str | None]
    # Answers of the scheduling steps so far; emptied when the cohort is scheduled.
    draft: Mapped[dict[str, Any] | None]

    edition: Mapped[Edition] = relationship(lazy="raise_on_sql")
    profession: Mapped[Profession | None] = relationship(lazy="raise_on_sql")
    localities: Mapped[list[CohortLocality]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", passive_deletes=True
    )
    sessions: Mapped[list[Session]] = relationship(
        lazy="raise_on_sql",
        back_populates="cohort",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )


class CohortLocality(Model):
    """A locality a cohort is for."""

    __tablename__ = "courses_cohort_locality"

    cohort_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_cohort.id", ondelete="CASCADE"), primary_key=True
    )
    locality_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_locality.id", ondelete="RESTRICT"), primary_key=True, index=True
    )

    locality: Mapped[Locality] = relationship(lazy="raise_on_sql")


class CohortChange(Change, Model):
    """A step in a cohort's life, or an edit (then both states are the same)."""

    __tablename__ = "courses_cohort_change"
    __table_args__ = (at_most("why", 2000), Index(None, "cohort_id", "at"))

    cohort_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_cohort.id", ondelete="RESTRICT")
    )


def bounded(table: str) -> CheckConstraint:
    """A check that `during` has both ends, is not empty and is written `[)`.

    An empty or open range would overlap nothing or everything, and 9-12 must not meet 12-1.
    """
    return CheckConstraint(
        "not isempty(during) and lower_inc(during) and not upper_inc(during)"
        " and not lower_inf(during) and not upper_inf(during)",
        name=conv(f"ck_{table}_bounded"),
    )


class Session(Dated, Model):
    """A dated part of a cohort; holds its room and people until cancelled (`holds` false)."""

    __tablename__ = "courses_session"
    in_trail = Named(
        (), "courses.cohort", "cohort_id", column="cohort_id", through="cohort_id", word="of"
    )
    __table_args__ = (
        bounded("courses_session"),
        UniqueConstraint("id", "during", "holds"),
        ExcludeConstraint(
            ("venue_id", "="),
            ("during", "&&"),
            where=text("holds and venue_id is not null"),
            using="gist",
            name="ex_session_venue_clash",
        ),
        CheckConstraint("sequence >= 0", name="sequence"),
    )

    cohort_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_cohort.id", ondelete="CASCADE"), index=True
    )
    component_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_component.id", ondelete="RESTRICT"), index=True
    )
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    # None where people meet by `link`.
    venue_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("courses_venue.id", ondelete="RESTRICT"), index=True
    )
    link: Mapped[str | None]
    holds: Mapped[bool] = mapped_column(default=True)
    # The calendar invitation's sequence number: one more at each change.
    sequence: Mapped[int] = mapped_column(default=0)

    cohort: Mapped[Cohort] = relationship(lazy="raise_on_sql", back_populates="sessions")
    component: Mapped[Component] = relationship(lazy="raise_on_sql")
    venue: Mapped[Venue | None] = relationship(lazy="raise_on_sql")
    trainers: Mapped[list[SessionTrainer]] = relationship(
        lazy="raise_on_sql",
        back_populates="session",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )


class SessionTrainer(Dated, Model):
    """A trainer at a session; `during` and `holds` are copies that the foreign key keeps true."""

    __tablename__ = "courses_session_trainer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["session_id", "during", "holds"],
            ["courses_session.id", "courses_session.during", "courses_session.holds"],
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        UniqueConstraint("session_id", "trainer_id"),
        ExcludeConstraint(
            ("trainer_id", "="),
            ("during", "&&"),
            where=text("holds"),
            using="gist",
            name="ex_session_trainer_clash",
        ),
    )

    session_id: Mapped[uuid.UUID]
    trainer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_trainer.id", ondelete="RESTRICT"), index=True
    )
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    holds: Mapped[bool]

    session: Mapped[Session] = relationship(lazy="raise_on_sql", back_populates="trainers")
    trainer: Mapped[Trainer] = relationship(lazy="raise_on_sql")
