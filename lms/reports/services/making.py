"""Asking for what a job makes with the name and reach of whoever asks, like a version or a return.

Views call it; `lms.reports.jobs` does the work, and the page of what was asked waits for it.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from lms import clock
from lms.contracts import Actor
from lms.db import db, uuid7
from lms.jobs import defer
from lms.reports.asking import Again, Asked, Wanted
from lms.reports.jobs import MAKE
from lms.reports.models import Making
from lms.reports.queries import making as queries
from lms.reports.queries import returns
from lms.reports.services.returns import ONCE

ONE_AT_A_TIME = "reports.make"
"""Each is compared with those before it, so no two are made at once."""


def ask_version(asked: Asked, *, by: Actor) -> uuid.UUID:
    """Have a version made for somebody outside; returns where to look for it."""
    return _ask(asked.report.question, asked, by)


def ask_return(wanted: Wanted, *, by: Actor) -> uuid.UUID:
    """Have a return frozen; returns where to look for it. Raises `Complaint` if it was before."""
    if returns.frozen_as(wanted.key(by)) is not None:
        raise ONCE
    return _ask(wanted.title, wanted, by)


def ask_preview(wanted: Wanted, *, by: Actor) -> uuid.UUID:
    """Have counted what a return would keep; returns where to look for it."""
    return _ask(wanted.title, replace(wanted, only_look=True), by)


def ask_comparison(return_id: uuid.UUID, *, by: Actor) -> uuid.UUID:
    """Have a return compared with now; returns where to look for it."""
    return _ask(returns.find_to_restate(by, return_id).title, Again(return_id), by)


def ask_restatement(return_id: uuid.UUID, reason: str, shown: str, *, by: Actor) -> uuid.UUID:
    """Have restated what a comparison has `shown`; returns where to look for it."""
    again = Again(return_id, reason, shown)
    return _ask(returns.find_to_restate(by, return_id).title, again, by)


def ask_again(making_id: uuid.UUID, *, by: Actor) -> uuid.UUID:
    """Have made what failed, with what they may see now; returns where to look for it.

    Who presses twice asks once.
    """
    held = queries.held(by, making_id)
    if held.state == "ready":
        return held.id
    return _ask(held.title, queries.wanted_in(held), by)


def _still(same: Making, words: dict[str, Any]) -> bool:
    """Whether these are the words of what waits, or are from now on; not where it has just ended.

    Who changes none waits for nobody.
    """
    if all(getattr(same, name) == value for name, value in words.items()):
        return True
    waiting = update(Making).where(Making.id == same.id, Making.state == "pending")
    return db.session.scalar(waiting.values(words).returning(Making.id)) is not None


def _ask(title: str, wanted: Asked | Wanted | Again, by: Actor) -> uuid.UUID:
    """A person's one row of this question, waiting, and its job; the same as long as it waits."""
    assert by.person_id is not None
    key = wanted.key(by)
    words: dict[str, Any] = {"title": title, "wanted": wanted.as_json()}
    own = select(Making).where(Making.by_id == by.person_id, Making.key == key)
    same, now = db.session.scalar(own), clock.now()
    if same is not None and queries.waits(same) and _still(same, words):
        return same.id
    anew = words | {"state": "pending", "error": None, "made_id": None, "outcome": None}
    anew |= {"created_at": now, "updated_at": now}
    row = anew | {"id": uuid7(), "kind": wanted.kind, "key": key, "by_id": by.person_id}
    asked = db.session.scalar(
        insert(Making)
        .values(row)
        .on_conflict_do_update(
            index_elements=["by_id", "key"],
            set_=anew,
            where=or_(Making.state != "pending", Making.created_at < now - queries.LONGEST),
        )
        .returning(Making.id)
    )
    if asked is None:  # another press of theirs came first
        asked = db.session.scalars(own).one().id
    else:
        defer(MAKE, key=ONE_AT_A_TIME, making=str(asked))
    return asked
