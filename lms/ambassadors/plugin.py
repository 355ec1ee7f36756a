"""What the ambassadors' room offers: its tables, pages, jobs, and its word on other pages.

The kernel loads it after messages; courses and surveys above reach it by events and hooks.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from flask import Blueprint

from lms import events, hookimpl
from lms.ambassadors import access, jobs, reports, views
from lms.ambassadors.queries import home
from lms.ambassadors.services import asking, leaving, recruiting, roles
from lms.contracts import (
    Actor,
    Agenda,
    Job,
    Measure,
    NavItem,
    Panel,
    Permission,
    PersonalRecord,
    Place,
    Priority,
    Report,
    Role,
    Tables,
    Todo,
)
from lms.permissions import allowed


@hookimpl
def lms_tables() -> Tables:
    """Tables `ambassadors_*`."""
    return Tables("ambassadors", ("lms.ambassadors.models",))


@hookimpl
def lms_permissions() -> Iterable[Permission]:
    """Who looks after ambassadors, and what they do for themselves."""
    return access.PERMISSIONS


@hookimpl
def lms_blueprints() -> Iterable[Blueprint]:
    """Invitation, pledge, check-ins, tally, case studies; the board and the network."""
    return (views.blueprint,)


@hookimpl
def lms_jobs() -> Iterable[Job]:
    """Asking, reminding and closing; the monthly tally."""
    return jobs.JOBS


@hookimpl
def lms_reports() -> Iterable[Report]:
    """Were pledges kept?"""
    return (reports.REPORT,)


@hookimpl
def lms_measures() -> Iterable[Measure]:
    """Ambassadors in place, their conversations and referrals, what of their pledges is done."""
    return reports.MEASURES


@hookimpl
def lms_nav_items(actor: Actor) -> Iterable[NavItem]:
    """Ambassadors for those who look after them, "My pledge" for those who are one."""
    if allowed(actor, access.MANAGE):
        yield NavItem("Ambassadors", "ambassadors.board", 30, "ambassadors")
    if actor.has(Role.AMBASSADOR):
        yield NavItem("My pledge", "ambassadors.my_pledge", 15, "pledge")


@hookimpl
def lms_todos(actor: Actor, today: date) -> Iterable[Todo]:
    """Overdue check-ins, case studies to review, leavers to hand on."""
    return home.todos(actor, today)


@hookimpl
def lms_agenda(actor: Actor, today: date) -> Iterable[Agenda]:
    """An ambassador's check-in, month, meeting and case study."""
    return home.agenda(actor)


@hookimpl
def lms_panels(place: Place, subject_id: uuid.UUID, actor: Actor) -> Iterable[Panel]:
    """On a person's page, on a manager's home page, and after a survey in the room."""
    return home.panels(place, subject_id, actor)


@hookimpl
def lms_booking_priority(person_id: uuid.UUID, course: str) -> Iterable[Priority]:
    """Ambassadors first, where the course's queue says so."""
    return home.priority(person_id, course)


@hookimpl
def lms_personal_data(person_id: uuid.UUID) -> Iterable[PersonalRecord]:
    """Pledges, answers, numbers, case studies, meetings."""
    return home.personal_data(person_id)


@hookimpl
def lms_on_event(event: events.Event) -> None:
    """Who says yes and finishes is invited; a new address is asked; an erased person's words go."""
    match event:
        case events.Upgraded():
            roles.synchronise()
        case events.Volunteered():
            recruiting.note_volunteer(event)
        case events.CompletionRecorded():
            recruiting.note_completion(event)
        case events.CompletionWithdrawn():
            recruiting.note_withdrawal(event)
        case events.AddressChanged():
            asking.ask_at_new_address(event)
        case events.PersonErased():
            leaving.erase(event)
