"""Surveys open and close by the clock, by the register and by completion.

A periodic job and events of the courses room call it; whoever opens also invites.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from courses.models import Attendance, ComponentCompletion, Place, Session
from courses.queries import register
from lms import audit, clock, events
from lms.contracts import SYSTEM, Actor, Job, WaveKind
from lms.db import Complaint, db
from surveys.models import Assignment, Wave
from surveys.services import assigning, invitations


def tick() -> None:
    """Open and close what is due, of every cohort."""
    now = clock.now()
    due = db.session.scalars(
        select(Wave.cohort_id)
        .join(Assignment, Assignment.wave_id == Wave.id)
        .where(Assignment.state == "waiting", Assignment.opens_at <= now)
        .distinct()
        .order_by(Wave.cohort_id)
    ).all()
    for cohort_id in due:
        open_due(cohort_id)
    close_due()


TICK = Job("surveys.tick", tick, cron="*/5 * * * *")


def open_due(cohort_id: uuid.UUID, *also: uuid.UUID) -> None:
    """Open the surveys of a cohort whose time has come, for those who were there, and invite.

    `also` are bookings whose surveys open whatever the register says: who scans the code in the
    room is in the room.
    """
    now = clock.now()
    opened = db.session.execute(
        update(Assignment)
        .where(
            Assignment.wave_id == Wave.id,
            Wave.cohort_id == cohort_id,
            Assignment.state == "waiting",
            Assignment.opens_at <= now,
            or_(Assignment.closes_at.is_(None), Assignment.closes_at > now),
            or_(Wave.kind == "pre", _took_part(), Assignment.booking_id.in_(also)),
        )
        .values(state="open", updated_at=now)
        .returning(Assignment.id, Assignment.wave_id)
    ).all()
    if not opened:
        return
    assigning.grant_links(cohort_id)
    invitations.invite([row.id for row in opened])
    for wave_id in sorted({row.wave_id for row in opened}):
        events.publish(events.WaveOpened(SYSTEM, cohort_id, wave_id))


def close_due() -> None:
    """Close what nobody may answer any more, and what never opened in its time."""
    now = clock.now()
    db.session.execute(
        update(Assignment)
        .where(Assignment.state.in_(("waiting", "open")), Assignment.closes_at <= now)
        .values(state="closed", updated_at=now)
    )


def after_completion(cohort_id: uuid.UUID, booking_id: uuid.UUID) -> None:
    """E-learning alone has no last session: what comes after is counted from the completion."""
    now = clock.now()
    waves = db.session.scalars(
        select(Wave).where(Wave.cohort_id == cohort_id, Wave.anchor == "completion")
    ).all()
    for wave in waves:
        opens, stays = now, assigning.POST_OPEN
        if wave.kind == WaveKind.FOLLOW_UP:
            opens = assigning.after_months(now, wave.months or 0)
            stays = assigning.FOLLOW_UP_OPEN
        db.session.execute(
            update(Assignment)
            .where(
                Assignment.wave_id == wave.id,
                Assignment.booking_id == booking_id,
                Assignment.state == "waiting",
                Assignment.opens_at.is_(None),
            )
            .values(opens_at=opens, closes_at=opens + stays, updated_at=now)
        )
    if waves:
        close_before(booking_id)
        open_due(cohort_id)


def close_before(booking_id: uuid.UUID) -> None:
    """The survey before e-learning closes with the first evidence of starting."""
    now = clock.now()
    db.session.execute(
        update(Assignment)
        .where(
            Assignment.wave_id == Wave.id,
            Wave.kind == "pre",
            Wave.anchor == "booking",
            Assignment.booking_id == booking_id,
            Assignment.state.in_(("waiting", "open")),
        )
        .values(state="closed", closes_at=func.coalesce(Assignment.closes_at, now), updated_at=now)
    )


def extend(wave_id: uuid.UUID, *, days: int, why: str, by: Actor) -> int:
    """Open a closed wave again for so many days to those who were there and have not answered.

    Returns how many they are. Raises `Complaint` while it has not closed: it needs no more time,
    and must not end earlier than people were told.
    """
    now = clock.now()
    until = clock.start_of(clock.today() + timedelta(days=days + 1)) - timedelta(minutes=1)
    wave = db.session.get_one(Wave, wave_id, with_for_update=True)
    if wave.closes_at is None or wave.closes_at > now:
        raise Complaint("days", "This survey has not closed, so it needs no more time")
    wave.closes_at = until
    db.session.flush()
    opened = db.session.scalars(
        update(Assignment)
        .where(
            Assignment.wave_id == Wave.id,
            Wave.id == wave_id,
            Assignment.state.in_(("closed", "open")),
            or_(Wave.kind == "pre", Assignment.state == "open", _took_part()),
        )
        .values(state="open", closes_at=until, updated_at=now)
        .returning(Assignment.id)
    ).all()
    assigning.grant_links(wave.cohort_id)
    after = {"closes_at": until.isoformat(), "why": why}
    audit.write("survey.extended", "surveys_wave", wave_id, by=by, after=after)
    return len(opened)


def _took_part() -> ColumnElement[bool]:
    """Whether somebody was there at the last session, or has done their e-learning."""
    return or_(_at_the_last(), _did_components())


def _at_the_last() -> ColumnElement[bool]:
    last = aliased(Session)
    ends = (
        select(func.max(func.upper(last.during)))
        .where(last.cohort_id == Wave.cohort_id, last.holds)
        .correlate(Wave)
        .scalar_subquery()
    )
    return exists(
        select(Place.id)
        .join(Session, Session.id == Place.session_id)
        .join(Attendance, Attendance.place_id == Place.id)
        .where(
            Place.booking_id == Assignment.booking_id,
            Session.holds,
            func.upper(Session.during) == ends,
            Attendance.mark != "absent",
            register.is_current(),
        )
    )


def _did_components() -> ColumnElement[bool]:
    return and_(
        Wave.anchor == "completion",
        exists(
            select(ComponentCompletion.id).where(
                ComponentCompletion.booking_id == Assignment.booking_id
            )
        ),
    )
