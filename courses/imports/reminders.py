"""What imports put on the home page: a file that waits for "Add", rows that were not added.

`courses.plugin` offers it; only one's own files are mentioned.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from flask import url_for
from sqlalchemy import or_, select

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
    rows = db.session.execute(
        select(
            ImportBatch.id,
            ImportBatch.file_name,
            ImportBatch.state,
            ImportBatch.counts,
            ImportBatch.created_at,
        )
        .where(
            ImportBatch.by_id == actor.person_id,
            or_(
                ImportBatch.state == batches.STAGED,
                (ImportBatch.state == batches.CONFIRMED)
                & (ImportBatch.confirmed_at > clock.now() - REFUSED_FOR),
            ),
        )
        .order_by(ImportBatch.created_at)
        .limit(MOST)
    )
    for batch_id, file_name, state, counts, created_at in rows:
        url = url_for("imports.preview", batch_id=batch_id)
        refused = int(counts.get(ATTENTION, 0))
        if state == batches.STAGED:
            yield Todo(
                f"Finish importing {file_name}",
                f"{words.plural(int(counts.get(ADD, 0)), 'row')} wait for you to press Add. The "
                f"file is forgotten at {words.weekday_datetime(created_at + timedelta(days=1))}",
                "Check the rows",
                url,
                today,
                URGENCY,
            )
        elif refused:
            yield Todo(
                f"{words.plural(refused, 'row')} of {file_name} "
                f"{'was' if refused == 1 else 'were'} not added",
                "The file with the reasons can be corrected and uploaded again",
                "See the rows",
                url,
                None,
                URGENCY,
            )
