"""A cohort that is still being put together: its planned sessions, gaps and clashes.

Scheduling pages show it step by step; the review lists what is missing with the step that mends it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from courses import access
from courses.models import Component, Trainer
from courses.queries import clashes
from courses.queries.catalogue import EditionFacts
from courses.queries.clashes import Taken, Wish
from courses.queries.cohorts import CohortFacts
from courses.queries.sessions import TrainerFacts
from lms import clock
from lms.contracts import Actor, Role, ScopeKind
from lms.db import db
from lms.people.models import Locality, Person, RoleGrant
from lms.people.queries import places

FORMAT, FOR_WHOM, DATES, WHERE, PLACES, SURVEYS = range(1, 7)
START = time(9, 30)


@dataclass(frozen=True)
class Planned:
    """A session as planned so far; date and times are missing until step 3 is done."""

    component_id: uuid.UUID
    title: str
    day: date | None
    start: time | None
    end: time | None
    venue_id: uuid.UUID | None
    link: str
    trainer_ids: tuple[uuid.UUID, ...]

    @property
    def times(self) -> tuple[datetime, datetime] | None:
        """Beginning and end as instants, once both are known."""
        if self.day is None or self.start is None or self.end is None:
            return None
        return clock.at(self.day, self.start), clock.at(self.day, self.end)


@dataclass(frozen=True)
class Gap:
    """Something that stops a cohort from being published, and the step that mends it."""

    step: int
    text: str


@dataclass(frozen=True)
class Option:
    """Something to choose: a trainer, a place, a part of a course."""

    id: uuid.UUID
    name: str
    hint: str = ""


def planned(cohort: CohortFacts, edition: EditionFacts) -> list[Planned]:
    """The sessions of a draft: as saved, else one for each the edition asks for."""
    saved = cohort.draft.get("sessions")
    if saved is None:
        return blank(edition)
    titles = {str(part.id): part.title for part in edition.components}
    return [_planned(one, titles) for one in saved if str(one["component"]) in titles]


def blank(edition: EditionFacts) -> list[Planned]:
    """The sessions an edition asks for, without dates."""
    return [
        Planned(part.id, part.title, None, START, _end_of(part.session_minutes), None, "", ())
        for part in edition.workshops
        for _ in range(part.sessions)
    ]


def as_saved(session: Planned) -> dict[str, Any]:
    """A planned session as the draft keeps it."""
    return {
        "component": str(session.component_id),
        "day": session.day.isoformat() if session.day else None,
        "start": session.start.isoformat("minutes") if session.start else None,
        "end": session.end.isoformat("minutes") if session.end else None,
        "venue": str(session.venue_id) if session.venue_id else None,
        "link": session.link,
        "trainers": [str(one) for one in session.trainer_ids],
    }


def gaps(actor: Actor, cohort: CohortFacts, edition: EditionFacts) -> list[Gap]:
    """What is missing or taken, in the order of the steps."""
    sessions = planned(cohort, edition)
    found = [] if cohort.localities else [Gap(FOR_WHOM, "Choose at least one place it is for")]
    for number, session in enumerate(sessions, 1):
        found += _session_gaps(number, session)
    if cohort.capacity is None:
        found.append(Gap(PLACES, "Enter how many places there are"))
    if cohort.design is None:
        found.append(Gap(SURVEYS, "Choose how people are surveyed"))
    for one in taken(actor, sessions, cohort):
        found.append(Gap(DATES if one.what == "day" else WHERE, one.text))
    return sorted(dict.fromkeys(found), key=lambda gap: gap.step)


def taken(actor: Actor, sessions: Sequence[Planned], cohort: CohortFacts) -> list[Taken]:
    """Rooms and trainers that are taken or train no longer, and sessions that overlap.

    What is taken can be said only of sessions whose dates are known.
    """
    wishes = [
        Wish(number, *session.times, session.venue_id, session.trainer_ids)
        for number, session in enumerate(sessions, 1)
        if session.times is not None and session.times[0] < session.times[1]
    ]
    clashing = clashes.of_sessions(actor, wishes, leaving_out=cohort.id)
    return sorted([*_retired(sessions, cohort), *clashing], key=lambda one: one.number)


def _retired(sessions: Sequence[Planned], cohort: CohortFacts) -> list[Taken]:
    """Trainers who were chosen and may not be any more: their role has ended, or they have left."""
    chosen = trainers_known({who for one in sessions for who in one.trainer_ids})
    if not chosen:
        return []
    able = {one.id for one in trainers(cohort.provider_key)}
    return [
        Taken(
            number,
            "trainers",
            f"{who.name} is not a trainer for {cohort.provider} any more. "
            f"Choose another trainer for session {number}",
        )
        for number, session in enumerate(sessions, 1)
        for who in chosen.values()
        if who.id in session.trainer_ids and who.person_id not in able
    ]


def trainers(provider_key: str, beside: Iterable[uuid.UUID] = ()) -> list[Option]:
    """Who may be chosen to train for a provider, by name; `id` is the person's.

    Only who has the role of a trainer there, because nobody else would see the cohort; and
    `beside` them the people who train the cohort already.
    """
    granted = select(RoleGrant.person_id).where(
        RoleGrant.role == Role.TRAINER.value,
        RoleGrant.ended_at.is_(None),
        or_(
            RoleGrant.scope_kind == ScopeKind.PROGRAMME.value,
            and_(
                RoleGrant.scope_kind == ScopeKind.PROVIDER.value,
                RoleGrant.scope_id == provider_key,
            ),
        ),
    )
    rows = db.session.execute(
        select(Person.id, Person.given_name, Person.family_name)
        .where(or_(Person.id.in_(granted), Person.id.in_(list(beside))), Person.erased_at.is_(None))
        .order_by(Person.sort_key)
    )
    return [Option(one, f"{given} {family}".strip()) for one, given, family in rows]


def trainers_of_people(
    person_ids: Iterable[uuid.UUID], provider_key: str
) -> dict[uuid.UUID, uuid.UUID]:
    """The trainer that each of these people is for a provider, where they are one already."""
    rows = db.session.execute(
        select(Trainer.person_id, Trainer.id).where(
            Trainer.person_id.in_(list(person_ids)), Trainer.provider_key == provider_key
        )
    )
    return {person_id: trainer_id for person_id, trainer_id in rows}


def trainer_people(trainer_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The person behind each trainer."""
    rows = db.session.execute(
        select(Trainer.id, Trainer.person_id).where(Trainer.id.in_(trainer_ids))
    )
    return {trainer_id: person_id for trainer_id, person_id in rows}


def localities() -> list[Option]:
    """All places, by name."""
    rows = db.session.execute(select(Locality.id, Locality.name).order_by(Locality.name))
    return [Option(*row) for row in rows]


def own_localities(actor: Actor) -> list[Option]:
    """The places whose cohorts the actor may schedule."""
    return [Option(one, name) for one, name in places.localities(actor, access.MANAGE)]


def professions() -> list[Option]:
    """The jobs a cohort may be closed to, by name."""
    return [Option(one, name) for one, name in places.professions()]


def _planned(saved: Mapping[str, Any], titles: Mapping[str, str]) -> Planned:
    return Planned(
        component_id=uuid.UUID(saved["component"]),
        title=titles[saved["component"]],
        day=date.fromisoformat(saved["day"]) if saved.get("day") else None,
        start=time.fromisoformat(saved["start"]) if saved.get("start") else None,
        end=time.fromisoformat(saved["end"]) if saved.get("end") else None,
        venue_id=uuid.UUID(saved["venue"]) if saved.get("venue") else None,
        link=saved.get("link") or "",
        trainer_ids=tuple(uuid.UUID(one) for one in saved.get("trainers", ())),
    )


def _end_of(minutes: int) -> time | None:
    if not minutes:
        return None
    end = datetime.combine(date.min, START) + timedelta(minutes=minutes)
    return end.time()


def _session_gaps(number: int, session: Planned) -> list[Gap]:
    found = []
    if session.times is None:
        found.append(Gap(DATES, f"Enter a date and times for session {number}"))
    elif session.times[0] <= clock.now():
        found.append(Gap(DATES, f"Session {number} is in the past. Choose a later date"))
    if session.venue_id is None and not session.link:
        found.append(Gap(WHERE, f"Choose a venue for session {number}"))
    if not session.trainer_ids:
        found.append(Gap(WHERE, f"Choose a trainer for session {number}"))
    return found


def trainer_names(trainer_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of trainers."""
    return {one.id: one.name for one in trainers_known(trainer_ids).values()}


def trainers_known(trainer_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, TrainerFacts]:
    """Trainers by id, in the order of names."""
    rows = db.session.execute(
        select(Trainer.id, Trainer.person_id, Person.given_name, Person.family_name)
        .join(Person, Person.id == Trainer.person_id)
        .where(Trainer.id.in_(list(trainer_ids)))
        .order_by(Person.sort_key)
    )
    return {
        trainer_id: TrainerFacts(trainer_id, person_id, f"{given} {family}".strip())
        for trainer_id, person_id, given, family in rows
    }


def workshops(edition_id: uuid.UUID) -> list[Option]:
    """The parts of a format that are held in sessions; the hint is the part's key."""
    rows = db.session.execute(
        select(Component.id, Component.title, Component.key)
        .where(
            Component.edition_id == edition_id,
            Component.kind == "workshop",
            Component.retired_at.is_(None),
        )
        .order_by(Component.position, Component.key)
    )
    return [Option(*row) for row in rows]
