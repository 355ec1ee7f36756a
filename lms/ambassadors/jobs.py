"""The room's work by the clock: check-ins and what lapses every hour, the tally once a day."""

from __future__ import annotations

from lms.ambassadors.services import asking, case_studies, recruiting, tallies
from lms.contracts import Job


def tick() -> None:
    """Ask, remind and close; end what has lapsed; ask those again who said so."""
    asking.tick()
    recruiting.lapse_due()
    recruiting.ask_again_due()
    case_studies.expire_due()


TICK = Job("ambassadors.tick", tick, cron="22 * * * *")
TALLY = Job("ambassadors.tally", tallies.ask, cron="38 5 * * *")
JOBS = (TICK, TALLY)
