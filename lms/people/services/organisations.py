"""Places, organisations and jobs."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Text, cast, delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from lms import audit, clock, content
from lms.contracts import Actor, ProfessionTemplate
from lms.db import Complaint, db, uuid7, violations
from lms.errors import NotFound
from lms.people import names
from lms.people.models import Locality, Organisation, Profession, RoleGrant
from lms.permissions import where

PROFESSIONS = Path(__file__).parents[1] / "content" / "professions.yaml"
ONS_CODE = re.compile(r"[EWSN]\d{8}")
TAKEN = "There is an organisation with this name there already"


def add_locality(name: str, ons_code: str, *, by: Actor) -> uuid.UUID:
    """Add a place by its name and ONS code, like E10000015."""
    cleaned = names.cleaned(name, "name", "Name")
    code = ons_code.strip().upper()
    if not cleaned:
        raise Complaint("name", "Enter the place's name")
    if not ONS_CODE.fullmatch(code):
        raise Complaint("ons_code", "Enter an ONS code in the correct format, like E10000015")
    place = Locality(name=cleaned, ons_code=code)
    taken = Complaint("ons_code", "There is a place with this ONS code already")
    with violations(uq_people_locality_ons_code=taken):
        db.session.add(place)
    audit.write("added", "locality", place.id, by=by, after={"name": cleaned, "ons_code": code})
    return place.id


def add_organisation(
    name: str, locality_id: uuid.UUID, *, by: Actor, parent_id: uuid.UUID | None = None
) -> uuid.UUID:
    """Add an employer or group within a place; the view offers the places of the actor's scope."""
    made = Organisation(name=_name(name), locality_id=locality_id, parent_id=parent_id)
    with violations(uq_people_organisation_locality_id_name=Complaint("name", TAKEN)):
        db.session.add(made)
    audit.write("added", "organisation", made.id, by=by, after={"name": made.name})
    return made.id


def add_organisations(
    wanted: Sequence[tuple[str, uuid.UUID]], *, by: Actor
) -> tuple[dict[tuple[uuid.UUID, str], uuid.UUID], list[uuid.UUID]]:
    """Make sure of organisations by name and place, in three statements however many.

    Returns the id of each by place and name as given, and the ids of those that are new; one that
    is there already is that one.
    """
    if not wanted:
        return {}, []
    now = clock.now()
    rows = {
        (place, name.lower()): {
            "id": uuid7(),
            "name": _name(name),
            "locality_id": place,
            "created_at": now,
            "updated_at": now,
        }
        for name, place in wanted
    }
    statement = insert(Organisation).values(list(rows.values())).on_conflict_do_nothing()
    made = db.session.execute(statement.returning(Organisation.id, Organisation.name)).all()
    if made:
        new = [name for _, name in made]
        audit.write("added organisations", "organisation", None, by=by, after={"names": new})
    held = db.session.execute(
        select(Organisation.locality_id, Organisation.name, Organisation.id).where(
            Organisation.locality_id.in_({place for _, place in wanted})
        )
    )
    ids = {(place, name.lower()): key for place, name, key in held}
    found = {(place, name): ids[place, _name(name).lower()] for name, place in wanted}
    return found, [key for key, _ in made]


def take_back(organisation_ids: Sequence[uuid.UUID], *, by: Actor) -> None:
    """Remove organisations that were added by mistake, those that nothing refers to.

    The database knows what refers to one, of whichever room; a role's scope is no foreign key.
    """
    scoped = exists().where(RoleGrant.scope_id == cast(Organisation.id, Text))
    found = db.session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(organisation_ids), ~scoped)
        .order_by(Organisation.id)
        .with_for_update()
    ).all()
    gone = [name for key, name in found if _removed(key)]
    if gone:
        audit.write("removed organisations", "organisation", None, by=by, after={"names": gone})


def _removed(organisation_id: uuid.UUID) -> bool:
    try:
        with db.session.begin_nested():
            db.session.execute(delete(Organisation).where(Organisation.id == organisation_id))
    except IntegrityError:
        return False
    return True


def rename_organisation(organisation_id: uuid.UUID, name: str, *, by: Actor) -> None:
    """Give an organisation another name; bookings keep the one of their day."""
    organisation = db.session.scalar(
        select(Organisation)
        .where(Organisation.id == organisation_id, where(by, "organisations.manage"))
        .with_for_update()
    )
    if organisation is None:
        raise NotFound
    before = organisation.name
    with violations(uq_people_organisation_locality_id_name=Complaint("name", TAKEN)):
        organisation.name = _name(name)
    if organisation.name != before:
        audit.write(
            "renamed",
            "organisation",
            organisation_id,
            by=by,
            before={"name": before},
            after={"name": organisation.name},
        )


def _name(raw: str) -> str:
    cleaned = names.cleaned(raw, "name", "Name")
    if not cleaned:
        raise Complaint("name", "Enter the organisation's name")
    return cleaned


def shipped_professions() -> tuple[ProfessionTemplate, ...]:
    """The jobs this release knows, with what registers call them."""
    return content.listed(PROFESSIONS, ProfessionTemplate)


def synchronise_professions() -> None:
    """Bring the jobs of this release in; one that is gone is retired and stays readable."""
    shipped = shipped_professions()
    now = clock.now()
    rows = [
        {"id": uuid7(), "code": job.code, "name": job.name, "retired_at": None} for job in shipped
    ]
    statement = insert(Profession)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["code"],
            set_={"name": statement.excluded.name, "retired_at": None, "updated_at": now},
        ),
        rows,
    )
    known = {job.code for job in shipped}
    for profession in db.session.scalars(
        select(Profession).where(Profession.code.not_in(known), Profession.retired_at.is_(None))
    ):
        profession.retired_at = now
    db.session.flush()
