"""What the people's room offers: who is asking, permissions, pages, to-dos and its jobs.

The registry loads it first; every other room builds on its permissions and links.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from flask import Blueprint

from lms import hookimpl
from lms.contracts import (
    Actor,
    Job,
    NavItem,
    Permission,
    PersonalRecord,
    RequestFacts,
    Role,
    Tables,
    Todo,
)
from lms.events import Event, Upgraded
from lms.people import links, scope, sessions, todos, views
from lms.people.queries import held
from lms.people.services import sign_in, synchronise_professions
from lms.permissions import allowed

EVERYBODY = frozenset(Role)
THEMSELVES = frozenset({Role.TRAINEE})
"""What reaches one's own rows alone: no other role may carry it, or its scope would count."""
STAFF = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


@hookimpl
def lms_tables() -> Tables:
    """Tables `people_*`."""
    return Tables("people", ("lms.people.models",))


@hookimpl
def lms_permissions() -> Iterable[Permission]:
    """Who may see and change whom."""
    return [
        Permission("home.view", "See what needs doing", EVERYBODY),
        Permission("people.own", "See and download one's own record", THEMSELVES, scope.OWN),
        Permission("people.view", "See people and their learning record", STAFF, scope.PEOPLE),
        Permission("people.manage", "Add and change people", STAFF, scope.PEOPLE),
        Permission("people.export", "Download all that is held", STAFF, scope.PEOPLE),
        Permission("organisations.manage", "Keep organisations", STAFF, scope.ORGANISATIONS),
        Permission("localities.manage", "Add places", ADMINISTRATORS, scope.NOWHERE),
        Permission("roles.manage", "Give and end roles", STAFF, scope.GRANTS),
        Permission("plugins.view", "See what is installed", ADMINISTRATORS),
        Permission("audit.view", "Read the audit trail", ADMINISTRATORS, scope.AUDIT),
    ]


@hookimpl
def lms_blueprints() -> Iterable[Blueprint]:
    """Getting in, home, people, organisations, roles, plugins, audit."""
    return (views.blueprint,)


@hookimpl
def lms_identify(request_facts: RequestFacts) -> Actor | None:
    """The holder of the route's personal link; on every other route the signed-in person."""
    if request_facts.token is not None:
        return links.find(request_facts.token, request_facts.purposes)
    return sessions.actor(request_facts.session)


@hookimpl
def lms_nav_items(actor: Actor) -> Iterable[NavItem]:
    """Home for everybody; the pages of those who run the service."""
    if allowed(actor, "home.view"):
        yield NavItem("Home", "people.show_home", 0)
    if allowed(actor, "people.view"):
        yield NavItem("People", "people.people_list", 50)
    if actor.has(Role.ADMINISTRATOR):
        yield NavItem("Organisations", "people.organisations", 60)
        yield NavItem("Roles", "people.role_list", 70)
    if allowed(actor, "plugins.view"):
        yield NavItem("Plugins", "people.plugins", 80)
    if allowed(actor, "audit.view"):
        yield NavItem("Audit trail", "people.audit_trail", 90)


@hookimpl
def lms_todos(actor: Actor, today: date) -> Iterable[Todo]:
    """Mailboxes to decide on; for administrators, plugins with problems and failed jobs."""
    yield from todos.of_mailboxes(actor)
    yield from todos.for_administrators(actor)


@hookimpl
def lms_jobs() -> Iterable[Job]:
    """Forgetting what strangers typed."""
    return [sign_in.TIDY]


@hookimpl
def lms_on_event(event: Event) -> None:
    """An upgrade brings this release's jobs in."""
    if isinstance(event, Upgraded):
        synchronise_professions()


@hookimpl
def lms_personal_data(person_id: uuid.UUID) -> Iterable[PersonalRecord]:
    """Name, post, addresses, roles, links, sign-ins."""
    return held.personal_data(person_id)
