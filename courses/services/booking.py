"""Putting people on a cohort, taking them off and moving them, many at once or one alone.

Pages, imports, the register and the demonstration call these; the database has the last word on
places, on being booked twice and on being in two places at once.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from courses.models import Booking
from courses.queries import bookings, cohorts, offers, standing
from courses.queries import waiting as waiting_list
from courses.queries.cohorts import CohortFacts
from courses.services import notices, requests, waiting
from courses.services.queue import answering, locking, moving, offering
from courses.services.requests import Approver
from courses.services.seating import FULL, LAST_PLACE, seat_people
from courses.services.seating import Seat as Seat
from courses.services.steps import step
from lms import audit
from lms.contracts import Actor
from lms.db import Complaint, crash_point, db
from lms.errors import NotFound
from lms.events import BookingCancelled, BookingMade, BookingMoved, publish
from lms.web import words

SUBJECT = "courses_cohort"
BY_STAFF = ("published", "running", "finished")
BY_ONESELF = ("published", "running")


def book_many(
    cohort_id: uuid.UUID,
    people: Sequence[uuid.UUID | Seat],
    *,
    source: str,
    by: Actor,
    batch_id: uuid.UUID | None = None,
    told: bool = True,
    why: str = "",
) -> list[uuid.UUID]:
    """Book people on a cohort, all or nobody, in their order; returns the bookings' ids.

    `source` is self, coordinator, import or offer; `told` sends confirmations, late enough for an
    undo unless they booked themselves; nobody is told of a course that is over. Raises `Complaint`
    on `person` when there are not enough places, when somebody is booked already or elsewhere at
    that time, when the cohort takes nobody any more, or when people who wait and fit would be
    passed over without a `why`.
    """
    seats = [one if isinstance(one, Seat) else Seat(one) for one in people]
    if not seats:
        return []
    locking.hold_cohorts([cohort_id])
    cohort = cohorts.facts(cohort_id)
    _check_open(cohort, BY_ONESELF if source == "self" else BY_STAFF)
    chosen = [seat.person_id for seat in seats]
    _pass_over(cohort, chosen, by=by, why=why)
    ids = seat_people(cohort, seats, source=source, by=by, why=why)
    waiting.place_taken(cohort.course_id, chosen, by=by)
    audit.write(
        "booked",
        SUBJECT,
        cohort_id,
        by=by,
        after={
            "bookings": [str(one) for one in ids],
            "source": source,
            "import": str(batch_id) if batch_id else None,
        },
    )
    publish(BookingMade(by, cohort_id, tuple(ids), source))
    crash_point("booking.made")
    if told and cohort.state != "finished":
        notices.confirm(cohort, ids, source=source, by=by)
    offering.fill(cohort.course_id)
    return ids


def book_oneself(
    cohort_id: uuid.UUID,
    person_id: uuid.UUID,
    *,
    by: Actor,
    needs: str = "",
    approver: Approver | None = None,
) -> None:
    """Take a place for oneself, also one that is held; twice is one booking and one confirmation.

    Where the course asks for approval, the `approver` is asked and there is no place yet.

    Raises `Complaint` when there is no place (people who wait for this date go first), the last
    day to book is over, or a rule of the course is not met.
    """
    locking.hold_cohorts([cohort_id])
    if held := offers.open_of(cohort_id, person_id):
        answering.accept(held.id, by=by, needs=needs, approver=approver)
        return
    if bookings.active(cohort_id, person_id, by) is not None:
        return
    cohort = cohorts.facts(cohort_id)
    found = standing.of_person(by, person_id, cohort)
    if found.refusal:
        raise Complaint("person", found.refusal)
    if found.others_wait >= cohort.places_left:
        raise FULL
    seat = Seat(person_id, needs=needs.strip())
    if requests.needed(cohort, person_id):
        requests.ask(cohort, seat, approver or Approver(), source="self", by=by)
        return
    book_many(cohort_id, [seat], source="self", by=by)


def book_other(
    cohort_id: uuid.UUID,
    person_id: uuid.UUID,
    *,
    by: Actor,
    reason: str = "",
    approver: Approver | None = None,
) -> uuid.UUID:
    """Book somebody as staff, or accept for them; a broken rule or order needs a `reason`.

    Where the course asks for approval, the `approver` is asked and there is no place yet.
    """
    locking.hold_cohorts([cohort_id])
    if held := offers.open_of(cohort_id, person_id):
        return answering.accept(held.id, by=by, approver=approver).booking_id
    cohort = cohorts.facts(cohort_id)
    found = standing.of_person(by, person_id, cohort)
    if found.rules_broken and not reason.strip():
        raise Complaint("reason", "Enter a reason, which is shown in the history")
    why = reason.strip() if found.rules_broken else ""
    seat = Seat(person_id, waiver=why if found.is_let_in else found.waiver)
    if requests.needed(cohort, person_id):
        return requests.ask(cohort, seat, approver or Approver(), source="coordinator", by=by)
    (booking_id,) = book_many(cohort_id, [seat], source="coordinator", by=by, why=why)
    return booking_id


def give_up(cohort_id: uuid.UUID, person_id: uuid.UUID, *, by: Actor) -> None:
    """Give one's own place up; doing it twice is doing it once."""
    locking.hold_cohorts([cohort_id])
    held = bookings.active(cohort_id, person_id, by)
    if held is None or held.state != "booked":
        return
    cohort = cohorts.facts(cohort_id)
    if cohort.started:
        raise Complaint(
            "person", "The course has started. Ask the team, and they will take you off"
        )
    _end(cohort, [held.id], by=by, why="gave the place up")
    notices.place_given_up(cohort, [held.id], by=by)
    offering.fill(cohort.course_id)


def cancel(booking_id: uuid.UUID, *, why: str, by: Actor, told: bool = True) -> None:
    """Take somebody off as staff; `why` is shown in the history."""
    cancel_many([booking_id], why=why, by=by, told=told)


def cancel_many(
    booking_ids: Sequence[uuid.UUID], *, why: str, by: Actor, told: bool = True, undo: bool = False
) -> None:
    """Take people off, in as many cohorts as they are on; nothing happens to ended bookings.

    From a finished course nobody is taken off, except by the `undo` of what put them there.
    """
    for cohort_id in _locked(booking_ids):
        cohort = cohorts.facts(cohort_id)
        ids = _live(cohort_id, booking_ids)
        if not ids:
            continue
        if not (undo and cohort.state == "finished"):
            _check_not_over(cohort)
        heard = _end(cohort, ids, by=by, why=why, undo=undo)
        if told:
            notices.taken_off(cohort, heard, why=why, by=by)
        offering.fill(cohort.course_id)


def move(booking_id: uuid.UUID, to_cohort_id: uuid.UUID, *, by: Actor, why: str = "") -> uuid.UUID:
    """Give somebody a place on another cohort and free this one, both or neither."""
    return move_many([booking_id], to_cohort_id, by=by, why=why)[0]


def move_oneself(booking_id: uuid.UUID, to_cohort_id: uuid.UUID, *, by: Actor) -> None:
    """Change to another date of the course by oneself, if there is a place for anybody."""
    _locked([booking_id], also=to_cohort_id)
    (held,) = bookings.several([booking_id], by)
    target = cohorts.facts(to_cohort_id)
    found = standing.of_person(by, held.person_id, target, instead_of=held.cohort_id)
    if target.course_id != held.course_id or found.refusal:
        raise Complaint("answer", found.refusal or "Choose a date of the same course")
    if found.others_wait >= target.places_left:
        raise Complaint("answer", LAST_PLACE)
    move_many([booking_id], to_cohort_id, by=by, why="changed the date", source="self")


def move_many(
    booking_ids: Sequence[uuid.UUID],
    to_cohort_id: uuid.UUID,
    *,
    by: Actor,
    why: str = "",
    told: bool = True,
    source: str = "coordinator",
    passed_on: bool = True,
) -> list[uuid.UUID]:
    """Move people of one cohort to another; a place is taken there and freed here, or nothing.

    The freed places are `passed_on` to those who wait, unless that date will not take place. Raises
    `Complaint` on `to` when people who wait and fit would be passed over without a `why`.
    """
    (from_id,) = _locked(booking_ids, also=to_cohort_id)
    if from_id == to_cohort_id:
        raise Complaint("to", "Choose another date: they are on this one")
    cohort, target = cohorts.facts(from_id), cohorts.facts(to_cohort_id)
    _check_not_over(cohort)
    _check_open(target, BY_STAFF)
    people = dict(
        db.session.execute(
            select(Booking.id, Booking.person_id).where(
                Booking.id.in_(booking_ids), Booking.state == "booked"
            )
        ).all()
    )
    if not people:
        raise NotFound
    chosen = list(people.values())
    _pass_over(target, chosen, by=by, why=why, field="to")
    step(list(people), "moved", by=by, why=why)
    new = seat_people(target, [Seat(one) for one in chosen], source=source, by=by, why=why)
    waiting.place_taken(target.course_id, chosen, by=by)
    audit.write(
        "moved",
        SUBJECT,
        from_id,
        by=by,
        after={"bookings": [str(one) for one in people], "to": str(to_cohort_id)},
    )
    publish(BookingMoved(by, from_id, tuple(people), to_cohort_id))
    publish(BookingMade(by, to_cohort_id, tuple(new), source))
    crash_point("booking.moved")
    heard = notices.hush(list(people), by=by, why="moved to another date")
    if told:
        notices.moved(cohort, heard, target, new, source=source, by=by)
    if passed_on:
        offering.fill(cohort.course_id)
    return new


# -- what they share ---------------------------------------------------------------------------


def _pass_over(
    cohort: CohortFacts,
    chosen: Sequence[uuid.UUID],
    *,
    by: Actor,
    why: str,
    field: str = "person",
) -> None:
    """See to it that nobody who waits and fits is passed over, unless with a reason on record."""
    past = waiting_list.passed_over(cohort, chosen)
    if not past:
        return
    if not why:
        who = words.plural(len(past), "person", "people")
        fit = "fits" if len(past) == 1 else "fit"
        raise Complaint(
            field, f"{who} who {fit} this date waited for it. Give them the places, or a reason"
        )
    for person_id in chosen:
        moving.to_the_front(cohort.course_id, person_id, by=by, why=why)
    offering.given_by_hand(cohort, past, by=by, why=why)


def _check_not_over(cohort: CohortFacts) -> None:
    """A booking holds its seat for good once the cohort has run: certificates rest on it."""
    if cohort.state in ("finished", "closed"):
        raise Complaint(
            "person", "The course is over, so the booking stays. Correct the register instead"
        )


def _check_open(cohort: CohortFacts, states: Sequence[str]) -> None:
    if cohort.state == "cancelled":
        raise Complaint("person", f"{cohort.course} ({cohort.code}) has been cancelled")
    if cohort.state not in states:
        raise Complaint(
            "person", f"{cohort.course} ({cohort.code}) takes no bookings: it is {cohort.state}"
        )


def _end(
    cohort: CohortFacts, ids: Sequence[uuid.UUID], *, by: Actor, why: str, undo: bool = False
) -> list[uuid.UUID]:
    """End bookings; those whose people have heard of them and should hear of this."""
    step(ids, "cancelled", by=by, why=why)
    audit.write(
        "cancelled bookings", SUBJECT, cohort.id, by=by, after={"bookings": [str(i) for i in ids]}
    )
    publish(BookingCancelled(by, cohort.id, tuple(ids), why))
    crash_point("booking.cancelled")
    ended = "the import was undone" if undo else "the booking has ended"
    return notices.hush(ids, by=by, why=ended)


def _locked(booking_ids: Sequence[uuid.UUID], also: uuid.UUID | None = None) -> list[uuid.UUID]:
    """Hold the bookings' cohorts (and one more) with their queues; the bookings' cohorts."""
    found = set(
        db.session.scalars(select(Booking.cohort_id).where(Booking.id.in_(booking_ids)).distinct())
    )
    locking.hold_cohorts(found | ({also} if also else set()))
    return sorted(found)


def _live(cohort_id: uuid.UUID, booking_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    return list(
        db.session.scalars(
            select(Booking.id).where(
                Booking.id.in_(booking_ids),
                Booking.cohort_id == cohort_id,
                Booking.state == "booked",
            )
        )
    )
