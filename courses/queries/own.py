"""A date as the person sees whose place it may be, and how a place of theirs has ended, in words.

The pages behind personal links and of one's own place show it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from courses.models import Booking, BookingChange
from courses.queries import approving, queue, waiting
from courses.queries.cohorts import CohortFacts
from courses.queries.offers import OfferRow
from lms.db import db
from lms.web import words

ONLINE = "Online, in your own time"
BESIDE = "The person who would have come with you cannot come on this date"
ENDED = (
    ("the other of the pair", BESIDE),
    ("no answer of the manager", "Your manager did not answer in time"),
    ("too near", "The date is too near now to hold places, and whoever books first has them"),
)
"""How the history says why an offer ended, and how its person reads it."""


@dataclass(frozen=True)
class GivenUp:
    """A place that somebody gave up or said no to themselves, and when."""

    at: datetime


def facts(cohort: CohortFacts) -> list[tuple[str, str]]:
    """When, where, what to bring, with whom and for how long, each in its own row."""
    several = len(cohort.held) > 1
    places = dict.fromkeys(", ".join(filter(None, (s.where, s.address))) for s in cohort.held)
    rows = [
        (
            f"Session {one.number}" if several else "Date",
            f"{words.weekday_date(one.start)}, {words.time_range(one.start, one.end)}"
            + (f". {one.where}" if len(places) > 1 else ""),
        )
        for one in cohort.held
    ] or [("When", ONLINE)]
    rows += [("Place" if len(places) == 1 else "Places", "; ".join(places))] if places else []
    rows += _getting_there(cohort)
    day = (("Arrive from", cohort.arrival), ("Bring", cohort.bring), ("Lunch", cohort.lunch))
    rows += [(heading, text) for heading, text in day if text]
    if who := words.listing(dict.fromkeys(t.name for one in cohort.held for t in one.trainers)):
        rows.append(("Trainer", who))
    if minutes := approving.minutes(cohort):
        rows.append(("Hours", words.hours(minutes)))
    return [*rows, ("Format", cohort.edition)]


def _getting_there(cohort: CohortFacts) -> list[tuple[str, str]]:
    """Step-free access, parking and the map of each room, in rows."""
    several = len(cohort.rooms) > 1
    return [
        (f"{heading}, {room.name}" if several else heading, text)
        for room in cohort.rooms
        for heading, text in room.rows
    ]


def given_up(cohort_id: uuid.UUID, person_id: uuid.UUID) -> GivenUp | None:
    """The place on a date that somebody gave up last, if it was they who did."""
    return _ended_by(cohort_id, person_id, "cancelled")


def said_no(cohort_id: uuid.UUID, person_id: uuid.UUID) -> GivenUp | None:
    """The place on a date that was held for somebody, if the last they did is to say no to it."""
    return _ended_by(cohort_id, person_id, "declined")


def where_they_wait(course_id: uuid.UUID, person_id: uuid.UUID) -> str:
    """What somebody reads of the waiting list once a place is not held for them any more."""
    if position := waiting.position(course_id, person_id):
        return f"You are still on the waiting list, {position.words}."
    if queue.of_person(course_id, person_id):
        return "You are on the waiting list, and another place is held for you."
    return "You are not on the waiting list any more."


def _ended_by(cohort_id: uuid.UUID, person_id: uuid.UUID, state: str) -> GivenUp | None:
    last = db.session.execute(
        select(BookingChange.at, BookingChange.to_state, BookingChange.by_id)
        .join(Booking, Booking.id == BookingChange.booking_id)
        .where(Booking.cohort_id == cohort_id, Booking.person_id == person_id)
        .order_by(BookingChange.at.desc(), BookingChange.id.desc())
        .limit(1)
    ).first()
    if last is None or (last.to_state, last.by_id) != (state, person_id):
        return None
    return GivenUp(last.at)


def why_ended(offer: OfferRow) -> str:
    """Why a place is not held for somebody any more, where it was not they who ended it."""
    why = db.session.scalar(
        select(BookingChange.why)
        .where(BookingChange.booking_id == offer.booking_id)
        .order_by(BookingChange.at.desc(), BookingChange.id.desc())
        .limit(1)
    )
    return next((said for start, said in ENDED if (why or "").startswith(start)), "")
