"""Who may do what: routes say it, one SQL condition per permission says on which rows.

Closed by default: a view without `@allow`, `@public` or `@by_link` answers 403.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, false, or_, true

from lms.contracts import Actor, Permission, Scope, ScopeKind
from lms.errors import Forbidden
from lms.registry import current_registry

View = TypeVar("View", bound=Callable[..., Any])
Reach = Callable[[Actor], Select[Any]]


@dataclass(frozen=True)
class Access:
    """What a view asks for: nothing (`public`), a permission, or a personal link's purpose.

    With several permissions any one of them is enough. `reach` selects what the view's argument may
    name for an actor, where that is less than everything: links elsewhere ask it.
    """

    public: bool = False
    permissions: tuple[str, ...] = ()
    purpose: str | None = None
    reach: Reach | None = None


def public(view: View) -> View:
    """Anybody may open this view."""
    view.access = Access(public=True)  # type: ignore[attr-defined]
    return view


def allow(*permissions: str, reach: Reach | None = None) -> Callable[[View], View]:
    """Those who hold any of these permissions may open this view, of what they reach."""

    def mark(view: View) -> View:
        view.access = Access(permissions=permissions, reach=reach)  # type: ignore[attr-defined]
        return view

    return mark


def by_link(purpose: str) -> Callable[[View], View]:
    """Only the holder of a personal link of this purpose; the route has `<token>`."""

    def mark(view: View) -> View:
        view.access = Access(purpose=purpose)  # type: ignore[attr-defined]
        return view

    return mark


def access_of(view: Callable[..., Any] | None) -> Access | None:
    """What a view asks for, or None when nobody has said."""
    return getattr(view, "access", None)


def check(view: Callable[..., Any] | None, actor: Actor) -> None:
    """Raise `Forbidden` unless the actor may open the view."""
    access = access_of(view)
    if access is None:
        raise Forbidden
    if access.public:
        return
    if access.purpose is not None:
        if actor.link is None or actor.link.purpose != access.purpose:
            raise Forbidden
        return
    if not any(allowed(actor, name) for name in access.permissions):
        raise Forbidden(access.permissions)


def permission(name: str) -> Permission:
    """The registered permission; a KeyError is a slip of ours, never of a visitor."""
    return current_registry().permissions[name]


def scopes(actor: Actor, name: str) -> tuple[Scope, ...]:
    """The actor's scopes for a permission: of each role that carries it."""
    roles = permission(name).roles
    return tuple(dict.fromkeys(grant.scope for grant in actor.grants if grant.role in roles))


def allowed(actor: Actor, name: str) -> bool:
    """Whether the actor holds the permission anywhere. A personal link never does."""
    return actor.link is None and bool(scopes(actor, name))


def where(actor: Actor, name: str) -> ColumnElement[bool]:
    """The rows this permission reaches, as one condition for lists, counts and single rows."""
    held = scopes(actor, name) if actor.link is None else ()
    if not held:
        return false()
    if any(scope.kind is ScopeKind.PROGRAMME for scope in held):
        return true()
    rule = permission(name).scope
    if rule is None:
        return true()
    condition: ColumnElement[bool] = rule(held)
    return condition


def by_scope(
    **conditions: Callable[[Sequence[Any]], ColumnElement[bool]],
) -> Callable[[tuple[Scope, ...]], ColumnElement[bool]]:
    """A permission's `scope` from one function per kind of scope.

    `by_scope(locality=lambda ids: Cohort.id.in_(...), own=lambda ids: ...)`: each gets the ids
    held (UUIDs; texts for `provider`). A kind without a function reaches nothing.
    """

    def rule(held: tuple[Scope, ...]) -> ColumnElement[bool]:
        parts = []
        for kind, condition in conditions.items():
            ids = [_typed(scope) for scope in held if scope.kind == kind]
            if ids:
                parts.append(condition(ids))
        return or_(*parts) if parts else false()

    return rule


def _typed(scope: Scope) -> uuid.UUID | str:
    return scope.id if scope.kind is ScopeKind.PROVIDER else uuid.UUID(scope.id)
