"""How offers end: accepted, declined, lapsed or revoked; who was first by the database's order.

The pages of an offer, staff who were told by telephone and the periodic job call these; each holds
the course first and looks again.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import update

from courses.models import Offer, Waiting
from courses.queries import clashes, cohorts, deadlines, offers, queue
from courses.queries.cohorts import CohortFacts
from courses.queries.offers import ACCEPTED, DECLINED, LAPSED, OPEN, REVOKED, OfferRow
from courses.services import links, notices, requests
from courses.services.queue import letters, locking, offering, pairs
from courses.services.requests import Approver
from courses.services.seating import note_needs, seat_offered
from courses.services.steps import step
from lms import audit, clock
from lms.contracts import SYSTEM, Actor, AfterLapse
from lms.db import Complaint, crash_point, db
from lms.errors import NotFound
from lms.events import BookingMade, OfferAccepted, OfferDeclined, OfferLapsed, publish
from lms.web import words

SUBJECT = "courses_cohort"


def accept(
    offer_id: uuid.UUID, *, by: Actor, needs: str = "", approver: Approver | None = None
) -> OfferRow:
    """Take the place that is held; how the offer stands afterwards, also when it had ended.

    Of a pair the first to accept has agreed, and both have their places once the other has. Where
    the course asks for approval, the `approver` is asked and the place is held meanwhile. Raises
    `Complaint` on `answer` when somebody has another course at that time by now.
    """
    held = _held(offer_id)
    if not held.is_open or held.agreed_at:
        return held
    together = offers.of_pair(held)
    cohort = cohorts.facts(held.cohort_id)
    if needs.strip():
        note_needs(held.booking_id, needs)
    if requests.needed(cohort, held.person_id):
        requests.ask_for_offer(cohort, held, approver or Approver(), by=by)
    elif any(one.agreed_at is None for one in together if one.id != held.id):
        _check_free(cohort, held, by)
        _set([held], agreed_at=clock.now())
        audit.write("agreed to an offer", SUBJECT, cohort.id, by=by)
    else:
        _take(cohort, together, by)
    return _now(offer_id)


def decline(offer_id: uuid.UUID, *, leave: bool = False, by: Actor) -> OfferRow:
    """Say no to this date and wait on at the same place, or `leave` the queue.

    How the offer stands afterwards; one that had ended stays as it was.
    """
    held = _held(offer_id)
    if not held.is_open:
        return held
    cohort = cohorts.facts(held.cohort_id)
    beside = [one for one in offers.of_pair(held) if one.id != held.id]
    _end([held], DECLINED, waits="withdrawn" if leave else "waiting", by=by, why="said no")
    _end(beside, REVOKED, waits="waiting", by=by, why="the other of the pair said no")
    if leave:
        pairs.part([held.waiting_id])
    publish(OfferDeclined(by, cohort.id, (held.booking_id,)))
    crash_point("offer.declined")
    offering.fill(held.course_id)
    letters.pair_ended(cohort, beside, by=SYSTEM)
    return _now(offer_id)


def lapse(course_id: uuid.UUID) -> None:
    """End the offers of a course whose time is over, and offer the places to the next.

    An offer whose message has not gone does not lapse: it gets a new deadline and a new message.
    """
    locking.hold([course_id])
    due = offers.due(course_id)
    told = letters.told([one.id for one in due])
    ended: list[tuple[CohortFacts, list[OfferRow]]] = []
    for cohort_id in sorted({one.cohort_id for one in due}):
        cohort = cohorts.facts(cohort_id)
        theirs = [one for one in due if one.cohort_id == cohort_id]
        unheard = [one for one in theirs if not _told(one, theirs, told)]
        ended.append((cohort, [one for one in theirs if one not in unheard]))
        _ask_again(cohort, unheard)
        _lapse(*ended[-1])
    crash_point("offer.lapsed")
    offering.fill(course_id)
    for cohort, over in ended:
        letters.lapsed(cohort, [one for one in over if not one.agreed_at], by=SYSTEM)
        letters.pair_ended(cohort, [one for one in over if one.agreed_at], by=SYSTEM)


def revoke(cohort: CohortFacts, *, reason: str, by: Actor) -> list[OfferRow]:
    """Take back every place that is held on a date that will not take place; what they were.

    The caller holds the course, and tells their people, who wait on where they stood.
    """
    held = offers.of_cohort(cohort.id)
    _end(held, REVOKED, waits="waiting", by=by, why=reason)
    return held


def give_back(waiting_ids: Collection[uuid.UUID], *, waits: str, by: Actor, why: str) -> None:
    """End the offers of people who leave the queue or have another place; `waits` says which.

    The caller holds the course, and fills it again.
    """
    held = list(offers.of_waiting(waiting_ids).values())
    beside = [
        one for row in held for one in offers.of_pair(row) if one.waiting_id not in waiting_ids
    ]
    _end(held, DECLINED, waits=waits, by=by, why=why)
    _end(beside, REVOKED, waits="waiting", by=by, why="the other of the pair has gone")
    for one in beside:
        letters.pair_ended(cohorts.facts(one.cohort_id), [one], by=SYSTEM)


# -- what they share -------------------------------------------------------------------------------


def _held(offer_id: uuid.UUID) -> OfferRow:
    """The offer, with its course held, as it is after everybody before us."""
    found = _now(offer_id)
    locking.hold([found.course_id], also=[found.cohort_id])
    return _now(offer_id)


def _now(offer_id: uuid.UUID) -> OfferRow:
    found = offers.get(offer_id)
    if found is None:
        raise NotFound
    return found


def _take(cohort: CohortFacts, together: Sequence[OfferRow], by: Actor) -> None:
    """Make places of offers, all or none."""
    ids = [one.booking_id for one in together]
    try:
        seat_offered(cohort, ids, by=by)
    except Complaint as refused:
        raise _explained(refused, cohort, together, by) from refused
    now = clock.now()
    _set(together, state=ACCEPTED, decided_at=now)
    _wait_no_more([one.waiting_id for one in together], "placed")
    links.follow_offers(one.id for one in together)
    letters.hush([one.id for one in together], by=by, why="the offer was accepted")
    audit.write("accepted an offer", SUBJECT, cohort.id, by=by, after={"places": len(ids)})
    publish(OfferAccepted(by, cohort.id, tuple(ids)))
    publish(BookingMade(by, cohort.id, tuple(ids), "offer"))
    crash_point("offer.accepted")
    notices.confirm(cohort, ids, source="self", by=by)


def _check_free(cohort: CohortFacts, one: OfferRow, by: Actor) -> None:
    times = [(session.start, session.end) for session in cohort.held]
    found = clashes.of_people(by, [one.person_id], times, leaving_out=cohort.id)
    if found:
        raise _clash(found[0].when)


def _explained(
    refused: Complaint, cohort: CohortFacts, together: Sequence[OfferRow], by: Actor
) -> Complaint:
    """What else they have at that time, without a name: who accepts may not know the other's."""
    times = [(session.start, session.end) for session in cohort.held]
    people = [one.person_id for one in together]
    found = clashes.of_people(by, people, times, leaving_out=cohort.id)
    if not found:
        return Complaint("answer", refused.text)
    if found[0].subject_id != by.person_id and len(together) > 1:
        return Complaint("answer", "Who comes with you has another course at that time by now")
    return _clash(found[0].when)


def _clash(when: str) -> Complaint:
    return Complaint(
        "answer",
        f"You are booked on another course {when}. "
        "Say no to this date, or give that place up first",
    )


def again(cohort: CohortFacts) -> int:
    """Tell everybody for whom a place of a changed date is held what it is now, and until when.

    How many; the caller holds the course.
    """
    held = offers.of_cohort(cohort.id)
    _ask_again(cohort, held)
    return len(held)


def _told(one: OfferRow, due: Sequence[OfferRow], told: Collection[uuid.UUID]) -> bool:
    """Whether the message has gone, to both of a pair."""
    pair = [row for row in due if row.pair_id and row.pair_id == one.pair_id]
    return all(row.id in told for row in (one, *pair))


def _ask_again(cohort: CohortFacts, held: Sequence[OfferRow]) -> None:
    """A new deadline and a new message in place of one that has not gone or is not true any more.

    So near the date that no deadline is left, the offer is taken back: they never heard of it.
    """
    if not held:
        return
    until = deadlines.until(cohort, clock.now())
    if until is None:
        _end(held, REVOKED, waits="waiting", by=SYSTEM, why="too near the date to ask again")
        return
    letters.hush([one.id for one in held], by=SYSTEM, why="the place is held until later")
    _set(held, expires_at=until, token_version=Offer.token_version + 1)
    ids = {one.id for one in held}
    letters.offer(cohort, [row for row in offers.of_cohort(cohort.id) if row.id in ids], by=SYSTEM)


def _lapse(cohort: CohortFacts, over: Sequence[OfferRow]) -> None:
    """End offers nobody answered, and what was agreed to by the other of a pair."""
    silent = [one for one in over if one.agreed_at is None]
    agreed = [one for one in over if one.agreed_at is not None]
    if not silent:
        return
    why = f"no answer by {words.datetime_words(over[0].expires_at)}"
    _end(silent, LAPSED, waits="waiting", by=SYSTEM, why=why)
    _end(agreed, REVOKED, waits="waiting", by=SYSTEM, why="the other of the pair did not answer")
    if queue.after_lapse(cohort.course_id) is AfterLapse.END:
        db.session.execute(
            update(Waiting)
            .where(Waiting.id.in_([one.waiting_id for one in silent]))
            .values(joined_at=clock.now())
            .execution_options(synchronize_session=False)
        )
    publish(OfferLapsed(SYSTEM, cohort.id, tuple(one.booking_id for one in over)))


def _end(held: Sequence[OfferRow], state: str, *, waits: str, by: Actor, why: str) -> None:
    """End open offers: the seats are free, and their people wait on or not."""
    if not held:
        return
    booking_state = DECLINED if state == DECLINED else LAPSED
    step([one.booking_id for one in held], booking_state, by=by, why=why)
    _set(held, state=state, decided_at=clock.now())
    ids = [one.waiting_id for one in held]
    if waits == "waiting":
        _wait_on(ids)
    else:
        _wait_no_more(ids, waits)
    links.follow_offers(one.id for one in held)
    letters.hush([one.id for one in held], by=by, why=f"the offer has ended: {why}")
    for cohort_id in {one.cohort_id for one in held}:
        audit.write(f"ended offers ({state})", SUBJECT, cohort_id, by=by, after={"why": why})


def _set(held: Sequence[OfferRow], **values: object) -> None:
    db.session.execute(
        update(Offer)
        .where(Offer.id.in_([one.id for one in held]), Offer.state == OPEN)
        .values(**values, updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _wait_on(waiting_ids: Collection[uuid.UUID]) -> None:
    db.session.execute(
        update(Waiting)
        .where(Waiting.id.in_(waiting_ids), Waiting.state == "offered")
        .values(state="waiting", updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _wait_no_more(waiting_ids: Collection[uuid.UUID], state: str) -> None:
    now = clock.now()
    db.session.execute(
        update(Waiting)
        .where(Waiting.id.in_(waiting_ids), Waiting.closed_at.is_(None))
        .values(state=state, closed_at=now, updated_at=now)
        .execution_options(synchronize_session=False)
    )
