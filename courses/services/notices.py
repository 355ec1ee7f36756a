"""What people are told about their place: words, calendar entries and links, as messages.

Services call these in the transaction of the change, so that a message exists if and only if the
change does; the messages room sends them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from courses.models import Booking, BookingChange, Course
from courses.queries import waiting as waiting_list
from courses.queries.cohorts import CohortFacts, SessionFacts
from courses.services import links
from courses.services.describing import about, calendar, entry, session_words
from lms import clock
from lms.contracts import Actor, BookingNote
from lms.db import db
from lms.messages.calendar import Calendar
from lms.messages.models import Message
from lms.messages.services import NewMessage, cancel_about, queue_many
from lms.registry import current_registry
from lms.web import words
from lms.web.context import settings

TEMPLATES = "courses/messages"
CONFIRMATION, JOINING = "confirmation", "joining"
BOOKING, COHORT = "booking", "cohort"


@dataclass(frozen=True)
class Change:
    """A line of "what changed": the thing, what it was and what it is now."""

    field: str
    old: str
    new: str


def confirm(
    cohort: CohortFacts, booking_ids: Sequence[uuid.UUID], *, source: str, by: Actor
) -> None:
    """Tell people that they have a place; after a booking by others, late enough for an undo."""
    _queue(
        cohort,
        booking_ids,
        "confirmation",
        by=by,
        values=about(cohort),
        ical=calendar(cohort, "REQUEST"),
        not_before=None if source == "self" else _after_undo(),
        notes=CONFIRMATION,
    )


def invite(cohort: CohortFacts, person_ids: Sequence[uuid.UUID], *, by: Actor) -> int:
    """Send people the link to book themselves, each once; how many had not had it yet."""
    place = links.to_cohort(cohort, person_ids)
    queued = queue_many(
        [
            NewMessage(
                person_id=person_id,
                kind="courses.invitation",
                template=f"{TEMPLATES}/invitation.txt",
                klass="now",
                values=about(cohort),
                subject_type=COHORT,
                subject_id=cohort.id,
                about_type=COHORT,
                about_id=cohort.id,
                locality_ids=[locality_id for locality_id, _ in cohort.localities],
                links={"place": link_id},
                dedupe_key=f"courses.invitation:{cohort.id}:{person_id}",
            )
            for person_id, link_id in place.items()
        ],
        by=by,
    )
    return sum(one is not None for one in queued)


def moved(
    cohort: CohortFacts,
    old_ids: Sequence[uuid.UUID],
    target: CohortFacts,
    new_ids: Sequence[uuid.UUID],
    *,
    source: str,
    by: Actor,
) -> None:
    """Take the old dates out of people's calendars and tell them the new ones."""
    what = f"Your place has been moved to {_when(target)}. Its dates come in another message."
    _ended(cohort, old_ids, by=by, reason="", what=what, template="moved")
    confirm(target, new_ids, source=source, by=by)


def changed(cohort: CohortFacts, changes: Sequence[Change], *, by: Actor) -> None:
    """Tell everybody booked what is different; calendars follow."""
    _queue(
        cohort,
        _booked(cohort.id),
        "changed",
        by=by,
        values=about(cohort) | {"changes": [vars(change) for change in changes]},
        ical=calendar(cohort, "REQUEST"),
        key=f"{cohort.updated_at.timestamp():.0f}",
    )


def sessions_cancelled(cohort: CohortFacts, sessions: Sequence[SessionFacts], *, by: Actor) -> None:
    """Take cancelled sessions out of the calendars of everybody booked."""
    for session in sessions:
        _queue(
            cohort,
            _booked(cohort.id),
            "session_cancelled",
            by=by,
            values=about(cohort) | {"session": session_words(session)},
            ical=replace(calendar(cohort, "CANCEL"), entries=(entry(cohort, session),)),
            key=f"{session.id}:{session.sequence}",
        )


def cancelled(
    cohort: CohortFacts, booking_ids: Sequence[uuid.UUID], *, reason: str, what: str, by: Actor
) -> None:
    """Tell people that the course will not take place, and what becomes of them."""
    _ended(cohort, booking_ids, by=by, reason=reason, what=what, template="cancelled")


def place_given_up(cohort: CohortFacts, booking_ids: Sequence[uuid.UUID], *, by: Actor) -> None:
    """Say that the place is released, with the way back while it is free."""
    _ended(cohort, booking_ids, by=by, reason="", what="", template="place_given_up")


def hush_invitations(cohort_id: uuid.UUID, *, by: Actor) -> None:
    """Never send what waits about a cohort that will not take place."""
    cancel_about(COHORT, [cohort_id], by=by, why="the cohort was cancelled")


def taken_off(
    cohort: CohortFacts, booking_ids: Sequence[uuid.UUID], *, why: str, by: Actor
) -> None:
    """Tell people that the team took them off, late enough for an undo."""
    _ended(
        cohort,
        booking_ids,
        by=by,
        reason=why,
        what="",
        template="taken_off",
        not_before=_after_undo(),
    )


def joining(cohort: CohortFacts, *, by: Actor) -> None:
    """Send what people need on the day, once for each booking."""
    _queue(
        cohort,
        _booked(cohort.id),
        "joining",
        by=by,
        values=about(cohort),
        notes=JOINING,
        key="once",
    )


def waiting(course_id: uuid.UUID, person_id: uuid.UUID, *, by: Actor) -> None:
    """Tell somebody their place on the waiting list."""
    course = db.session.get_one(Course, course_id)
    found = waiting_list.position(course_id, person_id)
    if found is None:
        return
    message = NewMessage(
        person_id=person_id,
        kind="courses.waiting",
        template=f"{TEMPLATES}/waiting.txt",
        klass="now",
        values={"course": course.title, "nth": waiting_list.ordinal(found.nth), "of": found.of},
        subject_type="course",
        subject_id=course_id,
        links={"list": links.to_list(course_id, person_id)},
    )
    queue_many([message], by=by)


def hush(booking_ids: Sequence[uuid.UUID], *, by: Actor, why: str) -> list[uuid.UUID]:
    """Never send what waits about these bookings; those whose people have heard of them already.

    Somebody whose confirmation had not gone need not hear that it was taken back.
    """
    unheard = set(
        db.session.scalars(
            select(Message.subject_id).where(
                Message.subject_type == BOOKING,
                Message.subject_id.in_(booking_ids),
                Message.kind == "courses.confirmation",
                Message.state.in_(("queued", "held")),
            )
        )
    )
    cancel_about(BOOKING, booking_ids, by=by, why=why)
    return [one for one in booking_ids if one not in unheard]


def _ended(
    cohort: CohortFacts,
    booking_ids: Sequence[uuid.UUID],
    *,
    by: Actor,
    reason: str,
    what: str,
    template: str,
    not_before: datetime | None = None,
) -> None:
    _queue(
        cohort,
        booking_ids,
        template,
        by=by,
        values=about(cohort) | {"reason": reason, "what": what},
        ical=calendar(cohort, "CANCEL"),
        not_before=not_before,
    )


def _queue(
    cohort: CohortFacts,
    booking_ids: Sequence[uuid.UUID],
    template: str,
    *,
    by: Actor,
    values: Mapping[str, Any],
    ical: Calendar | None = None,
    not_before: datetime | None = None,
    notes: str = "",
    key: str = "",
) -> None:
    people = _people(booking_ids)
    if not people:
        return
    readers = _readers(cohort, list(people))
    place = links.to_cohort(cohort, people.values())
    steps = _steps(cohort.id, people.values())
    said = _notes(notes, list(people)) if notes else {}
    queue_many(
        [
            NewMessage(
                person_id=person_id,
                kind=f"courses.{template}",
                template=f"{TEMPLATES}/{template}.txt",
                klass="now",
                values=values,
                subject_type=BOOKING,
                subject_id=booking_id,
                about_type=COHORT,
                about_id=cohort.id,
                locality_ids=readers[booking_id],
                links={"place": place[person_id], "dates": "/home"},
                dedupe_key=f"courses.{template}:{booking_id}:{key}",
                not_before=not_before,
                ical=_counted(ical, steps[person_id]),
                notes=said.get(booking_id, ()),
            )
            for booking_id, person_id in people.items()
        ],
        by=by,
    )


def _steps(cohort_id: uuid.UUID, person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How often each person's place on a cohort has come or gone, after the first time."""
    rows = db.session.execute(
        select(Booking.person_id, func.count() - 1)
        .join(BookingChange, BookingChange.booking_id == Booking.id)
        .where(Booking.cohort_id == cohort_id, Booking.person_id.in_(list(person_ids)))
        .group_by(Booking.person_id)
    )
    return {person_id: steps for person_id, steps in rows}


def _counted(ical: Calendar | None, steps: int) -> Calendar | None:
    """Numbered so that each message about a person's place is newer than the one before it."""
    if ical is None or not ical.entries:
        return None
    return replace(ical, sequence=ical.sequence + steps)


def _people(booking_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    rows = db.session.execute(
        select(Booking.id, Booking.person_id).where(Booking.id.in_(booking_ids))
    )
    return {booking_id: person_id for booking_id, person_id in rows}


def _readers(
    cohort: CohortFacts, booking_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Whose coordinators may read and print a message: those of the place one booked from.

    Who has no place belongs to the cohort's places, as with bookings themselves.
    """
    shared = [locality_id for locality_id, _ in cohort.localities]
    rows = db.session.execute(
        select(Booking.id, Booking.locality_id).where(Booking.id.in_(booking_ids))
    )
    return {booking_id: [own] if own else shared for booking_id, own in rows}


def people_booked(cohort_id: uuid.UUID) -> list[uuid.UUID]:
    """The people who have places on a cohort."""
    return list(_people(_booked(cohort_id)).values())


def _booked(cohort_id: uuid.UUID) -> list[uuid.UUID]:
    return list(
        db.session.scalars(
            select(Booking.id).where(Booking.cohort_id == cohort_id, Booking.state == "booked")
        )
    )


def _notes(message: str, booking_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[BookingNote]]:
    found: dict[uuid.UUID, list[BookingNote]] = {}
    for note in current_registry().booking_notes(message, booking_ids):
        found.setdefault(note.booking_id, []).append(note)
    return found


def _when(cohort: CohortFacts) -> str:
    return words.weekday_date(cohort.first.start) if cohort.first else cohort.code


def _after_undo() -> datetime:
    return clock.now() + timedelta(minutes=settings().message_delay_minutes)
