"""Reading people: lists and searches in the actor's sight, one person's page, posts over time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.people import scope
from lms.people.models import Locality, Organisation, Person, PersonEmail, Profession
from lms.people.names import folded, full
from lms.permissions import allowed, where
from lms.records import AuditEntry
from lms.versions import Values, seen
from lms.web.forms import clean


@dataclass(frozen=True)
class PersonRow:
    """Somebody in a list."""

    id: uuid.UUID
    name: str
    profession: str
    organisation: str
    locality: str
    email: str


@dataclass(frozen=True)
class PersonDetail(PersonRow):
    """Somebody on their page."""

    given_name: str
    family_name: str
    organisation_id: uuid.UUID | None
    locality_id: uuid.UUID | None
    profession_id: uuid.UUID | None
    manager_id: uuid.UUID | None
    manager: str
    added_at: datetime
    verified_at: datetime | None
    sharing: str

    @property
    def values(self) -> Values:
        """The fields that can be changed."""
        return {
            "given_name": self.given_name,
            "family_name": self.family_name,
            "email": self.email.lower(),
            "profession": self.profession_id,
            "organisation": self.organisation_id,
        }

    @property
    def version(self) -> str:
        """What a page shows of them."""
        return seen(self.values)


@dataclass(frozen=True)
class Post:
    """Where somebody worked and as what, from this moment on."""

    since: datetime
    organisation: str
    profession: str
    by: str


def in_sight(actor: Actor, permission: str = "people.view") -> ColumnElement[bool]:
    """People whom a permission reaches: by their organisation, or, having none, by who added them.

    The one condition for lists, counts, searches, choices and single people.
    """
    reached = where(actor, permission)
    if actor.person_id is None or not allowed(actor, permission):
        return reached
    return or_(reached, scope.people_without_organisation(actor.person_id))


def matching(words: str) -> ColumnElement[bool]:
    """People whose name has all of these words in it, or whose address has the whole of it."""
    parts = [Person.sort_key.contains(part, autoescape=True) for part in folded(words).split()]
    if not parts:
        return Person.id.is_not(None)
    address = clean.shown(words).strip().lower()
    theirs = aliased(PersonEmail)
    by_address = exists(
        select(theirs.id)
        .where(theirs.person_id == Person.id, theirs.address.contains(address, autoescape=True))
        .correlate(Person)
    )
    return or_(and_(*parts), by_address)


def listed(actor: Actor, words: str = "", permission: str = "people.view") -> Select[Any]:
    """Rows of `PersonRow` in the order of names, for `web.paginate`."""
    return (
        _columns()
        .where(in_sight(actor, permission), matching(words), *_present())
        .order_by(Person.sort_key, Person.id)
    )


def as_row(row: Any) -> PersonRow:
    """A row of `listed` as a `PersonRow`."""
    return PersonRow(
        row.id,
        full(row.given_name, row.family_name),
        row.profession or "",
        row.organisation or "",
        row.locality or "",
        row.address or "",
    )


def reached(actor: Actor) -> Select[Any]:
    """The ids of everybody whose page the actor can open."""
    sight = or_(in_sight(actor), in_sight(actor, "people.own"))
    return select(Person.id).where(sight, *_present())


def find(actor: Actor, person_id: uuid.UUID, *permissions: str) -> PersonDetail:
    """One person whom one of these permissions reaches; `NotFound` for all else."""
    sight = or_(*(in_sight(actor, name) for name in permissions or ("people.view",)))
    row = db.session.execute(
        _columns().where(Person.id == person_id, sight, *_present())
    ).one_or_none()
    if row is None:
        raise NotFound
    listed_as = as_row(row)
    manager = (
        db.session.execute(
            select(Person.given_name, Person.family_name).where(Person.id == row.manager_id)
        ).one()
        if row.manager_id
        else ("", "")
    )
    return PersonDetail(
        **vars(listed_as),
        given_name=row.given_name,
        family_name=row.family_name,
        organisation_id=row.organisation_id,
        locality_id=row.locality_id,
        profession_id=row.profession_id,
        manager_id=row.manager_id,
        manager=full(*manager),
        added_at=row.created_at,
        verified_at=row.verified_at,
        sharing=row.sharing or "",
    )


def reaches(actor: Actor, person_id: uuid.UUID, permission: str) -> bool:
    """Whether a permission reaches this person."""
    found = select(Person.id).where(Person.id == person_id, in_sight(actor, permission))
    return db.session.scalar(found) is not None


def namesakes(
    given_name: str, family_name: str, organisation_id: uuid.UUID | None
) -> list[PersonRow]:
    """People of the same name in the same organisation, before one more is added."""
    if organisation_id is None:
        return []
    key = folded(f"{family_name} {given_name}")
    rows = db.session.execute(
        _columns()
        .where(Person.sort_key == key, Person.organisation_id == organisation_id, *_present())
        .limit(5)
    )
    return [as_row(row) for row in rows]


def posts(person: PersonDetail) -> list[Post]:
    """Where the person has worked and as what, newest first, as the audit trail kept it.

    The first post is what the earliest change found, or what stands now where nothing changed.
    """
    changes = db.session.execute(
        select(AuditEntry.at, AuditEntry.before, AuditEntry.after, AuditEntry.actor_label)
        .where(
            AuditEntry.subject_type == "person",
            AuditEntry.subject_id == person.id,
            AuditEntry.verb == "changed",
            or_(AuditEntry.after.has_key("organisation"), AuditEntry.after.has_key("profession")),
        )
        .order_by(AuditEntry.at.desc())
        .limit(50)
    ).all()
    organisation, profession = person.organisation, person.profession
    found = []
    for change in changes:
        found.append(Post(change.at, organisation, profession, change.actor_label))
        organisation = change.before.get("organisation", organisation)
        profession = change.before.get("profession", profession)
    return [*found, Post(person.added_at, organisation, profession, "")]


def _columns() -> Select[Any]:
    columns: list[Any] = [
        Person.id,
        Person.given_name,
        Person.family_name,
        Person.organisation_id,
        Person.profession_id,
        Person.manager_id,
        Person.created_at,
        Profession.name.label("profession"),
        Organisation.name.label("organisation"),
        Organisation.locality_id,
        Locality.name.label("locality"),
        PersonEmail.address,
        PersonEmail.verified_at,
        PersonEmail.sharing,
    ]
    return (
        select(*columns)
        .select_from(Person)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(Locality, Locality.id == Organisation.locality_id)
        .outerjoin(Profession, Profession.id == Person.profession_id)
        .outerjoin(PersonEmail, and_(PersonEmail.person_id == Person.id, PersonEmail.is_primary))
    )


def _present() -> tuple[ColumnElement[bool], ...]:
    return (Person.erased_at.is_(None), Person.merged_into_id.is_(None))
