"""Reading roles: who can do what and where, and what a role may do at all."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from lms.contracts import Actor, Role, Scope, ScopeKind
from lms.db import db
from lms.errors import NotFound
from lms.people.models import Person, RoleGrant
from lms.people.names import full
from lms.people.queries import places
from lms.people.services.roles import GIVEN, may_give
from lms.permissions import where
from lms.registry import current_registry


@dataclass(frozen=True)
class GrantRow:
    """A role somebody has or had."""

    id: uuid.UUID
    person_id: uuid.UUID
    person: str
    role: Role
    scope: Scope
    place: str
    since: datetime
    until: datetime | None
    given_by: str


def listed(actor: Actor, *, role: str = "", ended: bool = False) -> Select[Any]:
    """Grants in the actor's scope by role and name, for `web.paginate`."""
    statement = _columns().where(where(actor, "roles.manage"))
    if role:
        statement = statement.where(RoleGrant.role == role)
    if not ended:
        statement = statement.where(RoleGrant.ended_at.is_(None))
    return statement.order_by(RoleGrant.role, Person.sort_key, RoleGrant.id)


def find(actor: Actor, grant_id: uuid.UUID) -> GrantRow:
    """One grant in the actor's scope; else `NotFound`."""
    rows = db.session.execute(
        _columns().where(RoleGrant.id == grant_id, where(actor, "roles.manage"))
    ).all()
    if not rows:
        raise NotFound
    return as_rows(rows)[0]


def of_person(person_id: uuid.UUID) -> list[GrantRow]:
    """Every role a person has or had, newest first."""
    rows = db.session.execute(
        _columns().where(RoleGrant.person_id == person_id).order_by(RoleGrant.id.desc()).limit(50)
    ).all()
    return as_rows(rows)


def as_rows(rows: Any) -> list[GrantRow]:
    """Rows of `listed` as `GrantRow`s, with the names of their places."""
    found = list(rows)
    scopes = [Scope(ScopeKind(row.scope_kind), row.scope_id) for row in found]
    words = places.scope_words(scopes)
    return [
        GrantRow(
            row.id,
            row.person_id,
            full(row.given_name, row.family_name),
            Role(row.role),
            scope,
            words[scope],
            row.created_at,
            row.ended_at,
            full(row.by_given or "", row.by_family or "") or _without_giver(Role(row.role)),
        )
        for row, scope in zip(found, scopes, strict=True)
    ]


def _without_giver(role: Role) -> str:
    """Who gave a role that nobody gave by hand: what it was for."""
    if role is Role.AMBASSADOR:
        return "the system, on becoming an ambassador"
    return "set-up" if role is Role.ADMINISTRATOR else "the system"


def offers(actor: Actor) -> list[tuple[str, str]]:
    """What the actor may give: (value "role kind id", words) for a form's choices."""
    scopes = [Scope(ScopeKind.PROGRAMME)]
    scopes += [
        Scope(ScopeKind.LOCALITY, str(i)) for i, _ in places.localities(actor, "roles.manage")
    ]
    providers = [Scope(ScopeKind.PROVIDER, key) for key in current_registry().providers]
    words = places.scope_words(scopes + providers)
    return [
        (
            f"{role.value} {scope.kind.value} {scope.id}",
            f"{role.value.capitalize()}, {words[scope]}",
        )
        for role in GIVEN
        for scope in ([*scopes, *providers] if role is Role.TRAINER else scopes)
        if may_give(actor, role, scope)
    ]


def read_offer(value: str) -> tuple[Role, Scope]:
    """The role and scope of an offered value."""
    role, kind, scope_id = value.split(" ", 2)
    return Role(role), Scope(ScopeKind(kind), scope_id)


def may_do(role: Role) -> list[str]:
    """What a role may do, in words, by the permissions that name it."""
    permissions = current_registry().permissions.values()
    return sorted(p.title for p in permissions if role in p.roles)


def _columns() -> Select[Any]:
    giver = aliased(Person)
    columns: list[Any] = [
        RoleGrant.id,
        RoleGrant.person_id,
        RoleGrant.role,
        RoleGrant.scope_kind,
        RoleGrant.scope_id,
        RoleGrant.created_at,
        RoleGrant.ended_at,
        Person.given_name,
        Person.family_name,
        giver.given_name.label("by_given"),
        giver.family_name.label("by_family"),
    ]
    return (
        select(*columns)
        .select_from(RoleGrant)
        .join(Person, Person.id == RoleGrant.person_id)
        .outerjoin(giver, giver.id == RoleGrant.granted_by_id)
        .where(Person.erased_at.is_(None))
    )
