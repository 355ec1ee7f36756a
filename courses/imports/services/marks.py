"""Taking a file's marks over onto our registers, by the register's own service; and undoing it.

`adding` and `undoing` call it, with the cohort and the batch held.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from courses.imports.batches import Batch
from courses.imports.drafts import MarkPlan
from courses.models import Attendance, Place
from courses.queries.cohorts import CohortFacts
from courses.queries.register import is_current
from courses.services import register
from courses.services.register import NewMark
from lms.contracts import Actor
from lms.db import db

UNDONE = "The import was undone"


def hold(cohort: CohortFacts) -> None:
    """Hold off others who mark: what is decided now is what is written."""
    register.hold([session.id for session in cohort.held])


def take(
    cohort: CohortFacts,
    marks: Sequence[tuple[uuid.UUID, MarkPlan]],
    batch: Batch,
    by: Actor,
) -> list[uuid.UUID]:
    """Mark these people (person, mark) on the cohort's registers; the marks' ids.

    Completions follow at once, as after any mark; the history says which file it came from.
    """
    places = _places(cohort)
    sessions: defaultdict[uuid.UUID, list[NewMark]] = defaultdict(list)
    for person_id, plan in marks:
        assert plan.session_id is not None
        sessions[plan.session_id].append(_mark(places[person_id, plan.session_id], plan))
    for session in cohort.held:
        if session.id in sessions:
            why = f"From the file {batch.file_name}"
            register.save(session.id, sessions[session.id], by=by, why=why)
    marked = [mark.place_id for several in sessions.values() for mark in several]
    return list(
        db.session.scalars(
            select(Attendance.id).where(Attendance.place_id.in_(marked), is_current())
        )
    )


def take_back(batch: Batch, by: Actor) -> None:
    """Take back the marks that an import made and nobody has changed since."""
    if ids := [uuid.UUID(one) for one in batch.made.get("marks", ())]:
        register.take_back(ids, by=by, why=UNDONE)


def _places(cohort: CohortFacts) -> dict[tuple[uuid.UUID, uuid.UUID], uuid.UUID]:
    """The place of every person booked at every session."""
    rows = db.session.execute(
        select(Place.person_id, Place.session_id, Place.id).where(
            Place.session_id.in_([session.id for session in cohort.held]), Place.is_booked
        )
    )
    return {(person_id, session_id): key for person_id, session_id, key in rows}


def _mark(place_id: uuid.UUID, plan: MarkPlan) -> NewMark:
    return NewMark(
        place_id,
        plan.mark,
        arrived_at=plan.at if plan.mark == "late" else None,
        left_at=plan.at if plan.mark == "left_early" else None,
    )
