"""Which check-ins wait for an answer, and which are overdue: by the day, whenever the job last ran.

The board, its counts and the to-dos all ask with these, joined to `CheckIn`.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Date, and_, cast, func, not_

from lms import clock
from lms.ambassadors import checkpoints
from lms.ambassadors.models import CheckIn


def waits() -> ColumnElement[bool]:
    """Asked, not answered, and an answer is taken still."""
    return and_(CheckIn.state == "due", CheckIn.closes_on > clock.today())


def overdue() -> ColumnElement[bool]:
    """An answer would be late by now: `CheckInView.is_overdue` for rows."""
    asked_on = cast(func.timezone(clock.LONDON.key, CheckIn.invited_at), Date)
    in_time_until = func.coalesce(asked_on, CheckIn.due_on) + checkpoints.LATE_AFTER.days
    return and_(waits(), in_time_until < clock.today())


def due() -> ColumnElement[bool]:
    """An answer would be in time still."""
    return and_(waits(), not_(overdue()))


def no_reply() -> ColumnElement[bool]:
    """Both reminders went and no answer came."""
    return and_(waits(), CheckIn.reminders_sent >= len(checkpoints.REMINDERS))
