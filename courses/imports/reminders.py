"""What imports put on the home page: a file that is not finished, rows that were not added.

`courses.plugin` offers it; only one's own files are mentioned.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import Row, or_, select

from courses.imports import batches
from courses.imports.drafts import ADD, ATTENTION
from courses.imports.services.purging import STAGED_FOR
from lms import clock
from lms.contracts import Actor, Todo
from lms.db import db
from lms.records import ImportBatch
from lms.web import words

REFUSED_FOR = timedelta(days=7)
URGENCY = 60
MOST = 20


def todos(actor: Actor, today: date) -> Iterable[Todo]:
    """One line for each of the actor's files that needs something."""
    if actor.person_id is None:
        return
    for batch in _waiting(actor.person_id):
        refused = int(batch.counts.get(ATTENTION, 0))
        if batch.state == batches.STAGED:
            yield _to_finish(batch)
        elif refused:
            yield Todo(
                f"{words.plural(refused, 'row')} of {batch.file_name} "
                f"{'was' if refused == 1 else 'were'} not added",
                "The file with the reasons can be corrected and uploaded again",
                "See the rows",
                url_for("imports.preview", batch_id=batch.id),
                None,
                URGENCY,
            )


def _waiting(person_id: uuid.UUID) -> Sequence[Row[Any]]:
    """This person's files not finished, and those added lately, oldest first."""
    lately = ImportBatch.confirmed_at > clock.now() - REFUSED_FOR
    return db.session.execute(
        select(
            ImportBatch.id,
            ImportBatch.file_name,
            ImportBatch.state,
            ImportBatch.counts,
            ImportBatch.updated_at,
        )
        .where(
            ImportBatch.by_id == person_id,
            or_(
                ImportBatch.state == batches.STAGED,
                (ImportBatch.state == batches.CONFIRMED) & lately,
            ),
        )
        .order_by(ImportBatch.created_at)
        .limit(MOST)
    ).all()


def _to_finish(batch: Row[Any]) -> Todo:
    forgotten = batch.updated_at + STAGED_FOR
    return Todo(
        f"Finish importing {batch.file_name}",
        f"{_left(batch.counts)}. The file is forgotten at {words.weekday_datetime(forgotten)}",
        "Check the rows",
        url_for("imports.preview", batch_id=batch.id),
        words.day_of(forgotten),
        URGENCY,
    )


def _left(counts: Mapping[str, Any]) -> str:
    """ "2 rows wait for you to press Add, 4 rows wait for answers"."""
    add, marks, asked = (int(counts.get(name, 0)) for name in (ADD, "marks", ATTENTION))
    ready = [words.plural(add, "row")] if add else []
    ready += [words.plural(marks, "mark")] if marks else []
    parts = []
    if ready:
        wait = "waits" if add + marks == 1 else "wait"
        parts.append(f"{words.listing(ready)} {wait} for you to press Add")
    if asked:
        parts.append(words.plural(asked, "row waits for an answer", "rows wait for answers"))
    return ", ".join(parts) or "No row is left to add"
