"""A manager's own people: what each has finished, is booked on and waits for.

The page "My team" calls it. Answers to surveys and check-ins are no part of it.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from courses import access
from courses.models import (
    Booking,
    Cohort,
    Completion,
    Course,
    Edition,
    Place,
    Session,
    Waiting,
)
from lms.contracts import Actor
from lms.db import db
from lms.people.models import Person, Profession
from lms.people.names import full
from lms.permissions import allowed, where


@dataclass(frozen=True)
class Standing:
    """A course somebody has to do with, and its day: finished on, begins on, waiting since."""

    title: str
    at: datetime | None


@dataclass(frozen=True)
class Member:
    """Somebody of the team and where they stand."""

    id: uuid.UUID
    name: str
    profession: str
    trained: tuple[Standing, ...] = ()
    booked: tuple[Standing, ...] = ()
    waiting: tuple[Standing, ...] = ()


def members(actor: Actor) -> ColumnElement[bool]:
    """The people a manager answers for: of their organisations, and those who named them."""
    if actor.person_id is None or not allowed(actor, access.TEAM):
        return where(actor, access.TEAM)
    own = or_(where(actor, access.TEAM), Person.manager_id == actor.person_id)
    return own & (Person.id != actor.person_id)


def listed(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Rows for `web.paginate`, in the order of names; `complete` turns a page into members."""
    statement: Select[*tuple[Any, ...]] = (
        select(Person.id, Person.given_name, Person.family_name, Profession.name.label("job"))
        .outerjoin(Profession, Profession.id == Person.profession_id)
        .where(members(actor), Person.erased_at.is_(None), Person.merged_into_id.is_(None))
        .order_by(Person.sort_key, Person.id)
    )
    return statement


def complete(rows: Sequence[Any]) -> list[Member]:
    """The members of one page of `listed`, in three queries however many."""
    ids = [row.id for row in rows]
    trained, booked, waiting = _trained(ids), _booked(ids), _waiting(ids)
    return [
        Member(
            row.id,
            full(row.given_name, row.family_name),
            row.job or "",
            tuple(trained[row.id]),
            tuple(booked[row.id]),
            tuple(waiting[row.id]),
        )
        for row in rows
    ]


Held = dict[uuid.UUID, list[Standing]]


def _trained(ids: Sequence[uuid.UUID]) -> Held:
    return _held(
        _courses(Completion.at)
        .join(Completion, _completed())
        .where(Booking.person_id.in_(ids), Booking.state == "booked")
        .order_by(Completion.at)
    )


def _completed() -> ColumnElement[bool]:
    later = aliased(Completion)
    return and_(
        Completion.booking_id == Booking.id,
        Completion.verdict == "completed",
        ~select(later.id).where(later.replaces_id == Completion.id).exists(),
    )


def _booked(ids: Sequence[uuid.UUID]) -> Held:
    begins = (
        select(func.min(func.lower(Session.during), type_=DateTime(timezone=True)))
        .join(Place, Place.session_id == Session.id)
        .where(Place.booking_id == Booking.id, Session.holds)
        .scalar_subquery()
    )
    return _held(
        _courses(begins)
        .where(
            Booking.person_id.in_(ids),
            Booking.state == "booked",
            Cohort.state.in_(("scheduled", "published", "running")),
            ~select(Completion.id).where(_completed()).exists(),
        )
        .order_by(begins, Course.title)
    )


def _waiting(ids: Sequence[uuid.UUID]) -> Held:
    return _held(
        select(Waiting.person_id, Course.title, Waiting.joined_at)
        .join(Course, Course.id == Waiting.course_id)
        .where(Waiting.person_id.in_(ids), Waiting.closed_at.is_(None))
        .order_by(Waiting.joined_at)
    )


def _courses(day: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(Booking.person_id, Course.title, day)
        .select_from(Booking)
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
    )


def _held(statement: Select[*tuple[Any, ...]]) -> Held:
    held: Held = defaultdict(list)
    for person_id, title, at in db.session.execute(statement):
        held[person_id].append(Standing(title, at))
    return held
