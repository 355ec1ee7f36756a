"""Approvals by line managers: one, those a manager has to give, those a coordinator waits for.

Pages, the home page and the services of approval call these.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import aliased

from courses import access
from courses.models import Approval, Booking, Cohort, Course, Edition, Offer, Waiting
from courses.queries import cohorts
from courses.queries.cohorts import CohortFacts
from lms import clock
from lms.contracts import Actor, Panel, PersonalRecord, Todo
from lms.db import db
from lms.errors import NotFound
from lms.people.models import OWN, Person, PersonEmail
from lms.people.names import full
from lms.permissions import allowed
from lms.web import words

OLD = timedelta(days=5)
"""An approval that nobody has given for so long is a thing for the coordinator to do."""
URGENCY = 70
MOST = 50
PENDING = Approval.answer.is_(None) & Booking.state.in_(("requested", "offered"))
TO_COME = Cohort.state.in_(("published", "running"))


@dataclass(frozen=True)
class ApprovalRow:
    """A question to a manager: about whom and which date, and what became of it.

    `booking_state` is the booking's now; `waits` whether they wait for a place the manager
    approved when the date was full; `asked_alone` whether nobody else reads the manager's mailbox.
    """

    id: uuid.UUID
    booking_id: uuid.UUID
    booking_state: str
    source: str
    cohort_id: uuid.UUID
    course_id: uuid.UUID
    course: str
    code: str
    person_id: uuid.UUID
    given_name: str
    name: str
    manager_id: uuid.UUID
    manager: str
    why: str
    asked_at: datetime
    answer_by: datetime
    answer: str
    reason: str
    answered_at: datetime | None
    waits: bool
    asked_alone: bool

    @property
    def pending(self) -> bool:
        """Whether the manager still has to answer."""
        return not self.answer and self.booking_state in ("requested", "offered")

    @property
    def held(self) -> bool:
        """Whether a place is held meanwhile, because the queue offered it."""
        return self.booking_state == "offered"

    @property
    def taken_back(self) -> bool:
        """Whether the booking has ended in another way than by the manager's answer."""
        ended = self.booking_state in ("withdrawn", "cancelled", "declined", "moved")
        return ended and not self.waits and self.answer != "declined"


def get(approval_id: uuid.UUID) -> ApprovalRow:
    """One, whoever asks; else `NotFound`."""
    found = _first(Approval.id == approval_id)
    if found is None:
        raise NotFound
    return found


def of_manager(actor: Actor, approval_id: uuid.UUID) -> ApprovalRow:
    """One that this actor was asked for; else `NotFound`."""
    found = get(approval_id)
    if actor.person_id is None or found.manager_id != actor.person_id:
        raise NotFound
    return found


def of_booking(booking_id: uuid.UUID) -> ApprovalRow | None:
    """The question about a booking, if it was asked."""
    return _first(Approval.booking_id == booking_id)


def pending_of(cohort_id: uuid.UUID, person_id: uuid.UUID) -> ApprovalRow | None:
    """The question about a person's place on a date that waits for its answer.

    Not about a place held for them that they have to say yes to again, since the date has changed.
    """
    again = exists().where(
        Offer.booking_id == Booking.id, Offer.state == "open", Offer.agreed_at.is_(None)
    )
    return _first(Booking.cohort_id == cohort_id, Booking.person_id == person_id, PENDING, ~again)


def declined_of(cohort_id: uuid.UUID, person_id: uuid.UUID) -> ApprovalRow | None:
    """The manager's last no to a person's place on a date."""
    found = _rows(
        Booking.cohort_id == cohort_id,
        Booking.person_id == person_id,
        Approval.answer == "declined",
    )
    return found[-1] if found else None


def of_cohort(actor: Actor, cohort_id: uuid.UUID) -> list[ApprovalRow]:
    """Questions about a date without an answer, of people whose bookings the actor may change."""
    return _rows(Booking.cohort_id == cohort_id, PENDING, access.bookings(actor))[:100]


def open_ids(cohort_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Bookings on these dates that wait for an answer and hold no place."""
    return list(
        db.session.scalars(
            select(Booking.id).where(
                Booking.cohort_id.in_(list(cohort_ids)), Booking.state == "requested"
            )
        )
    )


def unanswered_in_time() -> list[uuid.UUID]:
    """Dates that have begun, or are over, with a request that nobody has answered."""
    waiting = exists().where(Booking.cohort_id == Cohort.id, Booking.state == "requested")
    found = cohorts.matching(waiting)
    return [one.id for one in found if one.started or one.state not in ("published", "running")]


def granted(course_id: uuid.UUID, person_id: uuid.UUID) -> bool:
    """Whether somebody who waits for a course has their manager's word for the place to come."""
    found = (
        select(Approval.id)
        .join(Waiting, Waiting.id == Approval.waiting_id)
        .where(
            Waiting.course_id == course_id,
            Waiting.person_id == person_id,
            Waiting.closed_at.is_(None),
            Approval.answer == "approved",
        )
    )
    return db.session.scalar(found.limit(1)) is not None


def minutes(cohort: CohortFacts) -> int:
    """What the date costs a team in time: its sessions, or the format's hours online."""
    if cohort.held:
        return sum(int((one.end - one.start).total_seconds()) for one in cohort.held) // 60
    found = select(Edition.participatory_minutes).where(Edition.id == cohort.edition_id)
    return db.session.scalar(found) or 0


def personal_data(person_id: uuid.UUID) -> Iterable[PersonalRecord]:
    """What a person's managers were asked about them and said, and what they were asked."""
    for row in _rows(Booking.person_id == person_id):
        yield PersonalRecord(
            f"Approval of {row.course} ({row.code})",
            (
                ("Asked", f"{row.manager}, {words.datetime_words(row.asked_at)}"),
                ("Why, in your words", row.why),
                ("Answer", row.answer or "none yet"),
                ("Reason", row.reason),
            ),
        )
    asked = _rows(Approval.manager_id == person_id)
    if asked:
        yield PersonalRecord(
            "Approvals you were asked for",
            tuple(
                (
                    f"{words.date(row.asked_at)}: {row.course} ({row.code})",
                    row.answer or "no answer",
                )
                for row in asked
            ),
        )


def panels(actor: Actor, cohort_id: uuid.UUID) -> Iterable[Panel]:
    """On a cohort's page, how many wait for a manager."""
    count = len(of_cohort(actor, cohort_id)) if allowed(actor, access.MANAGE) else 0
    if count:
        values = {"count": count, "cohort_id": cohort_id}
        yield Panel("Approvals", "courses/approvals_panel.html", values, order=10)


# -- on the home page ----------------------------------------------------------------------------


def todos(actor: Actor) -> Iterable[Todo]:
    """Approvals to give, for whoever was asked; those over five days old, for coordinators."""
    if actor.person_id is not None and actor.link is None:
        yield from _to_give(actor.person_id)
    if allowed(actor, access.MANAGE):
        yield from _old(actor)


def _to_give(person_id: uuid.UUID) -> Iterable[Todo]:
    rows = _rows(Approval.manager_id == person_id, PENDING, TO_COME)[:MOST]
    known = cohorts.several([row.cohort_id for row in rows])
    for row in rows:
        cohort = known[row.cohort_id]
        cost = f"{words.hours(minutes(cohort))} of work time"
        yield Todo(
            f"{row.name} has asked to go on {row.course}",
            ", ".join(filter(None, (words.capital(cohort.dates), cost))),
            "Approve or decline",
            url_for("courses.approval", approval_id=row.id),
            words.day_of(row.answer_by),
            URGENCY,
        )


def _old(actor: Actor) -> Iterable[Todo]:
    old = func.count(Approval.id).label("old")
    rows = db.session.execute(
        select(
            Cohort.id, Cohort.code, Course.title, old, func.min(Approval.asked_at).label("since")
        )
        .select_from(Approval)
        .join(Booking, Booking.id == Approval.booking_id)
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(
            PENDING,
            TO_COME,
            Approval.asked_at < clock.now() - OLD,
            access.cohorts(actor, access.MANAGE),
            access.bookings(actor),
        )
        .group_by(Cohort.id, Cohort.code, Course.title)
        .order_by(func.min(Approval.asked_at))
        .limit(MOST)
    )
    for row in rows:
        yield Todo(
            f"{row.title} ({row.code}): {words.plural(row.old, 'approval')} over 5 days old",
            f"Asked on {words.date(row.since)}; no place is kept meanwhile",
            "Ask again",
            url_for("courses.approvals", cohort_id=row.id),
            words.day_of(row.since + OLD),
            URGENCY,
        )


# -- what they share -----------------------------------------------------------------------------


def _first(*conditions: ColumnElement[bool]) -> ApprovalRow | None:
    found = _rows(*conditions)
    return found[-1] if found else None


def _rows(*conditions: ColumnElement[bool]) -> list[ApprovalRow]:
    return [_row(row) for row in db.session.execute(_statement().where(*conditions))]


def _statement() -> Select[*tuple[Any, ...]]:
    manager = aliased(Person)
    waits = exists().where(Waiting.id == Approval.waiting_id, Waiting.closed_at.is_(None))
    read_by_others = exists().where(
        PersonEmail.person_id == Approval.manager_id,
        PersonEmail.is_primary,
        PersonEmail.sharing != OWN,
    )
    statement: Select[*tuple[Any, ...]] = (
        select(
            Approval,
            Booking.state,
            Booking.source,
            Booking.cohort_id,
            Course.id.label("course_id"),
            Course.title,
            Cohort.code,
            Booking.person_id,
            Person.given_name,
            Person.family_name,
            manager.given_name.label("manager_given"),
            manager.family_name.label("manager_family"),
            waits.label("waits"),
            (~read_by_others).label("asked_alone"),
        )
        .select_from(Approval)
        .join(Booking, Booking.id == Approval.booking_id)
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .join(Person, Person.id == Booking.person_id)
        .join(manager, manager.id == Approval.manager_id)
        .order_by(Approval.asked_at, Approval.id)
        .execution_options(populate_existing=True)
    )
    return statement


def _row(row: Any) -> ApprovalRow:
    kept: Approval = row.Approval
    return ApprovalRow(
        id=kept.id,
        booking_id=kept.booking_id,
        booking_state=row.state,
        source=row.source,
        cohort_id=row.cohort_id,
        course_id=row.course_id,
        course=row.title,
        code=row.code,
        person_id=row.person_id,
        given_name=row.given_name or row.family_name,
        name=full(row.given_name, row.family_name),
        manager_id=kept.manager_id,
        manager=full(row.manager_given, row.manager_family),
        why=kept.asked_why,
        asked_at=kept.asked_at,
        answer_by=kept.answer_by,
        answer=kept.answer or "",
        reason=kept.reason,
        answered_at=kept.answered_at,
        waits=row.waits,
        asked_alone=row.asked_alone,
    )
