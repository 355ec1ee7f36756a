"""What the courses room offers: the catalogue, cohorts, bookings, and its word on other pages.

The kernel loads it; everything it does is in the room's drawers.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint

from courses import access, views
from courses.services import catalogue, completion
from lms import events, hookimpl
from lms.contracts import Permission, Tables


@hookimpl
def lms_tables() -> Tables:
    """This room's tables, in the core's history."""
    return Tables("courses", ("courses.models",))


@hookimpl
def lms_permissions() -> Iterable[Permission]:
    """Who sees and changes cohorts and bookings."""
    return access.PERMISSIONS


@hookimpl
def lms_blueprints() -> Iterable[Blueprint]:
    """Courses, cohorts and bookings."""
    return (views.blueprint,)


@hookimpl
def lms_on_event(event: events.Event) -> None:
    """The catalogue follows the plugins, completions follow the register."""
    match event:
        case events.Upgraded():
            catalogue.synchronise()
        case events.RegisterMarked():
            completion.reassess(event.booking_ids, by=event.by)
