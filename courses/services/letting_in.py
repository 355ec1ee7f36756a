"""Letting somebody complete who cannot by the register: what is missing counts, with a reason.

The rule is not changed. What was missing becomes evidence of its own that names who let it count
and why, and the rule is asked again; a provider that judges its own course may still say no.
"""

from __future__ import annotations

import uuid

from sqlalchemy import select

from courses import access
from courses.models import Booking, Cohort, Component
from courses.queries import completion as verdicts
from courses.services import completion
from courses.services.completion import LET_IN
from lms import clock
from lms.contracts import Actor, ComponentFacts, ComponentKind, Outcome
from lms.db import Complaint, db
from lms.errors import NotFound

OVER = ("finished", "closed")
COMPLETED = Complaint("reason", "This person has completed already. Nothing was changed")
STILL_CAN = Complaint(
    "reason",
    "This person can still complete by coming to the sessions that are left. Nothing was changed",
)
REFUSED = Complaint(
    "reason",
    "The course’s provider decides who completes, and does not count this. Nothing was changed. "
    "Offer another date, or ask the provider",
)


def let_in(booking_id: uuid.UUID, why: str, *, by: Actor) -> None:
    """Count what is missing as done, with the reason. Raises `Complaint` where it changes nothing.

    Two at once wait for each other; the second is told that it is done.
    """
    row = db.session.execute(
        select(Cohort.edition_id, Cohort.state)
        .join(Booking, Booking.cohort_id == Cohort.id)
        .where(Booking.id == booking_id, Booking.state == "booked", access.bookings(by))
        .with_for_update(of=Booking)
    ).one_or_none()
    if row is None:
        raise NotFound
    verdict = _verdict(booking_id)
    if verdict == Outcome.COMPLETED:
        raise COMPLETED
    if not may_be(verdict, row.state):
        raise STILL_CAN
    missing = {key: less for part in parts(booking_id) for key, less in missing_of(part)}
    keys = db.session.execute(
        select(Component.key, Component.id).where(Component.edition_id == row.edition_id)
    )
    rows = [
        {
            "booking_id": booking_id,
            "component_id": component_id,
            "completed_at": clock.now(),
            "minutes": missing[key],
            "source": LET_IN,
            "source_ref": f"let in {clock.now():%Y-%m-%dT%H:%M:%S.%f}",
            "evidence": {"why": why.strip()},
        }
        for key, component_id in keys
        if key in missing
    ]
    with db.session.begin_nested():
        completion.add_component(rows, by=by)
        if _verdict(booking_id) != Outcome.COMPLETED:
            raise REFUSED


def parts(booking_id: uuid.UUID) -> tuple[ComponentFacts, ...]:
    """The components of a booking as the rule sees them."""
    (facts,) = completion.facts([booking_id])
    return facts.components


def missing_of(part: ComponentFacts) -> list[tuple[str, int]]:
    """The component's key with the minutes that it lacks; nothing where it lacks none."""
    if part.kind is ComponentKind.E_LEARNING:
        return [] if part.completed_at else [(part.key, part.required_minutes)]
    less = part.required_minutes - part.attended_minutes
    return [(part.key, less)] if less > 0 else []


def may_be(verdict: str, cohort_state: str) -> bool:
    """Whether somebody with this verdict can only complete by being let in."""
    return verdict == Outcome.NOT_COMPLETED or (
        verdict != Outcome.COMPLETED and cohort_state in OVER
    )


def _verdict(booking_id: uuid.UUID) -> str:
    known = verdicts.current([booking_id]).get(booking_id)
    return known.verdict if known else Outcome.NOT_YET
