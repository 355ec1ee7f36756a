"""Reading places, organisations and jobs: choices of forms and the tree of the page."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, Select, Text, Uuid, and_, cast, exists, func, null, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from lms.contracts import Actor, Scope, ScopeKind
from lms.db import db
from lms.errors import NotFound
from lms.people.models import Locality, Organisation, Person, Profession
from lms.permissions import scopes, where
from lms.registry import current_registry


@dataclass(frozen=True)
class TreeLine:
    """An organisation in its place, with the larger body it belongs to and how many people.

    `id` is None for a place without any: it has a line to itself.
    """

    place_id: uuid.UUID
    place: str
    ons_code: str
    id: uuid.UUID | None
    name: str
    larger: str
    people: int


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


def tree(actor: Actor, place_id: uuid.UUID | None = None) -> Select[Any]:
    """Rows of `TreeLine` for `web.paginate`: by place, what belongs to a larger body after it.

    Of one place when given; a place of the actor's without organisations is among them.
    """
    lines = _in_order(actor)
    larger = aliased(Organisation)
    people = (
        select(func.count())
        .where(
            Person.organisation_id == lines.c.id,
            Person.erased_at.is_(None),
            Person.merged_into_id.is_(None),
        )
        .scalar_subquery()
    )
    mine = [key for key, _ in localities(actor, "organisations.manage")]
    statement = (
        select(
            Locality.id,
            Locality.name,
            Locality.ons_code,
            lines.c.id,
            func.coalesce(lines.c.name, ""),
            func.coalesce(larger.name, ""),
            people,
        )
        .select_from(Locality)
        .outerjoin(lines, lines.c.locality_id == Locality.id)
        .outerjoin(larger, larger.id == lines.c.larger_id)
        .where(lines.c.id.is_not(None) | Locality.id.in_(mine))
        .order_by(func.lower(Locality.name), Locality.id, lines.c.path)
    )
    return statement.where(Locality.id == place_id) if place_id else statement


def _in_order(actor: Actor) -> CTE:
    """The organisations in reach; `path` sorts each after the larger one it belongs to."""
    seen = (
        select(Organisation.id, Organisation.name, Organisation.locality_id, Organisation.parent_id)
        .where(where(actor, "organisations.manage"))
        .cte("seen")
    )
    above = seen.alias()
    is_part = exists().where(
        above.c.id == seen.c.parent_id, above.c.locality_id == seen.c.locality_id
    )
    step = array([func.lower(seen.c.name), cast(seen.c.id, Text)])
    found = (
        select(
            seen.c.id, seen.c.name, seen.c.locality_id, null().cast(Uuid).label("larger_id"),
            step.label("path"),
        )
        .where(~is_part)
        .cte("in_order", recursive=True)
    )  # fmt: skip
    return found.union_all(
        select(
            seen.c.id, seen.c.name, seen.c.locality_id, found.c.id, found.c.path.op("||")(step)
        ).join(
            found,
            and_(seen.c.parent_id == found.c.id, seen.c.locality_id == found.c.locality_id),
        )
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
