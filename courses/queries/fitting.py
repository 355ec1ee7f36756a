"""Whether a date fits somebody who waits, and if not why, in words that name nobody.

The queue passes over those whom a free place does not fit; they keep their place in the order.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from courses.models import Approval, Booking, Offer, Place
from courses.queries import prerequisites
from courses.queries.choosing import Line
from courses.queries.cohorts import CohortFacts
from courses.queries.queue import Points, Waiter
from lms import clock
from lms.db import db
from lms.people.models import Organisation, Person

Times = Sequence[tuple[datetime, datetime]]
Work = tuple[uuid.UUID | None, uuid.UUID | None]
SAID_NO = "said no to this date"
SILENT = "did not answer an offer of this date"
UNANSWERED = "their manager did not answer in time"
REFUSED = "their manager said no to this date"
UNDO = "their import can still be undone"


@dataclass(frozen=True)
class Facts:
    """What is known of people who wait for one course, loaded once for all its dates.

    `work` is profession and place; `busy` are the times they are booked; `first` is the course
    that comes before, and `finished` who has done it; `ended` is why a date that was offered
    before is not again, by waiting row and date.
    """

    work: Mapping[uuid.UUID, Work]
    busy: Mapping[uuid.UUID, Sequence[Range[datetime]]]
    first: str
    finished: frozenset[uuid.UUID]
    ended: Mapping[tuple[uuid.UUID, uuid.UUID], str]
    on: frozenset[tuple[uuid.UUID, uuid.UUID]]


def facts(course_id: uuid.UUID, waiters: Collection[Waiter]) -> Facts:
    """Load them, in as many queries however many people wait."""
    people = [one.person_id for one in waiters]
    first = prerequisites.first_of(course_id)
    return Facts(
        work=_work(people),
        busy=_busy(people),
        first=first.title if first else "",
        finished=frozenset(prerequisites.finished(first.id, people) if first else ()),
        ended=_ended([one.id for one in waiters]),
        on=_on(people),
    )


def lines(
    waiters: Collection[Waiter],
    cohort: CohortFacts,
    known: Facts,
    *,
    reasons: Mapping[uuid.UUID, Sequence[Points]] | None = None,
    times: Times | None = None,
) -> list[Line]:
    """Those who wait, in their order, as the lines of a decision about one date.

    `times` are those of the sessions where they are not the cohort's own yet.
    """
    times = _times(cohort) if times is None else times
    return [
        Line(
            waiting=str(one.id),
            points=one.points,
            joined_at=one.joined_at.astimezone(UTC).isoformat(timespec="microseconds"),
            reasons=tuple((r.key, r.points, r.words) for r in (reasons or {}).get(one.id, ())),
            pair=str(one.pair_id or ""),
            unfit=next(_reasons(one, cohort, known, times), ""),
        )
        for one in waiters
    ]


def _reasons(one: Waiter, cohort: CohortFacts, known: Facts, times: Times) -> Iterator[str]:
    """What stands against the date; the first is told, so what somebody could change comes last."""
    if one.undo_until and clock.now() < one.undo_until:
        yield UNDO
    yield from _wishes(one, cohort)
    yield from _closed(one, cohort, known)
    if (cohort.id, one.person_id) in known.on:
        yield "has a place on this date already"
    if before := known.ended.get((one.id, cohort.id)):
        yield before
    if known.first and one.person_id not in known.finished and not one.waiver:
        yield f"has not finished {known.first}"
    if _clash(known.busy.get(one.person_id, ()), times):
        yield "is booked elsewhere at that time"
    if cohort.id in one.passed:
        yield "saw this date free and did not take it"


def _closed(one: Waiter, cohort: CohortFacts, known: Facts) -> Iterator[str]:
    """Whom the date is not for: another place or job. Who has no place may come anywhere."""
    profession, locality = known.work.get(one.person_id, (None, None))
    places = {locality_id for locality_id, _ in cohort.localities}
    if places and locality and locality not in places:
        yield f"does not work in {cohort.place}"
    if cohort.profession_id and profession != cohort.profession_id:
        yield f"this date is for: {cohort.profession}"


def _wishes(one: Waiter, cohort: CohortFacts) -> Iterator[str]:
    places = {locality_id for locality_id, _ in cohort.localities}
    if places and one.localities and not places & one.localities:
        yield f"does not want dates in {cohort.place}"
    if one.editions and cohort.edition_id not in one.editions:
        yield f"does not want this format ({cohort.edition})"


def _times(cohort: CohortFacts) -> Times:
    return [(session.start, session.end) for session in cohort.held]


def _clash(busy: Sequence[Range[datetime]], times: Times) -> bool:
    return any(Range(*time, bounds="[)").overlaps(taken) for time in times for taken in busy)


def _work(people: Collection[uuid.UUID]) -> dict[uuid.UUID, Work]:
    rows = db.session.execute(
        select(Person.id, Person.profession_id, Organisation.locality_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .where(Person.id.in_(people))
    )
    return {person_id: (profession, locality) for person_id, profession, locality in rows}


def _busy(people: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Range[datetime]]]:
    found: defaultdict[uuid.UUID, list[Range[datetime]]] = defaultdict(list)
    rows = db.session.execute(
        select(Place.person_id, Place.during).where(
            Place.person_id.in_(people), Place.is_booked, Place.holds
        )
    )
    for person_id, during in rows:
        found[person_id].append(during)
    return found


def _ended(waiting_ids: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, uuid.UUID], str]:
    """Dates that were offered to people before, and how that ended.

    A manager who was asked has the last word, also a late one: yes leaves nothing against the date.
    """
    rows = db.session.execute(
        select(Offer.waiting_id, Offer.cohort_id, Offer.state, Approval.id, Approval.answer)
        .outerjoin(Approval, Approval.booking_id == Offer.booking_id)
        .where(Offer.waiting_id.in_(waiting_ids), Offer.state.in_(("declined", "lapsed")))
        .order_by(Offer.decided_at)
    )
    return {
        (waiting_id, cohort_id): _against(state, asked is not None, answer)
        for waiting_id, cohort_id, state, asked, answer in rows
    }


def _against(state: str, asked: bool, answer: str | None) -> str:
    if state == "declined":
        return SAID_NO
    if not asked:
        return SILENT
    return {None: UNANSWERED, "declined": REFUSED}.get(answer, "")


def _on(people: Collection[uuid.UUID]) -> frozenset[tuple[uuid.UUID, uuid.UUID]]:
    rows = db.session.execute(
        select(Booking.cohort_id, Booking.person_id).where(
            Booking.person_id.in_(people), Booking.state.in_(("requested", "offered", "booked"))
        )
    )
    return frozenset((cohort_id, person_id) for cohort_id, person_id in rows)
