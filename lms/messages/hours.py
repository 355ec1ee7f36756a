"""When messages go: at once, or at 8am on working days, and then until 6pm.

The queue plans with `plan`; the sender asks `open_now` before it takes what may wait.
"""

from __future__ import annotations

from datetime import datetime, time

from lms import clock
from lms.working_days import is_working_day, next_working_day

OPENS, CLOSES = time(8), time(18)


def plan(
    urgency: str, not_before: datetime | None = None, deadline: datetime | None = None
) -> tuple[str, datetime]:
    """How a message asked for as "now" or "routine" goes, and the first moment at which it may.

    What may wait goes at 8am, with the rest of its day. What has to be done by the end of that
    day cannot wait: it goes in the next working hours, or now if they come too late.
    """
    earliest = max(not_before or clock.now(), clock.now())
    if urgency == "now":
        return urgency, earliest
    morning = next_morning(earliest)
    if deadline is None or clock.london(deadline).date() > clock.london(morning).date():
        return urgency, morning
    opening = next_open(earliest)
    return "now", opening if opening < deadline else earliest


def next_morning(instant: datetime) -> datetime:
    """The first 8am of a working day from this instant on."""
    wall = clock.london(instant)
    if is_working_day(wall.date()) and instant <= clock.at(wall.date(), OPENS):
        return clock.at(wall.date(), OPENS)
    return clock.at(next_working_day(wall.date()), OPENS)


def next_open(instant: datetime) -> datetime:
    """The instant itself in working hours, else the next 8am of a working day."""
    wall = clock.london(instant)
    if is_working_day(wall.date()) and OPENS <= wall.time() < CLOSES:
        return instant
    return next_morning(instant)


def open_now() -> bool:
    """Whether messages that may wait go at this moment."""
    now = clock.now()
    return next_open(now) == now
