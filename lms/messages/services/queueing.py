"""Putting messages in the queue, in the transaction of the change that caused them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lms.contracts import Actor, BookingNote
from lms.db import db, uuid7
from lms.events import MessageQueued, publish
from lms.jobs import defer
from lms.messages import steps, wording
from lms.messages.calendar import Calendar
from lms.messages.hours import moment
from lms.messages.models import Message
from lms.messages.sending import NO_ADDRESS, SEND
from lms.people.models import Person, PersonalLink, PersonEmail
from lms.people.names import full

Link = uuid.UUID | PersonalLink | tuple[uuid.UUID, str] | str
"""A personal link, one with the endpoint that it shall open, or a path of this site ("/home")."""


@dataclass(frozen=True)
class NewMessage:
    """A message to be queued.

    `template` extends `messages/frame.txt` and gets `values`; where it writes
    `{{ link("Answer now", "survey") }}` the link `links["survey"]` will stand, whose token is made
    when the message goes. `klass` is "now" or "routine" (8am to 6pm on working days).
    `subject_*` is what caused it, for `cancel_about`; `about_*` the page that lists it, as in
    `about_type="cohort"`. `locality_ids` are places whose coordinators may read it too. The same
    `dedupe_key` is queued once, ever. `to_address` is for telling an address that the person had
    before. `notes` are other rooms' words: the template prints `notes`.
    """

    person_id: uuid.UUID
    kind: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    klass: str = "routine"
    subject_type: str | None = None
    subject_id: uuid.UUID | None = None
    about_type: str | None = None
    about_id: uuid.UUID | None = None
    locality_ids: Sequence[uuid.UUID] = ()
    links: Mapping[str, Link] = field(default_factory=dict)
    dedupe_key: str | None = None
    not_before: datetime | None = None
    ical: Calendar | None = None
    to_address: str | None = None
    notes: Sequence[BookingNote] = ()


@dataclass(frozen=True)
class Recipient:
    """What the queue needs to know of a person."""

    name: str
    first_name: str
    has_address: bool


def queue(*, by: Actor, **message: Any) -> uuid.UUID | None:
    """Queue one message, described as `NewMessage` is; its id, None where its key is known."""
    return queue_many([NewMessage(**message)], by=by)[0]


def queue_many(messages: Sequence[NewMessage], *, by: Actor) -> list[uuid.UUID | None]:
    """Queue messages in a few statements, however many.

    Gives their ids in the order asked for, None for one whose `dedupe_key` is known already.
    Somebody without an e-mail address gets a held message that a coordinator prints.
    """
    known = _recipients({message.person_id for message in messages})
    rows = [
        _row(message, known[message.person_id], by)
        for message in messages
        if message.person_id in known
    ]
    kept = _insert(rows)
    queued = [row for row in rows if row["id"] in kept]
    steps.record(((row["id"], None, row["state"]) for row in queued), by=by)
    for when in sorted({row["not_before"] for row in queued if row["state"] == "queued"})[:20]:
        defer(SEND, at=when)
    if queued:
        publish(MessageQueued(by, tuple(row["id"] for row in queued)))
    ids = iter(row["id"] if row["id"] in kept else None for row in rows)
    return [next(ids) if message.person_id in known else None for message in messages]


def _recipients(person_ids: set[uuid.UUID]) -> dict[uuid.UUID, Recipient]:
    rows = db.session.execute(
        select(Person.id, Person.given_name, Person.family_name, PersonEmail.id.label("email_id"))
        .outerjoin(PersonEmail, (PersonEmail.person_id == Person.id) & PersonEmail.is_primary)
        .where(Person.id.in_(person_ids), Person.erased_at.is_(None))
    )
    return {
        row.id: Recipient(
            full(row.given_name, row.family_name),
            row.given_name or row.family_name,
            row.email_id is not None,
        )
        for row in rows
    }


def _row(message: NewMessage, to: Recipient, by: Actor) -> dict[str, Any]:
    values, theirs = wording.with_notes(
        message.values, [(note.text, note.links) for note in message.notes]
    )
    subject, body = wording.make(message.template, values, first_name=to.first_name, by=by)
    links = {name: _kept(link) for name, link in {**message.links, **theirs}.items()}
    ical = message.ical
    reachable = to.has_address or message.to_address is not None
    return {
        "id": uuid7(),
        "person_id": message.person_id,
        "to_address": message.to_address,
        "kind": message.kind,
        "urgency": message.klass,
        "subject_type": message.subject_type,
        "subject_id": message.subject_id,
        "about_type": message.about_type,
        "about_id": message.about_id,
        "locality_ids": list(message.locality_ids),
        "template_key": message.template,
        "subject": subject,
        "body": body,
        "links": {name: links[name] for name in wording.names(body) if name in links},
        "not_before": moment(message.klass, message.not_before),
        "state": "queued" if reachable else "held",
        "last_error": None if reachable else NO_ADDRESS,
        "ical": ical.as_json() if ical else None,
        "ical_uid": ical.entries[0].uid if ical and ical.entries else None,
        "ical_sequence": ical.sequence if ical else None,
        "dedupe_key": message.dedupe_key or f"{message.kind}:{uuid.uuid4()}",
    }


def _kept(link: Link) -> Any:
    """A link as the row keeps it: an id, an id with an endpoint, or a path."""
    if isinstance(link, PersonalLink):
        return str(link.id)
    if isinstance(link, tuple):
        return [str(link[0]), link[1]]
    return str(link)


def _insert(rows: Sequence[dict[str, Any]]) -> set[uuid.UUID]:
    if not rows:
        return set()
    made = db.session.execute(
        insert(Message).on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(Message.id),
        rows,
    )
    return set(made.scalars())
