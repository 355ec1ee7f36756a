"""Loads what a file is compared with, in a fixed number of queries however long the file is.

`services` calls `load` before each assessment; only people in the actor's reach are ever named.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from courses.imports import addresses, lines
from courses.imports.drafts import Choice
from courses.imports.known import Known, KnownPerson, KnownSession, Named, Names
from courses.imports.lines import Line
from courses.models import Booking
from courses.queries import bookings, clashes, prerequisites, register, waiting
from courses.queries.cohorts import CohortFacts
from lms.contracts import Actor
from lms.db import db
from lms.people.models import Organisation, Person, PersonEmail, Profession
from lms.people.names import sort_key
from lms.people.queries import mailboxes
from lms.people.queries.people import in_sight
from lms.people.services.organisations import shipped_professions


def load(
    actor: Actor, cohort: CohortFacts, found: Sequence[Line], choices: Mapping[int, Choice]
) -> Known:
    """Everything `assess` needs to know about these lines."""
    rows = [line for line in found if line.kind == lines.PERSON]
    emails = _addresses(rows, choices)
    by_email = _by_email(actor, emails)
    by_name = _by_name(actor, rows, choices)
    named = [person.id for same in by_name.values() for person in same]
    ids = {person.id for person in by_email.values()} | set(named)
    first = prerequisites.first_of(cohort.course_id)
    marked = any(line.marks for line in rows)
    return Known(
        by_email=by_email,
        by_name=by_name,
        ending=frozenset(mailboxes.ending([one.id for one in by_email.values()], actor)),
        said=frozenset(one for one, at_once in mailboxes.said(emails).items() if at_once),
        booked=_booked(cohort.id, ids),
        clashes=_clashes(actor, cohort, ids),
        professions=professions(),
        organisations=organisations([place for place, _ in cohort.localities]),
        localities=tuple(Named(place, name) for place, name in cohort.localities),
        places_left=waiting.free_for_all([cohort])[cohort.id],
        first_course=first.title if first else "",
        finished=frozenset(prerequisites.finished(first.id, ids)) if first else None,
        for_profession=(
            Named(cohort.profession_id, cohort.profession) if cohort.profession_id else None
        ),
        sessions=known_sessions(cohort) if marked else (),
        marks=register.of_people(cohort.id) if marked else {},
    )


def known_sessions(cohort: CohortFacts) -> tuple[KnownSession, ...]:
    """The sessions that marks may be about."""
    return tuple(
        KnownSession(one.id, one.number, one.component_title, one.start, one.end)
        for one in cohort.held
    )


def professions() -> Names:
    """The jobs that are offered, with what registers call them."""
    rows = db.session.execute(
        select(Profession.id, Profession.code, Profession.name)
        .where(Profession.retired_at.is_(None))
        .order_by(Profession.code == "other", Profession.name)
    ).all()
    ids = {code: key for key, code, _ in rows}
    also = {code: key for code, key in ids.items()}
    for template in shipped_professions():
        if template.code in ids:
            also |= dict.fromkeys(template.aliases, ids[template.code])
    return Names(tuple(Named(key, name) for key, _, name in rows), also)


def organisations(localities: Collection[uuid.UUID]) -> Names:
    """The organisations of these places."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.name, Organisation.locality_id)
        .where(Organisation.locality_id.in_(localities))
        .order_by(func.lower(Organisation.name))
    )
    return Names(tuple(Named(*row) for row in rows))


def _addresses(rows: Iterable[Line], choices: Mapping[int, Choice]) -> set[str]:
    found: set[str] = set()
    for line in rows:
        typed = choices.get(line.row_no, {}).get("email", "")
        read = addresses.read(typed or line.read.get("email", ""))
        found |= {read.email} - {""}
    return found


def _by_email(actor: Actor, emails: Collection[str]) -> dict[str, KnownPerson]:
    if not emails:
        return {}
    rows = db.session.execute(
        _people(actor, func.lower(PersonEmail.address))
        .join(PersonEmail, PersonEmail.person_id == Person.id)
        .where(PersonEmail.address.in_(emails))
    )
    return {str(email): KnownPerson(*rest) for email, *rest in rows}


def _by_name(
    actor: Actor, rows: Iterable[Line], choices: Mapping[int, Choice]
) -> dict[str, list[KnownPerson]]:
    """People in reach by name, family name first or last."""
    keys: set[str] = set()
    for line in rows:
        said = {**line.read, **choices.get(line.row_no, {})}
        given, family = said.get("given_name", ""), said.get("family_name", "")
        keys |= {sort_key(given, family), sort_key(family, given)}
    found: defaultdict[str, list[KnownPerson]] = defaultdict(list)
    if keys:
        reach = in_sight(actor)
        statement = _people(actor, Person.sort_key).where(Person.sort_key.in_(keys), reach)
        for _, *rest in db.session.execute(statement):
            person = KnownPerson(*rest)
            found[person.key].append(person)
    return found


def _people(actor: Actor, first: Any) -> Select[*tuple[Any, ...]]:
    """People as they may be matched, with one more column in front."""
    return (
        select(
            first,
            Person.id,
            Person.given_name,
            Person.family_name,
            Person.created_at,
            in_sight(actor),
            Person.organisation_id,
            Person.profession_id,
        )
        .where(Person.erased_at.is_(None), Person.merged_into_id.is_(None))
        .order_by(Person.id)
    )


def _booked(cohort_id: uuid.UUID, ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    return frozenset(
        db.session.scalars(
            select(Booking.person_id).where(
                Booking.cohort_id == cohort_id,
                Booking.person_id.in_(ids),
                Booking.state.in_(bookings.ACTIVE),
            )
        )
    )


def _clashes(actor: Actor, cohort: CohortFacts, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What people are booked on at the cohort's times; only what the actor may know is named."""
    times = [(session.start, session.end) for session in cohort.held]
    found = clashes.of_people(actor, list(ids), times, leaving_out=cohort.id)
    return {
        clash.subject_id: (
            f"Booked on {clash.course} ({clash.code}) {clash.when}"
            if clash.known
            else f"Taken {clash.when}"
        )
        for clash in reversed(found)
    }
