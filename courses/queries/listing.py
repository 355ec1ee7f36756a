"""The list of cohorts: one row each with dates, places and registers, filtered by the address.

The cohorts page and the home page read it; the number of queries does not grow with the rows.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
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

MOST_MONTHS = 36
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
    def state_words(self) -> str:
        """The state as people read it: whether the registers are saved is a column of its own."""
        if self.full and self.state in GROUPS["coming"]:
            return "Full"
        return "Finished" if self.state == "closed" else words.capital(self.state)

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
    since: date | None = None
    until: date | None = None


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


def months_seen(actor: Actor) -> list[date]:
    """The first days of the months from the first session in reach to the last, newest 36."""
    start, end = db.session.execute(
        select(
            func.min(func.lower(Session.during, type_=DateTime(timezone=True))),
            func.max(func.upper(Session.during, type_=DateTime(timezone=True))),
        )
        .join(Cohort, Cohort.id == Session.cohort_id)
        .where(access.cohorts(actor))
    ).one()
    if start is None:
        return []
    first, last = (clock.london(one).date().replace(day=1) for one in (start, end))
    months = (last.year - first.year) * 12 + last.month - first.month
    return [month_after(first, number) for number in range(months + 1)][-MOST_MONTHS:]


def month_after(month: date, number: int = 1) -> date:
    """The first day of a later month."""
    years, index = divmod(month.month - 1 + number, 12)
    return date(month.year + years, index + 1, 1)


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
    return [*found, *_dated(wanted)]


def _dated(wanted: CohortFilter) -> list[ColumnElement[bool]]:
    """With a session in these months; without sessions, open for booking in them."""
    since = clock.start_of(wanted.since) if wanted.since else None
    until = clock.start_of(month_after(wanted.until)) if wanted.until else None
    if since is None and until is None:
        return []
    held = exists().where(
        Session.cohort_id == Cohort.id, or_(Session.holds, Cohort.state == "cancelled")
    )
    within = held
    begins, online = func.coalesce(Cohort.opens_at, Cohort.created_at), [~held]
    if since is not None:
        within = within.where(func.upper(Session.during) > since)
        online.append(or_(Cohort.closes_at.is_(None), Cohort.closes_at >= since))
    if until is not None:
        within = within.where(func.lower(Session.during) < until)
        online.append(begins < until)
    return [or_(within, and_(*online))]


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
