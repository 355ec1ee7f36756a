"""What the tests of certificates start from: facts to print, and somebody who has finished."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from certificates.models import Certificate, CertificateFile
from certificates.shown import Shown
from courses.models import Booking, Cohort, CohortChange, CohortLocality, Completion, Place
from lms.contracts import Actor, Grant, Role, Scope, ScopeKind
from lms.db import db
from lms.people.models import Locality, Person
from tests import factories as make

COLOURS = {"brand": "#1d4f6e", "accent": "#7a4a00"}
NUMBER = "7K3M-9QXT-2HVB"
SHOWN = Shown(
    kind="completion",
    kind_title="Certificate of completion",
    kind_words="completed",
    name="Amara Okafor",
    course="Brief Encounters",
    format="Four sessions",
    provider="OnePlusOne",
    authority="Demonstration Council",
    dates="from 18 February to 18 March 2027",
    hours_participatory="12",
    hours_cpd="13.5",
    attended_hours_words="",
    outcomes=("Recognise early signs", "Respond in a short conversation", "Review what was agreed"),
    tier="Introductory",
    year="2027",
    issued_on="18 March 2027",
    number=NUMBER,
    verify_url=f"https://training.example/verify/{NUMBER}",
    signatory_name="Priya Nair",
    signatory_job="Workforce development team",
    seal_words="Recognise · Respond · Review",
    trainer="Sam Ellery",
)


def shown(**changes: Any) -> Shown:
    """The facts of a certificate, with changes."""
    return replace(SHOWN, **changes)


def template(kind: str = "completion", design: str = "core:plain") -> dict[str, Any]:
    """What a course's template says about its certificate."""
    return {
        "certificate": {"kind": kind, "design": design},
        "outcomes": ["Recognise", "Respond", "Review"],
        "tier": "introductory",
        "seal_words": "Recognise · Respond · Review",
    }


@dataclass
class Finisher:
    """Somebody who met the rule of a cohort."""

    person: Person
    booking: Booking
    completion: Completion
    cohort: Cohort
    locality: Locality


def cohort(kind: str = "completion", **columns: Any) -> tuple[Cohort, Locality]:
    """A cohort of two mornings in March, with a trainer, published by Priya Nair."""
    where = make.locality()
    course = make.course(title="Brief Encounters", template=template(kind))
    edition = make.edition(course, title="Two mornings", cpd_minutes=390)
    part = make.component(edition, key="workshop", title="Workshop", required_minutes=360)
    asked = {"key": part.key, "title": part.title, "kind": part.kind, "required_minutes": 360}
    rule = {"components": [asked]}
    made = make.cohort(edition, where, template=template(kind), rule=rule, **columns)
    teacher = make.trainer(make.person("Sam", "Ellery"))
    for day in (date(2027, 3, 4), date(2027, 3, 11)):
        make.teaches(teacher, make.session(made, day))
    publisher = make.person("Priya", "Nair")
    make.keep(
        CohortChange(
            cohort_id=made.id,
            from_state="scheduled",
            to_state="published",
            by_id=publisher.id,
            by_label="Priya Nair",
        )
    )
    return made, where


def finisher(
    on: tuple[Cohort, Locality] | None = None,
    given_name: str = "Amara",
    family_name: str = "Okafor",
    verdict: str = "completed",
    attended: int | None = 180,
    **person: Any,
) -> Finisher:
    """Somebody with a verdict on a cohort, who works in its place and attended both mornings.

    `attended` is the minutes of each morning; None leaves the register empty.
    """
    made, where = on or cohort()
    who = make.person(
        given_name, family_name, organisation_id=make.organisation(locality_id=where.id).id,
        **person,
    )  # fmt: skip
    booking = make.booking(made, who, locality_id=where.id)
    for place in db.session.query(Place).filter_by(booking_id=booking.id):
        if attended is not None:
            make.attendance(place, minutes=attended)
    completion = make.completion(booking, verdict)
    return Finisher(who, booking, completion, made, where)


def coordinator(of: Locality) -> tuple[Person, Actor]:
    """A coordinator of a place, as a person and as an actor."""
    who = make.person("Priya", "Nair")
    make.grant(who, "coordinator", "locality", of.id)
    held = Grant(Role.COORDINATOR, Scope(ScopeKind.LOCALITY, str(of.id)))
    return who, Actor(who.id, "Priya Nair", (held,))


def of(booking: Booking) -> list[Certificate]:
    """Every certificate of a booking, oldest first, as the database has them."""
    found = select(Certificate).where(Certificate.booking_id == booking.id)
    return list(
        db.session.scalars(found.order_by(Certificate.id).execution_options(populate_existing=True))
    )


def pdf_of(certificate: Certificate) -> bytes:
    """The frozen bytes."""
    return db.session.scalars(
        select(CertificateFile.pdf).where(CertificateFile.certificate_id == certificate.id)
    ).one()


__all__ = [
    "CohortLocality",
    "Finisher",
    "Place",
    "cohort",
    "coordinator",
    "finisher",
    "make",
    "of",
    "pdf_of",
    "shown",
]
