"""What the courses room offers: the catalogue, cohorts, bookings, and its word on other pages.

The kernel loads it; everything it does is in the room's drawers.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from flask import Blueprint

from courses import access, reports, views
from courses.imports import queries as import_queries
from courses.imports import register, reminders
from courses.imports import views as imports
from courses.imports.services.purging import PURGE, forget_rows
from courses.imports.services.undoing import FORGET
from courses.queries import approving as approvals
from courses.queries import bookings, costs, coverage, home, learning, report_options, trainings
from courses.services import approving, catalogue, cohorts, completion, requests, waiting
from courses.services.queue import jobs as queue_jobs
from courses.services.queue import points
from lms import events, hookimpl
from lms.contracts import (
    Actor,
    Agenda,
    Importer,
    Job,
    Measure,
    NavItem,
    Option,
    Panel,
    Permission,
    PersonalRecord,
    Place,
    Priority,
    Report,
    Tables,
    Todo,
    Training,
)
from lms.permissions import allowed


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
    """Cohorts moving on, joining instructions, the queue, forgetting needs, imports' leftovers."""
    return (PURGE, FORGET, *cohorts.JOBS, *queue_jobs.JOBS, *approving.JOBS)


@hookimpl
def lms_nav_items(actor: Actor) -> Iterable[NavItem]:
    """Courses for everybody; cohorts for those who run them; a manager's team."""
    yield NavItem("Courses", "courses.courses", 10, "courses")
    if allowed(actor, access.VIEW):
        yield NavItem("Cohorts", "courses.cohorts", 20, "cohorts")
    if allowed(actor, access.TEAM):
        yield NavItem("My team", "courses.team", 25, "team")


@hookimpl
def lms_todos(actor: Actor, today: date) -> Iterable[Todo]:
    """What goes wrong with sessions and registers if nobody acts; files half imported."""
    yield from home.todos(actor)
    yield from approvals.todos(actor)
    yield from reminders.todos(actor, today)


@hookimpl
def lms_agenda(actor: Actor, today: date) -> Iterable[Agenda]:
    """Sessions of this week and the coming four; one's own next dates."""
    return home.agenda(actor, today)


@hookimpl
def lms_reports() -> Iterable[Report]:
    """Who started, stayed and finished, where people drop out, who is trained, what it cost."""
    return reports.REPORTS


@hookimpl
def lms_measures() -> Iterable[Measure]:
    """Counts of people on courses, for indicators and other reports."""
    return reports.MEASURES


@hookimpl
def lms_report_options(actor: Actor) -> Iterable[Option]:
    """Courses and cohorts by which reports may be narrowed."""
    return report_options.options(actor)


@hookimpl
def lms_trainings(person_ids: Sequence[uuid.UUID]) -> Iterable[Training]:
    """Whom these people have trained, from the register."""
    return trainings.of(person_ids)


@hookimpl
def lms_panels(place: Place, subject_id: uuid.UUID, actor: Actor) -> Iterable[Panel]:
    """A person's learning record on their page; on a cohort's, who waits for a manager."""
    if place is Place.PERSON:
        if learnt := learning.of_person(actor, subject_id):
            values = {"learnt": learnt, "own": subject_id == actor.person_id}
            yield Panel("Learning record", "courses/learning.html", values, order=10)
    elif place is Place.COHORT:
        yield from approvals.panels(actor, subject_id)
        yield from costs.panels(actor, subject_id)


@hookimpl
def lms_personal_data(person_id: uuid.UUID) -> Iterable[PersonalRecord]:
    """Bookings, marks, waiting and what managers were asked."""
    yield from bookings.personal_data(person_id)
    yield from approvals.personal_data(person_id)


@hookimpl
def lms_booking_priority(person_id: uuid.UUID, course: str) -> Iterable[Priority]:
    """Jobs and agencies of which few have had a place, where the course's rules say so."""
    return coverage.priorities(person_id, course)


@hookimpl
def lms_undo_blockers(batch_id: uuid.UUID) -> Iterable[str]:
    """Who of an import has been marked or has done a part of the course."""
    return import_queries.undo_blockers(batch_id)


@hookimpl
def lms_on_event(event: events.Event) -> None:
    """The catalogue follows the plugins, completions the register, the queue whatever counts."""
    match event:
        case events.Upgraded():
            catalogue.synchronise()
        case events.PersonErased():
            forget_rows(event.person_id)
            cohorts.forget_needs_of(event.person_id)
            waiting.forget(event.person_id)
            requests.forget(event.person_id)
        case events.MailboxShared():
            requests.close_to_others(event.person_id)
        case events.RegisterMarked():
            completion.reassess(event.booking_ids, by=event.by)
        case events.BookingMade() | events.BookingCancelled() | events.BookingMoved():
            points.soon_of(event.cohort_id)
        case events.AmbassadorAccepted() | events.AmbassadorLeft():
            points.soon_for(event.person_id)
        case events.CompletionRecorded():
            queue_jobs.offer_follow_ons(event.cohort_id)
