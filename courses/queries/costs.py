"""What cohorts cost, as it was entered.

The report of cost and the page on which it is entered ask.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from courses import access
from courses.models import Booking, Cohort
from courses.queries import outcomes
from lms.contracts import Actor, Panel
from lms.db import db
from lms.permissions import allowed


@dataclass(frozen=True)
class Cost:
    """What a cohort cost, in pence, and how many started on it, from whatever place."""

    cohort_id: uuid.UUID
    pence: int
    starts: int


def of_cohorts(cohort_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Cost]:
    """The costs that were entered, in one query."""
    started = func.count(Booking.id).filter(outcomes.starts())
    rows = db.session.execute(
        select(Cohort.id, Cohort.costs_pence, started)
        .outerjoin(Booking, Booking.cohort_id == Cohort.id)
        .where(Cohort.id.in_(cohort_ids), Cohort.costs_pence.is_not(None))
        .group_by(Cohort.id)
    )
    return {key: Cost(key, pence or 0, starts) for key, pence, starts in rows}


def panels(actor: Actor, cohort_id: uuid.UUID) -> Iterator[Panel]:
    """Among the pages of a cohort, for those who manage it."""
    if allowed(actor, access.MANAGE):
        values = {"cohort_id": cohort_id, "pence": of_cohort(cohort_id)}
        yield Panel("", "courses/cost_link.html", values, order=90)


def of_cohort(cohort_id: uuid.UUID) -> int | None:
    """What was entered for one cohort, in pence."""
    return db.session.scalar(select(Cohort.costs_pence).where(Cohort.id == cohort_id))
