"""Who may do what with surveys: this room's permissions.

The rows are those of the cohort: `courses.access` says which cohorts an actor reaches.
"""

from __future__ import annotations

from lms.contracts import Permission, Role

MANAGE, COMMENTS, COUNT = "surveys.manage", "surveys.comments", "surveys.count"
STAFF = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})

PERMISSIONS = (
    Permission(MANAGE, "See who has answered, remind, key in paper answers", STAFF),
    Permission(COMMENTS, "Read comments without names", STAFF),
    Permission(
        COUNT,
        "Count answers in reports",
        frozenset({Role.COORDINATOR, Role.ANALYST}),
    ),
)
