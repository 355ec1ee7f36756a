"""Bookings: of a cohort, of a person, one alone, with what people were when they booked.

Pages of all rooms and this room's services call them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, func, select

from courses import access
from courses.models import (
    Attendance,
    Booking,
    Cohort,
    Course,
    Edition,
    Place,
    Session,
    Waiting,
)
from courses.queries import queue
from lms.contracts import SYSTEM, Actor, PersonalRecord
from lms.db import db
from lms.errors import NotFound
from lms.people.models import Person, PersonEmail
from lms.web import words

ACTIVE = ("requested", "offered", "booked")


@dataclass(frozen=True)
class BookingRow:
    """A person on a cohort. `manageable` says whether the actor may change it and see contacts."""

    id: uuid.UUID
    cohort_id: uuid.UUID
    cohort_code: str
    course_id: uuid.UUID
    course: str
    person_id: uuid.UUID
    given_name: str
    family_name: str
    state: str
    source: str
    profession: str
    organisation: str
    locality_id: uuid.UUID | None
    locality: str
    waiver: str
    needs: str
    created_at: datetime
    manageable: bool

    @property
    def name(self) -> str:
        """The person's name as it is read."""
        return f"{self.given_name} {self.family_name}".strip()


def get(actor: Actor, booking_id: uuid.UUID) -> BookingRow:
    """A booking whose cohort the actor may see, or the actor's own; else `NotFound`."""
    row = _first(actor, Booking.id == booking_id, reach(actor))
    if row is None:
        raise NotFound
    return row


def reach(actor: Actor) -> ColumnElement[bool]:
    """Bookings the actor may see at all: of cohorts in reach, and their own."""
    seen = Booking.cohort_id.in_(select(Cohort.id).where(access.cohorts(actor)))
    return seen | access.bookings(actor, access.OWN)


def of_cohort(
    actor: Actor, cohort_id: uuid.UUID, states: Sequence[str] = ("booked",)
) -> list[BookingRow]:
    """The people on a cohort in these states, in the order of names."""
    return _rows(actor, Booking.cohort_id == cohort_id, Booking.state.in_(states))


def several(booking_ids: Sequence[uuid.UUID], actor: Actor) -> list[BookingRow]:
    """Bookings by id, in the order of names, whoever asks: for services and jobs."""
    return _rows(actor, Booking.id.in_(booking_ids)) if booking_ids else []


def of_person(
    actor: Actor, person_id: uuid.UUID, states: Sequence[str] | None = None
) -> list[BookingRow]:
    """A person's bookings that the actor may see, newest first."""
    conditions = [Booking.person_id == person_id]
    if actor.person_id != person_id:
        conditions.append(reach(actor))
    if states:
        conditions.append(Booking.state.in_(states))
    rows = _rows(actor, *conditions)
    return sorted(rows, key=lambda row: row.created_at, reverse=True)


def active(cohort_id: uuid.UUID, person_id: uuid.UUID, actor: Actor) -> BookingRow | None:
    """The person's live booking on a cohort, if there is one."""
    return _first(
        actor,
        Booking.cohort_id == cohort_id,
        Booking.person_id == person_id,
        Booking.state.in_(ACTIVE),
    )


def latest(cohort_id: uuid.UUID, person_id: uuid.UUID, actor: Actor) -> BookingRow | None:
    """The person's newest booking on a cohort, ended or not."""
    rows = _rows(actor, Booking.cohort_id == cohort_id, Booking.person_id == person_id)
    return max(rows, key=lambda row: (row.created_at, row.id), default=None)


def addresses(person_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """E-mail addresses of people whose contacts the caller may show."""
    rows = db.session.execute(
        select(PersonEmail.person_id, PersonEmail.address).where(
            PersonEmail.person_id.in_(person_ids), PersonEmail.is_primary
        )
    )
    return {person_id: address for person_id, address in rows}


def _first(actor: Actor, *conditions: ColumnElement[bool]) -> BookingRow | None:
    rows = _rows(actor, *conditions)
    return rows[0] if rows else None


def _rows(actor: Actor, *conditions: ColumnElement[bool]) -> list[BookingRow]:
    statement = _statement(actor).where(*conditions).order_by(Person.sort_key, Person.id)
    return [BookingRow(*row) for row in db.session.execute(statement)]


def _statement(actor: Actor) -> Select[*tuple[Any, ...]]:
    statement: Select[*tuple[Any, ...]] = (
        select(
            Booking.id,
            Booking.cohort_id,
            Cohort.code,
            Course.id,
            Course.title,
            Person.id,
            Person.given_name,
            Person.family_name,
            Booking.state,
            Booking.source,
            Booking.profession_label,
            Booking.organisation_label,
            Booking.locality_id,
            Booking.locality_label,
            func.coalesce(Booking.prerequisite_waiver, ""),
            func.coalesce(Booking.needs, ""),
            Booking.created_at,
            access.bookings(actor).label("manageable"),
        )
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .join(Person, Person.id == Booking.person_id)
    )
    return statement


def personal_data(person_id: uuid.UUID) -> Iterable[PersonalRecord]:
    """Every booking, mark and waiting of a person, for a subject access request."""
    for row in _rows(SYSTEM, Booking.person_id == person_id):
        marks = db.session.execute(
            select(func.lower(Session.during, type_=DateTime(timezone=True)), Attendance)
            .join(Place, Place.id == Attendance.place_id)
            .join(Session, Session.id == Place.session_id)
            .where(Place.booking_id == row.id)
            .order_by(Attendance.at)
        )
        yield PersonalRecord(
            f"{row.course} ({row.cohort_code})",
            (
                ("State", row.state),
                ("Booked", words.datetime_words(row.created_at)),
                ("Job when booked", row.profession),
                ("Organisation then", row.organisation),
                ("Needs on the day", row.needs),
                ("Let in without the course before it", row.waiver),
                *(
                    (
                        f"Register of {words.date(start)}",
                        f"{mark.mark.replace('_', ' ')}, {words.duration(mark.minutes)}"
                        + (f", {mark.reason}" if mark.reason else ""),
                    )
                    for start, mark in marks
                ),
            ),
        )
    yield from _waits(person_id)


def _waits(person_id: uuid.UUID) -> Iterable[PersonalRecord]:
    waits = db.session.execute(
        select(Waiting.id, Course.title, Waiting.joined_at, Waiting.state, Waiting.waiver)
        .join(Course, Course.id == Waiting.course_id)
        .where(Waiting.person_id == person_id)
        .order_by(Waiting.joined_at)
    ).all()
    reasons = queue.reasons([row.id for row in waits])
    for wait in waits:
        yield PersonalRecord(
            f"Waiting list: {wait.title}",
            (
                ("Since", words.date(wait.joined_at)),
                ("State", wait.state),
                ("Let in without the course before it", wait.waiver or ""),
                *((one.words, f"{one.points:+} points") for one in reasons[wait.id]),
            ),
        )
