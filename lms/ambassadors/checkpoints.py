"""When a pledge is asked about: calendar months after the London day on which it was made.

`services.pledging` plans check-ins with it; nothing here looks at a clock or a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lms.ambassadors.codes import MONTHS
from lms.clock import add_months, london

REMINDERS = (timedelta(days=7), timedelta(days=14))
"""So long after somebody was asked they are reminded; nobody is asked a fourth time."""
LATE_AFTER = timedelta(days=14)
"""So long after somebody was asked an answer still counts as in time."""
LAST_STAYS = timedelta(days=60)
LINK_LASTS = timedelta(days=60)


@dataclass(frozen=True)
class Checkpoint:
    """One asking: `closes_on` is the first day on which it takes no answer any more."""

    months: int
    due_on: date
    closes_on: date


def plan(made_on: date) -> tuple[Checkpoint, ...]:
    """The checkpoints of a pledge; each closes when the next falls due, the last after 60 days."""
    due = [add_months(made_on, months) for months in MONTHS]
    closes = [*due[1:], due[-1] + LAST_STAYS]
    return tuple(Checkpoint(*one) for one in zip(MONTHS, due, closes, strict=True))


def in_time_until(asked_at: datetime | None, due_on: date) -> date:
    """The last day on which an answer is in time, of whoever was asked then, or on the day due."""
    return (london(asked_at).date() if asked_at else due_on) + LATE_AFTER


def reminders_due(asked_on: date, today: date) -> int:
    """How many reminders should have gone by now to somebody who was asked on that day."""
    return sum(asked_on + after <= today for after in REMINDERS)
