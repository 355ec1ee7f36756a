"""When messages go: at once, or from 8am to 6pm on working days.

Services plan with `moment`; the sender asks `open_now` before it takes a routine message.
"""

from __future__ import annotations

from datetime import datetime, time

from lms import clock
from lms.working_days import is_working_day, next_working_day

OPENS, CLOSES = time(8), time(18)


def moment(urgency: str, not_before: datetime | None = None) -> datetime:
    """The first moment, from now and `not_before` on, at which such a message may go."""
    earliest = max(not_before or clock.now(), clock.now())
    return earliest if urgency == "now" else next_open(earliest)


def next_open(instant: datetime) -> datetime:
    """The instant itself in working hours, else 8am of the next working day."""
    wall = clock.london(instant)
    day = wall.date()
    if not is_working_day(day) or wall.time() >= CLOSES:
        return clock.at(next_working_day(day), OPENS)
    return instant if wall.time() >= OPENS else clock.at(day, OPENS)


def open_now() -> bool:
    """Whether routine messages go at this moment."""
    now = clock.now()
    return next_open(now) == now
