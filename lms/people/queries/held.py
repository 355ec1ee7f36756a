"""All that is held about one person, as this room knows it and as every plugin says."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from lms.contracts import PersonalRecord
from lms.db import db
from lms.people.models import (
    OWN,
    SAID,
    SHARED,
    Locality,
    MailboxSaying,
    Organisation,
    Person,
    PersonalLink,
    PersonEmail,
    Profession,
    SignInLink,
)
from lms.people.names import full
from lms.people.queries import roles
from lms.people.queries.mailboxes import decided_at
from lms.records import AuditEntry
from lms.web import words

READ_BY = {
    OWN: "",
    SAID: " (an import says that several people read it)",
    SHARED: " (several people read it)",
}


def personal_data(person_id: uuid.UUID) -> Iterable[PersonalRecord]:
    """What the people's room holds: name, post, addresses, roles, links, sign-ins, changes."""
    person = db.session.execute(
        select(
            Person,
            Organisation.name.label("organisation"),
            Locality.name.label("place"),
            Profession.name.label("profession"),
        )
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(Locality, Locality.id == Organisation.locality_id)
        .outerjoin(Profession, Profession.id == Person.profession_id)
        .where(Person.id == person_id)
    ).one()
    yield PersonalRecord(
        "About you",
        (
            ("Name", full(person.Person.given_name, person.Person.family_name)),
            ("Organisation", person.organisation or "none"),
            ("Place", person.place or "none"),
            ("Job", person.profession or "none"),
            *_addresses(person_id),
            ("Added", words.date(person.Person.created_at)),
        ),
    )
    yield PersonalRecord("Roles", tuple(_roles(person_id)))
    yield PersonalRecord("Links and sign-ins", tuple(_links(person_id)))
    yield PersonalRecord("Changes to your record", tuple(_changes(person_id)))


def _addresses(person_id: uuid.UUID) -> Iterable[tuple[str, str]]:
    rows = db.session.execute(
        select(PersonEmail.address, PersonEmail.sharing, decided_at(PersonEmail.address)).where(
            PersonEmail.person_id == person_id
        )
    )
    for address, sharing, decided in rows:
        yield "E-mail address", f"{address}{READ_BY[sharing]}"
        if decided:
            yield "Decided who reads it", words.datetime_words(decided)
    sayings = db.session.scalars(
        select(MailboxSaying.created_at)
        .join(PersonEmail, PersonEmail.address == MailboxSaying.address)
        .where(PersonEmail.person_id == person_id)
        .order_by(MailboxSaying.created_at)
    )
    for at in sayings:
        yield "An import said that several people read it", words.datetime_words(at)


def _roles(person_id: uuid.UUID) -> Iterable[tuple[str, str]]:
    for grant in roles.of_person(person_id):
        until = f" to {words.date(grant.until)}" if grant.until else ""
        yield f"{grant.role.value}, {grant.place}", f"from {words.date(grant.since)}{until}"


def _links(person_id: uuid.UUID) -> Iterable[tuple[str, str]]:
    counts = db.session.execute(
        select(PersonalLink.purpose, func.count())
        .where(PersonalLink.person_id == person_id)
        .group_by(PersonalLink.purpose)
        .order_by(PersonalLink.purpose)
    )
    for purpose, count in counts:
        yield f"Personal links: {purpose}", words.number(count)
    signed_in = db.session.scalars(
        select(SignInLink.used_at)
        .where(SignInLink.person_id == person_id, SignInLink.used_at.is_not(None))
        .order_by(SignInLink.used_at.desc())
        .limit(200)
    )
    for at in signed_in:
        if at:
            yield "Signed in", words.datetime_words(at)


def _changes(person_id: uuid.UUID) -> Sequence[tuple[str, str]]:
    rows = db.session.execute(
        select(AuditEntry.at, AuditEntry.verb, AuditEntry.actor_label)
        .where(AuditEntry.subject_type == "person", AuditEntry.subject_id == person_id)
        .order_by(AuditEntry.at)
        .limit(500)
    )
    return [(words.datetime_words(row.at), f"{row.verb} by {row.actor_label}") for row in rows]
