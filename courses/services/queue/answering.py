"""How offers end: accepted, declined, lapsed or revoked; who was first by the database's order.

The pages of an offer, staff who were told by telephone and the periodic job call these; each holds
the course first and looks again.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import update

from courses.models import Waiting
from courses.queries import clashes, cohorts, deadlines, offers, queue
from courses.queries.cohorts import CohortFacts
from courses.queries.offers import ACCEPTED, DECLINED, LAPSED, REVOKED, OfferRow
from courses.services import links, notices, requests
from courses.services.queue import holding, letters, locking, offering, pairs
from courses.services.queue.ending import change, end, wait_no_more
from courses.services.requests import Approver
from courses.services.seating import note_needs, seat_offered
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
    """Say yes to the place that is held; how the offer stands afterwards, also when it had ended.

    It is theirs at once, or when the other of a pair has said yes too and, where the course asks
    for approval, the `approver`: the place is held meanwhile. Raises `Complaint` on `answer` when
    somebody has another course at that time by now.
    """
    held = _held(offer_id)
    if not held.is_open or held.agreed_at:
        return held
    cohort = cohorts.facts(held.cohort_id)
    _check_free(cohort, held, by)
    if needs.strip():
        note_needs(held.booking_id, needs)
    change([held], agreed_at=clock.now())
    if requests.needed(cohort, held.person_id):
        requests.ask_for_offer(cohort, held, approver or Approver(), by=by)
    if not _take_if_all_agree(cohort, held, by):
        audit.write("agreed to an offer", SUBJECT, cohort.id, by=by)
    return _now(offer_id)


def approved(offer_id: uuid.UUID, *, by: Actor) -> None:
    """The manager said yes: the place is taken if its person has, and whoever comes with them.

    Raises `Complaint` as `accept` does.
    """
    held = _held(offer_id)
    _take_if_all_agree(cohorts.facts(held.cohort_id), held, by)


def decline(offer_id: uuid.UUID, *, leave: bool = False, by: Actor) -> OfferRow:
    """Say no to this date and wait on at the same place, or `leave` the queue.

    How the offer stands afterwards; one that had ended stays as it was.
    """
    held = _held(offer_id)
    if not held.is_open:
        return held
    cohort = cohorts.facts(held.cohort_id)
    beside = [one for one in offers.of_pair(held) if one.id != held.id]
    end([held], DECLINED, waits="withdrawn" if leave else "waiting", by=by, why="said no")
    end(beside, REVOKED, waits="waiting", by=by, why="the other of the pair said no")
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
    knows = letters.told(due) | {one.id for one in due if one.agreed_at}
    ended: list[tuple[CohortFacts, _Over, Sequence[OfferRow]]] = []
    for cohort_id in sorted({one.cohort_id for one in due}):
        cohort = cohorts.facts(cohort_id)
        theirs = [one for one in due if one.cohort_id == cohort_id]
        unheard = [one for one in theirs if not _know(one, theirs, knows)]
        over = _Over.of([one for one in theirs if one not in unheard])
        telling = [one for one in unheard if not one.agreed_at]
        ended.append((cohort, over, _ask_again(cohort, unheard, telling=telling)))
        _lapse(cohort, over)
    crash_point("offer.lapsed")
    offering.fill(course_id)
    for cohort, over, too_near in ended:
        letters.lapsed(cohort, over.silent, by=SYSTEM)
        letters.unanswered(cohort, over.asked, by=SYSTEM)
        letters.pair_ended(cohort, over.beside, by=SYSTEM)
        letters.too_near(cohort, too_near, by=SYSTEM)


def revoke(cohort: CohortFacts, *, reason: str, by: Actor) -> list[OfferRow]:
    """Take back every place that is held on a date that will not take place; what they were.

    The caller holds the course, and tells their people, who wait on where they stood.
    """
    held = offers.of_cohort(cohort.id)
    end(held, REVOKED, waits="waiting", by=by, why=reason)
    return held


def give_back(
    waiting_ids: Collection[uuid.UUID], ended: str, *, waits: str, by: Actor, why: str
) -> None:
    """End the offers of people who leave the queue or have another place; `waits` says which.

    They are `ended` as declined where their people said so, else as revoked. The caller holds the
    course, and fills it again.
    """
    held = list(offers.of_waiting(waiting_ids).values())
    beside = [
        one for row in held for one in offers.of_pair(row) if one.waiting_id not in waiting_ids
    ]
    end(held, ended, waits=waits, by=by, why=why)
    end(beside, REVOKED, waits="waiting", by=by, why="the other of the pair has gone")
    for one in beside:
        letters.pair_ended(cohorts.facts(one.cohort_id), [one], by=SYSTEM)


# -- what they share -------------------------------------------------------------------------------


def _held(offer_id: uuid.UUID) -> OfferRow:
    """The offer, with its course held, as it is after everybody before us."""
    found = _now(offer_id)
    locking.hold([found.course_id], also=[found.cohort_id])
    pairs.part_from_gone([found.waiting_id])
    return _now(offer_id)


def _now(offer_id: uuid.UUID) -> OfferRow:
    found = offers.get(offer_id)
    if found is None:
        raise NotFound
    return found


def _take_if_all_agree(cohort: CohortFacts, held: OfferRow, by: Actor) -> bool:
    """Make a place of an offer, of a pair both, if everybody and their managers said yes."""
    together = offers.of_pair(held)
    if len(together) < (2 if held.pair_id else 1) or not all(one.agreed_at for one in together):
        return False
    if any(requests.needed(cohort, one.person_id) for one in together):
        return False
    _take(cohort, together, by)
    return True


def _take(cohort: CohortFacts, together: Sequence[OfferRow], by: Actor) -> None:
    """Make places of offers, all or none."""
    ids = [one.booking_id for one in together]
    try:
        seat_offered(cohort, ids, by=by)
    except Complaint as refused:
        raise _explained(refused, cohort, together, by) from refused
    now = clock.now()
    change(together, state=ACCEPTED, decided_at=now)
    wait_no_more([one.waiting_id for one in together], "placed")
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


def again(cohort: CohortFacts, changes: Sequence[str], *, by: Actor) -> int:
    """Tell everybody for whom a place of a date is held what has changed, and until when it is.

    Who had said yes has not said it to this. How many are told; the caller holds the course.
    """
    held = offers.of_cohort(cohort.id)
    change(held, agreed_at=None)
    too_near = _ask_again(cohort, held, telling=held, changes=changes, by=by)
    if too_near:
        offering.fill(cohort.course_id)
        letters.too_near(cohort, too_near, by=by)
    return len(too_near) + len(offers.of_cohort(cohort.id))


def _ask_again(
    cohort: CohortFacts,
    held: Sequence[OfferRow],
    *,
    telling: Sequence[OfferRow],
    changes: Sequence[str] = (),
    by: Actor = SYSTEM,
) -> Sequence[OfferRow]:
    """A new deadline, and a message to some in place of one that has not gone or is true no more.

    So near the date that no deadline is left, the offers are taken back. Gives those of them whose
    people knew of the place: they should hear of that.
    """
    if not held:
        return []
    moment = deadlines.until(cohort, clock.now())
    if moment is not None:
        holding.until(cohort, held, moment, telling=telling, changes=changes, by=by)
        return []
    end(held, REVOKED, waits="waiting", by=SYSTEM, why="too near the date to ask again")
    heard = letters.heard_of(held)
    return [one for one in held if one.id in heard]


# -- the deadline ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Over:
    """Offers whose time is over, by who did not answer: their people, a manager who was asked, or
    the other of the pair.
    """

    silent: Sequence[OfferRow]
    asked: Sequence[OfferRow]
    beside: Sequence[OfferRow]

    @classmethod
    def of(cls, over: Sequence[OfferRow]) -> _Over:
        agreed = [one for one in over if one.agreed_at]
        return cls(
            silent=[one for one in over if not one.agreed_at],
            asked=[one for one in agreed if one.asked],
            beside=[one for one in agreed if not one.asked],
        )


def _know(one: OfferRow, due: Sequence[OfferRow], knows: Collection[uuid.UUID]) -> bool:
    """Whether the message has gone, to both of a pair."""
    pair = [row for row in due if row.pair_id and row.pair_id == one.pair_id]
    return all(row.id in knows for row in (one, *pair))


def _lapse(cohort: CohortFacts, over: _Over) -> None:
    """End offers for want of an answer; who said yes keeps their place in any case."""
    for held, who in ((over.silent, "no answer"), (over.asked, "no answer of the manager")):
        if held:
            why = f"{who} by {words.datetime_words(held[0].expires_at)}"
            end(held, LAPSED, waits="waiting", by=SYSTEM, why=why)
    why = "the other of the pair has no place here"
    end(over.beside, REVOKED, waits="waiting", by=SYSTEM, why=why)
    if over.silent and queue.after_lapse(cohort.course_id) is AfterLapse.END:
        db.session.execute(
            update(Waiting)
            .where(Waiting.id.in_([one.waiting_id for one in over.silent]))
            .values(joined_at=clock.now())
            .execution_options(synchronize_session=False)
        )
    ids = [one.booking_id for one in (*over.silent, *over.asked, *over.beside)]
    if ids:
        publish(OfferLapsed(SYSTEM, cohort.id, tuple(ids)))
