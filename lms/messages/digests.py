"""One letter a day to a person for everything that may wait, from 8am on working days.

The sender calls `gather` before it sends and `refresh` as it makes a letter; whoever cancels
messages calls `cancel`, so that they leave a letter that has not gone.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from lms import clock
from lms.contracts import SYSTEM, Actor
from lms.db import crash_point, db, uuid7
from lms.messages import composing, steps, wording
from lms.messages.hours import open_now
from lms.messages.models import Digest, Message
from lms.messages.writing import NewMessage, first_names, write
from lms.web import words

KIND = "digest"
TEMPLATE = "messages/digest.txt"
AT_A_TIME = 200
"""People whose messages are merged in one transaction."""
NOT_GONE = ("queued", "held", "failed")
"""States of a letter that still changes with what is in it."""


# -- making ------------------------------------------------------------------------------------


def gather() -> Iterator[None]:
    """Give everybody's waiting messages the day's letter: one alone goes as itself, more merge.

    A person has one letter a day by a unique key, so what comes later waits for the next. Commits
    after each part.
    """
    if not open_now():
        return
    last = uuid.UUID(int=0)
    while people := _people(after=last):
        _gather(people)
        crash_point("digest.made")
        yield
        last = people[-1]


def _gatherable() -> ColumnElement[bool]:
    """What may wait, has waited for its 8am, and whose person has had no letter today."""
    served = exists().where(Digest.person_id == Message.person_id, Digest.on_date == clock.today())
    return (
        (Message.state == "queued")
        & (Message.urgency == "routine")
        & (Message.not_before <= clock.now())
        & Message.digest_id.is_(None)
        & Message.released_at.is_(None)
        & ~served
    )


def _people(after: uuid.UUID) -> Sequence[uuid.UUID]:
    return db.session.scalars(
        select(Message.person_id)
        .where(_gatherable(), Message.person_id > after)
        .distinct()
        .order_by(Message.person_id)
        .limit(AT_A_TIME)
    ).all()


def _gather(people: Sequence[uuid.UUID]) -> None:
    rows = db.session.execute(
        select(Message.person_id, Message.id)
        .where(_gatherable(), Message.person_id.in_(people))
        .order_by(Message.person_id, Message.id)
        .with_for_update(skip_locked=True)
    ).all()
    theirs = {
        person_id: [row.id for row in group]
        for person_id, group in groupby(rows, key=lambda row: row.person_id)
    }
    letters = _new_letters(list(theirs))
    alone = [theirs[one][0] for one in letters if len(theirs[one]) == 1]
    several = [one for one in letters if len(theirs[one]) > 1]
    db.session.execute(
        update(Message).where(Message.id.in_(alone)).values(digest_id=_todays()),
        execution_options={"synchronize_session": False},
    )
    merged = [message_id for one in several for message_id in theirs[one]]
    why = f"into the digest of {words.date(clock.today())}"
    steps.move(Message.id.in_(merged), "merged", by=SYSTEM, why=why, digest_id=_todays())
    _write([letters[one] for one in several])


def _new_letters(people: Sequence[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Today's letter of each person, where no other run has begun it: person to letter."""
    if not people:
        return {}
    today = clock.today()
    made = db.session.execute(
        insert(Digest)
        .values([{"id": uuid7(), "person_id": one, "on_date": today} for one in people])
        .on_conflict_do_nothing(index_elements=["person_id", "on_date"])
        .returning(Digest.person_id, Digest.id)
    )
    return {person_id: digest_id for person_id, digest_id in made}


def _todays() -> Any:
    """The letter of today of a message's person, as a value in an update of messages."""
    return (
        select(Digest.id)
        .where(Digest.person_id == Message.person_id, Digest.on_date == clock.today())
        .correlate(Message)
        .scalar_subquery()
    )


def _write(digest_ids: Sequence[uuid.UUID]) -> None:
    """The letters' own messages, which the sender sends as any other."""
    parts = _parts(digest_ids)
    write(
        [
            NewMessage(
                person_id=theirs[0].person_id,
                kind=KIND,
                template=TEMPLATE,
                values=_values(theirs),
                klass="routine",
                links=_links(theirs),
                locality_ids=_shared(theirs),
                dedupe_key=f"{KIND}:{digest_id}",
                digest_id=digest_id,
            )
            for digest_id, theirs in parts.items()
        ],
        by=SYSTEM,
    )


# -- what stands in a letter ---------------------------------------------------------------------


def _parts(digest_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID | None, list[Message]]:
    """The messages merged into letters, dated ones first."""
    rows = db.session.scalars(
        select(Message)
        .where(Message.digest_id.in_(list(digest_ids)), Message.state == "merged")
        .order_by(Message.digest_id, Message.deadline.nulls_last(), Message.not_before, Message.id)
        .execution_options(populate_existing=True)
    ).all()
    return {
        digest_id: list(group) for digest_id, group in groupby(rows, key=lambda row: row.digest_id)
    }


def _values(parts: Sequence[Message]) -> dict[str, Any]:
    """What the template prints: a line for each message with its own link."""
    ahead = [one.deadline for one in parts if one.deadline and one.deadline > clock.now()]
    return {
        "first": parts[0].subject,
        "lines": [_line(number, one) for number, one in enumerate(parts, start=1)],
        "until": words.weekday_datetime(min(ahead)) if ahead else "",
    }


def _line(number: int, part: Message) -> dict[str, str]:
    """A message's line; its link is the first one that stands in it."""
    found = _first_link(part)
    return {
        "text": part.line or part.subject,
        "by": words.weekday_datetime(part.deadline) if part.deadline else "",
        "link": wording.link(found.text or "Open", f"i{number}-{found.name}") if found else "",
    }


def _links(parts: Sequence[Message]) -> dict[str, Any]:
    found = {number: (one, _first_link(one)) for number, one in enumerate(parts, start=1)}
    return {
        f"i{number}-{piece.name}": one.links[piece.name]
        for number, (one, piece) in found.items()
        if piece
    }


def _first_link(part: Message) -> wording.Piece | None:
    stretches = wording.pieces(part.body)
    return next((one for one in stretches if one.kind == "link" and one.name in part.links), None)


def _shared(parts: Sequence[Message]) -> list[uuid.UUID]:
    """Places whose coordinators may read every part, and so the whole."""
    shared = set(parts[0].locality_ids).intersection(*(one.locality_ids for one in parts))
    return sorted(shared)


def settle(message_id: uuid.UUID) -> bool:
    """Write a letter that is about to go from what is left in it; False when nothing is.

    Any other message goes as it is.
    """
    digest_id = db.session.scalar(
        select(Message.digest_id).where(Message.id == message_id, Message.kind == KIND)
    )
    return digest_id is None or refresh([digest_id], ("sending",)) == 0


def refresh(digest_ids: Iterable[uuid.UUID | None], states: Sequence[str] = NOT_GONE) -> int:
    """Write letters in these states again from what is left: one thing alone stands as itself.

    What has lost its link leaves. A letter with nothing in it is cancelled; how many were.
    """
    letters = db.session.scalars(
        select(Message)
        .where(Message.digest_id.in_(list(digest_ids)), Message.kind == KIND)
        .where(Message.state.in_(states))
        .order_by(Message.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    parts = _parts([letter.digest_id for letter in letters])
    names = first_names(letter.person_id for letter in letters)
    empty = []
    for letter in letters:
        theirs = _living(parts.get(letter.digest_id, []))
        if theirs:
            _rewrite(letter, theirs, names.get(letter.person_id, ""))
        else:
            empty.append(letter.id)
    db.session.flush()
    why = "Nothing is left in it"
    return len(steps.move(Message.id.in_(empty), "cancelled", by=SYSTEM, why=why, last_error=why))


def _living(parts: Sequence[Message]) -> list[Message]:
    """Those whose links still lead somewhere; the others leave."""
    dead = [one.id for one in parts if composing.addresses(one).missing]
    if dead:
        why = composing.DEAD_LINK
        _leave(steps.move(Message.id.in_(dead), "cancelled", by=SYSTEM, why=why, last_error=why))
    return [one for one in parts if one.id not in dead]


def _rewrite(letter: Message, parts: Sequence[Message], first_name: str) -> None:
    if len(parts) == 1:
        alone = parts[0]
        letter.subject, letter.body, letter.links = alone.subject, alone.body, dict(alone.links)
        return
    letter.links = _links(parts)
    letter.subject, letter.body = wording.make(
        TEMPLATE, _values(parts), first_name=first_name, by=SYSTEM
    )


# -- leaving -------------------------------------------------------------------------------------


def cancel(which: ColumnElement[bool], *, by: Actor, why: str, **values: Any) -> list[uuid.UUID]:
    """Cancel messages that have not gone; those in a letter that has not gone leave it.

    A letter that is itself among them takes everything in it along. Gives the ids.
    """
    concerned = _locked_letters(which)
    whole = _cancelled_letters(which, concerned)
    moved = steps.move(
        (which | Message.digest_id.in_(whole))
        & ((Message.state != "merged") | Message.digest_id.in_(concerned)),
        "cancelled", by=by, why=why, **values,
    )  # fmt: skip
    _leave(moved)
    refresh(set(concerned) - set(whole))
    return moved


def _locked_letters(which: ColumnElement[bool]) -> Sequence[uuid.UUID | None]:
    """Letters that have not gone and hold some of these messages, or are of them."""
    theirs = select(Message.digest_id).where(which, Message.digest_id.is_not(None)).correlate(None)
    return db.session.scalars(
        select(Message.digest_id)
        .where(Message.kind == KIND, Message.state.in_(NOT_GONE), Message.digest_id.in_(theirs))
        .order_by(Message.id)
        .with_for_update()
    ).all()


def _cancelled_letters(
    which: ColumnElement[bool], among: Sequence[uuid.UUID | None]
) -> Sequence[uuid.UUID | None]:
    letters = which & (Message.kind == KIND) & Message.digest_id.in_(among)
    return db.session.scalars(select(Message.digest_id).where(letters)).all() if among else []


def _leave(message_ids: Sequence[uuid.UUID]) -> None:
    db.session.execute(
        update(Message)
        .where(Message.id.in_(message_ids), Message.kind != KIND)
        .values(digest_id=None)
        .execution_options(synchronize_session="fetch")
    )
