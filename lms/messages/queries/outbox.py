"""Messages with working links: the outbox of a demonstration, and letters on paper.

The views make sure that it is a demonstration, or that the letter's person has no e-mail.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy import Select, func, true

from lms.db import db
from lms.errors import NotFound
from lms.messages import composing, wording
from lms.messages.models import Message
from lms.messages.queries.lists import WAITING, as_row, columns, matching
from lms.people.names import GONE, full


@dataclass(frozen=True)
class OutboxRow:
    """A message in the demonstration's outbox."""

    id: uuid.UUID
    when: datetime
    to: str
    address: str
    subject: str
    state: str


ABOUT = {
    "ambassador": "an ambassador",
    "assignment": "a survey",
    "booking": "a booking",
    "bulletin": "a bulletin",
    "certificate": "a certificate",
    "check_in": "a check-in of a pledge",
    "cohort": "a cohort",
    "course": "a waiting list",
    "pledge": "a pledge",
    "tally": "a month’s numbers",
    "waiting": "a waiting list",
}
"""What a message's subject is called."""


@dataclass(frozen=True)
class Opened:
    """A message with working links, as its person reads it."""

    row: OutboxRow
    html: Markup
    links: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    kind: str
    cause: str


def outbox(words: str = "", *, waiting: bool = False) -> Select[Any]:
    """Messages that have gone or were tried, by the time shown, newest first; or those that wait,
    the next one first. The caller has made sure that this is a demonstration.
    """
    shown = func.coalesce(Message.sent_at, Message.not_before)
    if waiting:
        statement = columns().where(Message.state.in_(WAITING))
        statement = statement.order_by(shown, Message.id)
    else:
        statement = columns().where(Message.state.not_in((*WAITING, "cancelled")))
        statement = statement.order_by(shown.desc(), Message.id.desc())
    if words:
        statement = statement.where(matching(words, seen=true()))
    return statement


def waiting_next(most: int, words: str = "") -> list[OutboxRow]:
    """The messages that go next, and one more where there are more than `most`."""
    found = db.session.execute(outbox(words, waiting=True).limit(most + 1))
    return [as_outbox_row(row) for row in found]


def as_outbox_row(row: Any) -> OutboxRow:
    """A row of `outbox`."""
    return OutboxRow(
        row.id,
        row.sent_at or row.not_before,
        full(row.given_name, row.family_name) or GONE,
        row.address or "no e-mail",
        row.subject,
        as_row(row).state_words,
    )


def open_message(message_id: uuid.UUID) -> Opened:
    """A message as its person reads it, links and all: for the demonstration and for paper."""
    message = db.session.get(Message, message_id)
    row = db.session.execute(columns().where(Message.id == message_id)).one_or_none()
    if message is None or row is None:
        raise NotFound
    reached = composing.addresses(message)
    dead: dict[str, str | None] = dict.fromkeys(reached.missing)
    known: dict[str, str | None] = {**dead, **reached.by_name}
    labels = {p.name: p.text for p in wording.pieces(message.body) if p.kind == "link"}
    entries = (message.ical or {}).get("entries", [])
    return Opened(
        as_outbox_row(row),
        wording.html(message.body, known, reached.code),
        tuple((labels.get(name) or name, url) for name, url in reached.by_name.items()),
        tuple(url_for("messages.demo_calendar", message_id=message.id, number=n)
              for n in range(1, len(entries) + 1)),
        message.kind,
        ABOUT.get(message.subject_type or "", ""),
    )  # fmt: skip


def calendar_of(message_id: uuid.UUID) -> tuple[dict[str, Any], str, str]:
    """A message's calendar as kept, its person's name and address."""
    row = db.session.execute(columns(Message.ical).where(Message.id == message_id)).one_or_none()
    if row is None or not row.ical:
        raise NotFound
    return row.ical, full(row.given_name, row.family_name), row.address or ""
