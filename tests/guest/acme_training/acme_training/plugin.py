"""What Acme Training brings: one thing for nearly every hook."""

from datetime import timedelta
from pathlib import Path

from flask import Blueprint, url_for
from sqlalchemy import delete, func, select, update

from acme_training import importers, questions
from acme_training.models import Cup
from courses.models import Booking
from lms import clock, content, events, hookimpl
from lms.contracts import (
    Agenda,
    BookingColumn,
    BookingNote,
    CohortColumn,
    Count,
    DataTable,
    Draft,
    Evidence,
    Job,
    Measure,
    NavItem,
    Outcome,
    Panel,
    Permission,
    PersonalRecord,
    Place,
    Priority,
    Provider,
    Report,
    Role,
    Row,
    Sentence,
    Subject,
    Tables,
    Todo,
    Verdict,
)
from lms.db import db
from lms.permissions import allow, allowed

KEY = "acme_training"
HERE = Path(__file__).parent
__version__ = "1.2"

blueprint = Blueprint(KEY, __name__, template_folder="templates")


@blueprint.get("/cups")
@allow("acme_training.cups")
def cups():
    """How many cups to bring."""
    return f"<!doctype html><html lang=en><title>Cups</title><p>{total()} cups</html>"


def total():
    return db.session.scalar(select(func.coalesce(func.sum(Cup.cups), 0)))


def cups_of_tea(query):
    return [Count("acme_training.cups", total(), Subject.THINGS)]


def tea(query):
    """One figure, in a sentence and in a table."""
    return Draft(
        figures=tuple(cups_of_tea(query)),
        blocks=(
            Sentence("{acme_training.cups} cups."),
            DataTable("tea", "Tea", "What", ("Cups",), (Row("Tea", ("acme_training.cups",)),)),
        ),
    )


def wash_up():
    """Nobody takes more than six."""
    db.session.execute(update(Cup).where(Cup.cups > 6).values(cups=6))


@hookimpl
def lms_provider():
    return Provider(KEY, "Acme Training", "Training over a cup of tea.")


@hookimpl
def lms_tables():
    return Tables(KEY, ("acme_training.models",), "acme_training:migrations")


@hookimpl
def lms_blueprints():
    return [blueprint]


@hookimpl
def lms_permissions():
    return [Permission("acme_training.cups", "Count cups", frozenset({Role.COORDINATOR}))]


@hookimpl
def lms_course_templates():
    return content.courses(HERE / "content" / "courses", KEY)


@hookimpl
def lms_survey_templates():
    return content.surveys(HERE / "content" / "surveys", KEY)


@hookimpl
def lms_question_types():
    return [questions.Cups]


@hookimpl
def lms_certificate_designs():
    return content.designs(HERE / "designs", KEY)


@hookimpl
def lms_importers():
    return [importers.LIST]


@hookimpl
def lms_reports():
    question = "How much tea do we need?"
    return [Report("acme-training-cups", question, "Cups on all cohorts.", tea)]


@hookimpl
def lms_measures():
    return [Measure("acme_training.cups", "Cups", "Cups of tea on all cohorts", cups_of_tea)]


@hookimpl
def lms_jobs():
    return [Job("acme_training.wash_up", wash_up, cron="0 18 * * *")]


@hookimpl
def lms_nav_items(actor):
    if allowed(actor, "acme_training.cups"):
        yield NavItem("Cups", "acme_training.cups", 95)


@hookimpl
def lms_todos(actor, today):
    if total():
        yield Todo("Order tea", "People are booked", "See cups", "/x/acme_training/cups", today)


@hookimpl
def lms_agenda(actor, today):
    tea = clock.now() + timedelta(hours=1)
    yield Agenda(
        "coming_up", "Tea break", tea, (("Where", "Kitchen"),), "See", url_for("acme_training.cups")
    )


@hookimpl
def lms_panels(place, subject_id):
    if place is not Place.COHORT:
        return []
    found = db.session.scalar(select(func.sum(Cup.cups)).where(Cup.cohort_id == subject_id))
    return [Panel("Tea", "acme_training/tea.html", {"cups": found or 0})]


@hookimpl
def lms_booking_columns(cohort_id):
    rows = db.session.execute(
        select(Booking.id, Cup.cups)
        .join(Cup, (Cup.person_id == Booking.person_id) & (Cup.cohort_id == Booking.cohort_id))
        .where(Booking.cohort_id == cohort_id)
    )
    return [BookingColumn("Cups", 95, {key: str(number) for key, number in rows})]


@hookimpl
def lms_cohort_columns(cohort_ids):
    rows = db.session.execute(
        select(Cup.cohort_id, func.sum(Cup.cups))
        .where(Cup.cohort_id.in_(cohort_ids))
        .group_by(Cup.cohort_id)
    )
    return [CohortColumn("Cups", 60, {key: f"{number} poured" for key, number in rows})]


@hookimpl
def lms_booking_notes(message, booking_ids):
    return [BookingNote(key, "There will be tea.") for key in booking_ids]


@hookimpl
def lms_booking_priority(person_id, course):
    if course.startswith(f"{KEY}:"):
        yield Priority("acme_training.tea", 20, "Takes tea")


@hookimpl
def lms_completion_evidence(booking):
    if booking.provider_key == KEY:
        yield Evidence("workshop", "Washed up", 0, KEY)


@hookimpl
def lms_assess_completion(booking, evidence):
    if not booking.all_marked:
        return Verdict(Outcome.NOT_YET, ("Acme waits for the register",))
    washed = any(one.source == KEY for one in evidence)
    here = any(component.attended_minutes for component in booking.components)
    if washed and here:
        return Verdict(Outcome.COMPLETED, ("Was here and washed up",))
    return Verdict(Outcome.NOT_COMPLETED, ("Was not here",))


@hookimpl
def lms_on_event(event):
    match event:
        case events.BookingMade():
            booked = select(Booking.person_id).where(Booking.id.in_(event.booking_ids))
            for person_id in db.session.scalars(booked):
                db.session.add(Cup(cohort_id=event.cohort_id, person_id=person_id))
        case events.PersonErased():
            db.session.execute(delete(Cup).where(Cup.person_id == event.person_id))


@hookimpl
def lms_undo_blockers(batch_id):
    if db.session.scalar(select(func.count()).select_from(Cup).where(Cup.cups > 1)):
        yield "Somebody's second cup is poured"


@hookimpl
def lms_personal_data(person_id):
    found = db.session.scalars(select(Cup.cups).where(Cup.person_id == person_id)).all()
    if found:
        yield PersonalRecord("Tea at Acme Training", (("Cups", str(sum(found))),))
