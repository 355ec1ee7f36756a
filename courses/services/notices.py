"""What people are told about their place: words, calendar entries and links, as messages.

Services call these in the transaction of the change, so that a message exists if and only if the
change does; the messages room sends them.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from courses.queries.cohorts import CohortFacts
from courses.services import links, posting, telling
from courses.services.describing import about, calendar
from courses.services.posting import BOOKING, COHORT, TEMPLATES
from courses.services.posting import people_booked as people_booked
from courses.services.posting import readers as readers
from courses.services.telling import Change, Notice, Told, TrainerNotice
from lms import clock
from lms.contracts import Actor
from lms.db import db
from lms.messages.models import Message
from lms.messages.services import NewMessage, cancel_about, queue_many
from lms.web.context import settings

CONFIRMATION, JOINING = "confirmation", "joining"


def confirm(
    cohort: CohortFacts, booking_ids: Sequence[uuid.UUID], *, source: str, by: Actor
) -> None:
    """Tell people that they have a place; after a booking by others, late enough for an undo."""
    posting.to_booked(
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
                deadline=cohort.closes_at or (cohort.first.start if cohort.first else None),
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
    what = f"Your place has been moved to {target.when()}. Its dates come in another message."
    _ended(cohort, old_ids, by=by, reason="", what=what, template="moved")
    confirm(target, new_ids, source=source, by=by)


def published(cohort: CohortFacts, *, by: Actor) -> None:
    """Tell the trainers of a new cohort that they train it; their calendars follow."""
    posting.to_trainers(cohort, telling.trainers_of_publishing(cohort), by=by)


def changed(
    before: CohortFacts, after: CohortFacts, changes: Sequence[Change], *, by: Actor
) -> Told:
    """Tell everybody booked and the trainers what is different; calendars follow."""
    booked = posting.booked(after.id)
    to_people = telling.people_of_change(before, after, changes)
    for notice in to_people:
        _send(after, booked, notice, by=by)
    to_trainers = telling.trainers_of_change(before, after, changes, booked=bool(booked))
    posting.to_trainers(after, to_trainers, by=by)
    return _told(booked if to_people else [], to_trainers)


def cancelled(
    cohort: CohortFacts, what: Mapping[uuid.UUID, str], *, reason: str, by: Actor
) -> Told:
    """Tell people and trainers that it will not take place, and what becomes of each booking's."""
    notice = telling.people_of_cancellation(cohort, reason, "")
    _send(cohort, list(what), notice, by=by, each={key: {"what": what[key]} for key in what})
    to_trainers = telling.trainers_of_cancellation(cohort, reason, booked=bool(what))
    posting.to_trainers(cohort, to_trainers, by=by)
    return _told(list(what), to_trainers)


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
    posting.to_booked(
        cohort,
        posting.booked(cohort.id),
        "joining",
        by=by,
        values=about(cohort),
        notes=JOINING,
        key="once",
    )


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


def _told(bookings: Sequence[uuid.UUID], trainers: Sequence[TrainerNotice]) -> Told:
    return Told(len(bookings), len({one.person_id for one in trainers}))


def _send(
    cohort: CohortFacts,
    booking_ids: Sequence[uuid.UUID],
    notice: Notice,
    *,
    by: Actor,
    each: Mapping[uuid.UUID, Mapping[str, Any]] | None = None,
) -> None:
    posting.to_booked(
        cohort,
        booking_ids,
        notice.template,
        by=by,
        values=notice.values,
        each=each,
        ical=notice.ical,
        key=notice.key,
    )


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
    posting.to_booked(
        cohort,
        booking_ids,
        template,
        by=by,
        values=about(cohort) | {"reason": reason, "what": what},
        ical=calendar(cohort, "CANCEL"),
        not_before=not_before,
    )


def _after_undo() -> datetime:
    return clock.now() + timedelta(minutes=settings().message_delay_minutes)
