"""One cohort as every page needs it: what, when, where, with whom and how many places.

Pages of all rooms fetch a cohort by `get`, which knows who may see it; services use `facts`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select

from courses import access
from courses.models import Cohort, CohortLocality, Course, Edition
from courses.queries.sessions import SessionFacts as SessionFacts
from courses.queries.sessions import of_cohorts
from courses.queries.venues import VenueFacts
from lms import clock
from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.people.models import Locality, Profession
from lms.web import words

OVER = ("cancelled", "closed")


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
    def rooms(self) -> list[VenueFacts]:
        """The rooms they are held in, each once."""
        return list(dict.fromkeys(session.room for session in self.held if session.room))

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
    def begins(self) -> str:
        """As "Thursday 18 February 2027"; "Any time, online" where there are no sessions."""
        if self.first is not None:
            return words.weekday_date(self.first.start)
        last = f", book by {words.date(self.closes_at)}" if self.closes_at else ""
        return f"Any time, online{last}"

    def when(self, whose: str = "your") -> str:
        """As "Thursday 18 February 2027", without sessions "online, in your own time (BE-10)"."""
        if self.first is not None:
            return words.weekday_date(self.first.start)
        return f"online, in {whose} own time ({self.code})"

    @property
    def dates(self) -> str:
        """As "from 18 February to 18 March 2027"; "" without sessions."""
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
        for session in self.sessions:
            if session.number == number:
                return session
        raise NotFound

    def called(self, session: SessionFacts) -> str:
        """As "session 2 of 4", or "session 5" where the numbers do not follow the dates (any more).

        "2 of 4" says that one comes before it and two after it.
        """
        numbers = [one.number for one in self.held]
        if numbers != list(range(1, len(numbers) + 1)):
            return f"session {session.number}"
        return f"session {session.number} of {len(numbers)}"


def get(actor: Actor, cohort_id: uuid.UUID, permission: str = access.VIEW) -> CohortFacts:
    """The cohort, if this permission of the actor reaches it; else `NotFound`."""
    return _one(Cohort.id == cohort_id, access.cohorts(actor, permission))


def reached(actor: Actor, permission: str = access.VIEW) -> Select[Any]:
    """The ids of the cohorts that this permission of the actor reaches."""
    return select(Cohort.id).where(access.cohorts(actor, permission))


def facts(cohort_id: uuid.UUID) -> CohortFacts:
    """The cohort for services and jobs, whoever asks."""
    return _one(Cohort.id == cohort_id)


def reaches(actor: Actor, cohort_id: uuid.UUID, permission: str) -> bool:
    """Whether this permission of the actor reaches the cohort."""
    found = select(Cohort.id).where(Cohort.id == cohort_id, access.cohorts(actor, permission))
    return db.session.scalar(found) is not None


def managed(actor: Actor, found: Sequence[CohortFacts]) -> list[CohortFacts]:
    """Those of these cohorts that the actor may change and book people on, in one query."""
    ids = [one.id for one in found]
    reached = select(Cohort.id).where(Cohort.id.in_(ids), access.cohorts(actor, access.MANAGE))
    known = set(db.session.scalars(reached)) if ids else set()
    return [one for one in found if one.id in known]


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
    localities, sessions = (_localities(ids), of_cohorts(ids)) if ids else ({}, {})
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
