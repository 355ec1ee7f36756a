"""The audit trail: one row per change, in the change's own transaction.

Services call `write`; what must survive a refusal (a refused sign-in, a 403) uses `write_apart`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import g, has_request_context
from sqlalchemy import insert, select

from lms import clock
from lms.contracts import Actor
from lms.db import apart, db, uuid7
from lms.records import AuditEntry

Fields = Mapping[str, Any]


def write(
    verb: str,
    subject_type: str,
    subject_id: uuid.UUID | None,
    *,
    by: Actor,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Record who did what. `before` and `after` are the fields of the room's audit list only:
    no answers, no free text, no addresses.
    """
    write_many(verb, subject_type, [(subject_id, before, after)], by=by)


def write_many(
    verb: str,
    subject_type: str,
    subjects: Sequence[tuple[uuid.UUID | None, Fields | None, Fields | None]],
    *,
    by: Actor,
) -> None:
    """The same of many subjects at once, each with its `before` and `after`."""
    rows = [_row(verb, subject_type, one, by, before, after) for one, before, after in subjects]
    if rows:
        db.session.execute(insert(AuditEntry), rows)


def write_apart(verb: str, subject_type: str, subject_id: uuid.UUID | None, *, by: Actor) -> None:
    """Record a refusal in a transaction of its own, since the request's is rolled back."""
    with apart() as connection:
        connection.execute(
            insert(AuditEntry), [_row(verb, subject_type, subject_id, by, None, None)]
        )


def last_change(subject_type: str, subject_id: uuid.UUID) -> tuple[datetime, str] | None:
    """When somebody last changed it, and who; None if nobody did."""
    row = db.session.execute(
        select(AuditEntry.at, AuditEntry.actor_label)
        .where(
            AuditEntry.subject_type == subject_type,
            AuditEntry.subject_id == subject_id,
            AuditEntry.verb == "changed",
        )
        .order_by(AuditEntry.at.desc())
        .limit(1)
    ).first()
    return (row.at, row.actor_label) if row else None


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that differ, as they were and as they are."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def _row(
    verb: str,
    subject_type: str,
    subject_id: uuid.UUID | None,
    by: Actor,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> dict[str, Any]:
    label = f"{by.name} (personal link)" if by.link else by.name
    return {
        "id": uuid7(),
        "at": clock.now(),
        "actor_id": by.person_id,
        "actor_label": label,
        "verb": verb,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "before": dict(before) if before is not None else None,
        "after": dict(after) if after is not None else None,
        "request_id": g.get("reference") if has_request_context() else None,
    }
