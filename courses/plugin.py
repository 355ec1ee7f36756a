"""What the courses room offers: the catalogue, cohorts, bookings, and its word on other pages.

The kernel loads it; everything it does is in the room's drawers.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from flask import Blueprint

from courses import access, views
from courses.imports import queries as import_queries
from courses.imports import register
from courses.imports import views as imports
from courses.imports.services.purging import PURGE
from courses.imports.services.undoing import FORGET
from courses.services import catalogue, completion
from lms import events, hookimpl
from lms.contracts import Importer, Job, Permission, Tables


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
    return (views.blueprint, imports.blueprint)


@hookimpl
def lms_importers() -> Iterable[Importer]:
    """Anybody's list of people."""
    return (register.IMPORTER,)


@hookimpl
def lms_jobs() -> Iterable[Job]:
    """Forgetting old imports, and the people of one that was undone."""
    return (PURGE, FORGET)


@hookimpl
def lms_undo_blockers(batch_id: uuid.UUID) -> Iterable[str]:
    """Who of an import has been marked or has done a part of the course."""
    return import_queries.undo_blockers(batch_id)


@hookimpl
def lms_on_event(event: events.Event) -> None:
    """The catalogue follows the plugins, completions follow the register."""
    match event:
        case events.Upgraded():
            catalogue.synchronise()
        case events.RegisterMarked():
            completion.reassess(event.booking_ids, by=event.by)
