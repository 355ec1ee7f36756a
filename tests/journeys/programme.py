"""The programme that journeys start from: one council's people, a trainer, a room, the courses.

`begin` writes it into an empty site; after that the visitors act, or `cohort` and `booked` do what
the pages do, where a journey is about something else.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from sqlalchemy import select

from courses.queries import catalogue, planning
from courses.services import booking, schedule
from lms import events
from lms.contracts import SYSTEM, Actor, Design, Grant, Role, Scope, ScopeKind
from lms.db import db
from lms.people.models import Profession
from tests import factories as make
from tests.journeys.site import Site

PRIYA, SAM = "priya.nair@council.example", "sam.ellery@oneplusone.example"
ROOM = "Stevenage Library, Room 2"


@dataclass(frozen=True)
class Programme:
    """Hertfordshire, its coordinator, her actor, and who trains there in which room."""

    site: Site
    place: uuid.UUID
    priya: Actor
    sam: uuid.UUID
    room: uuid.UUID
    health_visitor: uuid.UUID

    def cohort(
        self, *days: date, edition: str = "one-day", capacity: int = 20, publish: bool = True
    ) -> str:
        """A cohort of Brief Encounters as Priya schedules it; the path of its page."""
        with self.site.rows():
            course = catalogue.get("brief-encounters")
            (chosen,) = [one for one in course.editions if one.key == edition]
            made = schedule.start(course.id, chosen.id, by=self.priya)
            schedule.set_audience(made, [self.place], None, by=self.priya)
            (trainer,) = schedule.trainers_of([self.sam], course.provider_key).values()
            end = time(15, 30) if edition == "one-day" else time(12)
            sessions = [
                replace(
                    planned, day=day, start=time(9, 30), end=end, venue_id=self.room,
                    trainer_ids=(trainer,),
                )
                for planned, day in zip(planning.blank(chosen), days, strict=True)
            ]  # fmt: skip
            schedule.set_dates(made, sessions, by=self.priya)
            schedule.set_places(made, sessions, by=self.priya)
            schedule.set_numbers(made, capacity=capacity, minimum=0, last_day=None, by=self.priya)
            schedule.set_design(made, Design.PRE_POST, by=self.priya)
            if publish:
                schedule.publish(made, by=self.priya)
        return f"/cohorts/{made}"

    def booked(self, cohort: str, *names: str) -> Sequence[str]:
        """People with a job, whom Priya books; their addresses. Nobody's job has to be asked."""
        addresses = [f"{name.lower().replace(' ', '.')}@nhs.example" for name in names]
        with self.site.rows():
            people = [
                make.person(*name.split(" "), email=address, profession_id=self.health_visitor)
                for name, address in zip(names, addresses, strict=True)
            ]
            booking.book_many(
                uuid.UUID(cohort.rpartition("/")[2]),
                [one.id for one in people],
                source="coordinator",
                by=self.priya,
            )
        return addresses


def begin(site: Site) -> Programme:
    """The programme on an empty site."""
    with site.rows():
        events.publish(events.Upgraded(SYSTEM))
        place = make.locality("Hertfordshire")
        council = make.organisation("Hertfordshire County Council", locality_id=place.id)
        make.organisation("Herts Community NHS", locality_id=place.id)
        priya = make.person("Priya", "Nair", email=PRIYA, organisation_id=council.id)
        make.grant(priya, "coordinator", "locality", place.id)
        sam = make.person("Sam", "Ellery", email=SAM)
        make.grant(sam, "trainer", "provider", "oneplusone")
        address = "Southgate, Stevenage SG1 1HD"
        room = make.venue(name=ROOM, address=address, locality_id=place.id)
        job = select(Profession.id).where(Profession.name == "Health visitor")
        health_visitor = db.session.scalars(job).one()
        hers = Grant(Role.COORDINATOR, Scope(ScopeKind.LOCALITY, str(place.id)))
        own = Grant(Role.TRAINEE, Scope(ScopeKind.OWN, str(priya.id)))
        actor = Actor(priya.id, "Priya Nair", (hers, own))
        return Programme(site, place.id, actor, sam.id, room.id, health_visitor)
