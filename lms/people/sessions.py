"""A signed-in browser: what its cookie claims, and when a claim no longer counts.

`plugin.lms_identify` reads claims; signing in and out write them once the change is kept.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Response, session
from sqlalchemy import ColumnElement, and_, select

from lms import clock
from lms.contracts import Actor, Grant, Role, Scope, ScopeKind
from lms.db import db
from lms.people.models import Person, RoleGrant
from lms.people.names import full
from lms.web.context import settings
from lms.web.opening import after_commit, current_actor

PERSON, EPOCH, SINCE, SEEN = "person", "epoch", "since", "seen"
TOUCH_AFTER = 60
"""Seconds after which the cookie says anew when the browser was last seen."""


@dataclass(frozen=True)
class Claims:
    """What the signed cookie says: who, under which epoch, since when, last seen when."""

    person_id: uuid.UUID
    epoch: int
    since: int
    seen: int


def read(cookie: Mapping[str, Any]) -> Claims | None:
    """The claims in a session that is neither idle too long nor too old; None when it is."""
    try:
        claims = Claims(
            uuid.UUID(cookie[PERSON]), int(cookie[EPOCH]), int(cookie[SINCE]), int(cookie[SEEN])
        )
    except (KeyError, ValueError, TypeError):
        return None
    now = clock.now().timestamp()
    idle = timedelta(minutes=settings().session_idle_minutes).total_seconds()
    longest = timedelta(hours=settings().session_hours).total_seconds()
    fresh = now - claims.seen <= idle and now - claims.since <= longest
    return claims if fresh else None


def actor(cookie: Mapping[str, Any]) -> Actor | None:
    """The signed-in person with their roles as they are now; None for nobody."""
    claims = read(cookie)
    if claims is None:
        return None
    return acting(claims.person_id, Person.session_epoch == claims.epoch)


def acting(person_id: uuid.UUID, *conditions: ColumnElement[bool]) -> Actor | None:
    """A person with their roles as they are now, in one query; None who is erased or merged.

    A job that goes on with what somebody has asked for acts as them.
    """
    rows = db.session.execute(
        select(
            Person.given_name,
            Person.family_name,
            RoleGrant.role,
            RoleGrant.scope_kind,
            RoleGrant.scope_id,
        )
        .outerjoin(RoleGrant, and_(RoleGrant.person_id == Person.id, RoleGrant.ended_at.is_(None)))
        .where(
            Person.id == person_id,
            Person.erased_at.is_(None),
            Person.merged_into_id.is_(None),
            *conditions,
        )
        .order_by(RoleGrant.id)
    ).all()
    if not rows:
        return None
    # Everybody is a trainee of their own rows, and of no others whatever a row says.
    held = tuple(
        Grant(Role(row.role), Scope(ScopeKind(row.scope_kind), row.scope_id))
        for row in rows
        if row.role and row.role != Role.TRAINEE
    )
    own = Grant(Role.TRAINEE, Scope(ScopeKind.OWN, str(person_id)))
    return Actor(person_id, full(rows[0].given_name, rows[0].family_name), (*held, own))


def begin(person_id: uuid.UUID, epoch: int) -> None:
    """Sign this browser in once the change is kept; nothing of its earlier session remains."""
    now = int(clock.now().timestamp())

    def write() -> None:
        session.clear()
        session.update({PERSON: str(person_id), EPOCH: epoch, SINCE: now, SEEN: now})

    after_commit(write)


def end() -> None:
    """Sign this browser out once the change is kept."""
    after_commit(session.clear)


def touch(response: Response) -> Response:
    """Note that the browser was seen, at most once a minute; the cookie alone changes."""
    if current_actor().link is None and current_actor().person_id and PERSON in session:
        now = int(clock.now().timestamp())
        if now - int(session.get(SEEN, now)) >= TOUCH_AFTER:
            session[SEEN] = now
    return response
