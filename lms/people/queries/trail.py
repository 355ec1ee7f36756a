"""Reading the audit trail: filtered, in the actor's scope, newest first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, select

from lms import clock
from lms.contracts import Actor
from lms.db import db
from lms.permissions import where
from lms.records import AuditEntry
from lms.web import words

ROOMS = ("people", "messages", "ambassadors", "reports", "courses", "surveys", "certificates")


@dataclass(frozen=True)
class TrailRow:
    """One thing that was done."""

    at: datetime
    who: str
    what: str
    subject_type: str
    subject_id: uuid.UUID | None
    changes: tuple[str, ...]
    request: str

    @property
    def kind(self) -> str:
        """What it was done to: "cohort" for `courses_cohort`."""
        return kind_words(self.subject_type)


def kind_words(subject_type: str) -> str:
    """A kind of thing without its room: "cohort" for `courses_cohort`, "person" for `person`."""
    room, _, noun = subject_type.partition("_")
    return (noun if room in ROOMS else subject_type).replace("_", " ")


def listed(
    actor: Actor,
    *,
    who: str = "",
    verb: str = "",
    subject: str = "",
    since: date | None = None,
    until: date | None = None,
) -> Select[Any]:
    """Entries for `web.paginate`; `until` is a whole day."""
    statement = select(AuditEntry).where(where(actor, "audit.view"))
    if who:
        statement = statement.where(AuditEntry.actor_label.icontains(who, autoescape=True))
    if verb:
        statement = statement.where(AuditEntry.verb == verb)
    if subject:
        statement = statement.where(AuditEntry.subject_type == subject)
    if since:
        statement = statement.where(AuditEntry.at >= clock.start_of(since))
    if until:
        statement = statement.where(AuditEntry.at < clock.start_of(until + timedelta(days=1)))
    return statement.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())


def entries(actor: Actor, limit: int, **filters: Any) -> Sequence[AuditEntry]:
    """The filtered entries for a download."""
    return db.session.scalars(listed(actor, **filters).limit(limit)).all()


def as_row(entry: AuditEntry) -> TrailRow:
    """An entry as people read it."""
    return TrailRow(
        entry.at,
        entry.actor_label,
        entry.verb,
        entry.subject_type,
        entry.subject_id,
        tuple(_changes(entry.before or {}, entry.after or {})),
        entry.request_id or "",
    )


def kinds(actor: Actor) -> tuple[list[str], list[str]]:
    """The verbs and the kinds of thing that occur, for the filters."""
    mine = where(actor, "audit.view")
    verbs = db.session.scalars(select(AuditEntry.verb).where(mine).distinct().limit(100))
    subjects = db.session.scalars(select(AuditEntry.subject_type).where(mine).distinct().limit(100))
    return sorted(verbs), sorted(subjects)


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    names = list(dict.fromkeys([*before, *after]))
    return [
        _change(name, before.get(name), after.get(name))
        for name in names
        if _shown(before.get(name)) or _shown(after.get(name))
    ]


def _change(name: str, before: Any, after: Any) -> str:
    label = name.replace("_", " ")
    if not _shown(before):
        return f"{label}: {_shown(after)}"
    return f"{label}: {_shown(before)} → {_shown(after) or 'nothing'}"


def _shown(value: Any) -> str:
    """A value as people read it: of many things only how many, "" for none."""
    if isinstance(value, list):
        return words.number(len(value))
    return "" if value is None else str(value)
