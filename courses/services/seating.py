"""The rows of new bookings: bookings, their first line of history and their places, all or none.

Booking and the queue call it; what the database refuses comes back in words.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from courses.models import Booking, BookingChange, Place
from courses.queries import bookings, clashes, cohorts
from courses.queries.cohorts import CohortFacts
from courses.services.snapshots import Snapshot, snapshots
from courses.services.steps import change, step
from lms import clock
from lms.contracts import Actor
from lms.db import Complaint, Model, db, uuid7, violations
from lms.web import words

LAST_PLACE = (
    "Someone took the last place while you were on this page. Your details are kept. "
    "Join the waiting list or choose another date"
)
_CLASH = Complaint("person", "booked elsewhere at that time")
_TWICE = Complaint("person", "already booked")
FULL = Complaint("person", LAST_PLACE)


@dataclass(frozen=True)
class Seat:
    """Somebody to be booked, with what is said about them alone."""

    person_id: uuid.UUID
    waiver: str = ""
    team: str = ""
    needs: str = ""


def seat_people(
    cohort: CohortFacts,
    seats: Sequence[Seat],
    *,
    source: str,
    by: Actor,
    why: str,
    state: str = "booked",
) -> list[uuid.UUID]:
    """Book people; the bookings' ids in their order. Raises `Complaint` on `person`.

    The history says `why`, or else why each was let in against a rule. One that is `offered`
    holds its seat without a place at the sessions: it may clash until it is accepted.
    """
    shots = snapshots([seat.person_id for seat in seats])
    rows = [_row(cohort, seat, shots[seat.person_id], source, state) for seat in seats]
    try:
        with violations(
            ck_cohort_not_oversold=FULL,
            uq_courses_booking_active=_TWICE,
            ex_place_person_clash=_CLASH,
        ):
            _together(Booking, rows)
            history = [
                change(row["id"], None, state, by=by, why=why or seat.waiver)
                for row, seat in zip(rows, seats, strict=True)
            ]
            _together(BookingChange, history)
            if state == "booked":
                _together(Place, _places(cohort, rows))
    except Complaint as refused:
        raise _explained(refused, cohort, seats, source, by) from refused
    return [row["id"] for row in rows]


def seat_offered(
    cohort: CohortFacts, booking_ids: Sequence[uuid.UUID], *, by: Actor, why: str = ""
) -> None:
    """Make offered or requested bookings places at every session; `Complaint` on a clash."""
    with violations(ex_place_person_clash=_CLASH):
        step(booking_ids, "booked", by=by, why=why)
        people = db.session.execute(
            select(Booking.id, Booking.person_id).where(Booking.id.in_(booking_ids))
        )
        rows = [{"id": booking_id, "person_id": person_id} for booking_id, person_id in people]
        _together(Place, _places(cohort, rows))
        db.session.execute(
            update(Booking)
            .where(Booking.id.in_(booking_ids))
            .values(confirmed_at=clock.now())
            .execution_options(synchronize_session=False)
        )


def note_needs(booking_id: uuid.UUID, needs: str) -> None:
    """Keep what somebody needs on the day."""
    db.session.execute(
        update(Booking)
        .where(Booking.id == booking_id)
        .values(needs=needs.strip()[:2000], updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _together(table: type[Model], rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows in few statements, so that the cohort's seats are counted few times.

    Asking for the keys makes SQLAlchemy send whole batches; else it is a statement for each row.
    """
    if rows:
        db.session.execute(insert(table).returning(table.__table__.c.id), rows)


def _row(
    cohort: CohortFacts, seat: Seat, shot: Snapshot, source: str, state: str
) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "cohort_id": cohort.id,
        "person_id": seat.person_id,
        "state": state,
        "source": source,
        "profession_id": shot.profession_id,
        "profession_label": shot.profession,
        "organisation_id": shot.organisation_id,
        "organisation_label": shot.organisation,
        "locality_id": shot.locality_id,
        "locality_label": shot.locality,
        "manager_id": shot.manager_id,
        "team": seat.team or None,
        "needs_approval": False,
        "prerequisite_waiver": seat.waiver or None,
        "needs": seat.needs[:2000] or None,
        "confirmed_at": clock.now() if state == "booked" else None,
    }


def _places(cohort: CohortFacts, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A place at every session that is held, for every booking."""
    return [
        {
            "booking_id": row["id"],
            "person_id": row["person_id"],
            "session_id": session.id,
            "during": session.during,
            "holds": True,
        }
        for row in rows
        for session in cohort.held
    ]


def _explained(
    refused: Complaint, cohort: CohortFacts, seats: Sequence[Seat], source: str, by: Actor
) -> Complaint:
    """What the database refused, with the name and time it is about."""
    people = [seat.person_id for seat in seats]
    if refused is FULL and source != "self":
        left = cohorts.facts(cohort.id).places_left
        return Complaint("person", f"{words.plural(left, 'place')} left, and {len(seats)} needed")
    if refused is _TWICE:
        booked = {row.person_id: row.name for row in bookings.of_cohort(by, cohort.id)}
        names = [booked[one] for one in people if one in booked]
        return Complaint("person", f"{words.listing(names) or 'Somebody'}: already booked")
    if refused is _CLASH:
        times = [(session.start, session.end) for session in cohort.held]
        found = clashes.of_people(by, people, times, leaving_out=cohort.id)
        return Complaint("person", found[0].of_person() if found else refused.text)
    return refused
