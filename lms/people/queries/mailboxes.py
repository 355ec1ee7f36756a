"""Reading whose mailbox several people read, as imports say, and who may decide of it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select

from lms.contracts import Actor
from lms.db import db
from lms.people.models import OWN, SAID, SHARED, MailboxDecision, MailboxSaying, Person, PersonEmail
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


def said(addresses: Collection[str]) -> dict[str, bool]:
    """Of which of these addresses imports or people say that several read it, in lower case.

    True where it is so at once for somebody who gets the address.
    """
    decided = decided_at(MailboxSaying.address)
    rows = db.session.execute(
        select(
            func.lower(MailboxSaying.address),
            func.bool_or(MailboxSaying.decides & decided.is_(None)),
        )
        .where(
            MailboxSaying.address.in_(addresses),
            decided.is_(None) | (MailboxSaying.created_at > decided),
        )
        .group_by(MailboxSaying.address)
    )
    shared = select(func.lower(MailboxDecision.address)).where(
        MailboxDecision.address.in_(addresses), MailboxDecision.answer == SHARED
    )
    found = {address: at_once for address, at_once in rows}
    return found | dict.fromkeys(db.session.scalars(shared), True)


def decided_at(address: Any) -> Any:
    """When a person decided who reads the mailbox of an address, in SQL; null where nobody has."""
    return (
        select(MailboxDecision.decided_at)
        .where(MailboxDecision.address == address)
        .correlate_except(MailboxDecision)
        .scalar_subquery()
    )


def doubtful(address: str) -> bool:
    """Whether others read this mailbox, or an import says so and nobody has decided."""
    sharing = db.session.scalar(select(PersonEmail.sharing).where(PersonEmail.address == address))
    return sharing != OWN if sharing else bool(said([address]))


def ending(people: Collection[uuid.UUID], by: Actor) -> set[uuid.UUID]:
    """Who of these people signs in no more if `by` imports that others read their mailbox."""
    sign_in = db.session.scalars(
        select(PersonEmail.person_id).where(
            PersonEmail.person_id.in_(people),
            PersonEmail.is_primary,
            PersonEmail.sharing != SHARED,
            decided_at(PersonEmail.address).is_(None),
        )
    ).all()
    return deciding(sign_in, by) if sign_in else set()


def found_shared(actor: Actor, import_id: uuid.UUID) -> list[str]:
    """Whose mailbox is shared because this import says so, by name, as far as the actor sees."""
    rows = db.session.execute(
        select(Person.given_name, Person.family_name)
        .join(PersonEmail, PersonEmail.person_id == Person.id)
        .join(MailboxSaying, MailboxSaying.address == PersonEmail.address)
        .where(
            MailboxSaying.import_id == import_id,
            PersonEmail.sharing == SHARED,
            decided_at(PersonEmail.address).is_(None),
            in_sight(actor),
        )
        .order_by(Person.sort_key, Person.id)
    )
    return [full(*row) for row in rows]
