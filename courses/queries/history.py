"""What happened to a cohort and its people, newest first: who, when, what, from what to what.

The history page and the cockpit's last line read it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, literal, select, union_all
from sqlalchemy.orm import aliased

from courses import access
from courses.models import (
    TAKEN_BACK,
    Attendance,
    Booking,
    BookingChange,
    CohortChange,
    Component,
    ComponentCompletion,
    Place,
    Session,
)
from courses.queries.cohorts import CohortFacts
from lms.contracts import SYSTEM, Actor
from lms.db import db
from lms.people.models import Person
from lms.people.names import GONE
from lms.web import words

COHORT, BOOKING, MARK, LET_IN = "cohort", "booking", "mark", "let_in"
PLACES = {
    "requested": "asked for a place for {}",
    "booked": "booked {}",
    "offered": "offered {} a place",
    "moved": "moved {} to another date",
    "cancelled": "took {} off",
    "refused": "said no to a place for {}",
    "withdrawn": "took the request of {} back",
    "declined": "said for {} that the date does not suit",
    "lapsed": "passed on the place held for {}",
}
OWN_PLACES = {
    "requested": "asked for a place",
    "booked": "took a place",
    "moved": "changed to another date",
    "cancelled": "gave their place up",
    "withdrawn": "took their request back",
    "declined": "said no to a place on this date",
}
"""What somebody did to a place, in words; of their own where it is."""
COHORTS = {
    "draft": "began to put the cohort together",
    "scheduled": "put the cohort together",
    "published": "published the cohort",
    "cancelled": "cancelled the cohort",
}
BY_ITSELF = {
    "running": "The cohort began",
    "finished": "The cohort finished",
    "closed": "The cohort finished: every register is saved",
}
"""What somebody did to a cohort, and what comes with time."""
STATES = {"requested": "asked for", "closed": "finished, registers saved"}


@dataclass(frozen=True)
class Line:
    """A line of the history; `whom` is the person it is about, "" for the cohort itself."""

    id: uuid.UUID
    kind: str
    at: datetime
    by: str
    person_id: uuid.UUID | None
    whom: str
    before: str
    after: str
    why: str
    session_at: datetime | None

    @property
    def about(self) -> str:
        """Whom it is about, as a page says it; "" for the cohort itself."""
        return self.whom or (GONE if self.person_id else "")

    @property
    def what(self) -> str:
        """What it is about, in words."""
        if self.kind == MARK and self.session_at is not None:
            return f"Register of {words.short_date(self.session_at)}"
        return {BOOKING: "Place", LET_IN: "Completion"}.get(self.kind, "Cohort")

    @property
    def step(self) -> str:
        """From what to what, as "booked → moved"."""
        if self.before == self.after:
            return "changed"
        before, after = (
            STATES.get(state, state.replace("_", " ")) for state in (self.before, self.after)
        )
        return f"{before} → {after}" if before else after

    def sentence(self, numbers: Mapping[datetime, int]) -> str:
        """As "Sam Ellery marked session 2", by the numbers of sessions at their beginnings."""
        if self.kind == MARK:
            number = numbers.get(self.session_at) if self.session_at else None
            verb = "took back a mark of" if self.after == TAKEN_BACK else "marked"
            return f"{self.by} {verb} " + (f"session {number}" if number else "a register")
        whom = self.whom or f"{GONE[0].lower()}{GONE[1:]}"
        if self.kind == LET_IN:
            return f"{self.by} let {whom} complete"
        if self.kind == BOOKING:
            own = OWN_PLACES.get(self.after) if self.whom == self.by else None
            return f"{words.capital(self.by)} {own or PLACES[self.after].format(whom)}"
        if self.before == self.after:
            return f"{self.by} changed the cohort"
        if self.by == SYSTEM.name and self.after in BY_ITSELF:
            return BY_ITSELF[self.after]
        return f"{words.capital(self.by)} {COHORTS.get(self.after, 'changed the cohort')}"


def listed(
    actor: Actor, cohort: CohortFacts, person_id: uuid.UUID | None = None
) -> Select[*tuple[Any, ...]]:
    """The lines of a cohort, newest first; of one person when given.

    Why somebody was booked, taken off or moved is told of one's own people only. Keys follow time,
    so they order what happened to one person at the same moment.
    """
    parts = [
        _bookings(actor, cohort.id, person_id),
        _marks(cohort.id, person_id),
        _let_in(actor, cohort.id, person_id),
    ]
    if person_id is None:
        parts.append(_cohort(cohort.id))
    lines = union_all(*parts).subquery()
    statement: Select[*tuple[Any, ...]] = select(lines).order_by(
        lines.c.at.desc(), lines.c.whom, lines.c.id.desc()
    )
    return statement


def as_line(row: Any) -> Line:
    """A row of `listed`."""
    return Line(*row)


def number(actor: Actor, cohort: CohortFacts) -> int:
    """How many lines there are."""
    return (
        db.session.scalar(select(func.count()).select_from(listed(actor, cohort).subquery())) or 0
    )


def last(actor: Actor, cohort: CohortFacts) -> Line | None:
    """The newest line."""
    row = db.session.execute(listed(actor, cohort).limit(1)).first()
    return as_line(row) if row else None


def _name() -> Any:
    return func.btrim(Person.given_name + " " + Person.family_name)


def _bookings(
    actor: Actor, cohort_id: uuid.UUID, person_id: uuid.UUID | None
) -> Select[*tuple[Any, ...]]:
    statement: Select[*tuple[Any, ...]] = (
        select(
            BookingChange.id.label("id"),
            literal(BOOKING).label("kind"),
            BookingChange.at.label("at"),
            BookingChange.by_label.label("by"),
            Person.id.label("person_id"),
            _name().label("whom"),
            func.coalesce(BookingChange.from_state, "").label("before"),
            BookingChange.to_state.label("after"),
            case((access.bookings(actor), BookingChange.why), else_="").label("why"),
            literal(None, BookingChange.at.type).label("session_at"),
        )
        .join(Booking, Booking.id == BookingChange.booking_id)
        .join(Person, Person.id == Booking.person_id)
        .where(Booking.cohort_id == cohort_id)
    )
    return statement.where(Booking.person_id == person_id) if person_id else statement


def _marks(cohort_id: uuid.UUID, person_id: uuid.UUID | None) -> Select[*tuple[Any, ...]]:
    earlier = aliased(Attendance)
    statement: Select[*tuple[Any, ...]] = (
        select(
            Attendance.id,
            literal(MARK),
            Attendance.at,
            Attendance.by_label,
            Person.id,
            _name(),
            func.coalesce(earlier.mark, ""),
            Attendance.mark,
            func.coalesce(func.nullif(Attendance.why, ""), Attendance.reason, ""),
            func.lower(Session.during, type_=Attendance.at.type),
        )
        .join(Place, Place.id == Attendance.place_id)
        .join(Session, Session.id == Place.session_id)
        .join(Person, Person.id == Place.person_id)
        .outerjoin(earlier, earlier.id == Attendance.replaces_id)
        .where(Session.cohort_id == cohort_id)
    )
    return statement.where(Person.id == person_id) if person_id else statement


def _let_in(
    actor: Actor, cohort_id: uuid.UUID, person_id: uuid.UUID | None
) -> Select[*tuple[Any, ...]]:
    """What somebody of the team let count, part by part."""
    why = ComponentCompletion.evidence["why"].astext
    statement: Select[*tuple[Any, ...]] = (
        select(
            ComponentCompletion.id,
            literal(LET_IN),
            ComponentCompletion.created_at,
            ComponentCompletion.by_label,
            Person.id,
            _name(),
            literal(""),
            Component.title + literal(" let in"),
            case((access.bookings(actor), why), else_=""),
            literal(None, ComponentCompletion.created_at.type),
        )
        .join(Booking, Booking.id == ComponentCompletion.booking_id)
        .join(Component, Component.id == ComponentCompletion.component_id)
        .join(Person, Person.id == Booking.person_id)
        .where(Booking.cohort_id == cohort_id, ComponentCompletion.source == "person")
    )
    return statement.where(Person.id == person_id) if person_id else statement


def _cohort(cohort_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    statement: Select[*tuple[Any, ...]] = select(
        CohortChange.id,
        literal(COHORT),
        CohortChange.at,
        CohortChange.by_label,
        literal(None, CohortChange.id.type),
        literal(""),
        func.coalesce(CohortChange.from_state, ""),
        CohortChange.to_state,
        CohortChange.why,
        literal(None, CohortChange.at.type),
    ).where(CohortChange.cohort_id == cohort_id)
    return statement
