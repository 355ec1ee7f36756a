"""Who waits for a course, in order of arrival: a plain list.

Pages show it, booking asks it who comes first; the rows' own order is complete and total.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from courses.models import Cohort, Waiting
from courses.queries.cohorts import CohortFacts
from lms.contracts import Actor
from lms.db import db
from lms.people.models import Organisation, Person
from lms.people.queries import people


@dataclass(frozen=True)
class WaitingRow:
    """Somebody who waits: since when, and for which date if they said so."""

    id: uuid.UUID
    nth: int
    person_id: uuid.UUID
    name: str
    organisation: str
    joined_at: datetime
    cohort_id: uuid.UUID | None
    cohort_code: str
    known: bool

    @property
    def shown(self) -> str:
        """The name, where the actor may know it."""
        return self.name if self.known else "Somebody from another place"


@dataclass(frozen=True)
class Position:
    """A person's own place in a list: "4th of 11"."""

    nth: int
    of: int
    joined_at: datetime

    @property
    def words(self) -> str:
        """As "4th of 11"."""
        return f"{ordinal(self.nth)} of {self.of}"


def ordinal(number: int) -> str:
    """'1st', '2nd', '11th'."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 < number % 100 < 14 else ending}"


def of_course(
    course_id: uuid.UUID, actor: Actor, *, cohort_id: uuid.UUID | None = None
) -> list[WaitingRow]:
    """Everybody who waits for a course, first come first; or those whom one cohort fits."""
    rows = db.session.execute(
        select(
            Waiting.id,
            func.row_number().over(order_by=(Waiting.joined_at, Waiting.id)),
            Person.id,
            func.btrim(Person.given_name + " " + Person.family_name),
            func.coalesce(Organisation.name, ""),
            Waiting.joined_at,
            Waiting.cohort_id,
            func.coalesce(Cohort.code, ""),
            people.in_sight(actor),
        )
        .join(Person, Person.id == Waiting.person_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(Cohort, Cohort.id == Waiting.cohort_id)
        .where(*_of(course_id, cohort_id))
        .order_by(Waiting.joined_at, Waiting.id)
    )
    return [WaitingRow(*row) for row in rows]


def number(course_id: uuid.UUID) -> int:
    """How many wait for a course."""
    return _count(*_of(course_id, None))


def numbers(course_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many wait for each of these courses."""
    rows = db.session.execute(
        select(Waiting.course_id, func.count())
        .where(Waiting.course_id.in_(course_ids), Waiting.state == "waiting")
        .group_by(Waiting.course_id)
    )
    return {course_id: count for course_id, count in rows}


def ahead(course_id: uuid.UUID, cohort_id: uuid.UUID, person_id: uuid.UUID) -> int:
    """How many whom this cohort fits came before a person (everybody, if they do not wait)."""
    joined = db.session.execute(
        select(Waiting.joined_at, Waiting.id).where(
            *_of(course_id, None), Waiting.person_id == person_id
        )
    ).first()
    conditions = [*_of(course_id, cohort_id), Waiting.person_id != person_id]
    if joined is not None:
        earlier = or_(
            Waiting.joined_at < joined.joined_at,
            (Waiting.joined_at == joined.joined_at) & (Waiting.id < joined.id),
        )
        conditions.append(earlier)
    return _count(*conditions)


def free_for_all(dates: Sequence[CohortFacts]) -> dict[uuid.UUID, int]:
    """Places anybody may take on dates of one course: those that the waiting people leave over."""
    if not dates:
        return {}
    asked = db.session.scalars(
        select(Waiting.cohort_id).where(*_of(dates[0].course_id, None))
    ).all()
    return {
        one.id: max(one.places_left - sum(ask in (None, one.id) for ask in asked), 0)
        for one in dates
    }


def position(course_id: uuid.UUID, person_id: uuid.UUID) -> Position | None:
    """Where a person stands in a course's list; None when they do not wait."""
    rows = db.session.execute(
        select(Waiting.person_id, Waiting.joined_at)
        .where(*_of(course_id, None))
        .order_by(Waiting.joined_at, Waiting.id)
    ).all()
    for nth, (who, joined_at) in enumerate(rows, 1):
        if who == person_id:
            return Position(nth, len(rows), joined_at)
    return None


def courses_of(person_id: uuid.UUID) -> list[uuid.UUID]:
    """The courses a person waits for."""
    return list(
        db.session.scalars(
            select(Waiting.course_id)
            .where(Waiting.person_id == person_id, Waiting.state == "waiting")
            .order_by(Waiting.joined_at)
        )
    )


def _of(course_id: uuid.UUID, cohort_id: uuid.UUID | None) -> list[ColumnElement[bool]]:
    conditions = [Waiting.course_id == course_id, Waiting.state == "waiting"]
    if cohort_id is not None:
        conditions.append(or_(Waiting.cohort_id == cohort_id, Waiting.cohort_id.is_(None)))
    return conditions


def _count(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(Waiting).where(*conditions)) or 0
