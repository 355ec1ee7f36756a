"""What the messages' room offers: its tables, permissions, jobs, and who hears of what.

The registry loads it after people; the rooms above queue through `lms.messages.services`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from flask import Blueprint

from lms import hookimpl
from lms.contracts import Actor, Job, Permission, PersonalRecord, Role, Tables, Todo
from lms.events import Event
from lms.messages import listening, queries, scope, sending, todos, views

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
def lms_blueprints() -> Iterable[Blueprint]:
    """Messages, and the outbox of a demonstration."""
    return (views.blueprint,)


@hookimpl
def lms_todos(actor: Actor, today: date) -> Iterable[Todo]:
    """Messages that wait for a person."""
    return todos.of(actor)


@hookimpl
def lms_personal_data(person_id: uuid.UUID) -> Iterable[PersonalRecord]:
    """Every message to a person, with its words."""
    return queries.personal_data(person_id)


@hookimpl
def lms_jobs() -> Iterable[Job]:
    """Sending, and finding what was lost on the way."""
    return [sending.SEND, sending.FIND_LOST, listening.SIGN_IN]


@hookimpl
def lms_on_event(event: Event) -> None:
    """Sign-in and new links are asked for by events; an erased person gets nothing more."""
    listening.hear(event)
