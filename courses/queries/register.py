"""Registers as they stand: who is expected at a session, the marks nobody has replaced, history.

The register's page and service, the cohort's table and completion call these.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import aliased

from courses.models import TAKEN_BACK, Attendance, Booking, Place, Session
from lms.db import db
from lms.people.models import Person


@dataclass(frozen=True)
class Mark:
    """A current mark: what, since when, by whom; minutes attended."""

    id: uuid.UUID
    mark: str
    arrived_at: datetime | None
    left_at: datetime | None
    reason: str
    minutes: int
    by: str
    at: datetime


@dataclass(frozen=True)
class Line:
    """Somebody expected at a session, with their current mark if there is one."""

    place_id: uuid.UUID
    booking_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    profession: str
    mark: Mark | None


@dataclass(frozen=True)
class PastMark:
    """A line of a register's history, newest first."""

    name: str
    mark: str
    arrived_at: datetime | None
    left_at: datetime | None
    reason: str
    why: str
    by: str
    at: datetime
    replaced: bool


@dataclass(frozen=True)
class Progress:
    """How far a session's register is: how many are expected and how many are marked."""

    expected: int
    marked: int
    there: int

    @property
    def to_mark(self) -> int:
        """How many have no mark yet."""
        return self.expected - self.marked


def lines(session_id: uuid.UUID) -> list[Line]:
    """The people booked on a session, in the order of names, with their current marks."""
    rows = db.session.execute(
        select(
            Place.id,
            Booking.id,
            Person.id,
            func.trim(func.concat(Person.given_name, " ", Person.family_name)),
            Booking.profession_label,
            Attendance,
        )
        .join(Booking, Booking.id == Place.booking_id)
        .join(Person, Person.id == Booking.person_id)
        .outerjoin(Attendance, and_(Attendance.place_id == Place.id, is_current()))
        .where(Place.session_id == session_id, Booking.state == "booked")
        .order_by(Person.sort_key, Person.id)
    )
    return [Line(*(*facts, _mark(attendance))) for *facts, attendance in rows]


def matrix(cohort_id: uuid.UUID) -> dict[uuid.UUID, dict[uuid.UUID, Mark]]:
    """Current marks of a whole cohort: booking id to session id to mark, in one query."""
    found: dict[uuid.UUID, dict[uuid.UUID, Mark]] = {}
    rows = db.session.execute(
        current(Place.booking_id, Place.session_id, Attendance)
        .join(Session, Session.id == Place.session_id)
        .where(Session.cohort_id == cohort_id)
    )
    for booking_id, session_id, attendance in rows:
        mark = _mark(attendance)
        assert mark is not None
        found.setdefault(booking_id, {})[session_id] = mark
    return found


def of_people(cohort_id: uuid.UUID) -> dict[tuple[uuid.UUID, uuid.UUID], Mark | None]:
    """Person and session to the mark that stands, None where there is none, of all who are booked.

    One query; whoever is not expected at a session is not in it.
    """
    rows = db.session.execute(
        select(Place.person_id, Place.session_id, Attendance)
        .join(Session, Session.id == Place.session_id)
        .outerjoin(Attendance, and_(Attendance.place_id == Place.id, is_current()))
        .where(Session.cohort_id == cohort_id, Session.holds, Place.is_booked)
    )
    return {(person_id, session_id): _mark(row) for person_id, session_id, row in rows}


def progress(cohort_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Progress]:
    """How far the registers of these cohorts are: session id to counts, in one query."""
    rows = db.session.execute(
        select(
            Session.id,
            func.count(Place.id),
            func.count(Attendance.id),
            func.count(Attendance.id).filter(Attendance.mark != "absent"),
        )
        .join(Place, and_(Place.session_id == Session.id, Place.is_booked))
        .outerjoin(Attendance, and_(Attendance.place_id == Place.id, is_current()))
        .where(Session.cohort_id.in_(cohort_ids), Session.holds)
        .group_by(Session.id)
    )
    return {session_id: Progress(*counts) for session_id, *counts in rows}


def history(session_id: uuid.UUID, limit: int = 200) -> list[PastMark]:
    """Every mark ever made in a register, newest first, the replaced ones too."""
    later = aliased(Attendance)
    rows = db.session.execute(
        select(
            func.trim(func.concat(Person.given_name, " ", Person.family_name)),
            Attendance.mark,
            Attendance.arrived_at,
            Attendance.left_at,
            func.coalesce(Attendance.reason, ""),
            Attendance.why,
            Attendance.by_label,
            Attendance.at,
            select(later.id).where(later.replaces_id == Attendance.id).exists(),
        )
        .join(Place, Place.id == Attendance.place_id)
        .join(Person, Person.id == Place.person_id)
        .where(Place.session_id == session_id)
        .order_by(Attendance.at.desc(), Attendance.id.desc())
        .limit(limit)
    )
    return [PastMark(*row) for row in rows]


def current(*columns: Any) -> Select[Any]:
    """A selection over places and their current marks."""
    return (
        select(*columns)
        .select_from(Attendance)
        .join(Place, Place.id == Attendance.place_id)
        .where(is_current())
    )


def is_current() -> Any:
    """The condition that a mark stands: nobody has replaced it or taken it back."""
    return and_(Attendance.mark != TAKEN_BACK, _is_last())


def is_marked(place_id: ColumnElement[uuid.UUID] | Any) -> ColumnElement[bool]:
    """Whether a place has a mark that stands, as a condition."""
    return select(Attendance.id).where(Attendance.place_id == place_id, is_current()).exists()


def taken_back(session_id: uuid.UUID) -> dict[uuid.UUID, uuid.UUID]:
    """The places of a session whose mark was taken back, and that last line of their history."""
    rows = db.session.execute(
        select(Attendance.place_id, Attendance.id)
        .join(Place, Place.id == Attendance.place_id)
        .where(Place.session_id == session_id, Attendance.mark == TAKEN_BACK, _is_last())
    )
    return {place_id: key for place_id, key in rows}


def made_with(session_id: uuid.UUID, mark_id: uuid.UUID, why: str) -> list[tuple[uuid.UUID, bool]]:
    """The marks that were made at once with this one, for this reason; whether each stands."""
    one = aliased(Attendance)
    rows = db.session.execute(
        select(Attendance.id, is_current())
        .join(Place, Place.id == Attendance.place_id)
        .join(one, one.id == mark_id)
        .where(
            Place.session_id == session_id,
            Attendance.why == why,
            one.why == why,
            Attendance.at == one.at,
            Attendance.by_id.is_not_distinct_from(one.by_id),
        )
    )
    return [(key, stands) for key, stands in rows]


def _is_last() -> Any:
    later = aliased(Attendance)
    return ~select(later.id).where(later.replaces_id == Attendance.id).exists()


def _mark(attendance: Attendance | None) -> Mark | None:
    if attendance is None:
        return None
    return Mark(
        id=attendance.id,
        mark=attendance.mark,
        arrived_at=attendance.arrived_at,
        left_at=attendance.left_at,
        reason=attendance.reason or "",
        minutes=attendance.minutes,
        by=attendance.by_label,
        at=attendance.at,
    )
