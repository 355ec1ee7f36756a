"""Who became an ambassador and from which booking, as parts of other rooms' statements.

Reports of the courses room count ambassadors among their own people with these.
"""

from __future__ import annotations

import uuid

from sqlalchemy import Select, select

from lms.ambassadors.models import Ambassador


def recruited() -> Select[uuid.UUID | None]:
    """The bookings from which somebody became an ambassador, whether they are one still or left."""
    return select(Ambassador.origin_booking_id).where(
        Ambassador.accepted_at.is_not(None), Ambassador.origin_booking_id.is_not(None)
    )


def active() -> Select[uuid.UUID]:
    """The people who are ambassadors now."""
    return select(Ambassador.person_id).where(Ambassador.state == "active")
