"""Taking back people who were added by mistake, with an import that is undone."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import aliased

from lms import audit, clock
from lms.contracts import Actor
from lms.db import db
from lms.events import PersonErased, publish
from lms.people import links
from lms.people.models import (
    OWN,
    MailboxDecision,
    Person,
    PersonEmail,
    PersonMerge,
    RoleGrant,
    SignInLink,
)


def take_back(
    person_ids: Sequence[uuid.UUID], *, by: Actor, why: str = "Person taken back"
) -> list[uuid.UUID]:
    """Forget people as if they had not been added; returns who is gone. `why` names nobody.

    Whoever has signed in, confirmed an address, been given a role or been merged meanwhile has a
    life of their own and stays. That nothing of the rooms above hangs on them is the caller's to
    know.
    """
    gone = list(
        db.session.scalars(
            select(Person.id)
            .where(Person.id.in_(person_ids), Person.erased_at.is_(None), ~_used())
            .order_by(Person.id)
            .with_for_update()
        )
    )
    if not gone:
        return []
    theirs = select(PersonEmail.address).where(PersonEmail.person_id.in_(gone))
    alone = MailboxDecision.answer == OWN  # of one that several read, the others are still there
    db.session.execute(delete(MailboxDecision).where(MailboxDecision.address.in_(theirs), alone))
    db.session.execute(delete(PersonEmail).where(PersonEmail.person_id.in_(gone)))
    db.session.execute(
        update(Person)
        .where(Person.id.in_(gone))
        .values(
            given_name="",
            family_name="",
            sort_key="",
            organisation_id=None,
            profession_id=None,
            manager_id=None,
            erased_at=clock.now(),
            session_epoch=Person.session_epoch + 1,
            updated_at=clock.now(),
        )
        .execution_options(synchronize_session=False)
    )
    audit.write("took back people", "person", None, by=by, after={"people": len(gone)})
    for person_id in gone:
        links.revoke(person_id=person_id)
        publish(PersonErased(by, person_id, why))
    return gone


def _used() -> ColumnElement[bool]:
    """Whether somebody has a life of their own by now."""
    managed = aliased(Person)
    return or_(
        exists().where(RoleGrant.person_id == Person.id),
        exists().where(PersonEmail.person_id == Person.id, PersonEmail.verified_at.is_not(None)),
        exists().where(SignInLink.person_id == Person.id, SignInLink.used_at.is_not(None)),
        exists().where(
            or_(PersonMerge.from_person_id == Person.id, PersonMerge.into_person_id == Person.id)
        ),
        exists().where(managed.manager_id == Person.id),
    )
