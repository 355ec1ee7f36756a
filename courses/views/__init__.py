"""Pages of the courses room, one file per noun, all on one blueprint."""

from courses.views import (
    approving,
    catalogue,
    changes,
    cohorts,
    costs,
    offers,
    own,
    people,
    queue,
    register,
    schedule,
    team,
    venues,
    waiting,
)
from courses.views.blueprint import blueprint

__all__ = [
    "approving",
    "blueprint",
    "catalogue",
    "changes",
    "cohorts",
    "costs",
    "offers",
    "own",
    "people",
    "queue",
    "register",
    "schedule",
    "team",
    "venues",
    "waiting",
]
