"""The demonstration's personas: people whom a visitor may be at one press.

The demonstration programme names them; the pages exist only in a demo database that this machine
alone can reach.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from lms.db import db, uuid7
from lms.errors import NotFound
from lms.people.models import Locality, Organisation, Person, Persona, RoleGrant
from lms.people.names import full
from lms.web import chrome
from lms.web.context import settings


@dataclass(frozen=True)
class NewPersona:
    """Somebody to be offered, and one line about what they will see."""

    person_id: uuid.UUID
    about: str


@dataclass(frozen=True)
class PersonaRow:
    """Somebody offered: name, roles in words, place, what they will see."""

    person_id: uuid.UUID
    name: str
    roles: tuple[str, ...]
    place: str
    about: str


def is_demo() -> bool:
    """Whether this database is a demonstration: from its first migration or never."""
    return chrome.is_demo()


def require_open() -> None:
    """Raise `NotFound` unless personas may be shown: a demo database on a loopback address."""
    if not (settings().loopback and is_demo()):
        raise NotFound


def set_personas(personas: Sequence[NewPersona]) -> None:
    """Offer these people, in this order, in place of those offered before."""
    db.session.execute(delete(Persona))
    rows = [
        {"id": uuid7(), "person_id": one.person_id, "about": one.about, "position": position}
        for position, one in enumerate(personas)
    ]
    if rows:
        db.session.execute(insert(Persona), rows)


def personas() -> list[PersonaRow]:
    """Those offered, in order."""
    rows = db.session.execute(
        select(
            Persona.person_id,
            Persona.about,
            Person.given_name,
            Person.family_name,
            Organisation.name.label("organisation"),
            Locality.name.label("locality"),
        )
        .join(Person, Person.id == Persona.person_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(Locality, Locality.id == Organisation.locality_id)
        .order_by(Persona.position)
    ).all()
    roles: dict[uuid.UUID, list[str]] = {}
    granted = select(RoleGrant.person_id, RoleGrant.role).where(
        RoleGrant.person_id.in_([row.person_id for row in rows]), RoleGrant.ended_at.is_(None)
    )
    for person_id, role in db.session.execute(granted.order_by(RoleGrant.id)):
        roles.setdefault(person_id, []).append(role)
    return [
        PersonaRow(
            row.person_id,
            full(row.given_name, row.family_name),
            tuple(dict.fromkeys(roles.get(row.person_id, ["trainee"]))),
            ", ".join(filter(None, (row.organisation, row.locality))),
            row.about,
        )
        for row in rows
    ]


def epoch_of_persona(person_id: uuid.UUID) -> int:
    """The session epoch of somebody offered; `NotFound` for anybody else."""
    epoch = db.session.scalar(
        select(Person.session_epoch)
        .join(Persona, Persona.person_id == Person.id)
        .where(Person.id == person_id)
    )
    if epoch is None:
        raise NotFound
    return epoch
