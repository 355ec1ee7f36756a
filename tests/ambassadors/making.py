"""Ambassadors for tests: candidates, invitations, pledges, made as the product makes them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from lms import clock, events
from lms.ambassadors.models import (
    Ambassador,
    CheckIn,
    CheckInOutcome,
    Objective,
    Pledge,
)
from lms.ambassadors.services import check_ins, pledging, recruiting, roles
from lms.ambassadors.services.check_ins import Reply
from lms.ambassadors.services.pledging import NewWords
from lms.contracts import SYSTEM, Actor, Grant, LinkClaim, Role, Scope, ScopeKind
from lms.db import db, uuid7
from lms.people import links
from lms.people.models import Locality, Organisation, Person, PersonalLink
from tests import factories as make

BRIEF = "oneplusone:brief-encounters"
WORDS = (
    NewWords("ask about the parents' relationship at every 6 to 8 week visit", 1, "10 families"),
    NewWords("bring the leaflets to our Tuesday meeting", 3),
)


@dataclass(frozen=True)
class World:
    """A place with a coordinator and an organisation."""

    place: Locality
    school: Organisation
    priya: Person

    @property
    def coordinator(self) -> Actor:
        """Priya, signed in."""
        hers = Grant(Role.COORDINATOR, Scope(ScopeKind.LOCALITY, str(self.place.id)))
        return Actor(self.priya.id, "Priya Nair", (hers, own_grant(self.priya)))

    def person(self, name: str = "Dilys", **columns: Any) -> Person:
        """Somebody who works here."""
        return make.person(name, "Rowe", organisation_id=self.school.id, **columns)


def own_grant(person: Person) -> Grant:
    """What everybody has of themselves."""
    return Grant(Role.TRAINEE, Scope(ScopeKind.OWN, str(person.id)))


def world(name: str = "Hertfordshire") -> World:
    """A place; the first version of the role is there."""
    roles.synchronise()
    place = make.locality(name)
    school = make.organisation(f"{name} School", locality_id=place.id)
    priya = make.person("Priya", "Nair", organisation_id=school.id)
    make.grant(priya, "coordinator", "locality", place.id)
    return World(place, school, priya)


def volunteered(person: Person, booking_id: uuid.UUID, place: Locality | None = None) -> None:
    """Somebody says yes in the survey after the course."""
    facts = {"course": BRIEF, "label": "Brief Encounters, BE-01"}
    events.publish(
        events.Volunteered(
            SYSTEM,
            person_id=person.id,
            booking_id=booking_id,
            locality_id=place.id if place else None,
            **facts,
        )
    )


def completed(
    person: Person, booking_id: uuid.UUID, place: Locality | None = None, course: str = BRIEF
) -> None:
    """What this room hears when somebody finishes; rooms above have made the rows already."""
    recruiting.note_completion(
        events.CompletionRecorded(
            SYSTEM,
            uuid7(),
            booking_id,
            uuid7(),
            person_id=person.id,
            course=course,
            label="Brief Encounters, BE-01",
            locality_id=place.id if place else None,
        )
    )


def invited(at: World, person: Person | None = None) -> Ambassador:
    """Somebody who said yes, finished and was asked."""
    person, booking_id = person or at.person(), uuid7()
    volunteered(person, booking_id, at.place)
    completed(person, booking_id, at.place)
    return db.session.scalars(
        select(Ambassador).where(Ambassador.person_id == person.id, Ambassador.state == "invited")
    ).one()


def ambassador(at: World, person: Person | None = None) -> Ambassador:
    """Somebody who accepted."""
    made = invited(at, person)
    recruiting.accept(made.id, role_version=1, by=by_link(made))
    return made


def by_link(of: Ambassador) -> Actor:
    """Whoever holds the ambassador's own link."""
    link = db.session.scalars(
        select(PersonalLink).where(
            PersonalLink.purpose == "ambassador", PersonalLink.object_id == of.id
        )
    ).first()
    assert link is not None
    return Actor(of.person_id, "Dilys Rowe", link=LinkClaim(link.id, "ambassador", of.id, False))


def pledged(
    of: Ambassador, words: Sequence[NewWords] = WORDS, *, share: bool = False, strength: int = 4
) -> Pledge:
    """A pledge."""
    made = pledging.make_pledge(of.id, words, strength=strength, share=share, by=by_link(of))
    return db.session.get_one(Pledge, made)


def check_in(of: Pledge, months: int) -> CheckIn:
    """A check-in of a pledge."""
    return db.session.scalars(
        select(CheckIn).where(CheckIn.pledge_id == of.id, CheckIn.months == months)
    ).one()


def reply(of: Pledge, *outcomes: str, **more: Any) -> Reply:
    """An answer with these outcomes, in the order of the objectives."""
    keys = db.session.scalars(
        select(Objective.id).where(Objective.pledge_id == of.id).order_by(Objective.position)
    ).all()
    goals = more.pop("goals", (None,) * len(keys))
    said = {key: (outcome, goal) for key, outcome, goal in zip(keys, outcomes, goals, strict=True)}
    return Reply(said, **more)


def answered(of: Pledge, months: int, *outcomes: str, seen: str = "", **more: Any) -> CheckIn:
    """A check-in answered."""
    asked = check_in(of, months)
    check_ins.answer(asked.id, reply(of, *outcomes, **more), by=SYSTEM, seen=seen)
    return asked


def outcomes(of: CheckIn) -> list[tuple[str, int | None]]:
    """The outcomes that stand."""
    return [(one.outcome, one.goal) for one in check_ins.current_outcomes([of.id])]


def every_outcome(of: CheckIn) -> list[CheckInOutcome]:
    """All outcomes ever said."""
    return list(
        db.session.scalars(select(CheckInOutcome).where(CheckInOutcome.check_in_id == of.id))
    )


def token(of: Ambassador | CheckIn | Any, purpose: str) -> str:
    """The token of the newest link to something."""
    live = links.live_for(purpose, [of.id])
    return links.token(live[of.id])


def date_in(days: int) -> date:
    """A day so many days from now."""
    return clock.today() + timedelta(days=days)
