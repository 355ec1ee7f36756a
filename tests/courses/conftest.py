"""What tests of the courses room start from: a coordinator, a cohort with sessions, its people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

import pytest

from courses.models import Cohort, Course, Edition, Session, Trainer, Venue
from lms.contracts import Actor, Grant, Role, Scope, ScopeKind
from lms.people.models import Locality, Person
from tests import factories as make

DAY = date(2027, 2, 18)
TEMPLATE = {
    "title": "Brief Encounters",
    "provider_name": "OnePlusOne",
    "summary": "Recognise, respond, review.",
    "tier": "introductory",
    "audience": [],
    "also_called": ["The relationship course"],
    "outcomes": ["Spot the early signs"],
    "domestic_abuse_content": "It says how to recognise abuse.",
    "design": "pre_post",
    "editions": [
        {
            "key": "four-sessions",
            "title": "Four sessions",
            "components": [
                {
                    "key": "workshop",
                    "title": "Workshop",
                    "sessions": 2,
                    "session_minutes": 180,
                }
            ],
        }
    ],
}


@dataclass
class World:
    """A small programme: one place, one course, one published cohort of two sessions."""

    place: Locality
    priya: Person
    sam: Person
    trainer: Trainer
    course: Course
    edition: Edition
    room: Venue
    cohort: Cohort
    sessions: list[Session]

    @property
    def coordinator(self) -> Actor:
        """Priya, who coordinates the place."""
        return actor(self.priya, Role.COORDINATOR, ScopeKind.LOCALITY, self.place.id)


def actor(who: Person, role: Role, kind: ScopeKind, scope_id: object = "") -> Actor:
    """A signed-in person with one role, and what everybody has of themselves."""
    own = Grant(Role.TRAINEE, Scope(ScopeKind.OWN, str(who.id)))
    name = f"{who.given_name} {who.family_name}"
    return Actor(who.id, name, (Grant(role, Scope(kind, str(scope_id))), own))


def oneself(who: Person) -> Actor:
    """A signed-in person without any role."""
    own = Grant(Role.TRAINEE, Scope(ScopeKind.OWN, str(who.id)))
    return Actor(who.id, f"{who.given_name} {who.family_name}", (own,))


@pytest.fixture
def world(session: object, frozen: Callable[[str], object]) -> World:
    """The programme as it stands on 1 February 2027 at 9am, a Monday."""
    frozen("2027-02-01 09:00")
    return build()


def build() -> World:
    """Make the small programme's rows."""
    place = make.locality("Hertfordshire")
    priya, sam = make.person("Priya", "Nair"), make.person("Sam", "Ellery")
    make.grant(priya, "coordinator", "locality", place.id)
    make.grant(sam, "trainer", "provider", "oneplusone")
    course = make.course(
        key="oneplusone:brief-encounters",
        slug="brief-encounters",
        title="Brief Encounters",
        template=TEMPLATE,
    )
    edition = make.edition(course, key="four-sessions", title="Four sessions")
    make.component(edition, key="workshop", required_minutes=300)
    room = make.venue(name="Stevenage Library, Room 2", locality_id=place.id)
    cohort = make.cohort(edition, place, code="BE-01", capacity=5, template=TEMPLATE)
    trainer = make.trainer(sam)
    sessions = [
        make.session(cohort, DAY, venue_id=room.id),
        make.session(cohort, make.hours(date(2027, 2, 25), time(9, 30)), venue_id=room.id),
    ]
    for session in sessions:
        make.teaches(trainer, session)
    return World(place, priya, sam, trainer, course, edition, room, cohort, sessions)
