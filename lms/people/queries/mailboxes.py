"""Reading whose mailbox several people read, as imports say."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from lms.contracts import Actor
from lms.db import db
from lms.people.models import SAID, SHARED, Person, PersonEmail
from lms.people.names import full
from lms.people.queries.people import in_sight
from lms.people.services.mailboxes import deciding
from lms.permissions import allowed


def said_shared(actor: Actor, most: int = 50) -> list[tuple[uuid.UUID, str]]:
    """Of whose mailbox the actor is to decide: ids and names."""
    if not allowed(actor, "people.manage"):
        return []
    rows = db.session.execute(
        select(Person.id, Person.given_name, Person.family_name)
        .join(PersonEmail, PersonEmail.person_id == Person.id)
        .where(
            PersonEmail.sharing == SAID, PersonEmail.is_primary, in_sight(actor, "people.manage")
        )
        .order_by(Person.sort_key, Person.id)
        .limit(most)
    ).all()
    if not rows:
        return []
    mine = deciding([row.id for row in rows], actor)
    return [(row.id, full(row.given_name, row.family_name)) for row in rows if row.id in mine]


def found_shared(actor: Actor, import_id: uuid.UUID) -> list[str]:
    """Whose mailbox is shared because this import says so, by name, as far as the actor sees."""
    rows = db.session.execute(
        select(Person.given_name, Person.family_name)
        .join(PersonEmail, PersonEmail.person_id == Person.id)
        .where(PersonEmail.said_by_id == import_id, PersonEmail.sharing == SHARED, in_sight(actor))
        .order_by(Person.sort_key, Person.id)
    )
    return [full(*row) for row in rows]
