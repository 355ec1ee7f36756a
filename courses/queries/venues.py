"""Rooms that sessions are held in: what they are, how one gets there, and whose they are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, or_, select

from courses import access
from courses.models import Venue
from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.people.queries import places
from lms.versions import Values, seen


@dataclass(frozen=True)
class VenueFacts:
    """A room. `step_free`, `parking` and `map_url` are "" where nobody has said."""

    id: uuid.UUID
    name: str
    address: str
    capacity: int | None
    step_free: str
    parking: str
    map_url: str

    @property
    def values(self) -> Values:
        """What can be changed, as `courses.services.venues.Described` has it."""
        held = asdict(self)
        del held["id"]
        return held

    @property
    def version(self) -> str:
        """What a page shows of it."""
        return seen(self.values)

    @property
    def full_name(self) -> str:
        """Name and address in a line."""
        return ", ".join(filter(None, (self.name, self.address)))

    def too_small(self, people: int | None) -> str:
        """As "Hall holds 24 people, fewer than the 30 places"; "" where they fit."""
        if self.capacity is None or people is None or people <= self.capacity:
            return ""
        return f"{self.name} holds {self.capacity} people, fewer than the {people} places"

    @property
    def getting_there(self) -> list[tuple[str, str]]:
        """What one wants to know before setting out, each with its heading."""
        told = (
            ("Step-free access", self.step_free),
            ("Parking", self.parking),
            ("Map", self.map_url),
        )
        return [(heading, text) for heading, text in told if text]

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The same for a page, where the map is a link."""
        to_map = Markup('<a class="govuk-link" href="{}">See it on a map</a>').format(self.map_url)
        return [
            (heading, to_map if text == self.map_url else text)
            for heading, text in self.getting_there
        ]


def as_facts(venue: Venue) -> VenueFacts:
    """A row as pages and messages need it."""
    return VenueFacts(
        venue.id,
        venue.name,
        venue.address,
        venue.capacity,
        venue.step_free,
        venue.parking,
        venue.map_url,
    )


def own(actor: Actor) -> list[VenueFacts]:
    """The rooms an actor may describe and change, by name."""
    return _listed(_own(actor))


def to_choose(actor: Actor, locality_ids: Iterable[uuid.UUID]) -> list[VenueFacts]:
    """The rooms of a cohort's places and the actor's own, by name."""
    return _listed(or_(Venue.locality_id.in_(list(locality_ids)), _own(actor)))


def get(actor: Actor, venue_id: uuid.UUID) -> VenueFacts:
    """A room that the actor may change; `NotFound` for others."""
    venue = db.session.scalar(select(Venue).where(Venue.id == venue_id, _own(actor)))
    if venue is None:
        raise NotFound
    return as_facts(venue)


def reached(actor: Actor) -> Select[Any]:
    """The ids of the rooms that the actor may change."""
    return select(Venue.id).where(_own(actor))


def by_id(venue_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, VenueFacts]:
    """Rooms by id."""
    wanted = [one for one in venue_ids if one]
    rows = db.session.scalars(select(Venue).where(Venue.id.in_(wanted)))
    return {venue.id: as_facts(venue) for venue in rows}


def _own(actor: Actor) -> ColumnElement[bool]:
    """Of the actor's places; a room without a place is everybody's who schedules."""
    mine = [one for one, _ in places.localities(actor, access.MANAGE)]
    return or_(Venue.locality_id.is_(None), Venue.locality_id.in_(mine))


def _listed(condition: ColumnElement[bool]) -> list[VenueFacts]:
    rows = db.session.scalars(select(Venue).where(condition).order_by(Venue.name, Venue.id))
    return [as_facts(venue) for venue in rows]
