"""One message as staff see it, and a person's own messages: links are hidden in both."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, select

from lms.contracts import Actor, PersonalRecord
from lms.db import db
from lms.errors import NotFound
from lms.messages import digests, wording
from lms.messages.due import ALWAYS
from lms.messages.models import Message, MessageChange
from lms.messages.queries.lists import WORDS, MessageRow, as_row, columns
from lms.permissions import where
from lms.web.words import date


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
    """A message on its page. `body` is its kept text, `shown` the same with links hidden.

    `digest` is the letter that a merged message goes or went in, where the actor may read it;
    `parts` are the messages in a digest.
    """

    body: str
    shown: Markup
    not_before: datetime
    sent_at: datetime | None
    sent_to: str
    has_calendar: bool
    steps: tuple[Step, ...]
    digest: MessageRow | None
    parts: tuple[MessageRow, ...]

    @property
    def editable(self) -> bool:
        """Whether its words may still change: a digest's are those of what is in it."""
        return self.state in digests.NOT_GONE and self.kind != digests.KIND

    @property
    def cancellable(self) -> bool:
        """Whether it may still be kept from going, by itself or out of its digest."""
        digest = self.digest is not None and self.digest.state in digests.NOT_GONE
        return digest if self.state == "merged" else self.state in digests.NOT_GONE


def reached(actor: Actor) -> Select[Any]:
    """The ids of the messages that the actor can open."""
    return select(Message.id).where(_in_sight(actor))


def _in_sight(actor: Actor) -> ColumnElement[bool]:
    return where(actor, "messages.view") & Message.kind.not_in(ALWAYS)


def find(actor: Actor, message_id: uuid.UUID) -> MessageDetail:
    """One message in the actor's scope with its history; else `NotFound`."""
    in_sight = _in_sight(actor)
    row = db.session.execute(
        columns(Message.body, Message.links, Message.sent_to, Message.ical).where(
            Message.id == message_id, in_sight
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    together = _together(row.digest_id, in_sight) if row.digest_id else []
    return MessageDetail(
        **vars(as_row(row)),
        body=row.body,
        shown=wording.html(row.body, hidden_links(row.links)),
        not_before=row.not_before,
        sent_at=row.sent_at,
        sent_to=row.sent_to or "",
        has_calendar=bool(row.ical),
        steps=tuple(_steps(row.id)),
        digest=next((one for one in together if one.kind == digests.KIND), None),
        parts=tuple(one for one in together if one.kind != digests.KIND)
        if row.kind == digests.KIND
        else (),
    )


def _together(digest_id: uuid.UUID, in_sight: ColumnElement[bool]) -> list[MessageRow]:
    """A digest and what is in it."""
    rows = db.session.execute(
        columns()
        .where(Message.digest_id == digest_id, in_sight)
        .order_by(Message.deadline.nulls_last(), Message.not_before, Message.id)
        .limit(100)
    )
    return [as_row(row) for row in rows]


def hidden_links(links: dict[str, Any]) -> dict[str, str | None]:
    """A message's links as staff see them: personal ones hidden, the site's own as they are."""
    return {
        name: target if isinstance(target, str) and target.startswith("/") else None
        for name, target in links.items()
    }


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
