"""Pages of the courses room, one file per noun, all on one blueprint."""

from courses.views import catalogue, changes, cohorts, own, people, register, schedule, team
from courses.views.blueprint import blueprint

__all__ = [
    "blueprint",
    "catalogue",
    "changes",
    "cohorts",
    "own",
    "people",
    "register",
    "schedule",
    "team",
]
