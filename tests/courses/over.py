"""Cohorts that are over and who came how far, straight as rows, for tests of reports."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from courses.models import Booking, Cohort, Edition, Place
from lms.db import db
from lms.people.models import Locality
from lms.people.models import Person as Human
from tests import factories as make

DAY = date(2027, 1, 20)


def cohort(
    *,
    sessions: int = 2,
    day: date = DAY,
    place: Locality | None = None,
    on: Edition | None = None,
    **columns: Any,
) -> Cohort:
    """A cohort that is over, with sessions a week apart."""
    given = {"state": "closed", "capacity": 100} | columns
    made = make.cohort(on, *([place] if place else []), **given)
    for week in range(sessions):
        make.session(made, day + timedelta(days=7 * week))
    return made


def person(
    on: Cohort,
    *marks: str | None,
    completed: bool = False,
    who: Human | None = None,
    **columns: Any,
) -> Booking:
    """Somebody on a cohort with a mark for each session; None for no mark."""
    booking = make.booking(on, who, **columns)
    places = db.session.query(Place).filter_by(booking_id=booking.id).order_by(Place.during)
    for at, mark in zip(places, marks, strict=False):
        if mark:
            make.attendance(at, mark)
    if completed:
        make.completion(booking)
    return booking
