"""Free places become offers: to the first in order whom the date fits, each held until a moment.

Whatever frees a place or changes who fits calls `fill` in its own transaction, holding the course.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from courses.models import Offer, OfferDecision, Waiting
from courses.queries import catalogue, choosing, deadlines, fitting, offers, queue
from courses.queries.choosing import Choice, Line
from courses.queries.cohorts import CohortFacts
from courses.queries.fitting import Facts
from courses.queries.queue import Waiter
from courses.services.queue import letters, locking, points
from courses.services.seating import Seat, seat_people
from lms import audit, clock
from lms.contracts import SYSTEM, Actor
from lms.db import crash_point, db, uuid7
from lms.events import PlaceOffered, publish

SUBJECT = "courses_cohort"


def fill(course_id: uuid.UUID, *, by: Actor = SYSTEM) -> int:
    """Offer the free places of a course's dates, soonest first; how many were offered.

    The caller holds the course. Where nobody fits, the place stays free for anybody.
    """
    waiters = queue.line(course_id)
    if not waiters:
        return 0
    now = clock.now()
    dates = [one for one in catalogue.dates_of(course_id) if one.places_left]
    known = fitting.facts(course_id, waiters) if dates else None
    made = 0
    for cohort in dates:
        until = deadlines.until(cohort, now)
        if until is not None and known is not None and waiters:
            chosen = _offer(cohort, waiters, known, until, by)
            waiters = [one for one in waiters if one.id not in chosen]
            made += len(chosen)
    return made


def fill_again(course_id: uuid.UUID, *, by: Actor = SYSTEM) -> int:
    """The same for whoever does not hold the course yet."""
    if not queue.anybody(course_id):
        return 0
    locking.hold([course_id])
    return fill(course_id, by=by)


def given_by_hand(cohort: CohortFacts, past: Collection[Waiter], *, by: Actor, why: str) -> None:
    """Keep that a place was given past people who wait and fit, with the reason and the order."""
    waiters = queue.line(cohort.course_id)
    lines = _lines(waiters, cohort, fitting.facts(cohort.course_id, waiters))
    _keep("by_hand", cohort, lines, Choice((), {}), by=by, why=why)
    audit.write("gave a place past the queue", SUBJECT, cohort.id, by=by, after={"past": len(past)})


def _lines(waiters: Sequence[Waiter], cohort: CohortFacts, known: Facts) -> list[Line]:
    reasons = queue.reasons([one.id for one in waiters])
    return fitting.lines(waiters, cohort, known, reasons=reasons)


def _offer(
    cohort: CohortFacts, waiters: Sequence[Waiter], known: Facts, until: datetime, by: Actor
) -> set[uuid.UUID]:
    """Decide who gets one date's free places, keep the decision and hold the places."""
    lines = _lines(waiters, cohort, known)
    choice = choosing.choose(lines, cohort.places_left)
    if not choice.chosen:
        if _is_new(cohort, lines, choice):
            _keep("offer", cohort, lines, choice, by=by)
        return set()
    decision_id = _keep("offer", cohort, lines, choice, by=by)
    by_id = {str(one.id): one for one in waiters}
    chosen = [by_id[one] for one in choice.chosen]
    seats = [Seat(one.person_id, waiver=one.waiver) for one in chosen]
    booking_ids = seat_people(cohort, seats, source="offer", by=by, why="", state="offered")
    made = _rows(decision_id, cohort, chosen, booking_ids, until)
    audit.write("offered places", SUBJECT, cohort.id, by=by, after={"places": len(chosen)})
    publish(PlaceOffered(by, cohort.id, tuple(booking_ids)))
    points.soon(cohort.course_id)
    letters.hush_place([one.id for one in chosen], by=by, why="they were offered a place")
    crash_point("offer.made")
    letters.offer(cohort, [row for row in offers.of_cohort(cohort.id) if row.id in made], by=by)
    return {one.id for one in chosen}


def _rows(
    decision_id: uuid.UUID,
    cohort: CohortFacts,
    chosen: Sequence[Waiter],
    booking_ids: Sequence[uuid.UUID],
    until: datetime,
) -> set[uuid.UUID]:
    ids = [one.id for one in chosen]
    db.session.execute(
        update(Waiting)
        .where(Waiting.id.in_(ids))
        .values(state="offered", updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    keys = [uuid7() for _ in ids]
    rows = [
        {
            "id": key,
            "waiting_id": one,
            "cohort_id": cohort.id,
            "booking_id": booking_id,
            "decision_id": decision_id,
            "state": offers.OPEN,
            "expires_at": until,
        }
        for key, one, booking_id in zip(keys, ids, booking_ids, strict=True)
    ]
    db.session.execute(insert(Offer).returning(Offer.id), rows)
    return set(keys)


# -- the decision ----------------------------------------------------------------------------------


def _keep(
    kind: str,
    cohort: CohortFacts,
    lines: Sequence[Line],
    choice: Choice,
    *,
    by: Actor,
    why: str = "",
) -> uuid.UUID:
    made = OfferDecision(
        id=uuid7(),
        cohort_id=cohort.id,
        kind=kind,
        seats=cohort.places_left,
        rules=[asdict(rule) for rule in queue.rules(cohort.course_id)],
        listed=_listed(lines, choice),
        chosen=list(choice.chosen),
        by_id=by.person_id,
        by_label=by.name,
        why=why[:2000],
    )
    db.session.add(made)
    db.session.flush()
    return made.id


def _listed(lines: Sequence[Line], choice: Choice) -> list[dict[str, Any]]:
    return [choosing.as_stored(line, choice) for line in lines]


def _is_new(cohort: CohortFacts, lines: Sequence[Line], choice: Choice) -> bool:
    """Whether the last decision about this date was another one: nobody is passed over twice."""
    last = db.session.execute(
        select(OfferDecision.seats, OfferDecision.listed)
        .where(OfferDecision.cohort_id == cohort.id)
        .order_by(OfferDecision.created_at.desc(), OfferDecision.id.desc())
        .limit(1)
    ).first()
    return last is None or (last.seats, last.listed) != (
        cohort.places_left,
        _listed(lines, choice),
    )
