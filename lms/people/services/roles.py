"""Giving and ending roles: nobody gives what they lack, and one administrator always remains."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from lms import audit, clock
from lms.contracts import SYSTEM, Actor, Role, Scope
from lms.db import Complaint, db, violations
from lms.errors import NotFound
from lms.people.models import Person, RoleGrant
from lms.people.queries.roles import GIVEN, as_grant, may_give


def give_role(person_id: uuid.UUID, role: Role, scope: Scope, *, by: Actor) -> uuid.UUID:
    """Give somebody a role in a scope; a `Complaint` says why not."""
    if by is not SYSTEM:
        if person_id == by.person_id:
            raise Complaint("role", "You cannot give yourself a role. Ask another administrator")
        if role not in GIVEN or not may_give(by, role, scope):
            raise Complaint("role", "You cannot give this role there, because you do not hold it")
    if db.session.scalar(select(Person.erased_at).where(Person.id == person_id)):
        raise NotFound
    grant = RoleGrant(
        person_id=person_id,
        role=role.value,
        scope_kind=scope.kind.value,
        scope_id=scope.id,
        granted_by_id=by.person_id,
    )
    held = Complaint("role", "They have this role there already")
    with violations(uq_people_role_grant_active=held):
        db.session.add(grant)
    audit.write("gave role", "person", person_id, by=by, after=_words(grant))
    return grant.id


def end_role(grant_id: uuid.UUID, *, by: Actor) -> None:
    """End a role from now on. The last administrator of the programme stays."""
    # All administrators' rows are held, so that two cannot end each other at once.
    db.session.execute(
        select(RoleGrant.id)
        .where(RoleGrant.role == Role.ADMINISTRATOR.value, RoleGrant.ended_at.is_(None))
        .order_by(RoleGrant.id)
        .with_for_update()
    )
    grant = db.session.scalar(select(RoleGrant).where(RoleGrant.id == grant_id).with_for_update())
    if grant is None or grant.ended_at:
        raise NotFound
    own = grant.person_id == by.person_id
    held = as_grant(grant)
    if by is not SYSTEM and not own and not may_give(by, held.role, held.scope):
        raise Complaint("role", "You cannot end this role, because you do not hold it")
    if _is_last_administrator(grant):
        raise Complaint(
            "role", "This is the last administrator. Make somebody else an administrator first"
        )
    grant.ended_at = clock.now()
    db.session.flush()
    audit.write("ended role", "person", grant.person_id, by=by, before=_words(grant))


def _is_last_administrator(grant: RoleGrant) -> bool:
    if grant.role != Role.ADMINISTRATOR.value or grant.scope_kind != "programme":
        return False
    others = (
        select(RoleGrant.id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == Role.ADMINISTRATOR.value,
            RoleGrant.scope_kind == "programme",
            RoleGrant.ended_at.is_(None),
            RoleGrant.id != grant.id,
            Person.erased_at.is_(None),
        )
    )
    return db.session.scalar(others.limit(1)) is None


def _words(grant: RoleGrant) -> dict[str, str]:
    return {"role": grant.role, "scope": grant.scope_kind, "scope_id": grant.scope_id}
