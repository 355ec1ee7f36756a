"""Who or what is taken at a time: rooms, trainers and learners, each with what holds it.

Services turn what the database refused into these words; pages show them before it comes to that.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.dialects.postgresql import Range

from courses import access
from courses.models import (
    Cohort,
    Course,
    Edition,
    Place,
    Session,
    SessionTrainer,
    Trainer,
    Venue,
)
from lms.contracts import Actor
from lms.db import db
from lms.people.models import Person
from lms.web import words

Times = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True)
class Wish:
    """What a session shall have: its time, a room, trainers; `number` is what people call it."""

    number: int
    start: datetime
    end: datetime
    venue_id: uuid.UUID | None
    trainer_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class Taken:
    """Why a session cannot have what it shall have; `what` is day, venue or trainers."""

    number: int
    what: str
    text: str


@dataclass(frozen=True)
class Clash:
    """Something that is taken: what, when, and by which cohort where the actor may know it."""

    subject_id: uuid.UUID
    subject: str
    start: datetime
    end: datetime
    course: str
    code: str
    known: bool

    @property
    def when(self) -> str:
        """As "on Thursday 11 March 2027 from 9am to 1pm"."""
        hours = words.time_range(self.start, self.end)
        return f"on {words.weekday_date(self.start)} from {hours}"

    @property
    def what(self) -> str:
        """As " for Think Couple (TC-03)", or nothing where the actor may not know."""
        return f" for {self.course} ({self.code})" if self.known else ""

    def meets(self, wish: Wish) -> bool:
        """Whether it is at the time of a wish."""
        return wish.start < self.end and self.start < wish.end

    def of_venue(self) -> str:
        """The sentence about a room."""
        verb = "is already booked" if self.known else "is taken"
        return f"{self.subject} {verb} {self.when}{self.what}. Choose another room or time"

    def of_trainer(self) -> str:
        """The sentence about a trainer."""
        verb = "is training" if self.known else "is taken"
        later = words.time(self.end)
        return (
            f"{self.subject} {verb} {self.when}{self.what}. "
            f"Choose another trainer or start after {later}"
        )

    def of_person(self) -> str:
        """The sentence about a learner."""
        if not self.known:
            return f"{self.subject} is taken {self.when}"
        return f"{self.subject} is booked on {self.course} ({self.code}) {self.when}"


def of_sessions(
    actor: Actor, wishes: Sequence[Wish], *, leaving_out: uuid.UUID | None = None
) -> list[Taken]:
    """What stands in the way of a cohort's sessions, in their order, in two queries however many.

    A session may not begin before the one before it ends; rooms and trainers may not be taken
    by other cohorts. Whether people are is asked by `of_people`.
    """
    times = [(wish.start, wish.end) for wish in wishes]
    rooms = {wish.venue_id for wish in wishes if wish.venue_id}
    trainers = {one for wish in wishes for one in wish.trainer_ids}
    held = of_venues(actor, sorted(rooms), times, leaving_out=leaving_out)
    engaged = of_trainers(actor, sorted(trainers), times, leaving_out=leaving_out)
    found = _overlaps(wishes)
    for wish in wishes:
        of_room = [one for one in held if one.subject_id == wish.venue_id and one.meets(wish)]
        of_trainer = [
            one for one in engaged if one.subject_id in wish.trainer_ids and one.meets(wish)
        ]
        found += [Taken(wish.number, "venue", one.of_venue()) for one in of_room]
        found += [Taken(wish.number, "trainers", one.of_trainer()) for one in of_trainer]
    return sorted(found, key=lambda one: one.number)


def _overlaps(wishes: Sequence[Wish]) -> list[Taken]:
    ordered = sorted(wishes, key=lambda wish: (wish.start, wish.end))
    return [
        Taken(
            later.number,
            "day",
            f"Session {later.number} begins before session {earlier.number} ends, "
            f"at {words.time(earlier.end)}",
        )
        for earlier, later in pairwise(ordered)
        if later.start < earlier.end
    ]


def of_venues(
    actor: Actor,
    venue_ids: Sequence[uuid.UUID],
    times: Times,
    *,
    leaving_out: uuid.UUID | None = None,
) -> list[Clash]:
    """Sessions that hold one of these rooms at any of these times, save those of one cohort."""
    if not times or not venue_ids:
        return []
    statement = (
        _columns(actor, Venue.id, Venue.name)
        .join(Venue, Venue.id == Session.venue_id)
        .where(Venue.id.in_(venue_ids), *_during(times, leaving_out))
    )
    return _clashes(statement)


def of_trainers(
    actor: Actor,
    trainer_ids: Sequence[uuid.UUID],
    times: Times,
    *,
    leaving_out: uuid.UUID | None = None,
) -> list[Clash]:
    """Sessions at which these trainers are engaged at any of these times."""
    if not times or not trainer_ids:
        return []
    statement = (
        _columns(actor, Trainer.id, _name())
        .join(SessionTrainer, SessionTrainer.session_id == Session.id)
        .join(Trainer, Trainer.id == SessionTrainer.trainer_id)
        .join(Person, Person.id == Trainer.person_id)
        .where(Trainer.id.in_(trainer_ids), *_during(times, leaving_out))
    )
    return _clashes(statement)


def of_people(
    actor: Actor,
    person_ids: Sequence[uuid.UUID],
    times: Times,
    *,
    leaving_out: uuid.UUID | None = None,
) -> list[Clash]:
    """Sessions at which these people have places at any of these times."""
    if not times or not person_ids:
        return []
    statement = (
        _columns(actor, Person.id, _name())
        .join(Place, Place.session_id == Session.id)
        .join(Person, Person.id == Place.person_id)
        .where(Place.person_id.in_(person_ids), Place.is_booked, *_during(times, leaving_out))
    )
    return _clashes(statement)


def _name() -> ColumnElement[str]:
    return func.btrim(Person.given_name + " " + Person.family_name)


def _during(times: Times, leaving_out: uuid.UUID | None) -> list[ColumnElement[bool]]:
    overlaps = or_(*(Session.during.overlaps(Range(start, end)) for start, end in times))
    conditions: list[ColumnElement[bool]] = [Session.holds.is_(True), overlaps]
    if leaving_out is not None:
        conditions.append(Session.cohort_id != leaving_out)
    return conditions


def _columns(actor: Actor, subject_id: Any, subject: Any) -> Select[Any]:
    return (
        select(
            subject_id,
            subject,
            func.lower(Session.during),
            func.upper(Session.during),
            Course.title,
            Cohort.code,
            access.cohorts(actor).label("known"),
        )
        .select_from(Session)
        .join(Cohort, Cohort.id == Session.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
    )


def _clashes(statement: Select[Any]) -> list[Clash]:
    ordered = statement.order_by(Session.during, Session.id)
    return [Clash(*row) for row in db.session.execute(ordered)]
