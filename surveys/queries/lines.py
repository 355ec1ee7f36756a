"""People who are alike, as reports count them: how many of a cohort, place and job did the same.

`surveys.queries.counted` makes them, and `surveys.reports` adds them up.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from lms.contracts import Group
from surveys.queries.batches import Unit


@dataclass(frozen=True)
class People:
    """So many people of one cohort, place and job who are alike."""

    cohort: str
    place: str
    job: str
    code: str
    ended_at: datetime
    course_key: str
    course: str
    locality: str
    profession: str
    after_only: bool
    attended: bool
    people: int

    @property
    def group(self) -> Group:
        """What they are counted under."""
        return (self.cohort, self.place, self.job)

    @property
    def unit(self) -> Unit:
        """The smallest group that a filter can ask for."""
        return Unit(self.course_key, self.ended_at, self.cohort, self.place)


@dataclass(frozen=True)
class Roll(People):
    """How far people came and which waves they answered, without what they said.

    `asked_*` are those the wave was put to; `later` is the follow-up asked for.
    """

    completed: bool
    asked_before: bool
    before: bool
    after: bool
    asked_later: bool
    later: bool


@dataclass(frozen=True)
class Said(People):
    """People who answered one question alike in each wave; None where they did not.

    `recalled` is how they were before, as they remembered it afterwards.
    """

    item: str
    before: int | None
    after: int | None
    recalled: int | None
    later: int | None

    @property
    def kind(self) -> Hashable:
        """Which question they answered when; never how."""
        given = (self.before is not None, self.after is not None)
        return (self.item, self.after_only, self.attended, *given)


@dataclass(frozen=True)
class Told(People):
    """People who told the same number."""

    number: int
    kind: str = ""
