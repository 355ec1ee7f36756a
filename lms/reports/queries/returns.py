"""Frozen returns: the list, one with its documents, and what was restated since.

Views show them, services compare with them; each is for whoever reaches all that it counts.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import undefer

from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.reports import access
from lms.reports.asking import AUDIENCES, Asked, first_day
from lms.reports.documents import Document
from lms.reports.documents.comparing import Restated
from lms.reports.models import FrozenReturn, Restatement
from lms.web import words


@dataclass(frozen=True)
class ReturnRow:
    """A line of the list."""

    id: uuid.UUID
    title: str
    starts_on: date
    ends_on: date
    audience: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Restating:
    """What was restated at one time, and why."""

    by: str
    at: datetime
    reason: str
    cells: tuple[Restated, ...]

    def lines(self, document: Document) -> list[str]:
        """What was restated of one report: who, when and why, and every cell; nothing if none."""
        own = [cell for cell in self.cells if cell.report == document.title]
        if not own:
            return []
        said = f"Restated by {self.by} on {words.date(self.at)}. Reason: {self.reason}"
        return [said, *(f"{cell.table}, {cell.row}, {cell.column}: {cell.pair}" for cell in own)]


@dataclass(frozen=True)
class Frozen:
    """A return: its documents as they were, and as they were when last restated."""

    id: uuid.UUID
    title: str
    about: str
    starts_on: date
    ends_on: date
    slugs: tuple[str, ...]
    asked: Asked
    reach: tuple[str, ...]
    by: str
    at: datetime
    policy: Mapping[str, Any]
    documents: tuple[Document, ...]
    current: tuple[Document, ...]
    restated: tuple[Restating, ...]

    @property
    def audience_words(self) -> str:
        """Who it is for."""
        return AUDIENCES[self.asked.audience]

    @property
    def with_restated(self) -> tuple[Document, ...]:
        """Its documents as they were, each with what was restated of it: what files are made of."""
        return tuple(
            replace(one, restated=tuple(line for each in self.restated for line in each.lines(one)))
            for one in self.documents
        )

    def is_counted_by(self, actor: Actor) -> bool:
        """Whether the actor, asking now, would count the places that it counts, and no others."""
        return tuple(self.asked.reach(actor)) == self.reach

    def questions(self) -> list[Asked]:
        """What was asked of each report."""
        return [self.asked.of(slug) for slug in self.slugs]


def listed(actor: Actor, most: int = 100) -> list[ReturnRow]:
    """The returns within the actor's reach, the newest first."""
    rows = db.session.scalars(_newest().limit(1000))
    seen = [row for row in rows if access.reaches(actor, row.reach)]
    return [
        ReturnRow(
            row.id,
            row.title,
            row.starts_on,
            row.ends_on,
            AUDIENCES[Asked.from_json(row.query).audience],
            row.by_label,
            row.as_of,
        )
        for row in seen[:most]
    ]


def reached(actor: Actor) -> Select[Any]:
    """The ids of the returns within the actor's reach."""
    return select(FrozenReturn.id).where(access.within(actor, FrozenReturn.reach))


def find(actor: Actor, return_id: uuid.UUID) -> Frozen:
    """A return within the actor's reach, else `NotFound`."""
    row = db.session.scalar(
        _newest().where(FrozenReturn.id == return_id).options(undefer(FrozenReturn.documents))
    )
    if row is None or not access.reaches(actor, row.reach):
        raise NotFound
    restated = db.session.scalars(
        select(Restatement)
        .where(Restatement.return_id == return_id)
        .order_by(Restatement.as_of, Restatement.id)
        .options(undefer(Restatement.documents))
    ).all()
    last = restated[-1].documents if restated else row.documents
    return Frozen(
        id=row.id,
        title=row.title,
        about=row.about,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        slugs=tuple(row.slugs),
        asked=Asked.from_json(row.query),
        reach=tuple(row.reach),
        by=row.by_label,
        at=row.as_of,
        policy=row.policy,
        documents=_documents(row.documents),
        current=_documents(last),
        restated=tuple(_restating(one) for one in restated),
    )


def find_to_restate(actor: Actor, return_id: uuid.UUID) -> Frozen:
    """A return that the actor can compare with now, else `NotFound`."""
    frozen = find(actor, return_id)
    if not frozen.is_counted_by(actor):
        raise NotFound
    return frozen


def may_restate(actor: Actor, return_id: uuid.UUID) -> bool:
    """Whether the actor can compare a return with now."""
    try:
        return bool(find_to_restate(actor, return_id))
    except NotFound:
        return False


def frozen_as(key: str) -> uuid.UUID | None:
    """The return of these reports, period, audience and reach, if there is one."""
    return db.session.scalar(select(FrozenReturn.id).where(FrozenReturn.key == key))


def before(actor: Actor, slugs: tuple[str, ...], asked: Asked) -> Frozen | None:
    """The last return of the same reports, audience and reach of an earlier period."""
    earlier = _newest().where(
        FrozenReturn.starts_on < first_day(asked.start),
        FrozenReturn.audience == str(asked.audience),
    )
    for row in db.session.scalars(earlier.limit(100)):
        if list(row.slugs) == list(slugs) and row.reach == asked.reach(actor):
            return find(actor, row.id)
    return None


def _newest() -> Select[FrozenReturn]:
    return select(FrozenReturn).order_by(FrozenReturn.as_of.desc(), FrozenReturn.id.desc())


def _documents(held: list[Any]) -> tuple[Document, ...]:
    return tuple(Document.from_json(one) for one in held)


def _restating(row: Restatement) -> Restating:
    cells = tuple(Restated(**one) for one in row.cells)
    return Restating(row.by_label, row.as_of, row.reason, cells)
