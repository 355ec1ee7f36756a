"""Reading messages: lists in scope, one message as staff see it, the outbox of a demonstration.

A room that has checked who may see its page asks `about`; links are never shown to staff.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, func, select

from lms.contracts import Actor, PersonalRecord
from lms.db import db
from lms.errors import NotFound
from lms.messages import composing, wording
from lms.messages.models import Message, MessageChange
from lms.messages.sending import ALWAYS, NO_ADDRESS
from lms.people.models import Person, PersonEmail
from lms.people.names import full
from lms.permissions import where
from lms.web.words import date

WORDS = {
    "queued": "Waiting",
    "held": "Held",
    "sending": "Being sent",
    "sent": "Sent",
    "uncertain": "Uncertain",
    "failed": "Failed",
    "bounced": "Came back",
    "cancelled": "Cancelled",
}
"""What states are called on pages, in the order of the filter."""
WAITING = ("queued", "held", "sending")


@dataclass(frozen=True)
class MessageRow:
    """A message in a list; `when` is when it went, or when it will."""

    id: uuid.UUID
    when: datetime
    person_id: uuid.UUID
    to: str
    subject: str
    state: str
    why: str
    kind: str

    @property
    def state_words(self) -> str:
        """The state as people read it."""
        return "No e-mail: print" if self.prints else WORDS[self.state]

    @property
    def prints(self) -> bool:
        """Whether its person has no address, so that it is printed."""
        return self.state == "held" and self.why == NO_ADDRESS


@dataclass(frozen=True)
class Step:
    """A line of a message's history; an edit has both versions."""

    at: datetime
    by: str
    from_state: str
    to_state: str
    why: str
    before: dict[str, str] | None
    after: dict[str, str] | None


@dataclass(frozen=True)
class MessageDetail(MessageRow):
    """A message on its page. `body` is its kept text, `shown` the same with links hidden."""

    body: str
    shown: Markup
    not_before: datetime
    sent_at: datetime | None
    sent_to: str
    has_calendar: bool
    steps: tuple[Step, ...]

    @property
    def editable(self) -> bool:
        """Whether its words may still change."""
        return self.state in ("queued", "held", "failed")


@dataclass(frozen=True)
class Waiting:
    """How many messages wait on a page, and which goes next."""

    count: int
    next_at: datetime | None
    next_subject: str
    troubled: int


def listed(
    actor: Actor, *, state: str = "", person_id: uuid.UUID | None = None, words: str = ""
) -> Select[Any]:
    """Messages in the actor's scope, what waits first and then the newest, for `web.paginate`."""
    statement = _columns().where(where(actor, "messages.view"), Message.kind.not_in(ALWAYS))
    if person_id:
        statement = statement.where(Message.person_id == person_id)
    return _narrowed(statement, state, words)


def about(about_type: str, about_id: uuid.UUID, *, state: str = "", words: str = "") -> Select[Any]:
    """Messages that one page lists (`about("cohort", cohort.id)`), for `web.paginate`.

    The caller has checked that its reader may see that page; map the rows with `as_row`, and draw
    them with the macro `message_table` of `messages/macros.html`.
    """
    statement = _columns().where(
        Message.about_type == about_type,
        Message.about_id == about_id,
        Message.kind.not_in(ALWAYS),
    )
    return _narrowed(statement, state, words)


def waiting_about(about_type: str, about_id: uuid.UUID) -> Waiting:
    """What waits to be sent about one thing: count, the next one, how many need a person."""
    mine = (Message.about_type == about_type) & (Message.about_id == about_id)
    rows = db.session.execute(
        select(Message.state, func.count()).where(mine).group_by(Message.state)
    )
    counts = {row[0]: row[1] for row in rows}
    following = db.session.execute(
        select(Message.not_before, Message.subject)
        .where(mine, Message.state == "queued")
        .order_by(Message.not_before, Message.id)
        .limit(1)
    ).one_or_none()
    return Waiting(
        sum(counts.get(state, 0) for state in WAITING),
        following.not_before if following else None,
        following.subject if following else "",
        sum(counts.get(state, 0) for state in ("held", "failed", "uncertain")),
    )


def as_row(row: Any) -> MessageRow:
    """A row of `listed` or `about`."""
    return MessageRow(
        row.id,
        row.sent_at or row.not_before,
        row.person_id,
        full(row.given_name, row.family_name),
        row.subject,
        row.state,
        row.last_error or "",
        row.kind,
    )


def find(actor: Actor, message_id: uuid.UUID) -> MessageDetail:
    """One message in the actor's scope with its history; else `NotFound`."""
    return _find(
        Message.id == message_id, where(actor, "messages.view"), Message.kind.not_in(ALWAYS)
    )


def _find(*conditions: ColumnElement[bool]) -> MessageDetail:
    row = db.session.execute(
        _columns(Message.body, Message.links, Message.sent_to, Message.ical).where(*conditions)
    ).one_or_none()
    if row is None:
        raise NotFound
    return MessageDetail(
        **vars(as_row(row)),
        body=row.body,
        shown=wording.html(row.body, hidden_links(row.links)),
        not_before=row.not_before,
        sent_at=row.sent_at,
        sent_to=row.sent_to or "",
        has_calendar=bool(row.ical),
        steps=tuple(_steps(row.id)),
    )


def hidden_links(links: dict[str, Any]) -> dict[str, str | None]:
    """A message's links as staff see them: personal ones hidden, the site's own as they are."""
    return {
        name: target if isinstance(target, str) and target.startswith("/") else None
        for name, target in links.items()
    }


def held_count(actor: Actor) -> int:
    """How many held messages in scope wait for a release and have an address to go to."""
    return (
        db.session.scalar(select(func.count()).select_from(Message).where(releasable(actor))) or 0
    )


def releasable(actor: Actor) -> ColumnElement[bool]:
    """Held messages in scope that can go once somebody says so."""
    return (
        where(actor, "messages.manage")
        & (Message.state == "held")
        & Message.last_error.is_distinct_from(NO_ADDRESS)
    )


def troubled(actor: Actor) -> dict[str, int]:
    """Messages in scope that need a person, by state; those to be printed under "print"."""
    rows = db.session.execute(
        select(Message.state, (Message.last_error == NO_ADDRESS).label("prints"), func.count())
        .where(
            where(actor, "messages.manage"),
            Message.state.in_(("held", "failed", "uncertain", "bounced")),
            Message.kind.not_in(ALWAYS),
        )
        .group_by(Message.state, "prints")
    )
    counts: dict[str, int] = {}
    for state, prints, count in rows:
        name = "print" if state == "held" and prints else state
        counts[name] = counts.get(name, 0) + count
    return counts


def personal_data(person_id: uuid.UUID) -> Iterator[PersonalRecord]:
    """Every message to a person with its words; links are not part of it."""
    rows = db.session.execute(
        select(Message.created_at, Message.subject, Message.body, Message.state, Message.links)
        .where(Message.person_id == person_id, Message.kind.not_in(ALWAYS))
        .order_by(Message.created_at)
    )
    yield PersonalRecord(
        "Messages to you",
        tuple(
            (
                f"{date(row.created_at)}, {WORDS[row.state].lower()}: {row.subject}",
                wording.plain(row.body, hidden_links(row.links)).strip(),
            )
            for row in rows
        ),
    )


# -- the outbox of a demonstration, and messages on paper ----------------------------------------


@dataclass(frozen=True)
class OutboxRow:
    """A message in the demonstration's outbox."""

    id: uuid.UUID
    when: datetime
    to: str
    address: str
    subject: str
    state: str


@dataclass(frozen=True)
class Opened:
    """A message with working links, as its person reads it."""

    row: OutboxRow
    html: Markup
    links: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    kind: str
    cause: str


def outbox(words: str = "") -> Select[Any]:
    """Every message, newest first: the caller has made sure that this is a demonstration."""
    statement = _columns().order_by(None).order_by(Message.created_at.desc(), Message.id.desc())
    if words:
        statement = statement.where(_matching(words))
    return statement


def as_outbox_row(row: Any) -> OutboxRow:
    """A row of `outbox`."""
    return OutboxRow(
        row.id,
        row.sent_at or row.not_before,
        full(row.given_name, row.family_name),
        row.address or "no e-mail",
        row.subject,
        WORDS[row.state],
    )


def open_message(message_id: uuid.UUID) -> Opened:
    """A message as its person reads it, links and all: for the demonstration and for paper."""
    message = db.session.get(Message, message_id)
    row = db.session.execute(_columns().where(Message.id == message_id)).one_or_none()
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
        f"{message.subject_type} {message.subject_id}" if message.subject_type else "",
    )  # fmt: skip


def calendar_of(message_id: uuid.UUID) -> tuple[dict[str, Any], str, str]:
    """A message's calendar as kept, its person's name and address."""
    row = db.session.execute(_columns(Message.ical).where(Message.id == message_id)).one_or_none()
    if row is None or not row.ical:
        raise NotFound
    return row.ical, full(row.given_name, row.family_name), row.address or ""


def _columns(*more: Any) -> Select[Any]:
    columns: list[Any] = [
        Message.id,
        Message.person_id,
        Message.subject,
        Message.state,
        Message.kind,
        Message.not_before,
        Message.sent_at,
        Message.last_error,
        Person.given_name,
        Person.family_name,
        PersonEmail.address,
        *more,
    ]
    return (
        select(*columns)
        .select_from(Message)
        .join(Person, Person.id == Message.person_id)
        .outerjoin(PersonEmail, (PersonEmail.person_id == Person.id) & PersonEmail.is_primary)
    )


def _narrowed(statement: Select[Any], state: str, words: str) -> Select[Any]:
    if state == "waiting":
        statement = statement.where(Message.state.in_(WAITING))
    elif state == "print":
        statement = statement.where(Message.state == "held", Message.last_error == NO_ADDRESS)
    elif state:
        statement = statement.where(Message.state == state)
    if words:
        statement = statement.where(_matching(words))
    return statement.order_by(
        Message.state.in_(WAITING).desc(),
        func.coalesce(Message.sent_at, Message.not_before).desc(),
        Message.id,
    )


def _matching(words: str) -> ColumnElement[bool]:
    name = Person.sort_key.contains(words.casefold(), autoescape=True)
    return name | Message.subject.icontains(words, autoescape=True)


def _steps(message_id: uuid.UUID) -> Sequence[Step]:
    rows = db.session.scalars(
        select(MessageChange)
        .where(MessageChange.message_id == message_id)
        .order_by(MessageChange.at, MessageChange.id)
        .limit(200)
    )
    return [
        Step(
            change.at,
            change.by_label,
            WORDS.get(change.from_state or "", ""),
            WORDS[change.to_state],
            change.why,
            change.before,
            change.after,
        )
        for change in rows
    ]
