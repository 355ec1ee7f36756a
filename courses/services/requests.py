"""Places that a line manager has to approve first: asking, asking again, taking the question back.

`courses.services.booking` and the queue call these where a course asks for approval; the answer is
`courses.services.approving`.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update

from courses.models import Approval, Booking, Waiting
from courses.queries import approving, cohorts
from courses.queries.approving import ApprovalRow
from courses.queries.cohorts import CohortFacts
from courses.queries.offers import OfferRow
from courses.services import describing, links, notices, posting
from courses.services.queue import holding, locking
from courses.services.seating import Seat, seat_people
from courses.services.steps import step
from lms import audit, clock, working_days
from lms.contracts import SYSTEM, Actor
from lms.db import Complaint, db, uuid7
from lms.errors import Conflict
from lms.events import BookingRequested, publish
from lms.messages.services import cancel_about, queue
from lms.people import emails
from lms.people import links as people_links
from lms.people.models import OWN, Person, PersonEmail
from lms.people.queries.mailboxes import doubtful
from lms.people.services.people import NewPerson, add_person
from lms.web import words

SUBJECT = "courses_cohort"
ASKED = "courses.approval"
"""The message to the manager."""
ANSWER_DAYS = 5
"""Working days that a manager is given; the answer counts as long as the course has not begun."""
NOT_ASKED = Complaint("manager_email", "Enter your manager’s e-mail address")
ONESELF = Complaint("manager_email", "Enter your manager’s e-mail address, not your own")
NOT_THEIRS_ALONE = Complaint(
    "manager_email", "Others read this mailbox too. Enter an address that only the manager reads"
)


@dataclass(frozen=True)
class Approver:
    """Whom to ask and why. Without an address the manager we know is asked; a name is needed for
    an address that nobody has yet.
    """

    email: str = ""
    given_name: str = ""
    family_name: str = ""
    why: str = ""


def needed(cohort: CohortFacts, person_id: uuid.UUID) -> bool:
    """Whether somebody has to ask their manager before they have a place on this date."""
    asks = bool(cohort.template.get("needs_approval"))
    return asks and not approving.granted(cohort.course_id, person_id)


def known_manager(person_id: uuid.UUID) -> uuid.UUID | None:
    """The manager on record, where they can be reached and nobody else reads it."""
    return db.session.scalar(
        select(Person.manager_id)
        .join(PersonEmail, (PersonEmail.person_id == Person.manager_id) & PersonEmail.is_primary)
        .where(Person.id == person_id, PersonEmail.sharing == OWN)
    )


def ask(
    cohort: CohortFacts, seat: Seat, approver: Approver, *, source: str, by: Actor
) -> uuid.UUID:
    """Ask for a place that holds no seat until the manager has said yes; the booking's id.

    The caller holds the course. Raises `Complaint` where nobody can be asked.
    """
    manager_id = _manager(seat.person_id, approver, by)
    (booking_id,) = seat_people(cohort, [seat], source=source, by=by, why="", state="requested")
    until = working_days.deadline(clock.now(), ANSWER_DAYS)
    first = cohort.first.start if cohort.first else cohort.closes_at
    _keep(booking_id, manager_id, approver, min(until, first) if first else until)
    audit.write("asked for approval", SUBJECT, cohort.id, by=by, after={"booking": str(booking_id)})
    publish(BookingRequested(by, cohort.id, (booking_id,)))
    if source != "self":
        values = describing.about(cohort)
        posting.to_booked(cohort, [booking_id], "requested", by=by, values=values)
    tell_manager(booking_id)
    return booking_id


def ask_for_offer(cohort: CohortFacts, held: OfferRow, approver: Approver, *, by: Actor) -> None:
    """Ask about a place that the queue holds; it is held for as long as an offer made now would be,
    of a pair both.

    The caller holds the course. Asked already, the manager is asked again: the date has changed.
    """
    if approving.of_booking(held.booking_id) is not None:
        tell_manager(held.booking_id, key=str(held.version))
        return
    manager_id = _manager(held.person_id, approver, by)
    _keep(held.booking_id, manager_id, approver, holding.longer(cohort, held))
    audit.write("asked for approval", SUBJECT, cohort.id, by=by)
    tell_manager(held.booking_id)


def keep_word(course_id: uuid.UUID, booking_ids: Collection[uuid.UUID]) -> None:
    """Let what managers approved hold for the next place, for those who wait again without it."""
    waits = (
        select(Waiting.id)
        .join(Booking, Booking.person_id == Waiting.person_id)
        .where(
            Booking.id == Approval.booking_id,
            Waiting.course_id == course_id,
            Waiting.closed_at.is_(None),
        )
        .scalar_subquery()
    )
    db.session.execute(
        update(Approval)
        .where(Approval.booking_id.in_(booking_ids), Approval.answer == "approved")
        .values(waiting_id=waits, updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def ask_again(approval_id: uuid.UUID, *, by: Actor) -> bool:
    """Send the question once more, once a day at most; whether it goes."""
    found = approving.get(approval_id)
    if not found.pending:
        raise Conflict("The manager has answered, or the request was taken back.")
    if not found.asked_alone:
        raise Complaint("answer", f"Others may read {found.manager}’s mailbox too")
    audit.write("asked for approval again", SUBJECT, found.cohort_id, by=by)
    return tell_manager(found.booking_id, key=clock.today().isoformat())


def close_to_others(manager_id: uuid.UUID) -> None:
    """End the links to what a manager was asked: others read the mailbox that they went to.

    Who asked could answer themselves. Coordinators decide, or ask again once nobody else reads it.
    """
    people_links.revoke(person_id=manager_id, purpose=links.APPROVAL)
    asked = select(Approval.booking_id).where(Approval.manager_id == manager_id)
    cancel_about(
        posting.BOOKING,
        db.session.scalars(asked).all(),
        by=SYSTEM,
        why="others read the manager’s mailbox",
        kinds=[ASKED],
    )


def take_back(booking_id: uuid.UUID, *, by: Actor, why: str = "took the request back") -> None:
    """End a request that has not been answered; doing it twice is doing it once."""
    found = approving.of_booking(booking_id)
    if found is None:
        return
    locking.hold_cohorts([found.cohort_id])
    found = approving.of_booking(booking_id)
    if found is None or found.booking_state != "requested":
        return
    step([booking_id], "withdrawn", by=by, why=why)
    notices.hush([booking_id], by=by, why="the request was taken back")
    audit.write("took a request back", SUBJECT, found.cohort_id, by=by)


def close(cohort: CohortFacts, *, reason: str, by: Actor) -> int:
    """End all requests for a date that takes nobody any more, and tell their people; how many."""
    ids = approving.open_ids([cohort.id])
    if ids:
        step(ids, "withdrawn", by=by, why=reason)
        notices.hush(ids, by=by, why=reason)
        values = describing.about(cohort) | {"reason": reason}
        posting.to_booked(cohort, ids, "request_ended", by=by, values=values)
    return len(ids)


def close_late() -> None:
    """End the requests that nobody answered before the course began."""
    for cohort_id in approving.unanswered_in_time():
        reason = "the course began before your manager answered"
        close(cohorts.facts(cohort_id), reason=reason, by=SYSTEM)


def forget(person_id: uuid.UUID) -> None:
    """Blank what was written about an erased person, by them and to them."""
    theirs = select(Booking.id).where(Booking.person_id == person_id)
    for booking_id in db.session.scalars(theirs.where(Booking.state == "requested")):
        take_back(booking_id, by=SYSTEM, why="the person has been erased")
    db.session.execute(
        update(Approval)
        .where(or_(Approval.booking_id.in_(theirs), Approval.manager_id == person_id))
        .values(asked_why="", reason="", updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def tell_manager(booking_id: uuid.UUID, key: str = "") -> bool:
    """Queue the question with the link to its page, unless others read it; whether it is new."""
    found = approving.of_booking(booking_id)
    assert found is not None
    if not found.asked_alone:
        return False
    cohort = cohorts.facts(found.cohort_id)
    allowed = posting.readers(cohort, [booking_id])
    queued = queue(
        by=SYSTEM,
        person_id=found.manager_id,
        kind=ASKED,
        klass="now",
        template=f"{posting.TEMPLATES}/approval.txt",
        values=describing.about(cohort) | _said(found, cohort),
        subject_type=posting.BOOKING,
        subject_id=booking_id,
        about_type=posting.COHORT,
        about_id=cohort.id,
        locality_ids=allowed[booking_id],
        links={"answer": links.to_approval(found.id, found.manager_id, cohort)},
        dedupe_key=f"courses.approval:{found.id}:{key}",
    )
    return queued is not None


def _said(found: ApprovalRow, cohort: CohortFacts) -> dict[str, object]:
    return {
        "name": found.name,
        "dates": cohort.dates or "online, in their own time",
        "hours": words.hours(approving.minutes(cohort)),
        "why": found.why,
        "answer_by": words.weekday_datetime(found.answer_by),
        "answer_by_date": words.short_date(found.answer_by),
        "answer_by_day": words.day_month(found.answer_by),
        "held": found.held,
        "put_forward": found.source == "coordinator",
        "on_record": found.manager_id == known_manager(found.person_id),
    }


def _keep(booking_id: uuid.UUID, manager_id: uuid.UUID, approver: Approver, by: datetime) -> None:
    db.session.add(
        Approval(
            id=uuid7(),
            booking_id=booking_id,
            manager_id=manager_id,
            asked_why=approver.why.strip()[:500],
            asked_at=clock.now(),
            answer_by=by,
        )
    )
    db.session.flush()
    db.session.execute(
        update(Booking)
        .where(Booking.id == booking_id)
        .values(needs_approval=True, manager_id=manager_id, updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _manager(person_id: uuid.UUID, approver: Approver, by: Actor) -> uuid.UUID:
    """The person asked: the one who has the address, somebody new, or the manager on record.

    Nobody who is there already is changed. By a mailbox that several people read, whoever asks
    could answer themselves.
    """
    address = emails.cleaned(approver.email, "manager_email")
    if address is None:
        known = known_manager(person_id)
        if known is None:
            raise NOT_ASKED
        return known
    found = db.session.scalar(select(PersonEmail.person_id).where(PersonEmail.address == address))
    if found == person_id:
        raise ONESELF
    if doubtful(address):
        raise NOT_THEIRS_ALONE
    if found is not None:
        return found
    if not approver.given_name.strip():
        raise Complaint("manager_given_name", "Enter your manager’s first name")
    return add_person(NewPerson(approver.given_name, approver.family_name, address), by=by)
