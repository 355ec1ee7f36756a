"""The one function that changes a booking's state, always with the line of its history.

`courses.services.booking` calls it; a trigger refuses any other way.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from courses.models import Booking, BookingChange
from lms import clock
from lms.contracts import Actor
from lms.db import db
from lms.errors import Conflict

ALLOWED: Mapping[str, frozenset[str]] = {
    "requested": frozenset({"booked", "refused", "withdrawn"}),
    "offered": frozenset({"booked", "declined", "lapsed"}),
    "booked": frozenset({"cancelled", "moved"}),
}


def step(booking_ids: Sequence[uuid.UUID], to: str, *, by: Actor, why: str = "") -> list[uuid.UUID]:
    """Take bookings to another state; raises `Conflict` where one has moved on meanwhile."""
    held = db.session.execute(
        select(Booking.id, Booking.state)
        .where(Booking.id.in_(booking_ids))
        .order_by(Booking.id)
        .with_for_update()
    ).all()
    if not held:
        return []
    if any(to not in ALLOWED.get(state, ()) for _, state in held):
        raise Conflict("Somebody else has just changed this booking.")
    ids = [booking_id for booking_id, _ in held]
    changes = [change(booking_id, state, to, by=by, why=why) for booking_id, state in held]
    # Asking for the keys sends batches instead of a statement for each row.
    db.session.execute(insert(BookingChange).returning(BookingChange.id), changes)
    db.session.execute(
        update(Booking)
        .where(Booking.id.in_(ids))
        .values(state=to, updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return ids


def change(
    booking_id: uuid.UUID, before: str | None, to: str, *, by: Actor, why: str = ""
) -> dict[str, Any]:
    """A line of a booking's history, ready to be inserted."""
    return {
        "booking_id": booking_id,
        "from_state": before,
        "to_state": to,
        "by_id": by.person_id,
        "by_label": by.name,
        "why": why,
    }
