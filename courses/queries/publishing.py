"""A draft as it would be once it is published, and what becomes of those who wait for its course.

The review shows it; `courses.services.previews` makes the messages from it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from courses.queries import choosing, deadlines, fitting, planning, queue, venues, waiting
from courses.queries.cohorts import CohortFacts
from courses.queries.planning import Planned
from courses.queries.sessions import SessionFacts
from courses.queries.waiting import WaitingRow
from lms import clock
from lms.contracts import Actor


@dataclass(frozen=True)
class LineUp:
    """Those who wait: who is offered a place, for whom there is none, and who is passed over, why.

    `until` is when the places would be held; None where they are not offered at all.
    """

    offered: tuple[WaitingRow, ...] = ()
    left: tuple[WaitingRow, ...] = ()
    passed: tuple[tuple[WaitingRow, str], ...] = ()
    until: datetime | None = None


def as_published(cohort: CohortFacts, sessions: Sequence[Planned]) -> CohortFacts:
    """A draft with its planned sessions as if they were held; those without a date are left out."""
    if cohort.state != "draft":
        return replace(cohort, state="published")
    rooms = venues.by_id({one.venue_id for one in sessions})
    trainers = planning.trainers_known({who for one in sessions for who in one.trainer_ids})
    dated = sorted((one.times, n) for n, one in enumerate(sessions) if one.times)
    made = []
    for number, ((start, end), at) in enumerate(dated, 1):
        one = sessions[at]
        made.append(
            SessionFacts(
                id=uuid.UUID(int=number),
                number=number,
                component_id=one.component_id,
                component_key="",
                component_title=one.title,
                start=start,
                end=end,
                room=rooms.get(one.venue_id) if one.venue_id else None,
                link=one.link,
                holds=True,
                sequence=0,
                trainers=tuple(t for key, t in trainers.items() if key in one.trainer_ids),
            )
        )
    return replace(cohort, state="published", sessions=tuple(made))


def line_up(cohort: CohortFacts, actor: Actor) -> LineUp:
    """What a date's free places mean for those who wait; without a number of places, for all."""
    waiters = queue.line(cohort.course_id)
    if not waiters:
        return LineUp()
    lines = fitting.lines(waiters, cohort, fitting.facts(cohort.course_id, waiters))
    until = deadlines.until(cohort, clock.now())
    seats = len(lines) if cohort.capacity is None else cohort.places_left
    choice = choosing.choose(lines, seats if until else 0)
    why = {one.waiting: choice.passed.get(one.waiting) or one.unfit for one in lines}
    rows = {str(row.id): row for row in waiting.of_course(cohort.course_id, actor)}
    others = [rows[one] for one in why if one not in choice.chosen]
    return LineUp(
        offered=tuple(rows[one] for one in choice.chosen),
        left=tuple(row for row in others if not why[str(row.id)]),
        passed=tuple((row, why[str(row.id)]) for row in others if why[str(row.id)]),
        until=until,
    )
