"""What the surveys room offers: core questionnaires, question types, waves and their answers.

The kernel loads it; everything it does is in the room's drawers.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from flask import Blueprint

from lms import content, events, hookimpl
from lms.contracts import (
    Actor,
    Agenda,
    BookingColumn,
    BookingNote,
    CohortColumn,
    ConfidenceChange,
    Job,
    Measure,
    Panel,
    Permission,
    PersonalRecord,
    Place,
    QuestionType,
    Report,
    SurveyTemplate,
    Tables,
    Todo,
)
from surveys import access, analysis, queries, questions, reports, views
from surveys.queries import respondent, team
from surveys.services import assigning, instruments, invitations, opening

CONTENT = Path(__file__).parent / "content"


@hookimpl
def lms_tables() -> Tables:
    """This room's tables, in the core's history."""
    return Tables("surveys", ("surveys.models",))


@hookimpl
def lms_survey_templates() -> Iterable[SurveyTemplate]:
    """The core's questionnaires, drafted for this project."""
    return content.surveys(CONTENT, "core")


@hookimpl
def lms_question_types() -> Iterable[type[QuestionType]]:
    """Scale, choice, choices, number, text."""
    return questions.TYPES


@hookimpl
def lms_permissions() -> Iterable[Permission]:
    """Who runs surveys, and who reads nameless comments."""
    return access.PERMISSIONS


@hookimpl
def lms_blueprints() -> Iterable[Blueprint]:
    """The respondent's and the team's pages."""
    return (views.blueprint,)


@hookimpl
def lms_reports() -> Iterable[Report]:
    """Did confidence change?"""
    return reports.REPORTS


@hookimpl
def lms_measures() -> Iterable[Measure]:
    """Who answered, who is confident, and how much that rose."""
    return reports.MEASURES


@hookimpl
def lms_jobs() -> Iterable[Job]:
    """Opening, closing and reminding."""
    return (opening.TICK, invitations.REMIND)


@hookimpl
def lms_booking_notes(message: str, booking_ids: Sequence[uuid.UUID]) -> Iterable[BookingNote]:
    """The invitation to answer the survey before, inside the message about the booking."""
    return invitations.notes(message, booking_ids)


@hookimpl
def lms_booking_columns(cohort_id: uuid.UUID, actor: Actor) -> Iterable[BookingColumn]:
    """Who has answered before and after; never what."""
    return queries.answered_columns(cohort_id)


@hookimpl
def lms_cohort_columns(cohort_ids: Sequence[uuid.UUID], actor: Actor) -> Iterable[CohortColumn]:
    """How many of each cohort have answered the survey before."""
    return team.before_columns(cohort_ids)


@hookimpl
def lms_confidence(booking_ids: Sequence[uuid.UUID]) -> Iterable[ConfidenceChange]:
    """How confidence changed over a group, where five or more gave both answers."""
    return (analysis.confidence(booking_ids),)


@hookimpl
def lms_panels(place: Place, subject_id: uuid.UUID, actor: Actor) -> Iterable[Panel]:
    """The state of the surveys beside the cohort's facts, and the survey on the booked page."""
    return (*team.panels(place, subject_id, actor), *respondent.panels(place, subject_id, actor))


@hookimpl
def lms_agenda(actor: Actor, today: date) -> Iterable[Agenda]:
    """The surveys a person can answer now."""
    return queries.agenda(actor)


@hookimpl
def lms_todos(actor: Actor, today: date) -> Iterable[Todo]:
    """Surveys before a course with few answers, shortly before they close."""
    return queries.todos(actor, today)


@hookimpl
def lms_undo_blockers(batch_id: uuid.UUID) -> Iterable[str]:
    """Who of an import has answered a survey."""
    return queries.undo_blockers(batch_id)


@hookimpl
def lms_personal_data(person_id: uuid.UUID) -> Iterable[PersonalRecord]:
    """A person's own answers, in words."""
    return queries.personal_data(person_id)


@hookimpl
def lms_on_event(event: events.Event) -> None:
    """Waves follow cohorts, assignments follow bookings."""
    match event:
        case events.Upgraded():
            instruments.synchronise()
        case events.CohortPublished() | events.CohortChanged():
            assigning.set_waves(event.cohort_id)
        case events.BookingMade():
            assigning.assign(event.cohort_id, event.booking_ids)
        case events.BookingCancelled() | events.BookingMoved():
            assigning.void(event.booking_ids)
        case events.CohortCancelled():
            assigning.void_cohort(event.cohort_id)
        case events.RegisterMarked():
            opening.open_due(event.cohort_id)
        case events.CompletionRecorded():
            opening.after_completion(event.cohort_id, event.booking_id)
