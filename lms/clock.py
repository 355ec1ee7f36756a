"""The only clock: UTC instants for the database, Europe/London dates for people.

Everything that needs "now" or "today" calls here, so that the demonstration can be seen from
another date and tests can travel in time.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_shift = timedelta(0)
_played: datetime | None = None


def set_today(day: date | None) -> None:
    """See the world from another date: every instant moves by whole days; None goes back."""
    global _shift
    real = datetime.now(UTC).astimezone(LONDON).date()
    _shift = day - real if day else timedelta(0)


@contextmanager
def played(moment: datetime) -> Iterator[None]:
    """Within, it is `moment`, and a millisecond later at each look: the demonstration's past.

    Only one thread may be at it, as the command line is.
    """
    global _played
    _played = moment
    try:
        yield
    finally:
        _played = None


def now() -> datetime:
    """This instant, aware, in UTC."""
    global _played
    if _played is None:
        return datetime.now(UTC) + _shift
    _played += timedelta(milliseconds=1)
    return _played


def real(instant: datetime) -> datetime:
    """The instant on everybody else's clock, for what PostgreSQL compares with its own."""
    return instant - _shift


def today() -> date:
    """The date in London."""
    return now().astimezone(LONDON).date()


def london(instant: datetime) -> datetime:
    """An aware instant as London wall time."""
    return instant.astimezone(LONDON)


def at(day: date, wall: time) -> datetime:
    """The UTC instant of a London wall time.

    Of the two instants of the hour that repeats in October the first is meant; a time in the
    hour that March skips is moved on by that hour.
    """
    return datetime.combine(day, wall.replace(tzinfo=None), LONDON).astimezone(UTC)


def exists(day: date, wall: time) -> bool:
    """Whether a London wall time happens at all (it does not in the hour March skips)."""
    return at(day, wall).astimezone(LONDON).time() == wall.replace(tzinfo=None)


def start_of(day: date) -> datetime:
    """Midnight at the start of a London day, as a UTC instant."""
    return at(day, time.min)


def add_months(day: date, months: int) -> date:
    """Calendar months later: 31 January and one month is the last day of February."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
