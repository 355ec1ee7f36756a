"""What the people's room offers: who is asking, permissions, pages, to-dos and its jobs.

The registry loads it first; every other room builds on its permissions and links.
"""

from __future__ import annotations

from collections.abc import Iterable

from lms import hookimpl
from lms.contracts import (
    Actor,
    Permission,
    RequestFacts,
    Role,
    Tables,
)
from lms.people import links, scope, sessions

EVERYBODY = frozenset(Role)
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
        Permission("people.own", "See and download one's own record", EVERYBODY, scope.OWN),
        Permission("people.view", "See people and their learning record", STAFF, scope.PEOPLE),
        Permission("people.manage", "Add and change people", STAFF, scope.PEOPLE),
        Permission("people.export", "Download all that is held", STAFF, scope.PEOPLE),
        Permission("organisations.manage", "Keep organisations", STAFF, scope.ORGANISATIONS),
        Permission("roles.manage", "Give and end roles", STAFF, scope.GRANTS),
        Permission("plugins.view", "See what is installed", ADMINISTRATORS),
        Permission("audit.view", "Read the audit trail", ADMINISTRATORS, scope.AUDIT),
    ]


@hookimpl
def lms_identify(request_facts: RequestFacts) -> Actor | None:
    """The holder of the route's personal link; on every other route the signed-in person."""
    if request_facts.token is not None:
        return links.find(request_facts.token, request_facts.purposes)
    return sessions.actor(request_facts.session)
