"""Pages of the people's room; importing them adds each to the blueprint."""

from lms.people.views import demo, front, organisations, people, roles, running, sign_in
from lms.people.views.blueprint import blueprint

__all__ = [
    "blueprint",
    "demo",
    "front",
    "organisations",
    "people",
    "roles",
    "running",
    "sign_in",
]
