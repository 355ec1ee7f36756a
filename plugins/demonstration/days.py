"""The demonstration's calendar: days counted from today, on which courses are really held.

`programme` names days by their distance from today, and everything else asks here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from lms import clock

MORNING = time(7)
"""The demonstration is played up to this hour of today, so that today's sessions are to come."""
OFFICE, OFFICE_HOURS = time(9), timedelta(hours=7.5)
ONE = timedelta(days=1)


@dataclass
class Days:
    """The days around today, and who or what is already taken on which."""

    today: date
    taken: set[tuple[date, str]] = field(default_factory=set)

    @property
    def now(self) -> datetime:
        """This morning: nothing later than this is played."""
        return clock.at(self.today, MORNING)

    def sessions(self, offset: int, number: int, every: int, needs: Iterable[str]) -> list[date]:
        """So many days for a course, from so many days from today on, `every` so many days.

        Counted from a working today, so that a session of this week stays in it. `needs` are the
        room, the trainers and the people: a day on which one of them is taken is passed over.
        """
        found: list[date] = []
        day = next_working(self.today) + timedelta(days=offset)
        for _ in range(number):
            found.append(self._free(day, needs))
            day = found[-1] + timedelta(days=every)
        return found

    def _free(self, day: date, needs: Iterable[str]) -> date:
        day = next_working(day)
        while any((day, need) in self.taken for need in needs):
            day = next_working(day + ONE)
        self.taken |= {(day, need) for need in needs}
        return day


def next_working(day: date) -> date:
    """The day itself, or the next that is neither at a weekend nor between Christmas and Epiphany.

    Other holidays move or differ from place to place, and courses here may fall on them.
    """
    while day.weekday() > 4 or (day.month, day.day) >= (12, 22) or (day.month, day.day) <= (1, 6):
        day += ONE
    return day


def in_hours(moment: datetime) -> datetime:
    """A moment as offices see it: between nine and half past four of the working day before it.

    Nights and weekends are folded into that day, in order: what was later stays later.
    """
    day = clock.london(moment).date()
    while next_working(day) != day:
        day -= ONE
    start, following = clock.start_of(day), clock.start_of(next_working(day + ONE))
    return clock.at(day, OFFICE) + OFFICE_HOURS * ((moment - start) / (following - start))
