"""A line manager's answer: yes asks for a place, no ends the request; either may change its mind.

The page behind the message, the manager's own page and coordinators who decide in a manager's stead
call `answer`; each holds the course first and looks again.
"""

from __future__ import annotations

import uuid

from sqlalchemy import update

from courses.models import Approval
from courses.queries import approving, cohorts, offers, queue
from courses.queries import waiting as waiting_list
from courses.queries.approving import ApprovalRow
from courses.queries.cohorts import CohortFacts
from courses.services import booking, describing, notices, posting, requests, waiting
from courses.services.queue import answering, locking, offering
from courses.services.seating import FULL, Seat, seat_offered, seat_people
from courses.services.steps import step
from lms import audit, clock
from lms.contracts import SYSTEM, Actor, Job
from lms.db import Complaint, crash_point, db, violations
from lms.errors import Conflict
from lms.events import BookingMade, BookingRefused, publish
from lms.people import links

SUBJECT = "courses_cohort"
APPROVED, DECLINED = "approved", "declined"


def answer(approval_id: uuid.UUID, *, approves: bool, reason: str = "", by: Actor) -> ApprovalRow:
    """Answer, or change the answer until the course begins; how it stands then.

    Yes gives the place if it is free and nobody who waits goes first; else they wait from the day
    they asked, with the manager's word for whatever place comes. No needs a `reason`, which the
    trainee reads. Raises `Complaint` where somebody has another course at that time by now, and
    `Conflict` when there is nothing to answer any more.
    """
    found, cohort = _held(approval_id)
    reason = reason.strip()
    if not approves and not reason:
        raise Complaint("reason", f"Enter a reason, which {found.given_name} will read")
    said = APPROVED if approves else DECLINED
    if (found.answer, found.reason) == (said, "" if approves else reason):
        return found
    again = found.answer == said
    _note(found, said, "" if approves else reason, by)
    if not again and approves:
        _approve(found, cohort, by)
    elif not again:
        _decline(found, cohort, reason, by)
    crash_point("approval.answered")
    if by.link:
        links.use(by.link.link_id)
    return approving.get(approval_id)


def _held(approval_id: uuid.UUID) -> tuple[ApprovalRow, CohortFacts]:
    """The question and its date, with the course held, as they are after everybody before us."""
    locking.hold_cohorts([approving.get(approval_id).cohort_id])
    found = approving.get(approval_id)
    cohort = cohorts.facts(found.cohort_id)
    if not may_answer(found, cohort):
        raise Conflict("This cannot be answered any more.")
    return found, cohort


def may_answer(found: ApprovalRow, cohort: CohortFacts) -> bool:
    """Whether the course is still to come, and the request was not taken back."""
    to_come = cohort.state in ("published", "running") and not cohort.started
    return to_come and not found.taken_back


def _note(found: ApprovalRow, said: str, reason: str, by: Actor) -> None:
    _set(found.id, answer=said, reason=reason, answered_at=clock.now())
    audit.write(said, SUBJECT, found.cohort_id, by=by, after={"booking": str(found.booking_id)})


def _set(approval_id: uuid.UUID, **values: object) -> None:
    db.session.execute(
        update(Approval)
        .where(Approval.id == approval_id)
        .values(**values, updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def give_up_asking(cohort_id: uuid.UUID, person_id: uuid.UUID, *, by: Actor) -> None:
    """Take one's own question back, with a place that is held meanwhile; twice is once."""
    asked = approving.pending_of(cohort_id, person_id)
    held = offers.open_of(cohort_id, person_id)
    if asked and held:
        answering.decline(held.id, by=by)
        notices.hush([asked.booking_id], by=by, why="the request was taken back")
    elif asked:
        requests.take_back(asked.booking_id, by=by)


# -- without the manager -------------------------------------------------------------------------


def book_unanswered(approval_id: uuid.UUID, *, reason: str, by: Actor) -> None:
    """Give the place although the manager has not answered, with a reason in the history.

    Raises `Complaint` without a reason, and when no place is left for them.
    """
    found, cohort = _held(approval_id)
    _check_requested(found, reason)
    if not cohort.places_left or waiting_list.passed_over(cohort, [found.person_id]):
        raise Complaint("answer", "No place is left, or people who wait for it go first")
    _seat(found, cohort, found.booking_id, by, why=reason.strip())
    audit.write("booked without approval", SUBJECT, cohort.id, by=by)


def take_back(approval_id: uuid.UUID, *, reason: str, by: Actor) -> None:
    """End a request in the stead of the one who asked, with a reason in the history."""
    found, _ = _held(approval_id)
    _check_requested(found, reason)
    requests.take_back(found.booking_id, by=by, why=reason.strip())


def _check_requested(found: ApprovalRow, reason: str) -> None:
    if not reason.strip():
        raise Complaint("reason", "Enter a reason, which is shown in the history")
    if found.answer or found.booking_state != "requested":
        raise Conflict("The manager has answered, or the request was taken back.")


# -- yes -----------------------------------------------------------------------------------------


def _approve(found: ApprovalRow, cohort: CohortFacts, by: Actor) -> None:
    held = offers.open_of(cohort.id, found.person_id)
    if held is not None:
        _set(found.id, waiting_id=held.waiting_id)
        answering.approved(held.id, by=by)
    elif found.booking_state == "requested":
        _seat_or_wait(found, cohort, found.booking_id, by)
    elif found.booking_state == "lapsed":
        _note_for_the_queue(found)
        offering.fill(found.course_id)
    else:
        _seat_or_wait(found, cohort, _request_again(found, cohort, by), by)


def _request_again(found: ApprovalRow, cohort: CohortFacts, by: Actor) -> uuid.UUID:
    """A new booking in place of one that a no had ended."""
    (booking_id,) = seat_people(
        cohort,
        [Seat(found.person_id)],
        source=found.source,
        by=by,
        why="the manager approved after all",
        state="requested",
    )
    _set(found.id, booking_id=booking_id)
    return booking_id


def _seat_or_wait(
    found: ApprovalRow, cohort: CohortFacts, booking_id: uuid.UUID, by: Actor
) -> None:
    if cohort.places_left and not waiting_list.passed_over(cohort, [found.person_id]):
        _seat(found, cohort, booking_id, by)
        return
    step([booking_id], "withdrawn", by=by, why="approved when the date was full")
    waiting.join(
        found.course_id, found.person_id, by=by, cohort_id=cohort.id, joined_at=found.asked_at
    )
    _note_for_the_queue(found)


def _note_for_the_queue(found: ApprovalRow) -> None:
    """The manager's word holds for whatever place comes to who waits."""
    place = queue.of_person(found.course_id, found.person_id)
    _set(found.id, waiting_id=place.id if place else None)


def _seat(
    found: ApprovalRow, cohort: CohortFacts, booking_id: uuid.UUID, by: Actor, why: str = ""
) -> None:
    try:
        with violations(ck_cohort_not_oversold=FULL):
            seat_offered(cohort, [booking_id], by=by, why=why)
    except Complaint as refused:
        raise Complaint(
            "answer", f"{found.given_name} has another course at that time by now"
        ) from refused
    waiting.place_taken(cohort.course_id, [found.person_id], by=by)
    publish(BookingMade(by, cohort.id, (booking_id,), found.source))
    notices.confirm(cohort, [booking_id], source="self", by=SYSTEM)
    offering.fill(cohort.course_id)


# -- no ------------------------------------------------------------------------------------------


def _decline(found: ApprovalRow, cohort: CohortFacts, reason: str, by: Actor) -> None:
    held = offers.open_of(cohort.id, found.person_id)
    had_place = found.booking_state == "booked"
    if had_place:
        why = f"the manager declined: {reason}"
        booking.cancel_many([found.booking_id], why=why, by=by, told=False)
    elif held is not None:
        answering.decline(held.id, leave=True, by=by)
    elif found.booking_state == "requested":
        step([found.booking_id], "refused", by=by, why=reason)
        notices.hush([found.booking_id], by=by, why="the manager declined")
        publish(BookingRefused(by, cohort.id, (found.booking_id,), reason))
    elif found.waits:
        waiting.leave(found.course_id, found.person_id, by=by)
    posting.to_booked(
        cohort,
        [found.booking_id],
        "refused",
        by=SYSTEM,
        values=describing.about(cohort) | {"reason": reason, "manager": found.manager},
        ical=describing.calendar(cohort, "CANCEL") if had_place else None,
        key=clock.now().isoformat(),
    )


CLOSE_LATE = Job("courses.end_requests", requests.close_late, cron="23 * * * *")
JOBS = (CLOSE_LATE,)
