"""Putting messages in the queue, in the transaction of the change that caused them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from lms.contracts import Actor
from lms.jobs import defer
from lms.messages.sending import SEND
from lms.messages.writing import NewMessage as NewMessage
from lms.messages.writing import write


def queue(*, by: Actor, **message: Any) -> uuid.UUID | None:
    """Queue one message, described as `NewMessage` is; its id, None where its key is known."""
    return queue_many([NewMessage(**message)], by=by)[0]


def queue_many(messages: Sequence[NewMessage], *, by: Actor) -> list[uuid.UUID | None]:
    """Queue messages in a few statements, however many.

    Gives their ids in the order asked for, None for one whose `dedupe_key` is known already.
    Somebody without an e-mail address gets a held message that a coordinator prints.
    """
    rows = write(messages, by=by)
    for when in sorted({row["not_before"] for row in rows if row and row["state"] == "queued"})[
        :20
    ]:
        defer(SEND, at=when)
    return [row["id"] if row else None for row in rows]
