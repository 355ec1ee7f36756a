"""The catalogue: courses with their editions, whom they are for, and their next dates.

Public pages and scheduling read it; it comes from the record, so a removed plugin's course stays.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from courses.models import Cohort, Component, Course, Edition
from courses.queries import cohorts
from courses.queries.cohorts import CohortFacts
from lms import clock
from lms.contracts import Tier
from lms.db import db
from lms.errors import NotFound
from lms.people.models import Profession
from lms.people.names import folded

OPEN_STATES = ("published", "running")


@dataclass(frozen=True)
class ComponentFacts:
    """A part of an edition, with the minutes that complete it."""

    id: uuid.UUID
    key: str
    title: str
    kind: str
    required_minutes: int
    sessions: int
    session_minutes: int


@dataclass(frozen=True)
class EditionFacts:
    """A format of a course; `tier` is its own where it differs from the course's."""

    id: uuid.UUID
    key: str
    title: str
    format: str
    cpd_minutes: int
    participatory_minutes: int
    tier: str
    components: tuple[ComponentFacts, ...]

    @property
    def workshops(self) -> tuple[ComponentFacts, ...]:
        """The components that are held in sessions."""
        return tuple(part for part in self.components if part.kind == "workshop")


@dataclass(frozen=True)
class CourseCard:
    """A course in the list."""

    id: uuid.UUID
    slug: str
    title: str
    also_called: tuple[str, ...]
    provider: str
    summary: str
    tiers: tuple[str, ...]
    audience: tuple[str, ...]
    lengths: tuple[str, ...]
    next_date: CohortFacts | None


@dataclass(frozen=True)
class CourseFacts:
    """A course in full; `audience` in words, `dates` are those people may still book or join."""

    id: uuid.UUID
    key: str
    slug: str
    title: str
    state: str
    provider_key: str
    provider: str
    template: Mapping[str, Any]
    audience: tuple[str, ...]
    editions: tuple[EditionFacts, ...]

    def text(self, name: str) -> str:
        """A text of the template, "" where the plugin gave none."""
        return str(self.template.get(name) or "")

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts of the template."""
        return tuple(str(one) for one in self.template.get(name) or ())

    def edition(self, edition_id: uuid.UUID) -> EditionFacts:
        """One of its editions; `NotFound` for any other."""
        for edition in self.editions:
            if edition.id == edition_id:
                return edition
        raise NotFound


def get(slug: str) -> CourseFacts:
    """The course of this slug, offered or not; `NotFound` when there is none."""
    return _one(Course.slug == slug)


def by_id(course_id: uuid.UUID) -> CourseFacts:
    """The course of this id."""
    return _one(Course.id == course_id)


def search(
    words: str = "", *, professions: Sequence[str] = (), tiers: Sequence[str] = ()
) -> list[CourseCard]:
    """Offered courses by title: those that hold every word, for any of the jobs, of any tier.

    Words are looked for in title, other names, summary and provider, without case and accents.
    """
    rows = db.session.scalars(
        select(Course).where(Course.state == "offered").order_by(Course.title)
    ).all()
    wanted = folded(words).split()
    kept = [
        course
        for course in rows
        if _holds(course, wanted)
        and _any(course.template.get("audience", ()), professions)
        and _any(_tiers(course), tiers)
    ]
    dates = next_dates([course.id for course in kept])
    names = profession_names()
    return [_card(course, names, dates.get(course.id)) for course in kept]


def number() -> int:
    """How many courses are offered."""
    return len(db.session.scalars(select(Course.id).where(Course.state == "offered")).all())


def next_dates(course_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, CohortFacts]:
    """The soonest date of each course that has not begun and is published."""
    found: dict[uuid.UUID, CohortFacts] = {}
    for cohort in open_dates(Course.id.in_(course_ids)) if course_ids else []:
        found.setdefault(cohort.course_id, cohort)
    return found


def dates_of(course_id: uuid.UUID) -> list[CohortFacts]:
    """The dates of a course that have not begun, soonest first."""
    return open_dates(Course.id == course_id)


def open_dates(*conditions: ColumnElement[bool]) -> list[CohortFacts]:
    """Published cohorts that have not begun; those without sessions until the last day to book."""
    found = cohorts.matching(Cohort.state.in_(OPEN_STATES), *conditions)
    now = clock.now()
    return [one for one in found if _to_come(one, now)]


def _to_come(cohort: CohortFacts, now: datetime) -> bool:
    if cohort.first is not None:
        return cohort.first.start > now
    return cohort.closes_at is None or cohort.closes_at > now


def professions_offered() -> list[tuple[str, str]]:
    """Code and name of the jobs that some offered course is for, by name."""
    named = profession_names()
    used = {
        code
        for template in db.session.scalars(select(Course.template).where(Course.state == "offered"))
        for code in template.get("audience", ())
    }
    return sorted(((c, n) for c, n in named.items() if c in used), key=lambda pair: pair[1])


def tiers_offered() -> list[str]:
    """The tiers of offered courses, in the order of depth."""
    rows = db.session.scalars(select(Course).where(Course.state == "offered"))
    used = {tier for course in rows for tier in _tiers(course)}
    return [tier.value for tier in Tier if tier.value in used]


def profession_names() -> dict[str, str]:
    """The names of jobs by their codes."""
    rows = db.session.execute(select(Profession.code, Profession.name))
    return {code: name for code, name in rows}


def _one(condition: ColumnElement[bool]) -> CourseFacts:
    course = db.session.scalar(select(Course).where(condition))
    if course is None:
        raise NotFound
    template = course.template
    return CourseFacts(
        id=course.id,
        key=course.key,
        slug=course.slug,
        title=course.title,
        state=course.state,
        provider_key=course.provider_key,
        provider=str(template.get("provider_name", course.provider_key)),
        template=template,
        audience=_named(template.get("audience", ()), profession_names()),
        editions=_editions(course),
    )


def _editions(course: Course) -> tuple[EditionFacts, ...]:
    shapes = {one["key"]: one for one in course.template.get("editions", ())}
    order = list(shapes)
    editions = db.session.scalars(
        select(Edition).where(Edition.course_id == course.id, Edition.retired_at.is_(None))
    ).all()
    parts: dict[uuid.UUID, list[Component]] = {}
    for component in db.session.scalars(
        select(Component)
        .where(
            Component.edition_id.in_([edition.id for edition in editions]),
            Component.retired_at.is_(None),
        )
        .order_by(Component.position, Component.key)
    ):
        parts.setdefault(component.edition_id, []).append(component)
    made = [_edition(one, parts.get(one.id, []), shapes.get(one.key, {})) for one in editions]
    return tuple(sorted(made, key=lambda one: order.index(one.key) if one.key in order else 99))


def _edition(
    edition: Edition, parts: Iterable[Component], shape: Mapping[str, Any]
) -> EditionFacts:
    shapes = {one["key"]: one for one in shape.get("components", ())}
    return EditionFacts(
        id=edition.id,
        key=edition.key,
        title=edition.title,
        format=edition.format,
        cpd_minutes=edition.cpd_minutes,
        participatory_minutes=edition.participatory_minutes,
        tier=str(shape.get("tier") or ""),
        components=tuple(
            ComponentFacts(
                id=part.id,
                key=part.key,
                title=part.title,
                kind=part.kind,
                required_minutes=part.required_minutes,
                sessions=int(shapes.get(part.key, {}).get("sessions", 1)),
                session_minutes=int(shapes.get(part.key, {}).get("session_minutes", 0)),
            )
            for part in parts
        ),
    )


def _card(course: Course, names: Mapping[str, str], soonest: CohortFacts | None) -> CourseCard:
    template = course.template
    return CourseCard(
        id=course.id,
        slug=course.slug,
        title=course.title,
        also_called=tuple(template.get("also_called", ())),
        provider=str(template.get("provider_name", course.provider_key)),
        summary=str(template.get("summary", "")),
        tiers=_tiers(course),
        audience=_named(template.get("audience", ()), names),
        lengths=tuple(edition["title"] for edition in template.get("editions", ())),
        next_date=soonest,
    )


def _tiers(course: Course) -> tuple[str, ...]:
    template = course.template
    own = [edition.get("tier") for edition in template.get("editions", ())]
    return tuple(dict.fromkeys(str(tier) for tier in (template.get("tier"), *own) if tier))


def _named(codes: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(_within(names.get(code, code)) for code in codes)


def _within(name: str) -> str:
    """A job in the middle of a sentence: "health visitor", and still "GP"."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _holds(course: Course, wanted: Sequence[str]) -> bool:
    template = course.template
    text = folded(
        " ".join(
            (
                course.title,
                *template.get("also_called", ()),
                str(template.get("summary", "")),
                str(template.get("provider_name", "")),
            )
        )
    )
    return all(word in text for word in wanted)


def _any(held: Iterable[str], wanted: Sequence[str]) -> bool:
    return not wanted or bool(set(held) & set(wanted))
