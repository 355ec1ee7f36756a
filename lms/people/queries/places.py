"""Reading places, organisations and jobs: choices of forms and the tree of the page."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from lms.contracts import Actor, Scope, ScopeKind
from lms.db import db
from lms.errors import NotFound
from lms.people.models import Locality, Organisation, Person, Profession
from lms.permissions import scopes, where
from lms.registry import current_registry


@dataclass(frozen=True)
class OrganisationRow:
    """An organisation with its place and how many people of it we know."""

    id: uuid.UUID
    name: str
    locality_id: uuid.UUID
    locality: str
    parent_id: uuid.UUID | None
    people: int
    added_at: datetime


@dataclass(frozen=True)
class Branch:
    """An organisation of the tree, with those that belong to it."""

    organisation: OrganisationRow
    parts: tuple[OrganisationRow, ...]


@dataclass(frozen=True)
class PlaceTree:
    """A place and its organisations."""

    id: uuid.UUID
    name: str
    ons_code: str
    branches: tuple[Branch, ...]


def professions(*, also: uuid.UUID | None = None) -> list[tuple[uuid.UUID, str]]:
    """Jobs to choose from, by name; a retired one only where it is held (`also`)."""
    rows = db.session.execute(
        select(Profession.id, Profession.name)
        .where(Profession.retired_at.is_(None) | (Profession.id == also))
        .order_by(Profession.code == "something-else", Profession.name)
    )
    return [(row.id, row.name) for row in rows]


def localities(actor: Actor, permission: str) -> list[tuple[uuid.UUID, str]]:
    """Places that a permission reaches, by name."""
    held = scopes(actor, permission)
    statement = select(Locality.id, Locality.name).order_by(Locality.name)
    if not any(scope.kind is ScopeKind.PROGRAMME for scope in held):
        ids = [uuid.UUID(s.id) for s in held if s.kind is ScopeKind.LOCALITY]
        statement = statement.where(Locality.id.in_(ids))
    return [(row.id, row.name) for row in db.session.execute(statement)]


def organisations(
    actor: Actor, permission: str = "organisations.manage", *, also: uuid.UUID | None = None
) -> list[tuple[uuid.UUID, str, str]]:
    """Organisations a permission reaches (and `also`): id, name, place; by place and name."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.name, Locality.name.label("place"))
        .join(Locality, Locality.id == Organisation.locality_id)
        .where(where(actor, permission) | (Organisation.id == also))
        .order_by(Locality.name, func.lower(Organisation.name))
    )
    return [(row.id, row.name, row.place) for row in rows]


def tree(actor: Actor) -> list[PlaceTree]:
    """Places with their organisations, those of a larger body under it, with headcounts."""
    counted = (
        select(Person.organisation_id, func.count().label("people"))
        .where(Person.erased_at.is_(None), Person.merged_into_id.is_(None))
        .group_by(Person.organisation_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Organisation, Locality.name.label("place"), counted.c.people)
        .join(Locality, Locality.id == Organisation.locality_id)
        .outerjoin(counted, counted.c.organisation_id == Organisation.id)
        .where(where(actor, "organisations.manage"))
        .order_by(func.lower(Organisation.name))
    )
    found = [
        OrganisationRow(
            row.Organisation.id,
            row.Organisation.name,
            row.Organisation.locality_id,
            row.place,
            row.Organisation.parent_id,
            row.people or 0,
            row.Organisation.created_at,
        )
        for row in rows
    ]
    codes = {
        row.id: row.ons_code for row in db.session.execute(select(Locality.id, Locality.ons_code))
    }
    places = {row.locality_id: row.locality for row in found}
    places |= dict(localities(actor, "organisations.manage"))
    return [
        PlaceTree(place_id, name, codes[place_id], _branches(found, place_id))
        for place_id, name in sorted(places.items(), key=lambda pair: pair[1].casefold())
    ]


def _branches(rows: list[OrganisationRow], place_id: uuid.UUID) -> tuple[Branch, ...]:
    here = [row for row in rows if row.locality_id == place_id]
    ids = {row.id for row in here}
    tops = [row for row in here if row.parent_id not in ids]
    return tuple(
        Branch(top, tuple(row for row in here if row.parent_id == top.id and row.id != top.id))
        for top in tops
    )


def organisation(actor: Actor, organisation_id: uuid.UUID) -> tuple[str, str]:
    """The name and place of one organisation in the actor's scope; else `NotFound`."""
    row = db.session.execute(
        select(Organisation.name, Locality.name.label("place"))
        .join(Locality, Locality.id == Organisation.locality_id)
        .where(Organisation.id == organisation_id, where(actor, "organisations.manage"))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row.name, row.place


def any_organisation() -> bool:
    """Whether there is any organisation at all yet."""
    return db.session.scalar(select(Organisation.id).limit(1)) is not None


def scope_words(scopes_said: list[Scope]) -> dict[Scope, str]:
    """What scopes are called: "whole programme", a place's, organisation's or provider's name."""
    ids = [
        uuid.UUID(s.id)
        for s in scopes_said
        if s.kind in (ScopeKind.LOCALITY, ScopeKind.ORGANISATION)
    ]
    names: dict[str, str] = {}
    if ids:
        for table in (Locality, Organisation):
            rows = db.session.execute(select(table.id, table.name).where(table.id.in_(ids)))
            names |= {str(row.id): row.name for row in rows}
    providers = current_registry().providers
    words = {}
    for scope in scopes_said:
        if scope.kind is ScopeKind.PROGRAMME:
            words[scope] = "whole programme"
        elif scope.kind is ScopeKind.PROVIDER:
            provider = providers.get(scope.id)
            words[scope] = provider.name if provider else f"{scope.id} (not installed)"
        elif scope.kind is ScopeKind.COHORT:
            words[scope] = "One cohort"
        else:
            words[scope] = names.get(scope.id, "Unknown place")
    return words
