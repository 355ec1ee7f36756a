"""Who or what is taken at a time: rooms, trainers and learners, each with what holds it.

Services turn what the database refused into these words; pages show them before it comes to that.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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


def of_venue(
    actor: Actor, venue_id: uuid.UUID, times: Times, *, leaving_out: uuid.UUID | None = None
) -> list[Clash]:
    """Sessions that hold a room at any of these times, save those of one cohort."""
    if not times:
        return []
    statement = (
        _columns(actor, Venue.id, Venue.name)
        .join(Venue, Venue.id == Session.venue_id)
        .where(Venue.id == venue_id, *_during(times, leaving_out))
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
