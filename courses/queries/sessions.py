"""Sessions as every page needs them: when, where, with whom, and the number people know them by.

`courses.queries.cohorts` puts them into their cohorts; lists of sessions ask for their numbers.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, DateTime, func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import aliased

from courses.models import Component, Session, SessionTrainer, Trainer, Venue
from courses.queries.venues import VenueFacts, as_facts
from lms.db import db
from lms.people.models import Person
from lms.web import words


@dataclass(frozen=True)
class TrainerFacts:
    """Who trains at a session; `id` is the trainer's, `person_id` the human being's."""

    id: uuid.UUID
    person_id: uuid.UUID
    name: str


@dataclass(frozen=True)
class SessionFacts:
    """A session in its cohort; `number` is its name for ever, whatever becomes of its date.

    Numbers follow the dates when a cohort is published; a session added later gets the next one,
    and cancelled ones keep theirs, so that a register stays where people know it.
    """

    id: uuid.UUID
    number: int
    component_id: uuid.UUID
    component_key: str
    component_title: str
    start: datetime
    end: datetime
    room: VenueFacts | None
    link: str
    holds: bool
    sequence: int
    trainers: tuple[TrainerFacts, ...]

    @property
    def during(self) -> Range[datetime]:
        """The session's time as the database keeps it."""
        return Range(self.start, self.end, bounds="[)")

    @property
    def venue_id(self) -> uuid.UUID | None:
        """The room's key."""
        return self.room.id if self.room else None

    @property
    def venue(self) -> str:
        """The room's name."""
        return self.room.name if self.room else ""

    @property
    def address(self) -> str:
        """The room's address."""
        return self.room.address if self.room else ""

    @property
    def where(self) -> str:
        """The room, or "Online"."""
        return self.venue or ("Online" if self.link else "Place to be told")

    @property
    def who(self) -> str:
        """The trainers' names."""
        return words.listing(trainer.name for trainer in self.trainers)


def of_cohorts(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[SessionFacts]]:
    """The sessions of cohorts by the cohort's id, soonest first, in two queries however many."""
    rows = db.session.execute(
        select(
            Session,
            func.lower(Session.during, type_=DateTime(timezone=True)),
            func.upper(Session.during, type_=DateTime(timezone=True)),
            Component.key,
            Component.title,
            Venue,
            number_of_session(),
        )
        .join(Component, Component.id == Session.component_id)
        .outerjoin(Venue, Venue.id == Session.venue_id)
        .where(Session.cohort_id.in_(ids))
        .order_by(Session.cohort_id, Session.during, Session.id)
        .execution_options(populate_existing=True)
    ).all()
    trainers = _trainers([row[0].id for row in rows])
    found: dict[uuid.UUID, list[SessionFacts]] = {}
    for session, start, end, key, title, venue, number in rows:
        found.setdefault(session.cohort_id, []).append(
            SessionFacts(
                id=session.id,
                number=number,
                component_id=session.component_id,
                component_key=key,
                component_title=title,
                start=start,
                end=end,
                room=as_facts(venue) if venue else None,
                link=session.link or "",
                holds=session.holds,
                sequence=session.sequence,
                trainers=tuple(trainers.get(session.id, ())),
            )
        )
    return found


def number_of_session() -> ColumnElement[int]:
    """A session's number, for a selection from `Session`: its place in the order of keys.

    Keys are made in the order of time and rows of sessions never go, so it never changes.
    """
    earlier = aliased(Session)
    return (
        select(func.count())
        .select_from(earlier)
        .where(earlier.cohort_id == Session.cohort_id, earlier.id <= Session.id)
        .correlate(Session)
        .scalar_subquery()
    )


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
