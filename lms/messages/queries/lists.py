"""Lists of messages: in the actor's scope, about one thing, and those that need a person.

Other rooms' pages ask `about`; links are never shown to staff.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true

from lms.contracts import Actor
from lms.db import db
from lms.messages.due import ALWAYS
from lms.messages.models import NO_ADDRESS, Digest, Message
from lms.people.models import Person, PersonEmail
from lms.people.names import GONE, folded, full
from lms.people.queries import in_sight
from lms.permissions import where
from lms.web.words import date as date_words

WORDS = {
    "queued": "Waiting",
    "held": "Held",
    "merged": "In a digest",
    "sending": "Being sent",
    "sent": "Sent",
    "uncertain": "Uncertain",
    "failed": "Failed",
    "bounced": "Came back",
    "cancelled": "Cancelled",
}
"""What states are called on pages, in the order of the filter."""
WAITING = ("queued", "held", "sending")
STOPPED = (
    (Message.state == "held") & Message.stopped_at.is_not(None) & Message.released_at.is_(None)
)
"""What the brake on large runs holds."""


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
    digest_on: date | None

    @property
    def state_words(self) -> str:
        """The state as people read it."""
        if self.state == "merged" and self.digest_on:
            return f"In the digest of {date_words(self.digest_on)}"
        return NO_ADDRESS if self.prints else WORDS[self.state]

    @property
    def prints(self) -> bool:
        """Whether its person has no address, so that it is printed."""
        return self.state == "held" and self.why == NO_ADDRESS


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
    statement = columns().where(where(actor, "messages.view"), Message.kind.not_in(ALWAYS))
    if person_id:
        statement = statement.where(Message.person_id == person_id)
    return _narrowed(actor, statement, state, words)


def about(
    actor: Actor, about_type: str, about_id: uuid.UUID, *, state: str = "", words: str = ""
) -> Select[Any]:
    """Messages in scope that one page lists (`about(actor, "cohort", cohort.id)`).

    For `web.paginate`: map the rows with `as_row`, and draw them with the macro `message_table`
    of `messages/macros.html`.
    """
    statement = columns().where(
        where(actor, "messages.view"),
        Message.about_type == about_type,
        Message.about_id == about_id,
        Message.kind.not_in(ALWAYS),
    )
    return _narrowed(actor, statement, state, words)


def waiting_about(actor: Actor, about_type: str, about_id: uuid.UUID) -> Waiting:
    """What in scope waits to be sent about one thing: count, the next, how many need a person."""
    mine = (
        where(actor, "messages.view")
        & (Message.about_type == about_type)
        & (Message.about_id == about_id)
        & Message.kind.not_in(ALWAYS)
    )
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
        full(row.given_name, row.family_name) or GONE,
        row.subject,
        row.state,
        row.last_error or "",
        row.kind,
        row.on_date,
    )


@dataclass(frozen=True)
class Held:
    """Messages in scope that are held for a person: how many, and why where all have one reason."""

    count: int
    why: str = ""


def held(actor: Actor) -> Held:
    """Those that were held one by one and can go."""
    return _held(releasable(actor))


def stopped(actor: Actor) -> Held:
    """Those that the brake on large runs stopped."""
    return _held(braked(actor))


def _held(which: ColumnElement[bool]) -> Held:
    count, why = db.session.execute(
        select(func.count(), func.max(Message.last_error)).where(which)
    ).one()
    return Held(count, why or "")


def releasable(actor: Actor) -> ColumnElement[bool]:
    """Messages in scope that were held one by one and can go once somebody says so."""
    return (
        where(actor, "messages.manage")
        & (Message.state == "held")
        & Message.last_error.is_distinct_from(NO_ADDRESS)
        & ~STOPPED
    )


def braked(actor: Actor) -> ColumnElement[bool]:
    """Messages in scope that the brake stopped and nobody has let go since."""
    return where(actor, "messages.manage") & STOPPED


def troubled(actor: Actor) -> dict[str, int]:
    """Messages in scope that need a person, by state.

    Held ones that are to be printed count under "print", those the brake stopped under "stopped".
    """
    rows = db.session.execute(
        select(
            Message.state,
            (Message.last_error == NO_ADDRESS).label("prints"),
            STOPPED.label("stopped"),
            func.count(),
        )
        .where(
            where(actor, "messages.manage"),
            Message.state.in_(("held", "failed", "uncertain", "bounced")),
            Message.kind.not_in(ALWAYS),
        )
        .group_by(Message.state, "prints", "stopped")
    )
    counts: dict[str, int] = {}
    for state, prints, stopped, count in rows:
        name = "stopped" if stopped else "print" if state == "held" and prints else state
        counts[name] = counts.get(name, 0) + count
    return counts


def columns(*more: Any) -> Select[Any]:
    columns: list[Any] = [
        Message.id,
        Message.person_id,
        Message.subject,
        Message.state,
        Message.kind,
        Message.not_before,
        Message.sent_at,
        Message.last_error,
        Message.digest_id,
        Digest.on_date,
        Person.given_name,
        Person.family_name,
        PersonEmail.address,
        *more,
    ]
    return (
        select(*columns)
        .select_from(Message)
        .join(Person, Person.id == Message.person_id)
        .outerjoin(Digest, Digest.id == Message.digest_id)
        .outerjoin(PersonEmail, (PersonEmail.person_id == Person.id) & PersonEmail.is_primary)
    )


def _narrowed(actor: Actor, statement: Select[Any], state: str, words: str) -> Select[Any]:
    if state == "waiting":
        statement = statement.where(Message.state.in_(WAITING))
    elif state == "print":
        statement = statement.where(Message.state == "held", Message.last_error == NO_ADDRESS)
    elif state == "stopped":
        statement = statement.where(STOPPED)
    elif state:
        statement = statement.where(Message.state == state)
    if words:
        statement = statement.where(matching(words, seen=in_sight(actor)))
    return statement.order_by(
        Message.state.in_(WAITING).desc(),
        func.coalesce(Message.sent_at, Message.not_before).desc(),
        Message.id,
    )


def matching(words: str, seen: ColumnElement[bool]) -> ColumnElement[bool]:
    """Messages that have each of these words in the name or the subject, in any order.

    Or in the address, of people whose addresses may be `seen`.
    """
    return and_(
        true(),
        *(
            Person.sort_key.contains(folded(word), autoescape=True)
            | Message.subject.icontains(word, autoescape=True)
            | (seen & PersonEmail.address.icontains(word, autoescape=True))
            for word in words.split()
        ),
    )
