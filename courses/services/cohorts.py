"""A cohort's life: its states, each step with its line of history, and what follows by itself.

Scheduling, cancelling and the periodic job call `step`; nobody else sets a cohort's state.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from courses.models import (
    Booking,
    Cohort,
    CohortChange,
    Place,
    Session,
)
from courses.queries import cohorts, register
from courses.queries.outcomes import OWN_TIME
from courses.services import notices
from lms import clock, working_days
from lms.contracts import SYSTEM, Actor, Job
from lms.db import crash_point, db, lock_row
from lms.errors import Conflict, NotFound
from lms.events import (
    CohortClosed,
    CohortEvent,
    CohortFinished,
    CohortPublished,
    CohortScheduled,
    CohortStarted,
    publish,
)

ALLOWED: Mapping[str, frozenset[str]] = {
    "draft": frozenset({"scheduled", "cancelled"}),
    "scheduled": frozenset({"published", "cancelled"}),
    "published": frozenset({"running", "cancelled"}),
    "running": frozenset({"finished", "cancelled"}),
    "finished": frozenset({"closed"}),
}
EVENTS: Mapping[str, type[CohortEvent]] = {
    "scheduled": CohortScheduled,
    "published": CohortPublished,
    "running": CohortStarted,
    "finished": CohortFinished,
    "closed": CohortClosed,
}
NEEDS_KEPT = timedelta(days=28)
JOINING_DAYS = 5
"""Working days before the first session at which joining instructions go."""


def step(cohort_id: uuid.UUID, to: str, *, by: Actor, why: str = "") -> None:
    """Take a cohort to another state and tell everybody; `Conflict` where it may not go there."""
    cohort = locked(cohort_id)
    if to not in ALLOWED.get(cohort.state, ()):
        raise Conflict("Somebody else has just changed this cohort.")
    record(cohort_id, cohort.state, to, by=by, why=why)
    cohort.state = to
    db.session.flush()
    if to in EVENTS:
        publish(EVENTS[to](by, cohort_id))


def record(cohort_id: uuid.UUID, before: str | None, to: str, *, by: Actor, why: str = "") -> None:
    """Write a line of a cohort's history; an edit keeps the state and says what in `why`."""
    db.session.add(
        CohortChange(
            cohort_id=cohort_id,
            from_state=before,
            to_state=to,
            by_id=by.person_id,
            by_label=by.name,
            why=why[:2000],
        )
    )
    db.session.flush()


def locked(cohort_id: uuid.UUID) -> Cohort:
    """The cohort's row, held against everybody else until the end."""
    lock_row(Cohort, cohort_id)
    found = db.session.get(Cohort, cohort_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def move_on() -> None:
    """Start, finish and close the cohorts whose time has come; running it twice changes nothing."""
    now = clock.now()
    _all("published", "running", or_(_first_start() <= now, and_(~_has_sessions(), _opened(now))))
    _all("running", "finished", or_(_last_end() <= now, and_(~_has_sessions(), _run_out(now))))
    _all("finished", "closed", _registers_complete())
    crash_point("cohorts.moved_on")


def send_joining() -> None:
    """Queue the joining instructions of cohorts that begin within five working days, once."""
    until = clock.start_of(working_days.add_working_days(clock.today(), JOINING_DAYS + 1))
    for cohort in cohorts.matching(
        Cohort.state == "published", _first_start() > clock.now(), _first_start() < until
    ):
        notices.joining(cohort, by=SYSTEM)


def forget_needs() -> None:
    """Delete what people needed on the day, 28 days after the last session."""
    long_ago = clock.now() - NEEDS_KEPT
    over = select(Cohort.id).where(_last_end() < long_ago)
    db.session.execute(
        update(Booking)
        .where(Booking.cohort_id.in_(over), Booking.needs.is_not(None))
        .values(needs=None)
        .execution_options(synchronize_session=False)
    )


def forget_needs_of(person_id: uuid.UUID) -> None:
    """Delete what an erased person needed on the day, whenever that is."""
    db.session.execute(
        update(Booking)
        .where(Booking.person_id == person_id)
        .values(needs=None)
        .execution_options(synchronize_session=False)
    )


def _all(state: str, to: str, condition: ColumnElement[bool]) -> None:
    due = db.session.scalars(
        select(Cohort.id).where(Cohort.state == state, condition).order_by(Cohort.id)
    ).all()
    for cohort_id in due:
        lock_row(Cohort, cohort_id)
        if db.session.scalar(select(Cohort.state).where(Cohort.id == cohort_id)) == state:
            step(cohort_id, to, by=SYSTEM)


def _has_sessions() -> ColumnElement[bool]:
    return exists().where(Session.cohort_id == Cohort.id, Session.holds)


def _opened(now: datetime) -> ColumnElement[bool]:
    """A cohort without sessions runs from the day it opens."""
    return or_(Cohort.opens_at.is_(None), Cohort.opens_at <= now)


def _run_out(now: datetime) -> ColumnElement[bool]:
    """Who books an e-learning course on the last day has twelve weeks to do it."""
    return Cohort.closes_at <= now - OWN_TIME


def _first_start() -> ColumnElement[datetime]:
    return (
        select(func.min(func.lower(Session.during)))
        .where(Session.cohort_id == Cohort.id, Session.holds)
        .correlate(Cohort)
        .scalar_subquery()
    )


def _last_end() -> ColumnElement[datetime]:
    return (
        select(func.max(func.upper(Session.during)))
        .where(Session.cohort_id == Cohort.id, Session.holds)
        .correlate(Cohort)
        .scalar_subquery()
    )


def _registers_complete() -> ColumnElement[bool]:
    """Nobody booked is unmarked at a session that was held."""
    unmarked = (
        select(Place.id)
        .join(Booking, Booking.id == Place.booking_id)
        .where(
            Booking.cohort_id == Cohort.id,
            Place.is_booked,
            Place.holds,
            ~register.is_marked(Place.id),
        )
        .correlate(Cohort)
    )
    return ~unmarked.exists()


TICK = Job("courses.move_on", move_on, cron="*/5 * * * *")
JOINING = Job("courses.joining", send_joining, cron="11 * * * *")
NEEDS = Job("courses.forget_needs", forget_needs, cron="23 3 * * *")
JOBS = (TICK, JOINING, NEEDS)
