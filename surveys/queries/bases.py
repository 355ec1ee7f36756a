"""Of whom answers are counted: those booked now, those who attended, those who finished.

The team's counts call it, so that a page, a list and a column name the same people.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select

from courses.models import Attendance, Booking, Place
from courses.queries import register
from lms.db import db
from surveys.models import Wave


@dataclass(frozen=True)
class People:
    """Who of a cohort is booked now, who of them was there, and who was at no session of it."""

    booked: frozenset[uuid.UUID]
    there: frozenset[uuid.UUID]
    away: frozenset[uuid.UUID]

    def count(
        self, kind: str, anchor: str, states: Mapping[uuid.UUID, str]
    ) -> tuple[int, int, str]:
        """Of how many a wave's answers are counted, how many came from them, and who they are.

        `states` are the wave's assignments by booking, without those that are void. Who answered
        in the room before its register is marked was there; who is marked absent was not.
        """
        asked = states.keys() & self.booked
        answered = {key for key in asked if states[key] == "submitted"}
        if kind == "pre":
            base, name = asked, "booked"
        elif anchor == "completion":
            base, name = {key for key in asked if states[key] != "waiting"}, "who finished"
        else:
            base, name = {*self.there, *(answered - self.away)}, "who attended"
        return len(base), len(answered & base), name


def still_booked() -> ColumnElement[bool]:
    """That a booking holds on the cohort of its wave: who gave up a place is counted no more."""
    return and_(Booking.cohort_id == Wave.cohort_id, Booking.state == "booked")


def of_cohort(cohort_id: uuid.UUID) -> People:
    """Those booked now, by the marks nobody has replaced."""
    rows = db.session.execute(
        select(
            Booking.id,
            func.count(Attendance.id).filter(Attendance.mark != "absent"),
            func.count(Attendance.id),
            func.count(Place.id),
        )
        .outerjoin(Place, Place.booking_id == Booking.id)
        .outerjoin(Attendance, and_(Attendance.place_id == Place.id, register.is_current()))
        .where(Booking.cohort_id == cohort_id, Booking.state == "booked")
        .group_by(Booking.id)
    ).all()
    return People(
        frozenset(key for key, *_ in rows),
        frozenset(key for key, present, _, _ in rows if present),
        frozenset(
            key for key, present, marked, places in rows if places == marked > 0 and not present
        ),
    )
