"""What people are at the moment they book: their job, employer, place and manager.

`courses.services.booking` copies it into the booking, and every report counts by that copy.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from lms.db import db
from lms.errors import NotFound
from lms.people.models import Locality, Organisation, Person, Profession


@dataclass(frozen=True)
class Snapshot:
    """A person's job, employer, place and manager, with the words for each."""

    person_id: uuid.UUID
    profession_id: uuid.UUID | None
    profession: str
    organisation_id: uuid.UUID | None
    organisation: str
    locality_id: uuid.UUID | None
    locality: str
    manager_id: uuid.UUID | None


def snapshots(person_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Snapshot]:
    """Everybody's, in one query; `NotFound` when one is unknown, erased or merged away."""
    rows = db.session.execute(
        select(
            Person.id,
            Person.profession_id,
            func.coalesce(Profession.name, ""),
            Person.organisation_id,
            func.coalesce(Organisation.name, ""),
            Organisation.locality_id,
            func.coalesce(Locality.name, ""),
            Person.manager_id,
        )
        .outerjoin(Profession, Profession.id == Person.profession_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(Locality, Locality.id == Organisation.locality_id)
        .where(
            Person.id.in_(person_ids), Person.erased_at.is_(None), Person.merged_into_id.is_(None)
        )
    )
    found = {row[0]: Snapshot(*row) for row in rows}
    if set(person_ids) - found.keys():
        raise NotFound
    return found
