"""What imports put on the home page: a file that waits for "Add", rows that were not added.

`courses.plugin` offers it; only one's own files are mentioned.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import Row, or_, select

from courses.imports import batches
from courses.imports.drafts import ADD, ATTENTION
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
            yield _to_finish(batch, today)
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
    """This person's files that wait for Add, and those added lately, oldest first."""
    lately = ImportBatch.confirmed_at > clock.now() - REFUSED_FOR
    return db.session.execute(
        select(
            ImportBatch.id,
            ImportBatch.file_name,
            ImportBatch.state,
            ImportBatch.counts,
            ImportBatch.created_at,
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


def _to_finish(batch: Row[Any], today: date) -> Todo:
    forgotten = words.weekday_datetime(batch.created_at + timedelta(days=1))
    marks = int(batch.counts.get("marks", 0))
    more = f" and {words.plural(marks, 'mark')}" if marks else ""
    return Todo(
        f"Finish importing {batch.file_name}",
        f"{words.plural(int(batch.counts.get(ADD, 0)), 'row')}{more} wait for you to press Add. "
        f"The file is forgotten at {forgotten}",
        "Check the rows",
        url_for("imports.preview", batch_id=batch.id),
        today,
        URGENCY,
    )
