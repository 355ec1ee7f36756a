"""How a cohort was cancelled: when, by whom, why, and what became of the people who had a place.

The cohort's page says it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from courses.models import Booking, BookingChange, Cohort, CohortChange, Edition, Waiting
from courses.queries import cohorts
from courses.queries.cohorts import CohortFacts
from lms.db import db
from lms.web import words

AT_ONCE = timedelta(minutes=5)
"""What belongs to one press happens within so long."""


@dataclass(frozen=True)
class Cancellation:
    """The step that cancelled a cohort; `lines` say what became of the people."""

    at: datetime
    by: str
    why: str
    lines: tuple[str, ...]
    before_it_began: bool


def of(cohort: CohortFacts) -> Cancellation | None:
    """How this cohort was cancelled; None while it is not."""
    if cohort.state != "cancelled":
        return None
    step = db.session.execute(
        select(CohortChange.at, CohortChange.by_label, CohortChange.why)
        .where(CohortChange.cohort_id == cohort.id, CohortChange.to_state == "cancelled")
        .order_by(CohortChange.at.desc())
        .limit(1)
    ).first()
    if step is None:
        return None
    people = _people(cohort.id, step.at, step.why)
    return Cancellation(
        at=step.at,
        by=step.by_label,
        why=step.why,
        lines=_lines(cohort, people, step.at),
        before_it_began=all(one.start > step.at for one in cohort.sessions),
    )


def _people(cohort_id: uuid.UUID, at: datetime, why: str) -> dict[str, list[uuid.UUID]]:
    """Those whose place ended with the cohort, by how it did."""
    found: dict[str, list[uuid.UUID]] = {"moved": [], "cancelled": []}
    rows = db.session.execute(
        select(BookingChange.to_state, Booking.person_id)
        .join(Booking, Booking.id == BookingChange.booking_id)
        .where(
            Booking.cohort_id == cohort_id,
            BookingChange.from_state == "booked",
            BookingChange.to_state.in_(found),
            BookingChange.why == why,
            _then(BookingChange.at, at),
        )
    )
    for state, person_id in rows:
        found[state].append(person_id)
    return found


def _lines(
    cohort: CohortFacts, people: dict[str, list[uuid.UUID]], at: datetime
) -> tuple[str, ...]:
    if not people["moved"] and not people["cancelled"]:
        return ("Nobody was booked",)
    said = []
    for target, count in _targets(cohort, people["moved"], at):
        were = words.plural(count, "person was", "people were")
        code = f" ({target.code})" if target.first else ""
        said.append(f"{words.capital(were)} moved to {target.when('their')}{code}")
    if lost := len(people["cancelled"]):
        waits = _waiting(cohort.course_id, people["cancelled"])
        who = words.plural(lost, "person lost their place", "people lost their places")
        now = f"; {waits} of them {'waits' if waits == 1 else 'wait'} for the course now"
        said.append(words.capital(who) + (now if waits else ""))
    return tuple(said)


def _targets(
    cohort: CohortFacts, person_ids: list[uuid.UUID], at: datetime
) -> list[tuple[CohortFacts, int]]:
    rows = db.session.execute(
        select(Booking.cohort_id, func.count())
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .where(
            Booking.person_id.in_(person_ids),
            Booking.cohort_id != cohort.id,
            Edition.course_id == cohort.course_id,
            _then(Booking.created_at, at),
        )
        .group_by(Booking.cohort_id)
    ).all()
    known = cohorts.several([row[0] for row in rows])
    return [(known[cohort_id], count) for cohort_id, count in rows]


def _waiting(course_id: uuid.UUID, person_ids: list[uuid.UUID]) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Waiting)
            .where(
                Waiting.course_id == course_id,
                Waiting.person_id.in_(person_ids),
                Waiting.closed_at.is_(None),
            )
        )
        or 0
    )


def _then(column: Any, at: datetime) -> ColumnElement[bool]:
    within: ColumnElement[bool] = column.between(at - AT_ONCE, at + AT_ONCE)
    return within
