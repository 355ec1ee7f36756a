"""Who might be invited: people who finished a course that recruits and are no ambassadors."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from lms.ambassadors.access import INVITE
from lms.ambassadors.models import Ambassador, Candidate
from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.people.models import Organisation, Person
from lms.people.names import full
from lms.permissions import where


@dataclass(frozen=True)
class CandidateRow:
    """Somebody who finished, whether they said yes, and how an earlier invitation ended."""

    id: uuid.UUID
    name: str
    organisation: str
    label: str
    completed_at: datetime
    volunteered: bool
    before: str

    @property
    def said(self) -> str:
        """Yes, Not now, No answer: what is known of their wish."""
        words = {"declined": "Not now", "lapsed": "No answer", "left": "Was one"}
        return words.get(self.before) or ("Yes" if self.volunteered else "–")


def listed(actor: Actor) -> Select[Any]:
    """Rows for `web.paginate`, those who said yes first, then the newest."""
    before = (
        select(Ambassador.state)
        .where(Ambassador.person_id == Candidate.person_id)
        .order_by(Ambassador.invited_at.desc())
        .limit(1)
        .correlate(Candidate)
        .scalar_subquery()
    )
    return (
        select(
            Candidate.id,
            Person.given_name,
            Person.family_name,
            Organisation.name.label("organisation"),
            Candidate.label,
            Candidate.completed_at,
            Candidate.volunteered_at,
            before.label("before"),
        )
        .join(Person, Person.id == Candidate.person_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .where(*_open(actor))
        .order_by(Candidate.volunteered_at.is_(None), Candidate.completed_at.desc(), Candidate.id)
    )


def as_row(row: Any) -> CandidateRow:
    """A row of `listed`."""
    return CandidateRow(
        row.id,
        full(row.given_name, row.family_name),
        row.organisation or "–",
        row.label,
        row.completed_at,
        row.volunteered_at is not None,
        row.before or "",
    )


def reach(actor: Actor, candidate_id: uuid.UUID) -> None:
    """Raise `NotFound` unless the actor may invite this one."""
    found = select(Candidate.id).where(Candidate.id == candidate_id, *_open(actor))
    if db.session.scalar(found) is None:
        raise NotFound


def finished(actor: Actor) -> int:
    """How many people in reach have finished a course that recruits."""
    people = select(func.count(func.distinct(Candidate.person_id))).where(
        where(actor, INVITE), Candidate.completed_at.is_not(None)
    )
    return db.session.scalar(people) or 0


def _open(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    now = select(Ambassador.person_id).where(Ambassador.state.in_(("invited", "active")))
    return (
        where(actor, INVITE),
        Candidate.completed_at.is_not(None),
        Candidate.person_id.not_in(now),
    )
