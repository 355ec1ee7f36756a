"""What the messages' room offers: its tables, permissions, jobs, and who hears of what.

The registry loads it after people; the rooms above queue through `lms.messages.services`.
"""

from __future__ import annotations

from collections.abc import Iterable

from lms import hookimpl
from lms.contracts import Job, Permission, Role, Tables
from lms.events import Event
from lms.messages import listening, scope, sending

STAFF = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})


@hookimpl
def lms_tables() -> Tables:
    """Tables `messages_*`."""
    return Tables("messages", ("lms.messages.models",))


@hookimpl
def lms_permissions() -> Iterable[Permission]:
    """Who may read and change what is to be sent."""
    return [
        Permission("messages.view", "Read messages", STAFF, scope.MESSAGES),
        Permission("messages.manage", "Hold, change and send messages", STAFF, scope.MESSAGES),
    ]


@hookimpl
def lms_jobs() -> Iterable[Job]:
    """Sending, and finding what was lost on the way."""
    return [sending.SEND, sending.FIND_LOST, listening.SIGN_IN]


@hookimpl
def lms_on_event(event: Event) -> None:
    """Sign-in and new links are asked for by events; an erased person gets nothing more."""
    listening.hear(event)
