"""What people decide about a message: hold, release, edit, send again, cancel."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, select

from lms import audit, clock
from lms.contracts import Actor
from lms.db import Complaint, db
from lms.errors import Conflict, NotFound
from lms.jobs import defer
from lms.messages import digests, steps, wording
from lms.messages.models import NO_ADDRESS, Message
from lms.messages.sending import SEND

EDITABLE = ("queued", "held", "failed")
PRINTED = "Printed"
"""What stands in place of an error where a message was printed and given by hand."""


def hold(message_id: uuid.UUID, *, by: Actor) -> None:
    """Keep a waiting message back until somebody releases it."""
    _one(message_id, "held", by, "held by hand", last_error=None)


def release(message_id: uuid.UUID, *, by: Actor) -> None:
    """Let a held or failed message go, at its time; it does not wait for another digest."""
    _requeue(Message.id == message_id, None, by, "released")


def send_now(message_id: uuid.UUID, *, by: Actor) -> None:
    """Send a waiting message without waiting for its hour; what failed, once more."""
    if _get(message_id).state == "queued":
        changed = _get(message_id, lock=True)
        changed.not_before, changed.urgency = clock.now(), "now"
        changed.released_at = clock.now()
        steps.record([(message_id, "queued", "queued")], by=by, why="sent at once")
        defer(SEND)
        return
    _requeue(Message.id == message_id, clock.now(), by, "sent at once", urgency="now", attempts=0)


def release_all(which: ColumnElement[bool], *, by: Actor) -> int:
    """Let every held message of these go that has an address to go to; how many."""
    held = which & (Message.state == "held") & (Message.last_error.is_distinct_from(NO_ADDRESS))
    return _requeue(held, None, by, "released together", many=True)


def cancel_all(which: ColumnElement[bool], *, by: Actor) -> int:
    """Never send any held message of these; how many."""
    held = which & (Message.state == "held")
    return len(digests.cancel(held, by=by, why="cancelled together"))


def cancel(message_id: uuid.UUID, *, by: Actor) -> None:
    """Never send a message that waits, was held or failed.

    One merged into a digest leaves it; with a digest goes everything in it.
    """
    if not digests.cancel(Message.id == message_id, by=by, why="cancelled by hand"):
        raise Conflict


def arrived(message_id: uuid.UUID, *, by: Actor) -> None:
    """Somebody made sure that an uncertain message arrived."""
    message = _get(message_id)
    if message.state != "uncertain":
        raise Conflict
    _one(message_id, "sent", by, "it arrived", sent_at=message.sending_since, last_error=None)


def send_again(message_id: uuid.UUID, *, by: Actor) -> None:
    """Somebody made sure that an uncertain message did not arrive; it keeps its Message-ID."""
    if _get(message_id).state != "uncertain":
        raise Conflict
    _requeue(Message.id == message_id, clock.now(), by, "sent again", urgency="now")


def edit(message_id: uuid.UUID, *, subject: str, body: str, by: Actor) -> None:
    """Change the words of a message that has not gone; both versions stay in its history.

    The places of its personal links must stay, and no other link can be put in.
    """
    message = _get(message_id, lock=True)
    if message.state not in EDITABLE or message.kind == digests.KIND:
        raise Conflict
    subject, body = wording.one_line(subject), wording.tidy(body)
    if not subject:
        raise Complaint("subject", "Enter a subject")
    if sorted(wording.names(body)) != sorted(wording.names(message.body)):
        raise Complaint(
            "body", "Keep each line with {{link …}} as it is: the personal link will stand there"
        )
    if (subject, body) == (message.subject, message.body):
        return
    before = {"subject": message.subject, "body": message.body}
    message.subject, message.body = subject, body
    db.session.flush()
    steps.record(
        [(message_id, message.state, message.state)],
        by=by,
        why="edited",
        before=before,
        after={"subject": subject, "body": body},
    )
    audit.write("edited", "message", message_id, by=by)


def cancel_about(
    subject_type: str,
    subject_ids: Iterable[uuid.UUID],
    *,
    by: Actor,
    why: str,
    kinds: Iterable[str] | None = None,
) -> int:
    """Never send what waits about these things (a cancelled booking, an undone import)."""
    which = (Message.subject_type == subject_type) & Message.subject_id.in_(list(subject_ids))
    if kinds is not None:
        which &= Message.kind.in_(list(kinds))
    return len(digests.cancel(which, by=by, why=why, last_error=why))


def note_sheet(message_id: uuid.UUID, *, by: Actor) -> None:
    """Note that somebody opened the sheet to print, which shows its person's own links."""
    audit.write("opened the sheet to print", "message", message_id, by=by)


def printed(message_id: uuid.UUID, *, by: Actor) -> None:
    """Note that a message without an address was printed and given to its person."""
    _one(message_id, "cancelled", by, "printed and given by hand", last_error=PRINTED)


def _get(message_id: uuid.UUID, *, lock: bool = False) -> Message:
    message = db.session.scalar(
        select(Message).where(Message.id == message_id).with_for_update()
        if lock
        else select(Message).where(Message.id == message_id)
    )
    if message is None:
        raise NotFound
    return message


def _one(message_id: uuid.UUID, to: str, by: Actor, why: str, **values: object) -> None:
    if not steps.move(Message.id == message_id, to, by=by, why=why, **values):
        raise Conflict


def _requeue(
    which: ColumnElement[bool],
    when: datetime | None,
    by: Actor,
    why: str,
    *,
    many: bool = False,
    **values: object,
) -> int:
    planned = {"not_before": when} if when else {}
    moved = steps.move(
        which, "queued", by=by, why=why, last_error=None, released_at=clock.now(),
        **planned, **values,
    )  # fmt: skip
    if not moved and not many:
        raise Conflict
    if moved:
        defer(SEND, at=when)
    return len(moved)
