"""Who acts and what they may do: roles, scopes, grants, actors, permissions.

Permissions and every service take an `Actor`; `lms_identify` makes one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What somebody may be. `TRAINEE` belongs to everyone who has signed in, for their own."""

    COORDINATOR = "coordinator"
    TRAINER = "trainer"
    AMBASSADOR = "ambassador"
    TRAINEE = "trainee"
    MANAGER = "manager"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


class ScopeKind(StrEnum):
    """How far a role reaches. `OWN` is never granted: it is what everybody has of themselves."""

    PROGRAMME = "programme"
    LOCALITY = "locality"
    ORGANISATION = "organisation"
    PROVIDER = "provider"
    COHORT = "cohort"
    OWN = "own"


@dataclass(frozen=True)
class Scope:
    """One place a role reaches: the whole programme (`id` is "") or one locality, cohort, ..."""

    kind: ScopeKind
    id: str = ""


@dataclass(frozen=True)
class Grant:
    """A role in a scope."""

    role: Role
    scope: Scope


@dataclass(frozen=True)
class LinkClaim:
    """What a valid personal link says: for what, about which row, for whom."""

    link_id: uuid.UUID
    purpose: str
    object_id: uuid.UUID
    used: bool
    unsent: bool = False
    """Its holder only named the person's address: what was kept behind it is not for them."""


@dataclass(frozen=True)
class Actor:
    """Who is asking: a signed-in person, the holder of a personal link, nobody, or the system."""

    person_id: uuid.UUID | None
    name: str
    grants: tuple[Grant, ...] = ()
    link: LinkClaim | None = None

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles held anywhere, in the order of `Role`."""
        held = {grant.role for grant in self.grants}
        return tuple(role for role in Role if role in held)

    def has(self, *roles: Role) -> bool:
        """Whether any of these roles is held anywhere."""
        return any(grant.role in roles for grant in self.grants)


NOBODY = Actor(None, "nobody")
SYSTEM = Actor(
    None,
    "the system",
    tuple(Grant(role, Scope(ScopeKind.PROGRAMME)) for role in Role),
)
"""Jobs and the command line act as this; no request ever does."""


@dataclass(frozen=True)
class RequestFacts:
    """What is known when a request opens: the session's claims or a personal link's token."""

    session: Mapping[str, Any]
    purposes: tuple[str, ...] = ()
    token: str | None = None


@dataclass(frozen=True)
class Permission:
    """A thing people may do, the roles that may, and the rows it reaches.

    `scope` turns the actor's scopes into one SQL condition, used for lists and single rows alike;
    None means that the permission is not about rows.
    """

    name: str
    title: str
    roles: frozenset[Role]
    scope: Callable[[tuple[Scope, ...]], Any] | None = None
