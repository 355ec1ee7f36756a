"""The registers: what trainers mark on the day, and what a coordinator corrects some days later.

`runs` puts them on with the rest of a run's life.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial

from sqlalchemy import select

from courses.models import Session
from courses.queries import register as registers
from courses.queries.register import Line
from courses.services import register
from courses.services.register import NewMark
from lms import clock
from lms.db import db
from plugins.demonstration.days import next_working
from plugins.demonstration.plans import Member
from plugins.demonstration.stage import Life
from surveys.services import opening

CORRECTED_AFTER, CORRECTED_AT = timedelta(days=2), time(10, 20)
WHY = "On the trainer's paper list: came in after the register was taken"


@dataclass(frozen=True)
class Held:
    """A session as it was held; the `first` and the `last` of a run have stories of their own."""

    start: datetime
    end: datetime
    first: bool
    last: bool


def put_on(life: Life, held: Held) -> None:
    """Mark a session as it ends; correct it days later where somebody was overlooked."""
    life.play.at(held.end + timedelta(minutes=4), partial(_mark, life, held))
    if held.first and any(one.overlooked for one in life.plan.members):
        day = next_working(clock.london(held.start).date() + CORRECTED_AFTER)
        life.play.at(clock.at(day, CORRECTED_AT), partial(_correct, life, held))


def _mark(life: Life, held: Held) -> None:
    """The trainer's register of one session."""
    session_id, members = _session(life, held), life.members
    marks = [
        _mark_of(line.place_id, members.get(line.booking_id), held)
        for line in registers.lines(session_id)
    ]
    register.save(session_id, marks, by=life.trainer)


def _session(life: Life, held: Held) -> uuid.UUID:
    return db.session.scalars(
        select(Session.id).where(
            Session.cohort_id == life.cohort_id, Session.during.contains(held.start)
        )
    ).one()


def _mark_of(place_id: uuid.UUID, one: Member | None, held: Held) -> NewMark:
    if one is None:
        return NewMark(place_id, "present")
    if one.misses_the_last and held.last:
        return NewMark(place_id, "absent", reason="unwell")
    if one.overlooked and held.first:
        return NewMark(place_id, "absent", reason="unknown")
    if one.lateness and held.first:
        return NewMark(place_id, "late", arrived_at=held.start + timedelta(minutes=one.lateness))
    if one.leaves_early and held.last:
        return NewMark(place_id, "left_early", left_at=held.end - timedelta(minutes=25))
    return NewMark(place_id, "present")


def _correct(life: Life, held: Held) -> None:
    """Who was overlooked was there; what hangs on it, survey and certificate, follows."""
    session_id, members = _session(life, held), life.members
    lines = [
        line
        for line in registers.lines(session_id)
        if line.booking_id in members and members[line.booking_id].overlooked
    ]
    register.save(session_id, [_there(line, held) for line in lines], by=life.coordinator, why=WHY)
    opening.tick()


def _there(line: Line, held: Held) -> NewMark:
    arrived = held.start + timedelta(minutes=12)
    seen = line.mark.id if line.mark else None
    return NewMark(line.place_id, "late", arrived_at=arrived, seen=seen)
