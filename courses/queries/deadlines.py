"""Until when an offered place is held, and from when on places are not offered any more.

Two working days, until 5pm. Near the course less: until 5pm on the working day before it, or the
last day to book, and never less than four hours; later than that whoever books first has the place.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from courses.queries.cohorts import CohortFacts
from lms import working_days

DAYS = 2
SHORTEST = timedelta(hours=4)


def until(cohort: CohortFacts, now: datetime) -> datetime | None:
    """Until when a place offered now would be held; None when places are not offered (any more)."""
    if cohort.state != "published" or cohort.started:
        return None
    if cohort.opens_at and cohort.opens_at > now:
        return None
    ends = [working_days.deadline(now, DAYS), *_latest(cohort)]
    return min(ends) if min(ends) - now >= SHORTEST else None


def _latest(cohort: CohortFacts) -> list[datetime]:
    found = [working_days.deadline(cohort.closes_at, 0)] if cohort.closes_at else []
    if cohort.first is not None:
        found.append(working_days.deadline(cohort.first.start, -1))
    return found
