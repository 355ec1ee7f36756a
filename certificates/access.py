"""Who may see and issue certificates: this room's permissions and the rows they reach.

`certificates.plugin` offers them; queries and services ask `where` with their names, on `Booking`.
"""

from __future__ import annotations

from typing import Any

from courses.access import MANAGE_BOOKINGS
from courses.models import Booking
from lms.contracts import Permission, Role, Scope
from lms.permissions import by_scope, permission

MANAGE, OWN = "certificates.manage", "certificates.own"


def _bookings_in_charge(held: tuple[Scope, ...]) -> Any:
    """Who may change a booking issues its certificate: of people of their own places."""
    rule = permission(MANAGE_BOOKINGS).scope
    assert rule is not None
    return rule(held)


PERMISSIONS = (
    Permission(
        MANAGE,
        "Issue, replace and withdraw certificates",
        frozenset({Role.COORDINATOR, Role.ADMINISTRATOR}),
        _bookings_in_charge,
    ),
    Permission(
        OWN,
        "Download one's own certificates",
        frozenset({Role.TRAINEE}),
        by_scope(own=lambda ids: Booking.person_id.in_(ids)),
    ),
)
