"""Bulletins as they went out, for whoever they were for and for the team that wrote them."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from lms.ambassadors.access import MANAGE, OWN
from lms.ambassadors.models import Ambassador, Bulletin
from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.permissions import where


@dataclass(frozen=True)
class BulletinView:
    """A bulletin on its page."""

    subject: str
    paragraphs: tuple[str, ...]
    at: datetime
    by: str


def find(actor: Actor, bulletin_id: uuid.UUID) -> BulletinView:
    """A bulletin to ambassadors of a place that is the actor's; else `NotFound`."""
    row = db.session.scalar(
        select(Bulletin).where(Bulletin.id == bulletin_id, Bulletin.id.in_(reached(actor)))
    )
    if row is None:
        raise NotFound
    paragraphs = tuple(re.split(r"\n\s*\n", row.body.strip()))
    return BulletinView(row.subject, paragraphs, row.at, row.by_label)


def reached(actor: Actor) -> Select[Any]:
    """The ids of the bulletins for ambassadors of a place, and for those who look after them."""
    there = Ambassador.locality_id.is_(None) | (
        Ambassador.locality_id == Bulletin.locality_ids.any_()
    )
    theirs = where(actor, MANAGE) | ((Ambassador.state == "active") & where(actor, OWN))
    return select(Bulletin.id).join(Ambassador, there).where(theirs)
