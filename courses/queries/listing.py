"""The list of cohorts: one row each with dates, places and registers, filtered by the address.

The cohorts page and the home page read it; the number of queries does not grow with the rows.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from courses import access
from courses.models import (
    Cohort,
    CohortLocality,
    Course,
    Edition,
    Place,
    Session,
)
from courses.queries import register
from lms import clock
from lms.contracts import Actor
from lms.db import db
from lms.people.models import Locality
from lms.web import words

GROUPS: dict[str, tuple[str, ...]] = {
    "coming": ("scheduled", "published"),
    "running": ("running",),
    "finished": ("finished", "closed"),
    "cancelled": ("cancelled",),
    "drafts": ("draft",),
}


@dataclass(frozen=True)
class CohortLine:
    """A cohort in the list."""

    id: uuid.UUID
    code: str
    state: str
    course: str
    edition: str
    place: str
    first: datetime | None
    last: datetime | None
    booked: int
    capacity: int | None
    closes_at: datetime | None
    sessions_over: int
    sessions_marked: int

    @property
    def dates(self) -> str:
        """From the first to the last session; without sessions people do it when they like."""
        if self.state == "draft":
            return "No dates yet"
        if self.first is None or self.last is None:
            until = f", until {words.short_date(self.closes_at)}" if self.closes_at else ""
            return f"Online, any time{until}"
        if words.day_of(self.first) == words.day_of(self.last):
            return words.short_date(self.first)
        return f"{words.short_date(self.first)} to {words.short_date(self.last)}"

    @property
    def full(self) -> bool:
        """Whether no place is left."""
        return self.capacity is not None and self.booked >= self.capacity

    @property
    def registers(self) -> str:
        """As "2 of 4 saved", "–" before the first session."""
        if not self.sessions_over:
            return "–"
        return f"{self.sessions_marked} of {self.sessions_over} saved"


@dataclass(frozen=True)
class CohortFilter:
    """What the list is narrowed to; empty means everything."""

    group: str = "coming"
    words: str = ""
    locality_id: uuid.UUID | None = None
    course: str = ""


def listed(actor: Actor, wanted: CohortFilter) -> Select[*tuple[Any, ...]]:
    """The cohorts of a filter that the actor may see, soonest first; finished ones newest first.

    One without sessions stands where booking for it opened.
    """
    first = _edge(func.min, func.lower)
    begins = func.coalesce(first, Cohort.opens_at, Cohort.created_at)
    order = begins.desc() if wanted.group == "finished" else begins.asc()
    statement: Select[*tuple[Any, ...]] = (
        select(
            Cohort.id,
            Cohort.code,
            Cohort.state,
            Course.title,
            Edition.title,
            _places().label("place"),
            first.label("first"),
            _edge(func.max, func.upper).label("last"),
            Cohort.seats_taken,
            Cohort.capacity,
            Cohort.closes_at,
            _sessions(func.upper(Session.during) <= clock.now()).label("over"),
            _sessions(func.upper(Session.during) <= clock.now(), ~_unmarked()).label("marked"),
        )
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(access.cohorts(actor), *_conditions(wanted))
        .order_by(order, Cohort.code)
    )
    return statement


def as_line(row: Any) -> CohortLine:
    """A row of `listed`."""
    return CohortLine(*row)


def courses_seen(actor: Actor) -> list[tuple[str, str]]:
    """Slug and title of the courses of cohorts the actor may see, for the filter."""
    rows = db.session.execute(
        select(Course.slug, Course.title)
        .where(
            Course.id.in_(
                select(Edition.course_id)
                .join(Cohort, Cohort.edition_id == Edition.id)
                .where(access.cohorts(actor))
            )
        )
        .order_by(Course.title)
    )
    return [(slug, title) for slug, title in rows]


def _conditions(wanted: CohortFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.group in GROUPS:
        found.append(Cohort.state.in_(GROUPS[wanted.group]))
    if wanted.words:
        like = f"%{_escaped(wanted.words)}%"
        found.append(or_(Cohort.code.ilike(like), Course.title.ilike(like)))
    if wanted.locality_id is not None:
        there = select(CohortLocality.cohort_id).where(
            CohortLocality.locality_id == wanted.locality_id
        )
        found.append(Cohort.id.in_(there))
    if wanted.course:
        found.append(Course.slug == wanted.course)
    return found


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _edge(reach: Any, end: Any) -> ColumnElement[datetime]:
    """Where the first session begins or the last ends; of a cancelled cohort, as it was planned."""
    edge: ColumnElement[datetime] = (
        select(reach(end(Session.during, type_=DateTime(timezone=True))))
        .where(Session.cohort_id == Cohort.id, or_(Session.holds, Cohort.state == "cancelled"))
        .correlate(Cohort)
        .scalar_subquery()
    )
    return edge


def _places() -> ColumnElement[str]:
    return (
        select(func.coalesce(func.string_agg(Locality.name, ", "), ""))
        .join(CohortLocality, CohortLocality.locality_id == Locality.id)
        .where(CohortLocality.cohort_id == Cohort.id)
        .correlate(Cohort)
        .scalar_subquery()
    )


def _sessions(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(Session)
        .where(Session.cohort_id == Cohort.id, Session.holds, *conditions)
        .correlate(Cohort)
        .scalar_subquery()
    )


def _unmarked() -> ColumnElement[bool]:
    """Somebody booked has no mark at the session."""
    place = aliased(Place)
    return exists().where(
        and_(
            place.session_id == Session.id,
            place.is_booked,
            ~register.is_marked(place.id),
        )
    )
