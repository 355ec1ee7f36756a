"""A message's row: its words from the template, its links, its moment; and putting rows in.

`services.queue` writes what rooms ask for, `digests` the letters of a day.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lms import clock
from lms.contracts import Actor, BookingNote
from lms.db import db, uuid7
from lms.events import MessageQueued, publish
from lms.messages import steps, wording
from lms.messages.calendar import Calendar
from lms.messages.hours import plan
from lms.messages.models import NO_ADDRESS, Message
from lms.people.models import Person, PersonalLink, PersonEmail
from lms.people.names import full

Link = uuid.UUID | PersonalLink | tuple[uuid.UUID, str] | str
"""A personal link, one with the endpoint that it shall open, or a path of this site ("/home")."""


@dataclass(frozen=True)
class NewMessage:
    """A message to be queued.

    `template` extends `messages/frame.txt` and gets `values`; where it writes
    `{{ link("Answer now", "survey") }}` the link `links["survey"]` will stand, whose token is made
    when the message goes. `klass` is "now", or "routine": may wait for the day's digest at 8am;
    `deadline` is by when its reader has to do something, and `line` what a digest says of it where
    the subject does not say enough. `subject_*` is what caused it, for `cancel_about`; `about_*`
    the page that lists it, as in `about_type="cohort"`. `locality_ids` are places whose
    coordinators may read it too. The same `dedupe_key` is queued once, ever. `to_address` is for
    telling an address that the person had before. `notes` are other rooms' words: the template
    prints `notes`. `digest_id` is for the digests themselves.
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
    deadline: datetime | None = None
    line: str = ""
    digest_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Recipient:
    """What the queue needs to know of a person."""

    name: str
    first_name: str
    has_address: bool


def write(messages: Sequence[NewMessage], *, by: Actor) -> list[dict[str, Any] | None]:
    """Put messages in; each one's row as it was put in, None where its key is known already."""
    known = _recipients({message.person_id for message in messages})
    rows = [
        _row(message, known[message.person_id], by) if message.person_id in known else None
        for message in messages
    ]
    kept = _insert([row for row in rows if row])
    new = [row if row and row["id"] in kept else None for row in rows]
    steps.record(((row["id"], None, row["state"]) for row in new if row), by=by)
    if kept:
        publish(MessageQueued(by, tuple(row["id"] for row in new if row)))
    return new


def first_names(person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """How messages greet these people."""
    return {one: known.first_name for one, known in _recipients(set(person_ids)).items()}


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
    subject, body = wording.make(
        message.template, values, first_name=to.first_name, by=by, to=message.person_id
    )
    links = {name: _kept(link) for name, link in {**message.links, **theirs}.items()}
    ical = message.ical
    reachable = to.has_address or message.to_address is not None
    urgency, moment = _when(message)
    return {
        "id": uuid7(),
        "person_id": message.person_id,
        "to_address": message.to_address,
        "kind": message.kind,
        "urgency": urgency,
        "subject_type": message.subject_type,
        "subject_id": message.subject_id,
        "about_type": message.about_type,
        "about_id": message.about_id,
        "locality_ids": list(message.locality_ids),
        "template_key": message.template,
        "subject": subject,
        "body": body,
        "links": {name: links[name] for name in wording.names(body) if name in links},
        "not_before": moment,
        "deadline": message.deadline,
        "line": wording.one_line(message.line) or None,
        "digest_id": message.digest_id,
        "state": "queued" if reachable else "held",
        "last_error": None if reachable else NO_ADDRESS,
        "ical": ical.as_json() if ical else None,
        "ical_uid": ical.entries[0].uid if ical and ical.entries else None,
        "ical_sequence": ical.sequence if ical else None,
        "dedupe_key": message.dedupe_key or f"{message.kind}:{uuid.uuid4()}",
    }


def _when(message: NewMessage) -> tuple[str, datetime]:
    """What cannot be a line of a digest goes at once; a digest goes when it is made."""
    if message.digest_id:
        return "routine", clock.now()
    alone = message.ical is not None or message.to_address is not None
    return plan("now" if alone else message.klass, message.not_before, message.deadline)


def _kept(link: Link) -> Any:
    """A link as the row keeps it: an id, an id with an endpoint, or a path."""
    if isinstance(link, PersonalLink):
        return str(link.id)
    if isinstance(link, tuple | list):
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
