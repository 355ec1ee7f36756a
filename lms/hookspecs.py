"""All hook specifications: what rooms and providers may add to the product, and when it is asked.

`lms.registry` and `lms.events` are the only callers; `docs/hooks.md` says the same with examples.
"Collect" hooks may return an iterable or None; results are flattened, core first, then by plugin.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import pluggy

from lms.contracts import (
    Actor,
    Agenda,
    BookingColumn,
    BookingFacts,
    BookingNote,
    CertificateDesign,
    CohortColumn,
    ConfidenceChange,
    CourseTemplate,
    Evidence,
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
    Provider,
    QuestionType,
    Report,
    RequestFacts,
    SurveyTemplate,
    Tables,
    Todo,
    Training,
    Verdict,
)

if TYPE_CHECKING:
    from flask import Blueprint

    from lms.events import Event

hookspec = pluggy.HookspecMarker("lms")


@hookspec
def lms_provider() -> Provider | None:
    """The training provider this plugin speaks for, if it is one."""


@hookspec
def lms_tables() -> Tables | None:
    """The plugin's own tables; their names begin with its prefix."""


@hookspec
def lms_blueprints() -> Iterable[Blueprint]:  # type: ignore[empty-body]
    """Pages. A guest's blueprint is named as the plugin and mounted under `/x/<plugin>/`."""


@hookspec
def lms_permissions() -> Iterable[Permission]:  # type: ignore[empty-body]
    """Things people may do, with the roles that may and the rows they reach."""


@hookspec
def lms_course_templates() -> Iterable[CourseTemplate]:  # type: ignore[empty-body]
    """Courses of the provider; synchronised into the catalogue by `lms upgrade`."""


@hookspec
def lms_survey_templates() -> Iterable[SurveyTemplate]:  # type: ignore[empty-body]
    """Questionnaires; a cohort's waves keep a snapshot of the version they used."""


@hookspec
def lms_question_types() -> Iterable[type[QuestionType]]:  # type: ignore[empty-body]
    """Types of question that items may name."""


@hookspec
def lms_certificate_designs() -> Iterable[CertificateDesign]:  # type: ignore[empty-body]
    """Certificate designs that courses may name."""


@hookspec
def lms_importers() -> Iterable[Importer]:  # type: ignore[empty-body]
    """File formats of the provider, turned into canonical rows."""


@hookspec
def lms_reports() -> Iterable[Report]:  # type: ignore[empty-body]
    """Reports for the reports page."""


@hookspec
def lms_measures() -> Iterable[Measure]:  # type: ignore[empty-body]
    """Named counts with their definitions."""


@hookspec
def lms_jobs() -> Iterable[Job]:  # type: ignore[empty-body]
    """Work for the worker, on demand and periodic."""


@hookspec(firstresult=True)
def lms_identify(request_facts: RequestFacts) -> Actor | None:
    """Who is asking, from the session or a personal link; the first answer counts."""


@hookspec
def lms_nav_items(actor: Actor) -> Iterable[NavItem]:  # type: ignore[empty-body]
    """Entries of the navigation that this actor may use."""


@hookspec
def lms_todos(actor: Actor, today: date) -> Iterable[Todo]:  # type: ignore[empty-body]
    """Lines of "What you need to do"."""


@hookspec
def lms_agenda(actor: Actor, today: date) -> Iterable[Agenda]:  # type: ignore[empty-body]
    """Dated things of the home page: this week, coming up, and the actor's own."""


@hookspec
def lms_panels(  # type: ignore[empty-body]
    place: Place, subject_id: uuid.UUID, actor: Actor
) -> Iterable[Panel]:
    """Pieces of a page about a cohort, course, person or booking."""


@hookspec
def lms_booking_columns(  # type: ignore[empty-body]
    cohort_id: uuid.UUID, actor: Actor
) -> Iterable[BookingColumn]:
    """Columns that another room adds to the cohort's people table, without their answers."""


@hookspec
def lms_cohort_columns(  # type: ignore[empty-body]
    cohort_ids: Sequence[uuid.UUID], actor: Actor
) -> Iterable[CohortColumn]:
    """Columns that another room adds to the list of cohorts, for all its rows at once."""


@hookspec
def lms_booking_notes(  # type: ignore[empty-body]
    message: str, booking_ids: Sequence[uuid.UUID]
) -> Iterable[BookingNote]:
    """Words for messages about bookings: `message` is "confirmation" or "joining"."""


@hookspec
def lms_booking_priority(  # type: ignore[empty-body]
    person_id: uuid.UUID, course: str
) -> Iterable[Priority]:
    """Points for a person in a course's queue, with reasons."""


@hookspec
def lms_trainings(person_ids: Sequence[uuid.UUID]) -> Iterable[Training]:  # type: ignore[empty-body]
    """Whom these people have trained."""


@hookspec
def lms_confidence(  # type: ignore[empty-body]
    booking_ids: Sequence[uuid.UUID],
) -> Iterable[ConfidenceChange]:
    """How confidence changed over these bookings together, where enough gave both answers."""


@hookspec
def lms_report_options(actor: Actor) -> Iterable[Option]:  # type: ignore[empty-body]
    """Courses and cohorts by which this actor may narrow a report."""


@hookspec
def lms_completion_evidence(booking: BookingFacts) -> Iterable[Evidence]:  # type: ignore[empty-body]
    """Facts about a booking's completion that only this plugin knows."""


@hookspec(firstresult=True)
def lms_assess_completion(booking: BookingFacts, evidence: Sequence[Evidence]) -> Verdict | None:
    """A provider's own rule for its own courses; None leaves it to the core's."""


@hookspec
def lms_on_event(event: Event) -> None:
    """Something happened; same transaction. A guest that fails is rolled back alone and shown."""


@hookspec
def lms_undo_blockers(batch_id: uuid.UUID) -> Iterable[str]:  # type: ignore[empty-body]
    """Why an import cannot be undone: a sentence for each thing that hangs on it."""


@hookspec
def lms_personal_data(person_id: uuid.UUID) -> Iterable[PersonalRecord]:  # type: ignore[empty-body]
    """What is held about a person, for a subject access request."""


@hookspec
def lms_demonstration(today: date, seed: int) -> None:
    """Build what the plugin shows in a demonstration, seen from `today`, the same for one seed.

    `lms demo` calls it once, in a database made for that, outside the envelope: whoever builds a
    demonstration writes every room's rows.
    """
