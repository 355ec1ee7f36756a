"""Who may see and do what with ambassadors: this room's permissions and their rows.

`plugin` offers them to the kernel; every query asks `where(actor, ...)` for lists and single rows.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select

from lms.ambassadors.models import Ambassador, Candidate, NetworkMeeting
from lms.contracts import Permission, Role
from lms.people import scope
from lms.people.models import Person
from lms.permissions import by_scope

MANAGE, INVITE, MEET, ROLE, OWN = (
    "ambassadors.manage",
    "ambassadors.invite",
    "ambassadors.meetings",
    "ambassadors.role",
    "ambassadors.own",
)
STAFF = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})


def _working_for(column: Any, ids: scope.Ids) -> ColumnElement[bool]:
    people = select(Person.id).where(scope.people_in_organisations(ids))
    found: ColumnElement[bool] = column.in_(people)
    return found


PERMISSIONS = (
    Permission(
        MANAGE,
        "See ambassadors, their pledges and check-ins, and look after them",
        STAFF,
        by_scope(
            locality=lambda ids: Ambassador.locality_id.in_(ids),
            organisation=lambda ids: _working_for(Ambassador.person_id, ids),
        ),
    ),
    Permission(
        INVITE,
        "Invite people to be ambassadors",
        STAFF,
        by_scope(
            locality=lambda ids: Candidate.locality_id.in_(ids),
            organisation=lambda ids: _working_for(Candidate.person_id, ids),
        ),
    ),
    Permission(
        MEET,
        "Plan ambassadors’ meetings and say who was there",
        STAFF,
        by_scope(locality=lambda ids: NetworkMeeting.locality_id.in_(ids)),
    ),
    Permission(
        ROLE,
        "Describe the ambassador’s role",
        frozenset({Role.ADMINISTRATOR}),
        scope.NOWHERE,
    ),
    Permission(
        OWN,
        "Pledge, check in and count as an ambassador",
        frozenset({Role.TRAINEE}),
        by_scope(own=lambda ids: Ambassador.person_id.in_(ids)),
    ),
)
