"""What somebody has asked for and a job makes: how far one is, and those without an outcome."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.reports.asking import AUDIENCES, Asked, Wanted
from lms.reports.models import Making


@dataclass(frozen=True)
class OnItsWay:
    """A version or a return that was asked for; `made_id` is it, once it is there."""

    id: uuid.UUID
    title: str
    state: str
    error: str
    asked_at: datetime
    made_id: uuid.UUID | None
    wanted: Asked | Wanted

    @property
    def noun(self) -> str:
        """What it is: "version" or "return"."""
        return "return" if isinstance(self.wanted, Wanted) else "version"

    @property
    def audience(self) -> str:
        """Who it is for, within a sentence."""
        asked = self.wanted.asked if isinstance(self.wanted, Wanted) else self.wanted
        return AUDIENCES[asked.audience].lower()


def find(actor: Actor, making_id: uuid.UUID) -> OnItsWay:
    """What the actor has asked for, else `NotFound`."""
    row = db.session.scalar(
        select(Making).where(Making.id == making_id, Making.by_id == actor.person_id)
    )
    if row is None:
        raise NotFound
    return _shown(row)


def on_its_way(actor: Actor, kind: str) -> list[OnItsWay]:
    """The versions or the returns that the actor waits for or that failed, the newest first."""
    rows = db.session.scalars(
        select(Making)
        .where(Making.by_id == actor.person_id, Making.kind == kind, Making.state != "ready")
        .order_by(Making.updated_at.desc(), Making.id.desc())
    )
    return [_shown(row) for row in rows]


def _shown(row: Making) -> OnItsWay:
    parse = Wanted.from_json if row.kind == "return" else Asked.from_json
    return OnItsWay(
        row.id,
        row.title,
        row.state,
        row.error or "",
        row.updated_at,
        row.made_id,
        parse(row.wanted),
    )
