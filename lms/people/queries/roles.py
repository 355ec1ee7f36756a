"""Reading roles: who can do what and where, who may give them, and what a role may do at all."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Text, cast, select
from sqlalchemy.orm import aliased

from lms.contracts import SYSTEM, Actor, Grant, Role, Scope, ScopeKind
from lms.db import db
from lms.errors import NotFound
from lms.people.models import Organisation, Person, RoleGrant
from lms.people.names import full
from lms.people.queries import places
from lms.permissions import where
from lms.registry import current_registry

GIVEN = (Role.COORDINATOR, Role.TRAINER, Role.MANAGER, Role.ANALYST, Role.ADMINISTRATOR)
"""Roles people are given; an ambassador becomes one by accepting, a trainee is everybody."""


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


def as_grant(row: RoleGrant) -> Grant:
    """A row as the contract says it."""
    return Grant(Role(row.role), Scope(ScopeKind(row.scope_kind), row.scope_id))


def may_give(actor: Actor, role: Role, scope: Scope) -> bool:
    """Whether the actor holds this role, or is an administrator, at least as far as `scope`."""
    return _gives(actor, Grant(role, scope), _localities([scope]))


def beyond(person_ids: Collection[uuid.UUID], by: Actor) -> dict[uuid.UUID, Role]:
    """Who of these people holds a role that `by` could not give, with one such role.

    Whoever has a hand in how somebody signs in could act as them: so they must hold every role
    that the person holds.
    """
    if by is SYSTEM:
        return {}
    rows = db.session.scalars(
        select(RoleGrant).where(
            RoleGrant.person_id.in_(person_ids),
            RoleGrant.ended_at.is_(None),
            RoleGrant.role.in_([role.value for role in GIVEN]),  # nobody gives what one becomes
        )
    )
    held = [(row.person_id, as_grant(row)) for row in rows]
    within = _localities(grant.scope for _, grant in held)
    return {key: grant.role for key, grant in held if not _gives(by, grant, within)}


def _gives(actor: Actor, wanted: Grant, within: Mapping[str, str]) -> bool:
    return any(
        own.role in (wanted.role, Role.ADMINISTRATOR) and _covers(own.scope, wanted.scope, within)
        for own in actor.grants
    )


def _covers(held: Scope, wanted: Scope, within: Mapping[str, str]) -> bool:
    if held.kind is ScopeKind.PROGRAMME or held == wanted:
        return held.kind is not ScopeKind.OWN
    if held.kind is ScopeKind.LOCALITY and wanted.kind is ScopeKind.ORGANISATION:
        return within.get(wanted.id) == held.id
    return False


def _localities(scopes: Iterable[Scope]) -> dict[str, str]:
    """The places of those scopes that are organisations, by the organisation."""
    ids = {scope.id for scope in scopes if scope.kind is ScopeKind.ORGANISATION}
    if not ids:
        return {}
    key = cast(Organisation.id, Text)
    rows = db.session.execute(
        select(key, cast(Organisation.locality_id, Text)).where(
            Organisation.id.in_([uuid.UUID(one) for one in ids])
        )
    )
    return {organisation: place for organisation, place in rows}


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
