"""What the acts of the play find on the stage: places, rooms, people, plans, and later cohorts.

`world` furnishes it, `runs` acts on it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from random import Random

from courses.queries import catalogue, planning
from courses.queries.catalogue import CourseFacts, EditionFacts
from courses.queries.planning import Planned
from lms.db import fail
from plugins.demonstration.cast import LEADS
from plugins.demonstration.crowd import Crowd, Someone
from plugins.demonstration.days import Days
from plugins.demonstration.places import Area
from plugins.demonstration.plans import Plan
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
    cohorts: dict[str, uuid.UUID] = field(default_factory=dict)
    prints: bool = True

    def lead(self, area: Area) -> Someone:
        """The coordinator of a place."""
        return self.cast[LEADS[area.name]]

    def chance(self, name: str) -> Random:
        """A generator of its own, so that one run's chances do not move another's."""
        return Random(f"{self.seed} {name}")  # noqa: S311 - nobody's secret

    def course(self, run: Run) -> CourseFacts:
        """The course of a run, from the catalogue."""
        return catalogue.get(run.course.partition(":")[2])

    def edition(self, run: Run) -> EditionFacts:
        """The edition of a run."""
        for edition in self.course(run).editions:
            if edition.key == run.edition:
                return edition
        fail(f"{run.course} has no edition {run.edition}")

    def sessions(self, run: Run) -> list[Planned]:
        """The sessions its edition asks for, without dates."""
        return planning.blank(self.edition(run))
