"""Taking the facts of a booking as a certificate will show them.

`services` keeps the result with the certificate, so that no later change of a name, a course or a
provider reaches what was issued.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from certificates import number as numbers
from certificates.designs import PLAIN
from certificates.shown import Shown
from courses.models import (
    Booking,
    Cohort,
    CohortChange,
    Completion,
    Edition,
)
from courses.queries import cohorts
from courses.queries.cohorts import CohortFacts
from courses.services import completion
from lms import clock
from lms.contracts import CertificateDesign, CertificateKind
from lms.db import db
from lms.people import names
from lms.people.models import Person
from lms.registry import current_registry
from lms.web import words
from lms.web.context import settings
from lms.web.urls import external

TITLES = {
    CertificateKind.ATTENDANCE: "Certificate of attendance",
    CertificateKind.COMPLETION: "Certificate of completion",
    CertificateKind.ACCREDITATION: "Certificate of accreditation",
}


@dataclass(frozen=True)
class Taken:
    """A certificate's kind, design and facts, taken now."""

    kind: CertificateKind
    design: CertificateDesign
    shown: Shown


def design_called(key: str) -> CertificateDesign:
    """The design of this key; the plain one where its provider has gone."""
    return current_registry().designs.get(key, PLAIN)


def colours() -> dict[str, str]:
    """The authority's two colours, as designs know them."""
    return {"brand": settings().brand_colour, "accent": settings().accent_colour}


def verify_url(number: str) -> str:
    """The public address that says whether a certificate is valid."""
    return external("certificates.verify", number=words.certificate_number(number))


def take(
    booking_id: uuid.UUID, number: str, *, attendance_only: bool = False, preview: bool = False
) -> Taken:
    """The facts of a booking as they stand.

    `attendance_only` certifies the hours attended instead of what the course would give.
    """
    row = db.session.execute(_booking(booking_id)).one()
    cohort = cohorts.facts(row.cohort_id)
    use = cohort.template.get("certificate") or {}
    kind = CertificateKind(use.get("kind") or CertificateKind.COMPLETION)
    if attendance_only:
        kind = CertificateKind.ATTENDANCE
    attended = ""
    if kind is CertificateKind.ATTENDANCE:
        attended = _attended_words(booking_id, row.participatory_minutes)
    tier = _tier(cohort)
    signatory, job = _signatory(cohort.id)
    today = clock.today()
    shown = Shown(
        kind=kind.value,
        kind_title=("Preview: " if preview else "") + TITLES[kind],
        kind_words=_verb(kind, attended),
        name=names.full(row.given_name, row.family_name),
        course=cohort.course,
        format=cohort.edition,
        provider=_provider(cohort),
        authority=settings().authority,
        dates=cohort.dates or words.date(row.completed_at or clock.now()),
        hours_participatory=_hours(row.participatory_minutes),
        hours_cpd=_hours(row.cpd_minutes),
        attended_hours_words=attended,
        outcomes=tuple(cohort.template.get("outcomes") or ())[:4],
        tier=tier,
        year=str(today.year),
        issued_on=words.date(today),
        number=words.certificate_number(number),
        verify_url=verify_url(number),
        signatory_name=signatory,
        signatory_job=job,
        seal_words=str(cohort.template.get("seal_words") or tier),
        trainer=words.listing(_trainers(cohort)),
    )
    return Taken(kind, design_called(str(use.get("design") or PLAIN.key)), shown)


def replacing(booking_id: uuid.UUID, kind: str, number: str) -> Taken:
    """The facts as they stand now, for a correction of a certificate of this kind.

    Where the rule is not met any more, attendance is all that can be certified.
    """
    verdict = db.session.scalars(newest_completion(booking_id)).one().verdict
    only = verdict != "completed" or kind == CertificateKind.ATTENDANCE
    return take(booking_id, number, attendance_only=only)


def issued_today(shown: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with today as the day of issue: a certificate may have waited to be printed."""
    today = clock.today()
    return dict(shown) | {"issued_on": words.date(today), "year": str(today.year)}


def newest_completion(booking_id: Any) -> Select[Completion]:
    """The verdict that nobody has replaced."""
    later = aliased(Completion)
    return select(Completion).where(
        Completion.booking_id == booking_id, ~exists().where(later.replaces_id == Completion.id)
    )


def example_number() -> str:
    """The number a preview shows, which is nobody's."""
    return numbers.ALPHABET[0] * numbers.LENGTH


# -- the facts --------------------------------------------------------------------------------


def _booking(booking_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    completed = newest_completion(Booking.id).with_only_columns(Completion.at).correlate(Booking)
    return (
        select(
            Booking.id,
            Booking.cohort_id,
            Person.given_name,
            Person.family_name,
            Edition.cpd_minutes,
            Edition.participatory_minutes,
            completed.scalar_subquery().label("completed_at"),
        )
        .join(Person, Person.id == Booking.person_id)
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .where(Booking.id == booking_id)
    )


def _verb(kind: CertificateKind, attended: str) -> str:
    if kind is CertificateKind.ATTENDANCE:
        return f"attended {attended} of"
    if kind is CertificateKind.ACCREDITATION:
        return "is accredited to facilitate"
    return "completed"


def _hours(minutes: int) -> str:
    """Minutes as decimal hours, '6.5'; '' for none."""
    if not minutes:
        return ""
    return f"{words.round_half_up(Decimal(minutes) / 60, 2):f}".rstrip("0").rstrip(".")


def _attended_words(booking_id: uuid.UUID, whole: int) -> str:
    """'5 of 6 hours', counting what the register and the e-learning evidence say.

    What was let in with a reason counts for completion; it was not attended.
    """
    (facts,) = completion.facts([booking_id])
    attended = sum(part.attended_minutes - part.let_in_minutes for part in facts.components)
    hours = _hours(whole) or "0"
    return f"{_hours(min(attended, whole)) or '0'} of {hours} {'hour' if hours == '1' else 'hours'}"


def _tier(cohort: CohortFacts) -> str:
    editions = cohort.template.get("editions") or ()
    own = next((e.get("tier") for e in editions if e.get("key") == cohort.edition_key), None)
    return words.capital(str(own or cohort.template.get("tier") or ""))


def _provider(cohort: CohortFacts) -> str:
    known = current_registry().providers.get(cohort.provider_key)
    return known.name if known else words.capital(cohort.provider.replace("_", " "))


def _trainers(cohort: CohortFacts) -> list[str]:
    return list(dict.fromkeys(t.name for session in cohort.held for t in session.trainers))


def _signatory(cohort_id: uuid.UUID) -> tuple[str, str]:
    """Who signs: the person who published the cohort, of the team; else the team itself."""
    publisher = db.session.scalar(
        select(CohortChange.by_label)
        .where(
            CohortChange.cohort_id == cohort_id,
            CohortChange.to_state == "published",
            CohortChange.from_state != "published",
            CohortChange.by_id.is_not(None),
        )
        .order_by(CohortChange.at.desc())
        .limit(1)
    )
    if publisher:
        return publisher, settings().team
    return settings().team, settings().authority
