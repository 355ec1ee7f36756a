"""Pages of the courses room, one file per noun, all on one blueprint."""

from courses.views import register
from courses.views.blueprint import blueprint

__all__ = ["blueprint", "register"]
