"""What somebody has asked for and a job makes: how far one is, and what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from lms import clock
from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.reports.asking import AUDIENCES, Again, Asked, Wanted
from lms.reports.models import Making

USUAL = timedelta(minutes=3)
LONGEST = timedelta(hours=1)
"""After so long without an outcome there will be none, and it can be asked for again."""

NEVER = "It was not made within an hour, because our system was busy or had stopped."


@dataclass(frozen=True)
class OnItsWay:
    """What was asked for; once it is there, `made_id` or `outcome` is it."""

    id: uuid.UUID
    title: str
    state: str
    error: str
    asked_at: datetime
    made_id: uuid.UUID | None
    outcome: Mapping[str, Any] | None
    wanted: Asked | Wanted | Again

    @property
    def noun(self) -> str:
        """What it is, in a word."""
        return self.wanted.kind

    @property
    def about(self) -> str:
        """What it is and who for, within a sentence."""
        if isinstance(self.wanted, Again):
            return self.noun
        asked = self.wanted.asked if isinstance(self.wanted, Wanted) else self.wanted
        return f"{self.noun} for {AUDIENCES[asked.audience].lower()}"

    @property
    def is_late(self) -> bool:
        """Whether it takes longer than it should."""
        return self.state == "pending" and self.asked_at < clock.now() - USUAL


def find(actor: Actor, making_id: uuid.UUID) -> OnItsWay:
    """What the actor has asked for, else `NotFound`."""
    return _shown(held(actor, making_id))


def held(actor: Actor, making_id: uuid.UUID) -> Making:
    """The row of what the actor has asked for, else `NotFound`."""
    row = db.session.scalar(
        select(Making).where(Making.id == making_id, Making.by_id == actor.person_id)
    )
    if row is None:
        raise NotFound
    return row


def last_comparison(actor: Actor, return_id: uuid.UUID) -> OnItsWay | None:
    """How a return compared with now when the actor last asked, if that is there."""
    row = db.session.scalar(
        select(Making).where(
            Making.by_id == actor.person_id,
            Making.key == Again(return_id).key(actor),
            Making.state == "ready",
        )
    )
    return None if row is None else _shown(row)


def of_return(actor: Actor, return_id: uuid.UUID) -> list[OnItsWay]:
    """The comparison and the restatement of a return that the actor waits for or that failed."""
    found = [*on_its_way(actor, "comparison"), *on_its_way(actor, "restatement")]
    return [
        one for one in found if isinstance(one.wanted, Again) and one.wanted.return_id == return_id
    ]


def on_its_way(actor: Actor, kind: str) -> list[OnItsWay]:
    """What of a kind the actor waits for or what failed, the newest first.

    Whoever asks for one has seen which failed before, and goes on.
    """
    rows = db.session.scalars(
        select(Making)
        .where(Making.by_id == actor.person_id, Making.kind == kind)
        .order_by(Making.created_at.desc(), Making.id.desc())
    ).all()
    return [
        _shown(row)
        for row in rows
        if waits(row) or (row.state != "ready" and _ended_at(row) >= rows[0].created_at)
    ]


def waits(row: Making) -> bool:
    """Whether a job is to make it still."""
    return row.state == "pending" and row.created_at >= clock.now() - LONGEST


def wanted_in(row: Making) -> Asked | Wanted | Again:
    """What was asked for."""
    if row.kind == "version":
        return Asked.from_json(row.wanted)
    whole = row.kind in ("return", "preview")
    return Wanted.from_json(row.wanted) if whole else Again.from_json(row.wanted)


def _ended_at(row: Making) -> datetime:
    return row.created_at + LONGEST if row.state == "pending" else row.updated_at


def _shown(row: Making) -> OnItsWay:
    never = row.state == "pending" and not waits(row)
    return OnItsWay(
        row.id,
        row.title,
        "failed" if never else row.state,
        NEVER if never else row.error or "",
        row.created_at,
        row.made_id,
        row.outcome,
        wanted_in(row),
    )
