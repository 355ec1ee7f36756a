"""Work of the queue outside requests: offers lapse, free places are offered, points are asked for.

Running any of it twice, or two at a time, changes nothing more.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from courses.queries import offers, prerequisites, queue
from courses.services.queue import answering, offering, points
from lms.contracts import Job
from lms.jobs import defer


def tend() -> Iterator[None]:
    """Let offers lapse whose time is over, then offer what is free, one course at a time.

    Most free places are offered where they come free; this finds those for which somebody fits
    since: booking has opened, the course before is done, another place was given up.
    """
    for course_id in offers.courses_due():
        answering.lapse(course_id)
        yield
    for course_id in queue.courses_with_room():
        offering.fill_again(course_id)
        yield


def offer_places(course_id: str) -> None:
    """Offer the free places of one course."""
    offering.fill_again(uuid.UUID(course_id))


def offer_follow_ons(cohort_id: uuid.UUID) -> None:
    """Offer free places of the courses that come after a cohort's, when this transaction ends."""
    for later in prerequisites.follow_ons(cohort_id):
        if queue.anybody(later):
            defer(FILL, key=f"queue:{later}", course_id=str(later))


TEND = Job("courses.queue", tend, cron="2-59/5 * * * *")
FILL = Job("courses.queue_offers", offer_places)
JOBS = (TEND, FILL, points.COMPUTE)
