"""Putting messages about a cohort in the queue: to everybody of some bookings, to trainers.

`courses.services.notices` says what; each message carries its reader's own links and calendar.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from courses.models import Booking, BookingChange
from courses.queries.cohorts import CohortFacts
from courses.services import links
from courses.services.telling import TrainerNotice
from lms.contracts import Actor, BookingNote
from lms.db import db
from lms.messages.calendar import Calendar
from lms.messages.services import NewMessage, queue_many
from lms.registry import current_registry

TEMPLATES = "courses/messages"
BOOKING, COHORT = "booking", "cohort"


def to_booked(
    cohort: CohortFacts,
    booking_ids: Sequence[uuid.UUID],
    template: str,
    *,
    by: Actor,
    values: Mapping[str, Any],
    each: Mapping[uuid.UUID, Mapping[str, Any]] | None = None,
    ical: Calendar | None = None,
    not_before: datetime | None = None,
    notes: str = "",
    key: str = "",
) -> None:
    """Queue a message for each of these bookings; `each` adds values to those of all."""
    people = _people(booking_ids)
    if not people:
        return
    allowed = readers(cohort, list(people))
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
                values={**values, **(each or {}).get(booking_id, {})},
                subject_type=BOOKING,
                subject_id=booking_id,
                about_type=COHORT,
                about_id=cohort.id,
                locality_ids=allowed[booking_id],
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


def readers(
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


def to_trainers(cohort: CohortFacts, notices: Sequence[TrainerNotice], *, by: Actor) -> None:
    """Queue notices to trainers."""
    queue_many(
        [
            NewMessage(
                person_id=one.person_id,
                kind=f"courses.{one.notice.template}",
                template=f"{TEMPLATES}/{one.notice.template}.txt",
                klass="now",
                values=one.notice.values,
                subject_type=COHORT,
                subject_id=cohort.id,
                about_type=COHORT,
                about_id=cohort.id,
                locality_ids=[locality_id for locality_id, _ in cohort.localities],
                links={"cohort": f"/cohorts/{cohort.id}"},
                dedupe_key=f"courses.{one.notice.template}:{cohort.id}:{one.person_id}:"
                f"{one.notice.key}",
                ical=one.notice.ical,
            )
            for one in notices
        ],
        by=by,
    )


def booked(cohort_id: uuid.UUID) -> list[uuid.UUID]:
    """The live bookings of a cohort."""
    return list(
        db.session.scalars(
            select(Booking.id).where(Booking.cohort_id == cohort_id, Booking.state == "booked")
        )
    )


def people_booked(cohort_id: uuid.UUID) -> list[uuid.UUID]:
    """The people who have places on a cohort."""
    return list(_people(booked(cohort_id)).values())


def _notes(message: str, booking_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[BookingNote]]:
    found: dict[uuid.UUID, list[BookingNote]] = {}
    for note in current_registry().booking_notes(message, booking_ids):
        found.setdefault(note.booking_id, []).append(note)
    return found
