"""One cohort as every page needs it: what, when, where, with whom and how many places.

Pages of all rooms fetch a cohort by `get`, which knows who may see it; services use `facts`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Row, func, select
from sqlalchemy.dialects.postgresql import Range

from courses import access
from courses.models import (
    Cohort,
    CohortLocality,
    Component,
    Course,
    Edition,
    Session,
    SessionTrainer,
    Trainer,
    Venue,
)
from lms import clock
from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.people.models import Locality, Person, Profession
from lms.web import words

OVER = ("cancelled", "closed")


@dataclass(frozen=True)
class TrainerFacts:
    """Who trains at a session; `id` is the trainer's, `person_id` the human being's."""

    id: uuid.UUID
    person_id: uuid.UUID
    name: str


@dataclass(frozen=True)
class SessionFacts:
    """A session in its cohort; `number` counts from 1 in order of time, cancelled ones too."""

    id: uuid.UUID
    number: int
    component_id: uuid.UUID
    component_key: str
    component_title: str
    start: datetime
    end: datetime
    venue_id: uuid.UUID | None
    venue: str
    address: str
    link: str
    holds: bool
    sequence: int
    trainers: tuple[TrainerFacts, ...]

    @property
    def during(self) -> Range[datetime]:
        """The session's time as the database keeps it."""
        return Range(self.start, self.end, bounds="[)")

    @property
    def where(self) -> str:
        """The room, or "Online"."""
        return self.venue or ("Online" if self.link else "Place to be told")

    @property
    def who(self) -> str:
        """The trainers' names."""
        return words.listing(trainer.name for trainer in self.trainers)


@dataclass(frozen=True)
class CohortFacts:
    """A cohort with its sessions and places; names come from the record, not from plugins."""

    id: uuid.UUID
    code: str
    state: str
    course_id: uuid.UUID
    course_key: str
    course_slug: str
    course: str
    provider_key: str
    provider: str
    edition_id: uuid.UUID
    edition_key: str
    edition: str
    design: str | None
    capacity: int | None
    minimum: int | None
    seats_taken: int
    profession_id: uuid.UUID | None
    profession: str
    rule: Mapping[str, Any]
    template: Mapping[str, Any]
    draft: Mapping[str, Any]
    opens_at: datetime | None
    closes_at: datetime | None
    arrival: str
    bring: str
    lunch: str
    day_phone: str
    contact: str
    updated_at: datetime
    localities: tuple[tuple[uuid.UUID, str], ...]
    sessions: tuple[SessionFacts, ...]

    @property
    def held(self) -> tuple[SessionFacts, ...]:
        """The sessions that take place or took place."""
        return tuple(session for session in self.sessions if session.holds)

    @property
    def first(self) -> SessionFacts | None:
        """The first session that takes place."""
        return self.held[0] if self.held else None

    @property
    def last(self) -> SessionFacts | None:
        """The last session that takes place."""
        return self.held[-1] if self.held else None

    @property
    def places_left(self) -> int:
        """Free places; nought where the capacity is not set yet."""
        return max((self.capacity or 0) - self.seats_taken, 0)

    @property
    def place(self) -> str:
        """Where it is, in a few words: its localities."""
        return words.listing(name for _, name in self.localities)

    @property
    def title(self) -> str:
        """As "Brief Encounters: four sessions, Hertfordshire", the heading of its page."""
        format_ = self.edition[:1].lower() + self.edition[1:] if self.edition else ""
        return f"{self.course}: {format_}" + (f", {self.place}" if self.place else "")

    @property
    def dates(self) -> str:
        """ "As "from 18 February to 18 March 2027"; "" without sessions."""
        if self.first is None or self.last is None:
            return ""
        return words.date_range(self.first.start, self.last.start)

    @property
    def started(self) -> bool:
        """Whether the first session has begun."""
        return self.first is not None and self.first.start <= clock.now()

    def next_session(self) -> SessionFacts | None:
        """The session that is on or comes next."""
        now = clock.now()
        return next((session for session in self.held if session.end > now), None)

    def session(self, number: int) -> SessionFacts:
        """The session of this number; `NotFound` when there is none."""
        if not 1 <= number <= len(self.sessions):
            raise NotFound
        return self.sessions[number - 1]


def get(actor: Actor, cohort_id: uuid.UUID, permission: str = access.VIEW) -> CohortFacts:
    """The cohort, if this permission of the actor reaches it; else `NotFound`."""
    return _one(Cohort.id == cohort_id, access.cohorts(actor, permission))


def facts(cohort_id: uuid.UUID) -> CohortFacts:
    """The cohort for services and jobs, whoever asks."""
    return _one(Cohort.id == cohort_id)


def reaches(actor: Actor, cohort_id: uuid.UUID, permission: str) -> bool:
    """Whether this permission of the actor reaches the cohort."""
    found = select(Cohort.id).where(Cohort.id == cohort_id, access.cohorts(actor, permission))
    return db.session.scalar(found) is not None


def several(cohort_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, CohortFacts]:
    """Cohorts by id, in four queries however many."""
    return {made.id: made for made in _load(Cohort.id.in_(cohort_ids))} if cohort_ids else {}


def matching(*conditions: ColumnElement[bool]) -> list[CohortFacts]:
    """Cohorts that meet conditions on `Cohort`, `Edition` and `Course`, soonest first."""
    return sorted(_load(*conditions), key=_soonest)


def _soonest(cohort: CohortFacts) -> tuple[bool, datetime, str]:
    return (cohort.first is None, cohort.first.start if cohort.first else clock.now(), cohort.code)


def _one(*conditions: ColumnElement[bool]) -> CohortFacts:
    found = _load(*conditions)
    if not found:
        raise NotFound
    return found[0]


def _load(*conditions: ColumnElement[bool]) -> list[CohortFacts]:
    rows = db.session.execute(
        select(Cohort, Edition, Course, Profession.name)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .outerjoin(Profession, Profession.id == Cohort.profession_id)
        .where(*conditions)
        .execution_options(populate_existing=True)
    ).all()
    ids = [row[0].id for row in rows]
    localities, sessions = (_localities(ids), _sessions(ids)) if ids else ({}, {})
    return [_facts(row, localities.get(row[0].id, ()), sessions.get(row[0].id, ())) for row in rows]


def _facts(
    row: Row[Cohort, Edition, Course, str],
    localities: Sequence[tuple[uuid.UUID, str]],
    sessions: Sequence[SessionFacts],
) -> CohortFacts:
    cohort, edition, course, profession = row
    return CohortFacts(
        id=cohort.id,
        code=cohort.code,
        state=cohort.state,
        course_id=course.id,
        course_key=course.key,
        course_slug=course.slug,
        course=course.title,
        provider_key=course.provider_key,
        provider=str(course.template.get("provider_name", course.provider_key)),
        edition_id=edition.id,
        edition_key=edition.key,
        edition=edition.title,
        design=cohort.design,
        capacity=cohort.capacity,
        minimum=cohort.minimum,
        seats_taken=cohort.seats_taken,
        profession_id=cohort.profession_id,
        profession=profession or "",
        rule=cohort.rule or {},
        template=cohort.template or course.template,
        draft=cohort.draft or {},
        opens_at=cohort.opens_at,
        closes_at=cohort.closes_at,
        arrival=cohort.arrival or "",
        bring=cohort.bring or "",
        lunch=cohort.lunch or "",
        day_phone=cohort.day_phone or "",
        contact=cohort.contact or "",
        updated_at=cohort.updated_at,
        localities=tuple(localities),
        sessions=tuple(sessions),
    )


def _localities(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[tuple[uuid.UUID, str]]]:
    found: dict[uuid.UUID, list[tuple[uuid.UUID, str]]] = {}
    for cohort_id, locality_id, name in db.session.execute(
        select(CohortLocality.cohort_id, Locality.id, Locality.name)
        .join(Locality, Locality.id == CohortLocality.locality_id)
        .where(CohortLocality.cohort_id.in_(ids))
        .order_by(Locality.name)
    ):
        found.setdefault(cohort_id, []).append((locality_id, name))
    return found


def _sessions(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[SessionFacts]]:
    rows = db.session.execute(
        select(
            Session,
            func.lower(Session.during, type_=DateTime(timezone=True)),
            func.upper(Session.during, type_=DateTime(timezone=True)),
            Component.key,
            Component.title,
            Venue.name,
            Venue.address,
        )
        .join(Component, Component.id == Session.component_id)
        .outerjoin(Venue, Venue.id == Session.venue_id)
        .where(Session.cohort_id.in_(ids))
        .order_by(Session.cohort_id, Session.during, Session.id)
        .execution_options(populate_existing=True)
    ).all()
    trainers = _trainers([row[0].id for row in rows])
    found: dict[uuid.UUID, list[SessionFacts]] = {}
    for session, start, end, key, title, venue, address in rows:
        before = found.setdefault(session.cohort_id, [])
        before.append(
            SessionFacts(
                id=session.id,
                number=len(before) + 1,
                component_id=session.component_id,
                component_key=key,
                component_title=title,
                start=start,
                end=end,
                venue_id=session.venue_id,
                venue=venue or "",
                address=address or "",
                link=session.link or "",
                holds=session.holds,
                sequence=session.sequence,
                trainers=tuple(trainers.get(session.id, ())),
            )
        )
    return found


def _trainers(session_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[TrainerFacts]]:
    found: dict[uuid.UUID, list[TrainerFacts]] = {}
    if not session_ids:
        return found
    for session_id, trainer_id, person_id, given, family in db.session.execute(
        select(
            SessionTrainer.session_id,
            Trainer.id,
            Person.id,
            Person.given_name,
            Person.family_name,
        )
        .join(Trainer, Trainer.id == SessionTrainer.trainer_id)
        .join(Person, Person.id == Trainer.person_id)
        .where(SessionTrainer.session_id.in_(session_ids))
        .order_by(Person.sort_key)
    ):
        name = f"{given} {family}".strip()
        found.setdefault(session_id, []).append(TrainerFacts(trainer_id, person_id, name))
    return found
