"""What the certificates room offers, and what it hears: a completion asks for a certificate.

The kernel loads it; everything it does is in the room's drawers.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from flask import Blueprint, url_for

from certificates import jobs, services, views
from certificates.access import MANAGE, OWN, PERMISSIONS
from certificates.designs import PLAIN
from certificates.queries import attention, people
from certificates.queries import held as certificates
from lms import events, hookimpl
from lms.contracts import (
    Actor,
    Agenda,
    BookingColumn,
    CertificateDesign,
    Job,
    Panel,
    Permission,
    PersonalRecord,
    Place,
    Tables,
    Todo,
)
from lms.people import links
from lms.permissions import allowed
from lms.web import words

VERDICTS = {"completed": "Completed", "not_completed": "⚠ Cannot complete", "not_yet": "On track"}
URGENCY = 90
"""Of the coordinator's to-dos certificates come last but one, before messages held."""


@hookimpl
def lms_tables() -> Tables:
    """This room's tables, in the core's history."""
    return Tables("certificates", ("certificates.models",))


@hookimpl
def lms_permissions() -> Iterable[Permission]:
    """Who issues certificates, and who downloads them."""
    return PERMISSIONS


@hookimpl
def lms_blueprints() -> Iterable[Blueprint]:
    """Certificates and their checking."""
    return (views.blueprint,)


@hookimpl
def lms_certificate_designs() -> Iterable[CertificateDesign]:
    """The plain design, for courses whose provider brings none or has gone."""
    return (PLAIN,)


@hookimpl
def lms_jobs() -> Iterable[Job]:
    """Printing, and looking for what was left behind."""
    return jobs.JOBS


@hookimpl
def lms_on_event(event: events.Event) -> None:
    """A completion asks for a certificate; one that is no longer true stops what is not printed."""
    match event:
        case events.CompletionRecorded():
            services.record(event.booking_id, event.completion_id, by=event.by)
        case events.CompletionWithdrawn():
            services.forget_unprinted(event.booking_id, by=event.by)


@hookimpl
def lms_todos(actor: Actor, today: date) -> Iterable[Todo]:
    """Certificates that could not be made, and those that stand although the rule is not met."""
    if not allowed(actor, MANAGE):
        return
    for found in attention.failed(actor):
        yield Todo(
            f"{words.plural(len(found.people), 'certificate')} of {found.code} could not be made",
            found.why,
            "See what is wrong",
            _address(found.cohort_id),
            None,
            URGENCY,
        )
    for found in attention.standing_without_rule(actor):
        meet = "meets" if len(found.people) == 1 else "meet"
        yield Todo(
            f"{words.listing(found.people)} no longer {meet} the rule of {found.code}",
            f"The register of {found.course} was corrected after the certificate",
            "Withdraw or replace it",
            _address(found.cohort_id),
            None,
            URGENCY,
        )


@hookimpl
def lms_agenda(actor: Actor, today: date) -> Iterable[Agenda]:
    """One's own certificates."""
    if not allowed(actor, OWN):
        return
    for held in certificates.own_list(actor):
        yield Agenda(
            "mine",
            f"{held.shown.kind_title}: {held.shown.course}",
            None,
            (("Issued on", held.shown.issued_on), ("Number", held.shown.number)),
            "Get my certificate",
            url_for("certificates.own", certificate_id=held.id),
        )


@hookimpl
def lms_booking_columns(cohort_id: uuid.UUID, actor: Actor) -> Iterable[BookingColumn]:
    """On track, cannot complete, or what became of the certificate."""
    states = people.states(actor, cohort_id)
    cells = {
        booking: certificates.SAYS[state] if state else VERDICTS[verdict]
        for booking, (verdict, state) in states.items()
    }
    issued = sum(state == "issued" for _, state in states.values())
    return (BookingColumn("Certificate", 90, cells, f"{issued}/{len(states)}" if states else ""),)


@hookimpl
def lms_panels(place: Place, subject_id: uuid.UUID, actor: Actor) -> Iterable[Panel]:
    """A link with its count on the cohort's page; the certificates of a person on theirs; after a
    survey one's own.
    """
    if place is Place.ANSWERED:
        yield from _own_after_survey(actor, subject_id)
    if place is Place.PERSON:
        yield from _of_person(actor, subject_id)
    if not allowed(actor, MANAGE):
        return
    if place is Place.COHORT:
        issued, booked = people.counts(actor, subject_id)
        values = {"url": _address(subject_id), "issued": issued, "booked": booked}
        yield Panel("", "certificates/panel.html", values, order=30)
    if place is Place.COHORT_NEXT:
        missing = people.to_issue(actor, subject_id)
        if missing:
            title = f"{words.plural(missing, 'certificate')} to issue"
            yield Panel(title, "certificates/next.html", {"url": _address(subject_id)}, order=30)


def _of_person(actor: Actor, person_id: uuid.UUID) -> Iterable[Panel]:
    """A person's certificates under their learning record: those that count on one's own page."""
    own = person_id == actor.person_id
    held = certificates.own_list(actor) if own else certificates.of_person(actor, person_id)[::-1]
    if held:
        values = {"certificates": held, "own": own}
        yield Panel("Certificates", "certificates/person.html", values, order=15)


@hookimpl
def lms_undo_blockers(batch_id: uuid.UUID) -> Iterable[str]:
    """Who of an import holds a certificate."""
    return [f"{name} holds a certificate" for name in attention.holders_of_import(batch_id)]


@hookimpl
def lms_personal_data(person_id: uuid.UUID) -> Iterable[PersonalRecord]:
    """Every certificate, with what it says and its history's last step."""
    for held in certificates.of_people([person_id]):
        yield PersonalRecord(
            f"{held.shown.kind_title}: {held.shown.course}",
            (
                ("Number", held.shown.number),
                ("State", held.says),
                ("Name as printed", held.shown.name),
                ("Provider", held.shown.provider),
                ("Dates", held.shown.dates),
                ("Hours", held.shown.hours_words),
                ("Issued on", held.shown.issued_on),
                ("Last change", words.datetime_words(held.changed_at)),
                ("Reason", held.reason),
            ),
        )


def _own_after_survey(actor: Actor, booking_id: uuid.UUID) -> Iterable[Panel]:
    """For whoever has just answered a survey: the certificate of that course, if it is there."""
    held = next(iter(certificates.of_answerer(actor, booking_id)), None)
    if held is None:
        return
    link = links.live_for("certificate", [held.id]).get(held.id)
    url = (
        links.urls_of([link])[link] if link else url_for("certificates.own", certificate_id=held.id)
    )
    yield Panel("Your certificate", "certificates/answered.html", {"held": held, "url": url}, 5)


def _address(cohort_id: uuid.UUID) -> str:
    return url_for("certificates.of_cohort", cohort_id=cohort_id)
