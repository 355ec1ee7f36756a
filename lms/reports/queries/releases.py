"""Versions made for others: the one at hand, those of a question, and what changed since."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import undefer

from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.reports import access
from lms.reports.asking import AUDIENCES, Asked
from lms.reports.documents import Document
from lms.reports.documents.document import course_of
from lms.reports.models import Release


@dataclass(frozen=True)
class Version:
    """A version without its document."""

    id: uuid.UUID
    number: int
    made_at: datetime
    by: str


@dataclass(frozen=True)
class Recorded:
    """A version as whoever it was made for sees it."""

    version: Version
    asked: Asked
    key: str
    document: Document
    draft: str


@dataclass(frozen=True)
class Made:
    """A line of the list of versions: what it answers, for whom, of what, where and when."""

    version: Version
    question: str
    audience: str
    course: str
    place: str
    period: str


def listed(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The versions within the actor's reach, the newest first, for `web.paginate`."""
    document = Release.document
    statement: Select[*tuple[Any, ...]] = (
        select(
            Release.id,
            Release.number,
            Release.as_of,
            Release.by_label,
            Release.audience,
            *(document[name].astext.label(name) for name in ("title", "place", "period")),
            *(document[name].label(name) for name in ("filters", "scope")),
        )
        .where(access.within(actor, Release.reach))
        .order_by(Release.number.desc())
    )
    return statement


def as_made(row: Any) -> Made:
    """A row of `listed`."""
    version = Version(row.id, row.number, row.as_of, row.by_label)
    course = course_of(row.filters, row.scope or ())
    return Made(version, row.title, AUDIENCES[row.audience], course, row.place, row.period)


def reached(actor: Actor) -> Select[Any]:
    """The ids of the versions within the actor's reach."""
    return select(Release.id).where(access.within(actor, Release.reach))


def find(actor: Actor, release_id: uuid.UUID) -> Recorded:
    """A version within the actor's reach, else `NotFound`."""
    row = db.session.scalar(
        select(Release).where(Release.id == release_id).options(undefer(Release.document))
    )
    if row is None or not access.reaches(actor, row.reach):
        raise NotFound
    version = Version(row.id, row.number, row.as_of, row.by_label)
    document = Document.from_json(row.document)
    return Recorded(version, Asked.from_json(row.query), row.key, document, row.draft)


def of_question(actor: Actor, asked: Asked, most: int = 10) -> list[Version]:
    """The versions made of this very question, the newest first."""
    rows = db.session.execute(
        select(Release.id, Release.number, Release.as_of, Release.by_label)
        .where(Release.key == asked.key(actor))
        .order_by(Release.number.desc())
        .limit(most)
    )
    return [Version(*row) for row in rows]


def made_so_far() -> int:
    """How many versions there are, with which a new one is compared."""
    return db.session.scalar(select(func.count()).select_from(Release)) or 0
