"""Adding a room and saying what it is like; no two of a place have the same name."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass

from courses.models import Venue
from courses.queries import venues
from lms import audit
from lms.contracts import Actor
from lms.db import Complaint, db, uuid7, violations
from lms.versions import Values, refuse_overwriting

SUBJECT = "courses_venue"
_NAME = Complaint("name", "There is a venue of this name already. Choose another name")


@dataclass(frozen=True)
class Described:
    """What is said of a room."""

    name: str
    address: str = ""
    capacity: int | None = None
    step_free: str = ""
    parking: str = ""
    map_url: str = ""

    @property
    def values(self) -> Values:
        """Each of them, for `lms.versions`."""
        return asdict(self)


def add(venue: Described, *, locality_id: uuid.UUID | None, by: Actor) -> uuid.UUID:
    """Add a room to choose from."""
    made = Venue(id=uuid7(), locality_id=locality_id, **asdict(venue))
    with violations(uq_courses_venue_locality_id_name=_NAME):
        db.session.add(made)
    audit.write("added", SUBJECT, made.id, by=by, after={"name": venue.name})
    return made.id


def change(venue_id: uuid.UUID, to: Described, *, seen: str, by: Actor) -> None:
    """Say anew what a room is like. Nobody is told; later messages say what is true then.

    `seen` is what the page showed: raises `Overtaken` as `lms.versions` says.
    """
    venues.get(by, venue_id)
    held = db.session.get_one(Venue, venue_id, with_for_update=True, populate_existing=True)
    refuse_overwriting(seen, venues.as_facts(held).values, to.values)
    after = {name: value for name, value in to.values.items() if getattr(held, name) != value}
    before = {name: getattr(held, name) for name in after}
    with violations(uq_courses_venue_locality_id_name=_NAME):
        for name, value in after.items():
            setattr(held, name, value)
    if after:
        audit.write("changed", SUBJECT, venue_id, by=by, before=before, after=after)
