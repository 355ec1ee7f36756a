"""Cancelling a cohort: what becomes of the people, who is told what, and the rooms given free.

The cancel page shows it first; nothing happens before `cancel`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from sqlalchemy import select, update

from courses.models import Booking, Session
from courses.queries import cohorts
from courses.queries import waiting as waiting_list
from courses.queries.cohorts import CohortFacts
from courses.services import booking, notices, requests, waiting
from courses.services.cohorts import ALLOWED, locked, record
from courses.services.queue import answering, letters, locking, offering
from courses.services.schedule import SUBJECT
from courses.services.steps import step
from courses.services.telling import Told
from lms import audit, clock
from lms.contracts import Actor
from lms.db import Complaint, crash_point, db
from lms.events import BookingCancelled, CohortCancelled, publish

NOWHERE, WAITING_LIST = "nowhere", "waiting"


@dataclass(frozen=True)
class Fate:
    """Where people go: another cohort, the waiting list with their old place, or nowhere."""

    kind: str
    cohort_id: uuid.UUID | None = None

    @classmethod
    def read(cls, value: str) -> Fate:
        """From a form's answer: a cohort's id, `waiting` or `nowhere`."""
        if value in (NOWHERE, WAITING_LIST):
            return cls(value)
        return cls("cohort", uuid.UUID(value))

    @property
    def value(self) -> str:
        """As a form's answer."""
        return str(self.cohort_id) if self.cohort_id else self.kind


def what_people_read(cohort: CohortFacts, fate: Fate) -> str:
    """The sentence that says what happens to them."""
    if fate.cohort_id is not None:
        target = cohorts.facts(fate.cohort_id)
        return f"You have been moved to {target.when()}. Its details come in another message."
    if fate.kind == WAITING_LIST:
        return "You are back on the waiting list, at your old place."
    return "Choose another date when it suits you."


def propose(cohort_id: uuid.UUID, *, reason: str, fate: Fate, by: Actor) -> None:
    """Keep a cancellation for review."""
    cohort = locked(cohort_id)
    if "cancelled" not in ALLOWED.get(cohort.state, ()):
        raise Complaint("reason", f"This cohort is {cohort.state}, so it cannot be cancelled")
    cohort.draft = {"cancel": {"reason": reason, "fate": fate.value}}


def proposed(cohort: CohortFacts) -> tuple[str, Fate] | None:
    """The reason and the fate that wait for review, if any do."""
    kept = cohort.draft.get("cancel")
    return (kept["reason"], Fate.read(kept["fate"])) if kept else None


def cancel(cohort_id: uuid.UUID, *, reason: str, fate: Fate, by: Actor) -> Told:
    """Cancel a cohort; how many were told. Doing it twice is doing it once.

    Raises `Complaint` when it has finished, or when people cannot all be moved.
    """
    locking.hold_cohorts({cohort_id, fate.cohort_id or cohort_id})
    row = locked(cohort_id)
    if row.state == "cancelled":
        return Told()
    if "cancelled" not in ALLOWED.get(row.state, ()):
        raise Complaint("", f"This cohort is {row.state}, so it cannot be cancelled")
    before = cohorts.facts(cohort_id)
    ids = _booked(cohort_id)
    held = answering.revoke(before, reason=reason, by=by)
    requests.close(before, reason=reason, by=by)
    _send_on(before, ids, fate, reason, by)
    _let_go(cohort_id)
    notices.hush_invitations(cohort_id, by=by)
    record(cohort_id, row.state, "cancelled", by=by, why=reason)
    row.state, row.draft = "cancelled", None
    db.session.flush()
    audit.write("cancelled", SUBJECT, cohort_id, by=by, after={"people": len(ids)})
    publish(CohortCancelled(by, cohort_id, reason))
    crash_point("cohort.cancelled")
    told = notices.cancelled(before, _told(before, ids, fate), reason=reason, by=by)
    letters.revoked(before, held, reason=reason, by=by)
    offering.fill(before.course_id)
    return replace(told, people=told.people + len(held))


def _told(cohort: CohortFacts, ids: list[uuid.UUID], fate: Fate) -> dict[uuid.UUID, str]:
    """What each booking's person reads of what becomes of them."""
    general = what_people_read(cohort, fate)
    if fate.kind != WAITING_LIST:
        return dict.fromkeys(ids, general)
    places = waiting_list.places(cohort.course_id)
    rows = db.session.execute(
        select(Booking.id, Booking.person_id).where(Booking.id.in_(ids))
    ).all()
    back = "You are back on the waiting list"
    return {key: f"{back}, {places[who]}." if who in places else general for key, who in rows}


def _booked(cohort_id: uuid.UUID) -> list[uuid.UUID]:
    return list(
        db.session.scalars(
            select(Booking.id).where(Booking.cohort_id == cohort_id, Booking.state == "booked")
        )
    )


def _send_on(cohort: CohortFacts, ids: list[uuid.UUID], fate: Fate, reason: str, by: Actor) -> None:
    if not ids:
        return
    if fate.cohort_id is not None:
        new = booking.move_many(ids, fate.cohort_id, by=by, why=reason, told=False, passed_on=False)
        target = cohorts.facts(fate.cohort_id)
        notices.confirm(target, new, source="coordinator", by=by)
        return
    step(ids, "cancelled", by=by, why=reason)
    notices.hush(ids, by=by, why="the cohort was cancelled")
    publish(BookingCancelled(by, cohort.id, tuple(ids), reason))
    if fate.kind == WAITING_LIST:
        waiting.join_again(cohort.id, ids, by=by)


def _let_go(cohort_id: uuid.UUID) -> None:
    """Free the rooms, trainers and people of every session."""
    db.session.execute(
        update(Session)
        .where(Session.cohort_id == cohort_id, Session.holds)
        .values(holds=False, sequence=Session.sequence + 1, updated_at=clock.now())
    )
