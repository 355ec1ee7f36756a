"""Messages about surveys: the invitation, two reminders, then silence.

Opening invites, a periodic job reminds, a coordinator may remind once a day; `once` is the
message's key, so that a job that runs twice writes once.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update

from courses.models import Booking, Cohort, CohortLocality, Course, Edition
from lms import clock
from lms.contracts import SYSTEM, Actor, BookingNote, Job
from lms.db import db
from lms.messages import services as messages
from lms.messages import wording
from lms.people import links
from lms.web import words
from surveys.models import Assignment, Submission, Wave
from surveys.services import assigning, instruments

BEFORE_CLOSING = (timedelta(days=7), timedelta(days=2))
"""A survey before is reminded of so long before it closes (decision 10)."""
AFTER_OPENING = (timedelta(days=7), timedelta(days=14))
"""All others so long after they opened."""

INVITATION = {
    "pre": "surveys/mail/before.txt",
    "post": "surveys/mail/after.txt",
    "then_test": "surveys/mail/after.txt",
    "follow_up": "surveys/mail/later.txt",
}
FIRST, LAST = "surveys/mail/reminder.txt", "surveys/mail/last_reminder.txt"

NOTE = (
    "Before the course, five questions, about 90 seconds. Your answers are added up with others'; "
    "your trainer and manager do not see them.\n\n[Answer now]{{link survey}}"
)
JOINING_NOTE = "The five questions close when we start.\n\n[Answer now]{{link survey}}"


@dataclass(frozen=True)
class Asked:
    """Somebody to be written to, with what the message says."""

    assignment_id: uuid.UUID
    person_id: uuid.UUID
    wave_id: uuid.UUID
    cohort_id: uuid.UUID
    kind: str
    months: int
    opens_at: datetime | None
    closes_at: datetime | None
    reminders_sent: int
    answered: int
    course: str
    created_at: datetime
    locality_id: uuid.UUID | None


@dataclass(frozen=True)
class Facts:
    """What messages say of waves (answered, asked) and of cohorts, fetched for all at once."""

    counts: dict[uuid.UUID, tuple[int, int]]
    dates: dict[uuid.UUID, assigning.Dates]
    localities: dict[uuid.UUID, list[uuid.UUID]]


def notes(message: str, booking_ids: Sequence[uuid.UUID]) -> Iterable[BookingNote]:
    """The survey before, inside the messages about these bookings, where it is open."""
    rows = db.session.execute(
        select(Assignment.booking_id, Assignment.id)
        .join(Wave, Wave.id == Assignment.wave_id)
        .where(
            Assignment.booking_id.in_(booking_ids),
            Assignment.state == "open",
            Wave.kind == "pre",
            Wave.is_second.is_(False),
        )
    ).all()
    live = links.live_for(assigning.LINK, [key for _, key in rows])
    text = JOINING_NOTE if message == "joining" else NOTE
    return [
        BookingNote(booking_id, text, {"survey": live[key]})
        for booking_id, key in rows
        if key in live
    ]


def invite(assignment_ids: Sequence[uuid.UUID]) -> None:
    """Write to those whose survey has just opened; the survey before is in the confirmation."""
    asked = [one for one in _asked(Assignment.id.in_(assignment_ids)) if one.kind != "pre"]
    _write(asked, lambda one: (INVITATION[one.kind], f"survey:{one.assignment_id}:0"), SYSTEM)
    db.session.execute(
        update(Assignment)
        .where(Assignment.id.in_([one.assignment_id for one in asked]))
        .values(invited_at=clock.now())
    )


def remind() -> None:
    """Write to those whose next reminder has come due; at most one each, whatever was missed."""
    now = clock.now()
    asked = _asked(
        Assignment.reminders_sent < len(AFTER_OPENING),
        Assignment.closes_at > now,
        Cohort.state.in_(("published", "running", "finished", "closed")),
    )
    due = {one.assignment_id: _due(one, now) for one in asked}
    chosen = [one for one in asked if due[one.assignment_id] > one.reminders_sent]

    def message(one: Asked) -> tuple[str, str]:
        number = due[one.assignment_id]
        template = LAST if number == len(AFTER_OPENING) else _first_reminder(one)
        return template, f"survey:{one.assignment_id}:{number}"

    _write(chosen, message, SYSTEM)
    for number in {due[one.assignment_id] for one in chosen}:
        keys = [one.assignment_id for one in chosen if due[one.assignment_id] == number]
        db.session.execute(
            update(Assignment).where(Assignment.id.in_(keys)).values(reminders_sent=number)
        )


REMIND = Job("surveys.remind", remind, cron="12 * * * *")


def remind_now(wave_id: uuid.UUID, *, by: Actor) -> int:
    """Remind everybody of a wave who has not answered, once a day; how many are written to."""
    asked = _asked(Assignment.wave_id == wave_id)
    day = clock.today().isoformat()
    return _write(asked, lambda one: (FIRST, f"survey:{one.assignment_id}:{day}"), by, klass="now")


def preview(wave_id: uuid.UUID) -> tuple[str, str]:
    """Subject and body of the reminder as it would go now, with no link in it."""
    asked = _asked(Assignment.wave_id == wave_id)
    if not asked:
        return "", ""
    values = _values(asked[0], _facts(asked[:1])) | {"answered": 0}
    subject, body = wording.make(FIRST, values, first_name="(first name)", by=SYSTEM)
    return subject, wording.plain(body, {"survey": None})


def _first_reminder(one: Asked) -> str:
    """The first message about a survey before is its invitation: the confirmation only had it."""
    return INVITATION["pre"] if one.kind == "pre" else FIRST


def _due(one: Asked, now: datetime) -> int:
    """How many reminders should have gone by now; none that fell due before one was asked."""
    if one.kind == "pre":
        moments = [one.closes_at - before for before in BEFORE_CLOSING] if one.closes_at else []
    else:
        moments = [one.opens_at + after for after in AFTER_OPENING] if one.opens_at else []
    passed = [n for n, moment in enumerate(moments, 1) if one.created_at < moment <= now]
    return max(passed, default=0)


def _asked(*conditions: ColumnElement[bool]) -> list[Asked]:
    """Open main surveys with what a message about them says."""
    drafted = select(func.count()).select_from(
        func.jsonb_object_keys(Assignment.draft).table_valued("key")
    )
    rows = db.session.execute(
        select(
            Assignment.id,
            Assignment.person_id,
            Wave.id,
            Wave.cohort_id,
            Wave.kind,
            func.coalesce(Wave.months, 0),
            Assignment.opens_at,
            Assignment.closes_at,
            Assignment.reminders_sent,
            drafted.scalar_subquery(),
            Course.title,
            Assignment.created_at,
            Booking.locality_id,
        )
        .join(Wave, Wave.id == Assignment.wave_id)
        .join(Booking, Booking.id == Assignment.booking_id)
        .join(Cohort, Cohort.id == Wave.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(Assignment.state == "open", Wave.is_second.is_(False), *conditions)
        .order_by(Assignment.id)
    )
    return [Asked(*row) for row in rows]


def _write(
    asked: Sequence[Asked],
    message: Callable[[Asked], tuple[str, str]],
    by: Actor,
    *,
    klass: str = "routine",
) -> int:
    """Queue one message each: `message(one)` gives its template and its key; how many are new.

    The survey after goes at once, on the day of the course.
    """
    live = links.live_for(assigning.LINK, [one.assignment_id for one in asked])
    facts = _facts(asked)
    queued = messages.queue_many(
        [
            messages.NewMessage(
                person_id=one.person_id,
                kind="survey",
                template=message(one)[0],
                values=_values(one, facts),
                klass="now" if message(one)[0] == INVITATION["post"] else klass,
                deadline=one.closes_at,
                subject_type="assignment",
                subject_id=one.assignment_id,
                about_type="cohort",
                about_id=one.cohort_id,
                locality_ids=[one.locality_id]
                if one.locality_id
                else facts.localities[one.cohort_id],
                links={"survey": live[one.assignment_id]},
                dedupe_key=message(one)[1],
            )
            for one in asked
            if one.assignment_id in live
        ],
        by=by,
    )
    return sum(key is not None for key in queued)


def _values(one: Asked, facts: Facts) -> dict[str, Any]:
    dates = facts.dates[one.cohort_id]
    returned, expected = facts.counts[one.wave_id]
    return {
        "course": one.course,
        "months": words.plural(one.months, "month"),
        "takes": instruments.takes(one.kind),
        "begins": words.weekday_date(dates.begins) if dates.begins else "",
        "ended": words.date(dates.ends) if dates.ends else "",
        "closes": words.weekday_datetime(one.closes_at) if one.closes_at else "",
        "returned": returned,
        "expected": expected,
        "answered": one.answered or 0,
    }


def _facts(asked: Sequence[Asked]) -> Facts:
    cohorts = {one.cohort_id for one in asked}
    counts = _counts({one.wave_id for one in asked})
    return Facts(counts, assigning.dates_of_many(cohorts), _localities(cohorts))


def _counts(wave_ids: set[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int]]:
    rows = db.session.execute(
        select(
            Assignment.wave_id,
            func.count(Submission.id),
            func.count(Assignment.id).filter(Assignment.state.in_(("open", "submitted"))),
        )
        .join(Booking, and_(Booking.id == Assignment.booking_id, Booking.state == "booked"))
        .outerjoin(Submission, Submission.assignment_id == Assignment.id)
        .where(Assignment.wave_id.in_(wave_ids))
        .group_by(Assignment.wave_id)
    )
    return {wave_id: (returned, expected) for wave_id, returned, expected in rows}


def _localities(cohort_ids: set[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    found: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    rows = db.session.execute(
        select(CohortLocality.cohort_id, CohortLocality.locality_id).where(
            CohortLocality.cohort_id.in_(cohort_ids)
        )
    )
    for cohort_id, locality_id in rows:
        found[cohort_id].append(locality_id)
    return found
