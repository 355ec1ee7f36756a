"""What the acts of the play find on the stage: places, rooms, people, plans, and cohorts' lives.

`world` furnishes it; every part of the play acts on it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from random import Random

from courses.queries import catalogue, planning
from courses.queries.catalogue import CourseFacts, EditionFacts
from courses.queries.planning import Planned
from lms.contracts import Actor
from lms.db import fail
from plugins.demonstration.cast import LEADS
from plugins.demonstration.crowd import Crowd, Someone
from plugins.demonstration.days import Days
from plugins.demonstration.places import Area
from plugins.demonstration.plans import Member, Plan
from plugins.demonstration.play import Play
from plugins.demonstration.programme import Run


@dataclass
class World:
    """Everything that is there before the play, by the names the programme uses."""

    days: Days
    seed: int
    crowd: Crowd
    cast: dict[str, Someone] = field(default_factory=dict)
    localities: dict[str, uuid.UUID] = field(default_factory=dict)
    organisations: dict[tuple[str, str], uuid.UUID] = field(default_factory=dict)
    rooms: dict[str, uuid.UUID] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    lives: dict[str, Life] = field(default_factory=dict)
    courses: dict[str, CourseFacts] = field(default_factory=dict)

    def lead(self, area: Area) -> Someone:
        """The coordinator of a place."""
        return self.cast[LEADS[area.name]]

    def chance(self, name: str) -> Random:
        """A generator of its own, so that one run's chances do not move another's."""
        return Random(f"{self.seed} {name}")  # noqa: S311 - nobody's secret

    def course(self, run: Run) -> CourseFacts:
        """The course of a run, from the catalogue, which nobody changes meanwhile."""
        if run.course not in self.courses:
            self.courses[run.course] = catalogue.get(run.course.partition(":")[2])
        return self.courses[run.course]

    def edition(self, run: Run) -> EditionFacts:
        """The edition of a run."""
        for edition in self.course(run).editions:
            if edition.key == run.edition:
                return edition
        fail(f"{run.course} has no edition {run.edition}")

    def sessions(self, run: Run) -> list[Planned]:
        """The sessions its edition asks for, without dates."""
        return planning.blank(self.edition(run))


@dataclass
class Life:
    """A cohort's life: its plan, and what becomes known of it while it is played.

    `booked` are the bookings by the names of their people.
    """

    world: World
    play: Play
    plan: Plan
    cohort_id: uuid.UUID = field(default_factory=lambda: uuid.UUID(int=0))
    booked: dict[str, uuid.UUID] = field(default_factory=dict)

    @property
    def run(self) -> Run:
        """The run."""
        return self.plan.run

    @property
    def coordinator(self) -> Actor:
        """Who runs it."""
        return self.world.lead(self.run.lead).actor

    @property
    def trainer(self) -> Actor:
        """Who marks the register."""
        return self.world.cast[self.run.trainers[0]].actor

    @property
    def members(self) -> dict[uuid.UUID, Member]:
        """Those who are booked, by their bookings."""
        known = {one.person.name: one for one in self.plan.members}
        return {key: known[name] for name, key in self.booked.items() if name in known}
