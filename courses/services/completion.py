"""Whether a booking meets its rule: judged at each mark and each piece of evidence, kept as rows.

The rule is the cohort's snapshot. A course's own provider may judge its own courses; otherwise
every component must be attended for its required minutes, or be done where it is e-learning.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import insert

from courses.models import (
    Attendance,
    Booking,
    Cohort,
    Completion,
    Component,
    ComponentCompletion,
    Course,
    Edition,
    Place,
    Session,
)
from courses.queries import completion as queries
from courses.queries import register, told
from lms import audit, clock
from lms.contracts import (
    Actor,
    BookingFacts,
    ComponentFacts,
    ComponentKind,
    Evidence,
    Outcome,
    Verdict,
)
from lms.db import crash_point, db, uuid7
from lms.events import CompletionRecorded, CompletionWithdrawn, publish
from lms.registry import current_registry
from lms.web import words


def reassess(booking_ids: Sequence[uuid.UUID], *, by: Actor) -> None:
    """Judge these bookings again and keep every verdict that has changed.

    Publishes `CompletionRecorded` for one that is now completed, `CompletionWithdrawn` for one
    that no longer is. Two at the same time wait for each other.
    """
    if not booking_ids:
        return
    rows = db.session.execute(
        select(Booking.id, Booking.cohort_id)
        .where(Booking.id.in_(booking_ids), Booking.state == "booked")
        .order_by(Booking.id)
        .with_for_update()
    ).all()
    known = queries.current([row.id for row in rows])
    changed = []
    for booking in facts([row.id for row in rows]):
        before = known.get(booking.booking_id)
        evidence = (*evidence_of(booking), *current_registry().completion_evidence(booking))
        verdict = current_registry().assess_completion(booking, evidence) or judge(booking)
        if before is None and verdict.outcome is Outcome.NOT_YET:
            continue
        if before is None or before.verdict != verdict.outcome:
            changed.append(Judged(booking, verdict, evidence, before))
    _keep(changed, by)


@dataclass(frozen=True)
class Judged:
    """A booking with its new verdict, and the one that stood until now."""

    booking: BookingFacts
    verdict: Verdict
    evidence: Sequence[Evidence]
    before: queries.Standing | None

    @property
    def id(self) -> uuid.UUID:
        """The booking."""
        return self.booking.booking_id

    @property
    def old(self) -> str | None:
        """The verdict that stood."""
        return self.before.verdict if self.before else None


def judge(booking: BookingFacts) -> Verdict:
    """The core's rule: completed when every component is, not any more when one cannot be."""
    reasons = tuple(_reason(component) for component in booking.components)
    states = [_component_outcome(component) for component in booking.components]
    if Outcome.NOT_COMPLETED in states:
        return Verdict(Outcome.NOT_COMPLETED, reasons)
    if states and all(state is Outcome.COMPLETED for state in states):
        return Verdict(Outcome.COMPLETED, reasons)
    return Verdict(Outcome.NOT_YET, reasons)


def _component_outcome(component: ComponentFacts) -> Outcome:
    if component.kind is ComponentKind.E_LEARNING:
        return Outcome.COMPLETED if component.completed_at else Outcome.NOT_YET
    if component.attended_minutes >= component.required_minutes:
        return Outcome.COMPLETED
    if component.possible_minutes < component.required_minutes:
        return Outcome.NOT_COMPLETED
    return Outcome.NOT_YET


def _reason(component: ComponentFacts) -> str:
    let_in = component.let_in_minutes
    if component.kind is ComponentKind.E_LEARNING:
        verb, done = "let in" if let_in else "done", component.completed_at
        return f"{component.title}: {f'{verb} on {words.date(done)}' if done else 'not done yet'}"
    attended = f"{words.duration(component.attended_minutes - let_in)} attended"
    so_far = f"{attended} and {words.duration(let_in)} let in" if let_in else attended
    return f"{component.title}: {so_far}, {words.duration(component.required_minutes)} needed"


def evidence_of(booking: BookingFacts) -> tuple[Evidence, ...]:
    """What the register and the e-learning say, as evidence in words."""
    return tuple(
        Evidence(
            component=component.key,
            text=_reason(component),
            minutes=component.attended_minutes,
            source="e-learning" if component.kind is ComponentKind.E_LEARNING else "register",
            at=component.completed_at,
        )
        for component in booking.components
    )


def add_component(rows: Iterable[Mapping[str, Any]], *, by: Actor) -> list[uuid.UUID]:
    """Keep evidence that components were done, each once; returns the bookings it was new for.

    A row has booking_id, component_id, completed_at, minutes, source (import_row, hook or
    person), source_ref (what makes it the same evidence) and evidence (a dictionary).
    """
    made = [
        {
            **row,
            "id": uuid7(),
            "created_at": clock.now(),
            "by_id": by.person_id,
            "by_label": by.name,
        }
        for row in rows
    ]
    if not made:
        return []
    kept = db.session.scalars(
        insert(ComponentCompletion)
        .on_conflict_do_nothing(constraint="uq_courses_component_completion_once")
        .returning(ComponentCompletion.booking_id),
        made,
    ).all()
    bookings = list(dict.fromkeys(kept))
    reassess(bookings, by=by)
    return bookings


# -- facts


def facts(booking_ids: Sequence[uuid.UUID]) -> list[BookingFacts]:
    """What is known of these bookings' components, in three queries however many."""
    rows = db.session.execute(
        select(
            Booking.id,
            Booking.person_id,
            Cohort.id,
            Cohort.rule,
            Course.key,
            Course.provider_key,
            Edition.id,
            Edition.key,
        )
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(Booking.id.in_(booking_ids))
        .order_by(Booking.id)
    ).all()
    attended, open_minutes, unmarked = _attendance(booking_ids)
    done = _components_done(booking_ids)
    return [
        BookingFacts(
            booking_id=booking_id,
            person_id=person_id,
            course_key=course_key,
            edition_key=edition_key,
            provider_key=provider_key,
            components=tuple(
                _component(part, booking_id, attended, open_minutes, done)
                for part in (rule or {}).get("components", ())
            ),
            all_marked=booking_id not in unmarked,
        )
        for booking_id, person_id, _, rule, course_key, provider_key, _, edition_key in rows
    ]


LET_IN = "person"
"""The source of what somebody of the team let count with a reason."""
Minutes = Mapping[tuple[uuid.UUID, str], int]


def _component(
    part: Mapping[str, Any],
    booking_id: uuid.UUID,
    attended: Minutes,
    open_minutes: Minutes,
    done: Mapping[tuple[uuid.UUID, str], Done],
) -> ComponentFacts:
    key = (booking_id, part["key"])
    elsewhere = done.get(key, NOTHING_DONE)
    total = attended.get(key, 0) + elsewhere.minutes + elsewhere.let_in
    return ComponentFacts(
        key=part["key"],
        title=part["title"],
        kind=ComponentKind(part["kind"]),
        required_minutes=part["required_minutes"],
        attended_minutes=total,
        possible_minutes=total + open_minutes.get(key, 0),
        completed_at=elsewhere.at,
        let_in_minutes=elsewhere.let_in,
    )


def _attendance(
    booking_ids: Sequence[uuid.UUID],
) -> tuple[Minutes, Minutes, set[uuid.UUID]]:
    """Minutes attended and minutes not yet marked, by booking and component; who has unmarked."""
    length = func.extract("epoch", func.upper(Place.during) - func.lower(Place.during)) / 60
    rows = db.session.execute(
        select(Place.booking_id, Component.key, Attendance.minutes, length)
        .join(Session, Session.id == Place.session_id)
        .join(Component, Component.id == Session.component_id)
        .outerjoin(Attendance, and_(Attendance.place_id == Place.id, register.is_current()))
        .where(Place.booking_id.in_(booking_ids), Session.holds)
    )
    attended: dict[tuple[uuid.UUID, str], int] = defaultdict(int)
    open_minutes: dict[tuple[uuid.UUID, str], int] = defaultdict(int)
    unmarked: set[uuid.UUID] = set()
    for booking_id, component, minutes, full in rows:
        if minutes is None:
            open_minutes[booking_id, component] += int(full)
            unmarked.add(booking_id)
        else:
            attended[booking_id, component] += minutes
    return attended, open_minutes, unmarked


@dataclass(frozen=True)
class Done:
    """A component done outside the register: when first, for how long, and minutes let in."""

    at: datetime | None
    minutes: int
    let_in: int


NOTHING_DONE = Done(None, 0, 0)


def _components_done(booking_ids: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, str], Done]:
    by_hand = ComponentCompletion.source == LET_IN
    rows = db.session.execute(
        select(
            ComponentCompletion.booking_id,
            Component.key,
            func.min(ComponentCompletion.completed_at),
            func.coalesce(func.max(ComponentCompletion.minutes).filter(~by_hand), 0),
            func.coalesce(func.sum(ComponentCompletion.minutes).filter(by_hand), 0),
        )
        .join(Component, Component.id == ComponentCompletion.component_id)
        .where(ComponentCompletion.booking_id.in_(booking_ids))
        .group_by(ComponentCompletion.booking_id, Component.key)
    )
    return {
        (booking_id, key): Done(at, minutes, let_in)
        for booking_id, key, at, minutes, let_in in rows
    }


# -- keeping


def _keep(judged: Sequence[Judged], by: Actor) -> None:
    """Keep the verdicts together, then tell of each."""
    if not judged:
        return
    cohorts = _cohorts([one.id for one in judged])
    rows = [_row(one, cohorts[one.id][1]) for one in judged]
    db.session.add_all(rows)
    db.session.flush()
    fields = [
        (one.id, {"verdict": one.old}, {"verdict": row.verdict})
        for one, row in zip(judged, rows, strict=True)
    ]
    audit.write_many("completion", "courses_booking", fields, by=by)
    crash_point("completion.recorded")
    whose = told.several([one.id for one in judged])
    for one, row in zip(judged, rows, strict=True):
        cohort_id = cohorts[one.id][0]
        if row.verdict == Outcome.COMPLETED:
            publish(CompletionRecorded(by, cohort_id, one.id, row.id, **vars(whose[one.id])))
        elif one.before and one.old == Outcome.COMPLETED:
            publish(CompletionWithdrawn(by, cohort_id, one.id, one.before.completion_id))


def _cohorts(booking_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[uuid.UUID, Any]]:
    """Each booking's cohort, and its rule."""
    rows = db.session.execute(
        select(Booking.id, Booking.cohort_id, Cohort.rule)
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .where(Booking.id.in_(booking_ids))
    )
    return {booking_id: (cohort_id, rule or {}) for booking_id, cohort_id, rule in rows}


def _row(one: Judged, rule: Any) -> Completion:
    return Completion(
        id=uuid7(),
        booking_id=one.id,
        verdict=one.verdict.outcome.value,
        rule=rule,
        evidence={
            "reasons": list(one.verdict.reasons),
            "facts": [{"text": fact.text, "source": fact.source} for fact in one.evidence],
            "components": {part.key: part.attended_minutes for part in one.booking.components},
        },
        replaces_id=one.before.completion_id if one.before else None,
    )
