"""A PDF on its way: whether it is there, and its bytes, for whoever asked for it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.reports.models import Pack


@dataclass(frozen=True)
class PackState:
    """Where a PDF stands."""

    id: uuid.UUID
    title: str
    state: str
    error: str
    back: str


def find(actor: Actor, pack_id: uuid.UUID) -> PackState:
    """One's own pack, else `NotFound`."""
    row = db.session.execute(
        select(Pack.id, Pack.title, Pack.state, Pack.error, Pack.back).where(
            Pack.id == pack_id, Pack.by_id == actor.person_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return PackState(row.id, row.title, row.state, row.error or "", row.back)


def pdf(actor: Actor, pack_id: uuid.UUID) -> bytes:
    """Its bytes, else `NotFound`."""
    found = db.session.scalar(
        select(Pack.pdf).where(
            Pack.id == pack_id, Pack.by_id == actor.person_id, Pack.state == "ready"
        )
    )
    if found is None:
        raise NotFound
    return bytes(found)
