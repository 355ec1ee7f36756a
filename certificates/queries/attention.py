"""What about certificates needs somebody: not printed, or standing without its rule.

The to-do list reads here.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from certificates.access import MANAGE
from certificates.models import Certificate
from certificates.snapshot import newest_completion
from courses import access
from courses.models import Booking, Cohort, Completion, Course, Edition
from lms.contracts import Actor
from lms.db import db
from lms.people import names
from lms.people.models import Person
from lms.permissions import where
from lms.records import ImportRow


@dataclass(frozen=True)
class Attention:
    """Something about a cohort's certificates that a coordinator should look at."""

    cohort_id: uuid.UUID
    code: str
    course: str
    people: tuple[str, ...]
    why: str


def failed(actor: Actor) -> list[Attention]:
    """Cohorts with certificates that could not be printed, with one of the reasons."""
    return _attention(
        actor, Certificate.state == "failed", func.max(Certificate.last_error).label("why")
    )


def standing_without_rule(actor: Actor) -> list[Attention]:
    """Cohorts with people who hold a certificate and no longer meet the rule."""
    verdict = (
        newest_completion(Booking.id)
        .with_only_columns(Completion.verdict)
        .correlate(Booking)
        .scalar_subquery()
    )
    return _attention(
        actor,
        (Certificate.state == "issued")
        & (Certificate.kind != "attendance")
        & (verdict != "completed"),
        func.max("").label("why"),
    )


def _attention(
    actor: Actor, condition: ColumnElement[bool], why: ColumnElement[Any]
) -> list[Attention]:
    people = func.array_agg(func.btrim(Person.given_name + " " + Person.family_name))
    rows = db.session.execute(
        select(Cohort.id, Cohort.code, Course.title, people, why)
        .join(Booking, Booking.cohort_id == Cohort.id)
        .join(Certificate, Certificate.booking_id == Booking.id)
        .join(Person, Person.id == Booking.person_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(condition, where(actor, MANAGE), access.cohorts(actor))
        .group_by(Cohort.id, Cohort.code, Course.title)
        .order_by(Cohort.code)
        .limit(50)
    )
    return [
        Attention(cohort_id, code, course, tuple(sorted(who)), reason or "")
        for cohort_id, code, course, who, reason in rows
    ]


def holders_of_import(batch_id: uuid.UUID) -> list[str]:
    """People of an import who hold a certificate: their bookings cannot be undone."""
    rows = db.session.execute(
        select(Person.given_name, Person.family_name)
        .join(Booking, Booking.person_id == Person.id)
        .join(Certificate, Certificate.booking_id == Booking.id)
        .join(ImportRow, ImportRow.target_id == Booking.id)
        .where(ImportRow.batch_id == batch_id, Certificate.rendered_at.is_not(None))
        .distinct()
        .limit(20)
    )
    return sorted(names.full(given, family) for given, family in rows)
