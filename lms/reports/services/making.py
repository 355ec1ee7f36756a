"""Asking for a version or a return, which a job makes with the name and reach of whoever asks.

Views call it; `lms.reports.jobs` does the work, and the page of what was asked waits for it.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lms import clock
from lms.contracts import Actor
from lms.db import db, uuid7
from lms.errors import NotFound
from lms.jobs import defer
from lms.reports.asking import Asked, Wanted
from lms.reports.jobs import MAKE
from lms.reports.models import Making
from lms.reports.queries import returns
from lms.reports.services.returns import ONCE

ONE_AT_A_TIME = "reports.make"
"""Each is compared with those before it, so no two are made at once."""


def ask_version(asked: Asked, *, by: Actor) -> uuid.UUID:
    """Have a version made for somebody outside; returns where to look for it."""
    return _ask("version", asked.report.question, asked.as_json(), asked.key(by), by)


def ask_return(wanted: Wanted, *, by: Actor) -> uuid.UUID:
    """Have a return frozen; returns where to look for it. Raises `Complaint` if it was before."""
    if returns.is_frozen(wanted.key(by)):
        raise ONCE
    return _ask("return", wanted.title, wanted.as_json(), wanted.key(by), by)


def ask_again(making_id: uuid.UUID, *, by: Actor) -> None:
    """Have made what failed, from its beginning; who presses twice asks once."""
    held = db.session.scalar(
        select(Making).where(Making.id == making_id, Making.by_id == by.person_id)
    )
    if held is None:
        raise NotFound
    if held.state == "failed":
        _ask(held.kind, held.title, held.wanted, held.key, by)


def _ask(kind: str, title: str, wanted: dict[str, Any], key: str, by: Actor) -> uuid.UUID:
    """A person's one row of this question, waiting anew, and its job; nothing if it waits now."""
    assert by.person_id is not None
    now = clock.now()
    anew = {
        "title": title,
        "wanted": wanted,
        "state": "pending",
        "error": None,
        "made_id": None,
        "updated_at": now,
    }
    row = anew | {
        "id": uuid7(),
        "kind": kind,
        "key": key,
        "by_id": by.person_id,
        "created_at": now,
    }
    asked = db.session.scalar(
        insert(Making)
        .values(row)
        .on_conflict_do_update(
            index_elements=["by_id", "key"], set_=anew, where=Making.state != "pending"
        )
        .returning(Making.id)
    )
    if asked is None:
        same = Making.by_id == by.person_id, Making.key == key
        asked = db.session.scalars(select(Making.id).where(*same)).one()
    else:
        defer(MAKE, key=ONE_AT_A_TIME, making=str(asked))
    return asked
