"""What became of a booking, in the words of the reports: one SQL expression for each.

Reports count by these, on this room's pages and above, so that "retained" is one thing. The words
are this project's own for practitioners: the published tables of parents do not define theirs.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, DateTime, ScalarSelect, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from courses.models import (
    Attendance,
    Booking,
    BookingChange,
    Cohort,
    Completion,
    ComponentCompletion,
    Place,
    Session,
)
from courses.queries import register

OWN_TIME = timedelta(weeks=12)
"""Who books an e-learning course on the last day has so long to do it."""

DEFINITIONS = (
    ("Enrolled", "Ever booked on the dates. Somebody moved to other dates is counted there."),
    ("Starts", "Enrolled, and at one session or more, or began a part of the course on line."),
    (
        "Retained",
        "Of those who started: was at the last session. Where a course has no sessions: did every "
        "part on line that they began.",
    ),
    ("Milestones", "Of those retained: completed the course by its rule."),
)
"""For people, printed under every table that uses the words."""


def enrolled() -> ColumnElement[bool]:
    """Ever booked; a booking moved to another cohort counts there."""
    was_booked = exists().where(
        BookingChange.booking_id == Booking.id, BookingChange.to_state == "booked"
    )
    return and_(Booking.state != "moved", was_booked)


def starts() -> ColumnElement[bool]:
    """Enrolled, and attended any session or began any component."""
    return and_(enrolled(), or_(_there(), _has_component()))


def retained() -> ColumnElement[bool]:
    """Started, and was there at the last session; without sessions, did each part they began.

    Evidence of a part on line is given when it is done, so there beginning and doing are one row.
    """
    without_sessions = and_(~_held(), _has_component())
    at_the_last = _there(func.upper(Session.during) == last_end())
    return and_(enrolled(), or_(at_the_last, without_sessions))


def completed() -> ColumnElement[bool]:
    """Enrolled, and the verdict that stands is "completed"."""
    later = aliased(Completion)
    stands = exists().where(
        Completion.booking_id == Booking.id,
        Completion.verdict == "completed",
        ~exists().where(later.replaces_id == Completion.id),
    )
    return and_(enrolled(), stands)


def last_end() -> ScalarSelect[datetime]:
    """When the last session of the cohort ends."""
    session = aliased(Session)
    return (
        select(func.max(func.upper(session.during), type_=DateTime(timezone=True)))
        .where(session.cohort_id == Cohort.id, session.holds)
        .correlate(Cohort)
        .scalar_subquery()
    )


def ended_at() -> ColumnElement[Any]:
    """When a cohort is over: with its last session, or when the time of an online course is up."""
    return func.coalesce(last_end(), Cohort.closes_at + OWN_TIME, type_=DateTime(timezone=True))


def _there(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(Place.id)
        .join(Session, Session.id == Place.session_id)
        .join(Attendance, Attendance.place_id == Place.id)
        .where(
            Place.booking_id == Booking.id,
            Session.holds,
            Attendance.mark != "absent",
            register.is_current(),
            *conditions,
        )
        .correlate(Booking, Cohort)
        .exists()
    )


def _has_component() -> ColumnElement[bool]:
    return exists().where(ComponentCompletion.booking_id == Booking.id)


def _held() -> ColumnElement[bool]:
    return exists().where(Session.cohort_id == Cohort.id, Session.holds)
