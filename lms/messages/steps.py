"""The one place that moves a message from state to state, with its line of history.

Services and the sender call `move`; a message that somebody else has moved meanwhile stays.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from lms import clock
from lms.contracts import Actor
from lms.db import db, uuid7
from lms.messages.models import Message, MessageChange

MOVES: dict[str, frozenset[str]] = {
    "queued": frozenset({"held", "merged", "sending", "cancelled"}),
    "held": frozenset({"queued", "cancelled"}),
    "merged": frozenset({"cancelled"}),
    "sending": frozenset({"sent", "queued", "held", "uncertain", "failed", "cancelled"}),
    "uncertain": frozenset({"sent", "queued"}),
    "failed": frozenset({"queued", "cancelled"}),
    "sent": frozenset({"bounced"}),
    "bounced": frozenset(),
    "cancelled": frozenset(),
}


def move(
    which: ColumnElement[bool],
    to: str,
    *,
    by: Actor,
    why: str = "",
    **values: Any,
) -> list[uuid.UUID]:
    """Move every message `which` that may go to this state; the ids of those that did."""
    origins = [state for state, targets in MOVES.items() if to in targets]
    rows = db.session.execute(
        select(Message.id, Message.state)
        .where(which, Message.state.in_(origins))
        .order_by(Message.id)
        .with_for_update()
    ).all()
    if not rows:
        return []
    now = clock.now()
    db.session.execute(
        update(Message)
        .where(Message.id.in_([row.id for row in rows]))
        .values(state=to, updated_at=now, **values)
        .execution_options(synchronize_session="fetch")
    )
    record(((row.id, row.state, to) for row in rows), by=by, why=why)
    return [row.id for row in rows]


def record(
    changes: Iterable[tuple[uuid.UUID, str | None, str]],
    *,
    by: Actor,
    why: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write lines of history: message, from, to."""
    now = clock.now()
    rows = [
        {
            "id": uuid7(),
            "message_id": message_id,
            "from_state": old,
            "to_state": new,
            "at": now,
            "by_id": by.person_id,
            "by_label": by.name,
            "why": why[:2000],
            "before": before,
            "after": after,
        }
        for message_id, old, new in changes
    ]
    if rows:
        db.session.execute(insert(MessageChange), rows)
