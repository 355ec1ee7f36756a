"""Reading whose mailbox several people read, as imports say, and who may decide of it."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import select

from lms.contracts import Actor
from lms.db import db
from lms.people.models import SAID, SHARED, Person, PersonEmail
from lms.people.names import full
from lms.people.queries.people import in_sight
from lms.people.queries.roles import beyond
from lms.permissions import allowed


def deciding(people: Collection[uuid.UUID], by: Actor) -> set[uuid.UUID]:
    """Those of these people of whose mailbox `by` may decide: all they may change but themselves.

    So the last administrator is never locked out: another who holds that role does it.
    """
    reached = set(
        db.session.scalars(
            select(Person.id).where(
                Person.id.in_(people), Person.id != by.person_id, in_sight(by, "people.manage")
            )
        )
    )
    return reached - beyond(reached, by).keys()


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
    ).all()
    mine = deciding([row.id for row in rows], actor) if rows else set()
    found = [(row.id, full(row.given_name, row.family_name)) for row in rows if row.id in mine]
    return found[:most]


def found_shared(actor: Actor, import_id: uuid.UUID) -> list[str]:
    """Whose mailbox is shared because this import says so, by name, as far as the actor sees."""
    rows = db.session.execute(
        select(Person.given_name, Person.family_name)
        .join(PersonEmail, PersonEmail.person_id == Person.id)
        .where(PersonEmail.said_by_id == import_id, PersonEmail.sharing == SHARED, in_sight(actor))
        .order_by(Person.sort_key, Person.id)
    )
    return [full(*row) for row in rows]
