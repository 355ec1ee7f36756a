"""Adding people and changing what is held about them."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from lms import audit
from lms.contracts import Actor
from lms.db import Complaint, db, uuid7, violations
from lms.errors import NotFound
from lms.events import AddressChanged, publish
from lms.people import emails, links, names
from lms.people.models import OWN, Organisation, Person, PersonEmail, Profession
from lms.people.queries.roles import beyond
from lms.people.services import mailboxes
from lms.versions import Values, refuse_overwriting

MISSING_NAME = Complaint("given_name", "Enter a name")
NO_ORGANISATION = Complaint("organisation", "Choose an organisation that is on the list")
ADDRESS_TAKEN = Complaint("email", emails.IN_USE)


@dataclass(frozen=True)
class NewPerson:
    """Somebody to be added; the profession by its code or its id, all but a name optional."""

    given_name: str
    family_name: str = ""
    email: str | None = None
    organisation_id: uuid.UUID | None = None
    profession_code: str | None = None
    profession_id: uuid.UUID | None = None
    manager_id: uuid.UUID | None = None


def add_person(person: NewPerson, *, by: Actor) -> uuid.UUID:
    """Add one person; a `Complaint` names the field that cannot be kept."""
    return add_people([person], by=by)[0]


def add_people(people: Sequence[NewPerson], *, by: Actor) -> list[uuid.UUID]:
    """Add people in a few statements, however many; their ids in the order given.

    Never changes anybody who is there already. Raises a `Complaint` for a name or an address that
    cannot be kept, and for an address that somebody has, here or among those being added.
    """
    codes = {person.profession_code for person in people if person.profession_code}
    professions = _profession_ids(codes)
    rows = [_row(person, professions, by) for person in people]
    addresses = [emails.cleaned(person.email) for person in people]
    _refuse_taken([address for address in addresses if address])
    with violations(
        uq_people_person_email_address=ADDRESS_TAKEN,
        fk_people_person_organisation_id_people_organisation=NO_ORGANISATION,
    ):
        if rows:
            db.session.execute(insert(Person), rows)
        addressed = [
            {"id": uuid7(), "person_id": row["id"], "address": address, "is_primary": True}
            for row, address in zip(rows, addresses, strict=True)
            if address
        ]
        if addressed:
            db.session.execute(insert(PersonEmail), addressed)
    ids = [uuid.UUID(str(row["id"])) for row in rows]
    _audit_added(ids, by)
    mailboxes.given([address for address in addresses if address], by=by)
    return ids


def _row(person: NewPerson, professions: dict[str, uuid.UUID], by: Actor) -> dict[str, object]:
    given, family = _names(person.given_name, person.family_name)
    profession = person.profession_id
    if profession is None and person.profession_code:
        profession = professions[person.profession_code]
    return {
        "id": uuid7(),
        "given_name": given,
        "family_name": family,
        "sort_key": names.sort_key(given, family),
        "organisation_id": person.organisation_id,
        "profession_id": profession,
        "manager_id": person.manager_id,
        "added_by_id": by.person_id,
    }


def _names(given_name: str, family_name: str) -> tuple[str, str]:
    given = names.cleaned(given_name, "given_name", "First name")
    family = names.cleaned(family_name, "family_name", "Last name")
    if not given and not family:
        raise MISSING_NAME
    return given, family


def _profession_ids(codes: set[str]) -> dict[str, uuid.UUID]:
    if not codes:
        return {}
    rows = db.session.execute(
        select(Profession.code, Profession.id).where(Profession.code.in_(codes))
    )
    found = {row.code: row.id for row in rows}
    if codes - found.keys():
        raise Complaint("profession", "Choose a job that is on the list")
    return found


def _refuse_taken(addresses: Sequence[str]) -> None:
    if len(set(addresses)) < len(addresses):
        twice = next(a for a, count in Counter(addresses).items() if count > 1)
        raise Complaint("email", f"{twice} stands here twice. Two people cannot share it")
    if addresses and db.session.scalar(
        select(PersonEmail.id).where(PersonEmail.address.in_(addresses)).limit(1)
    ):
        raise ADDRESS_TAKEN


def _audit_added(ids: Sequence[uuid.UUID], by: Actor) -> None:
    if len(ids) == 1:
        audit.write("added", "person", ids[0], by=by)
    elif ids:
        audit.write("added people", "person", None, by=by, after={"people": len(ids)})


@dataclass(frozen=True)
class PersonEdit:
    """What may be changed of a person; every field is as it shall be afterwards."""

    given_name: str
    family_name: str
    email: str | None
    organisation_id: uuid.UUID | None
    profession_id: uuid.UUID | None
    manager_id: uuid.UUID | None = None

    @property
    def values(self) -> Values:
        """The fields that a page shows, for `lms.versions`."""
        return {
            "given_name": self.given_name,
            "family_name": self.family_name,
            "email": (self.email or "").lower(),
            "profession": self.profession_id,
            "organisation": self.organisation_id,
        }


def edit_person(
    person_id: uuid.UUID, edit: PersonEdit, *, by: Actor, seen: str | None = None
) -> None:
    """Change a person's name, address and post; the audit trail keeps the posts with their dates.

    A new address withdraws the links that went to the old one. Who may is the caller's check.
    `seen` is what the page showed: raises `Overtaken` as `lms.versions` says.
    """
    person = db.session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None or person.erased_at:
        raise NotFound
    if seen is not None:
        refuse_overwriting(seen, _standing(person).values, edit.values)
    given, family = _names(edit.given_name, edit.family_name)
    before = _post(person) | {"name": names.full(person.given_name, person.family_name)}
    with violations(fk_people_person_organisation_id_people_organisation=NO_ORGANISATION):
        person.given_name, person.family_name = given, family
        person.organisation_id = edit.organisation_id
        person.profession_id = edit.profession_id
        person.manager_id = edit.manager_id
        person.sort_key = names.sort_key(given, family)
    after = _post(person) | {"name": names.full(given, family)}
    old, new = audit.changes(before, after)
    if set_email(person_id, edit.email, by=by):
        old["email"], new["email"] = "changed", "changed"
    if new:
        audit.write("changed", "person", person_id, by=by, before=old, after=new)


def _standing(person: Person) -> PersonEdit:
    address = db.session.scalar(
        select(PersonEmail.address).where(
            PersonEmail.person_id == person.id, PersonEmail.is_primary
        )
    )
    return PersonEdit(
        person.given_name,
        person.family_name,
        address,
        person.organisation_id,
        person.profession_id,
    )


def set_email(person_id: uuid.UUID, raw: str | None, *, by: Actor) -> bool:
    """Make this the person's only address (None: they have none); whether that is a change.

    What was decided of the old mailbox stays with its address. The actor must hold every role that
    the person holds (`roles.beyond`).
    """
    address = emails.cleaned(raw)
    held = db.session.scalar(
        select(PersonEmail).where(PersonEmail.person_id == person_id, PersonEmail.is_primary)
    )
    old = held.address if held else None
    if (old.lower() if old else None) == address:
        return False
    _refuse_taking_over(person_id, by)
    with violations(uq_people_person_email_address=ADDRESS_TAKEN):
        if held and address:
            held.address, held.verified_at = address, None
            held.sharing = OWN
        elif held:
            db.session.delete(held)
        elif address:
            db.session.add(PersonEmail(person_id=person_id, address=address, is_primary=True))
    if address:
        mailboxes.given([address], by=by)
    if old:  # what somebody without an address holds was given to them on paper
        links.revoke(person_id=person_id)
        publish(AddressChanged(by, person_id, old))
    return True


def _refuse_taking_over(person_id: uuid.UUID, by: Actor) -> None:
    role = beyond([person_id], by).get(person_id)
    if role:
        raise Complaint(
            "email",
            f"They are {role.value} as well, so only somebody who holds that role can "
            "change their address",
        )


def _post(person: Person) -> dict[str, str]:
    """Organisation and job in words, as the audit trail and the job history keep them."""
    organisation = (
        db.session.scalar(
            select(Organisation.name).where(Organisation.id == person.organisation_id)
        )
        if person.organisation_id
        else None
    )
    profession = (
        db.session.scalar(select(Profession.name).where(Profession.id == person.profession_id))
        if person.profession_id
        else None
    )
    return {"organisation": organisation or "", "profession": profession or ""}
