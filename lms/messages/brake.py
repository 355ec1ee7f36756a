"""The brake on large runs: more mail in an hour than anybody meant is held, and a person is asked.

The sender calls `stop` before each run; the messages' page lets go or cancels what it stopped.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import func, select

from lms import clock
from lms.contracts import SYSTEM
from lms.db import db
from lms.messages import steps
from lms.messages.due import ALWAYS, due
from lms.messages.models import Message
from lms.web.context import settings
from lms.web.words import plural

log = logging.getLogger("lms.messages")

TIMES_USUAL = 10
"""So many times the usual number of an hour are not usual."""
NEVER_ASKED = 100
"""So many in an hour are never too many for being unusual: a small site books a whole course."""
LOOKED_BACK = timedelta(days=28)
HOURS_KNOWN = 20
"""Hours with mail from which on there is a usual number; a new site has the fixed limit alone."""


def stop() -> None:
    """Hold everything that is due when it would be more in this hour than a person has to allow.

    What a person has let go is neither stopped nor counted.
    """
    stoppable = due() & Message.released_at.is_(None) & Message.kind.not_in(ALWAYS)
    waiting = db.session.scalar(select(func.count()).select_from(Message).where(stoppable)) or 0
    limit = settings().mail_brake
    if not waiting or waiting + _sent_this_hour() <= min(limit, NEVER_ASKED):
        return
    allowed, why = _allowed(limit)
    if waiting + _sent_this_hour() > allowed:
        steps.move(stoppable, "held", by=SYSTEM, why=why, last_error=why, stopped_at=clock.now())
        log.warning("%s messages wait for a person: %s", waiting, why.lower())


def usual(now: datetime) -> int | None:
    """The median of the hours with mail in the four weeks before this hour; None if they are few.

    A median, so that one large day of the past does not make the next one usual.
    """
    each_hour = (
        select(func.count().label("sent"))
        .where(
            Message.sent_at > now - LOOKED_BACK,
            Message.sent_at <= now - timedelta(hours=1),
            Message.kind.not_in(ALWAYS),
        )
        .group_by(func.date_trunc("hour", Message.sent_at))
        .subquery()
    )
    hours, median = db.session.execute(
        select(func.count(), func.percentile_cont(0.5).within_group(each_hour.c.sent)).select_from(
            each_hour
        )
    ).one()
    return round(median) if hours >= HOURS_KNOWN else None


def _allowed(limit: int) -> tuple[int, str]:
    """How many may go in an hour, and what is said of more."""
    normal = usual(clock.now())
    unusual = max(NEVER_ASKED, TIMES_USUAL * normal) if normal is not None else limit
    if normal is None or unusual >= limit:
        return limit, f"More than {plural(limit, 'message')} in an hour"
    said = f"More than {plural(unusual, 'message')} in an hour, where {plural(normal, 'is', 'are')}"
    return unusual, f"{said} usual"


def _sent_this_hour() -> int:
    sent = (
        (Message.sent_at > clock.now() - timedelta(hours=1))
        & Message.released_at.is_(None)
        & Message.kind.not_in(ALWAYS)
    )
    return db.session.scalar(select(func.count()).select_from(Message).where(sent)) or 0
