"""Who may ask reports, and who may give figures away: this room's permissions, and their reach.

`lms.reports.plugin` offers them. What a report counts is narrowed by its builder through the
actor; what was counted once is for whoever reaches all of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, true

from lms.contracts import Actor, Permission, Role, Scope, ScopeKind
from lms.people.scope import ORGANISATIONS
from lms.permissions import scopes

VIEW, RELEASE, HAND_IN = "reports.view", "reports.release", "reports.hand_in"

PERMISSIONS = (
    Permission(
        VIEW,
        "See reports about one's own places or team",
        frozenset({Role.COORDINATOR, Role.ANALYST, Role.MANAGER}),
    ),
    Permission(
        RELEASE,
        "Make versions of reports for others, and freeze returns",
        frozenset({Role.COORDINATOR, Role.ANALYST}),
    ),
    Permission(
        HAND_IN,
        "Hand in counts, headcounts and indicators",
        frozenset({Role.COORDINATOR, Role.ANALYST}),
        ORGANISATIONS,
    ),
)

EVERYWHERE = "programme"


def reach(actor: Actor, places: Iterable[object] = ()) -> list[str]:
    """The scopes that what an actor counts covers, sorted, narrowed to places that were chosen."""
    chosen = [f"{ScopeKind.LOCALITY}:{place}" for place in places]
    return sorted(set(chosen) or {_text(scope) for scope in scopes(actor, VIEW)})


def reaches(actor: Actor, needed: Iterable[str]) -> bool:
    """Whether an actor reaches all of what was counted."""
    held = {_text(scope) for scope in scopes(actor, VIEW)}
    return EVERYWHERE in held or (bool(held) and set(needed) <= held)


def within(actor: Actor, needed: Any) -> ColumnElement[bool]:
    """`reaches` for rows: `needed` is the column of the scopes that each of them counts."""
    held = sorted({_text(scope) for scope in scopes(actor, VIEW)})
    if EVERYWHERE in held:
        return true()
    condition: ColumnElement[bool] = needed.contained_by(held)
    return condition


def in_places(actor: Actor, permission: str, locality_id: Any) -> ColumnElement[bool]:
    """The rows of those places in which an actor holds a permission of this room."""
    held = scopes(actor, permission)
    if any(scope.kind is ScopeKind.PROGRAMME for scope in held):
        return true()
    ids = [uuid.UUID(scope.id) for scope in held if scope.kind is ScopeKind.LOCALITY]
    condition: ColumnElement[bool] = locality_id.in_(ids)
    return condition


def _text(scope: Scope) -> str:
    return EVERYWHERE if scope.kind is ScopeKind.PROGRAMME else f"{scope.kind}:{scope.id}"
