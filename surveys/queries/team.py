"""What the team sees of surveys: who has answered, never what.

The cohort's pages, the columns of its table, to-dos and the undo of an import call it.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import Float, Select, and_, cast, func, select

from courses import access
from courses.models import Booking, Cohort, Course, Edition, Session
from courses.queries import cohorts
from lms import clock
from lms.contracts import Actor, BookingColumn, CohortColumn, Panel, Todo
from lms.contracts import Place as PagePlace
from lms.db import db
from lms.errors import NotFound
from lms.people.models import Person
from lms.permissions import allowed
from lms.records import ImportRow
from lms.web import words
from lms.working_days import add_working_days, is_working_day, next_working_day
from surveys.access import MANAGE
from surveys.models import Assignment, Instrument, Wave
from surveys.queries import bases

LOW, SOON = 0.7, 2
"""A before survey under this share, so many working days before it closes, is worth a to-do."""


@dataclass(frozen=True)
class WaveRow:
    """A wave of a cohort with its counts. `expected` are those who were asked, `base` says whom."""

    id: uuid.UUID
    kind: str
    months: int
    is_second: bool
    title: str
    opens_at: datetime | None
    closes_at: datetime | None
    expected: int
    returned: int
    base: str

    @property
    def name(self) -> str:
        """ "Before", "After", "6 months later", "About the course"."""
        if self.is_second:
            return self.title
        if self.kind == "follow_up":
            return f"{words.plural(self.months, 'month')} later"
        return {"pre": "Before", "post": "After", "then_test": "Looking back"}[self.kind]

    @property
    def state(self) -> str:
        """not_open, open or closed."""
        now = clock.now()
        if self.opens_at is None or self.opens_at > now:
            return "not_open"
        return "closed" if self.closes_at is not None and self.closes_at <= now else "open"


@dataclass(frozen=True)
class Asked:
    """Somebody who was asked and has not answered yet."""

    assignment_id: uuid.UUID
    booking_id: uuid.UUID
    name: str
    state: str
    reminders_sent: int


def waves(actor: Actor, cohort_id: uuid.UUID) -> list[WaveRow]:
    """The waves of a cohort the actor manages, in the order in which they open."""
    reach(actor, cohort_id)
    return _waves(cohort_id)


def wave(actor: Actor, wave_id: uuid.UUID) -> tuple[uuid.UUID, WaveRow]:
    """A wave in the actor's reach with its cohort's id, else `NotFound`."""
    cohort_id = db.session.scalar(select(Wave.cohort_id).where(Wave.id == wave_id))
    if cohort_id is None:
        raise NotFound
    return cohort_id, next(row for row in waves(actor, cohort_id) if row.id == wave_id)


def not_yet(wave_id: uuid.UUID) -> list[Asked]:
    """Who has not answered a wave, in the order of names."""
    rows = db.session.execute(
        select(
            Assignment.id,
            Assignment.booking_id,
            func.concat(Person.given_name, " ", Person.family_name),
            Assignment.state,
            Assignment.reminders_sent,
        )
        .join(Person, Person.id == Assignment.person_id)
        .where(Assignment.wave_id == wave_id, Assignment.state.in_(("waiting", "open", "closed")))
        .order_by(Person.sort_key, Person.id)
    )
    return [Asked(*row) for row in rows]


def assignment(actor: Actor, assignment_id: uuid.UUID) -> uuid.UUID:
    """The cohort of an assignment in the actor's reach, for keying in paper; else `NotFound`."""
    cohort_id = db.session.scalar(
        select(Wave.cohort_id)
        .join(Assignment, Assignment.wave_id == Wave.id)
        .where(Assignment.id == assignment_id)
    )
    if cohort_id is None:
        raise NotFound
    reach(actor, cohort_id)
    return cohort_id


def answered_columns(cohort_id: uuid.UUID) -> Iterable[BookingColumn]:
    """The columns "Before" and "After": Yes or No for who was asked, a dash for who was not.

    Their feet count as the cohort's page does: of those booked, of those who attended.
    """
    rows = db.session.execute(
        select(Wave.kind, Wave.anchor, Assignment.booking_id, Assignment.state)
        .join(Assignment, Assignment.wave_id == Wave.id)
        .where(
            Wave.cohort_id == cohort_id,
            Wave.is_second.is_(False),
            Wave.kind.in_(("pre", "post")),
            Assignment.state != "void",
        )
    ).all()
    people = bases.of_cohort(cohort_id)
    for kind, title, order in (("pre", "Before", 10), ("post", "After", 80)):
        of_kind = {row.booking_id: row.state for row in rows if row.kind == kind}
        if not of_kind:
            continue
        anchor = next(row.anchor for row in rows if row.kind == kind)
        asked = any(of_kind[key] != "waiting" for key in of_kind.keys() & people.booked)
        expected, returned, _ = people.count(kind, anchor, of_kind)
        yield BookingColumn(
            title,
            order,
            {key: _yes_no(state) for key, state in of_kind.items()},
            f"{returned}/{expected}" if asked and expected else "",
        )


def before_columns(cohort_ids: Sequence[uuid.UUID]) -> Iterable[CohortColumn]:
    """The column "Before survey answered" of a list of cohorts: "14 of 18" of those booked."""
    rows = db.session.execute(
        select(
            Wave.cohort_id,
            func.count().filter(Assignment.state == "submitted"),
            func.count(),
        )
        .join(Assignment, Assignment.wave_id == Wave.id)
        .join(Booking, and_(Booking.id == Assignment.booking_id, bases.still_booked()))
        .where(
            Wave.cohort_id.in_(cohort_ids),
            Wave.kind == "pre",
            Wave.is_second.is_(False),
            Assignment.state != "void",
        )
        .group_by(Wave.cohort_id)
    )
    cells = {cohort_id: f"{returned} of {booked}" for cohort_id, returned, booked in rows}
    yield CohortColumn("Before survey answered", 10, cells)


def _yes_no(state: str) -> str:
    return {"submitted": "Yes", "waiting": "–"}.get(state, "No")


def panels(place: PagePlace, subject_id: uuid.UUID, actor: Actor) -> Iterable[Panel]:
    """The surveys beside a cohort's facts and among its pages; the room's code in a register."""
    if place is PagePlace.REGISTER:
        yield from _for_the_room(subject_id)
    ours = (PagePlace.COHORT, PagePlace.COHORT_FACTS, PagePlace.COHORT_NEXT)
    if place not in ours or not allowed(actor, MANAGE):
        return
    rows = [row for row in _waves(subject_id) if not row.is_second]
    if place is PagePlace.COHORT:
        values = {"cohort_id": subject_id, "waves": rows}
        yield Panel("", "surveys/cohort_link.html", values, order=20)
    elif place is PagePlace.COHORT_NEXT:
        yield from _to_remind(subject_id, rows)
    elif begun := [row for row in rows if row.state != "not_open" and row.expected]:
        yield Panel("Surveys", "surveys/cohort_facts.html", {"wave": begun[-1]}, order=20)


def _to_remind(cohort_id: uuid.UUID, rows: Sequence[WaveRow]) -> Iterable[Panel]:
    """The surveys that are open and have not come back from everybody."""
    for row in rows:
        missing = row.expected - row.returned
        if row.state == "open" and missing > 0:
            have = words.plural(missing, "person has", "people have")
            title = f"{have} not answered the {row.name.lower()} survey"
            values = {"cohort_id": cohort_id, "wave": row}
            yield Panel(title, "surveys/cohort_next.html", values, order=20)


def _for_the_room(session_id: uuid.UUID) -> Iterable[Panel]:
    """Under a register: how many have answered, and the code that opens everybody's own survey."""
    cohort_id = db.session.scalar(select(Session.cohort_id).where(Session.id == session_id))
    if cohort_id is None:
        return
    rows = [row for row in _waves(cohort_id) if not row.is_second and row.kind != "follow_up"]
    if rows:
        values = {"waves": rows, "cohort_id": cohort_id}
        yield Panel("Surveys", "surveys/register_panel.html", values)


def todos(actor: Actor, today: date) -> Iterable[Todo]:
    """Surveys before a course with few answers, from two working days before they close.

    Whoever looks at a weekend sees what the next working day will show.
    """
    if not allowed(actor, MANAGE):
        return
    works = today if is_working_day(today) else next_working_day(today)
    until = clock.start_of(add_working_days(works, SOON) + timedelta(days=1))
    asked = func.count(Assignment.id)
    returned = asked.filter(Assignment.state == "submitted")
    rows = db.session.execute(
        select(Cohort.id, Cohort.code, Course.title, Wave.closes_at, returned, asked)
        .join(Wave, Wave.cohort_id == Cohort.id)
        .join(Assignment, Assignment.wave_id == Wave.id)
        .join(Booking, and_(Booking.id == Assignment.booking_id, bases.still_booked()))
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(
            access.cohorts(actor, access.MANAGE),
            Wave.kind == "pre",
            Wave.closes_at > clock.now(),
            Wave.closes_at < until,
            Assignment.state.in_(("open", "submitted")),
        )
        .group_by(Cohort.id, Course.id, Wave.id)
        .having(cast(returned, Float) < LOW * asked)
        .order_by(Wave.closes_at)
        .limit(50)
    )
    for cohort_id, code, course, closes_at, answered, base in rows:
        assert closes_at is not None  # the condition above says so
        yield Todo(
            text=f"{course} ({code}): {words.count_of(answered, base, 'booked')} have answered "
            "the survey before",
            reason=f"It closes at {words.weekday_datetime(closes_at)}",
            verb="Remind them",
            url=url_for("surveys.cohort", cohort_id=cohort_id),
            due=clock.london(closes_at).date(),
            urgency=50,
        )


def undo_blockers(batch_id: uuid.UUID) -> Iterable[str]:
    """Who of an import has answered a survey, so that it cannot be undone as a whole."""
    names = db.session.scalars(
        select(func.concat(Person.given_name, " ", Person.family_name))
        .join(Assignment, Assignment.person_id == Person.id)
        .join(
            ImportRow,
            and_(
                ImportRow.target_type == "booking",
                ImportRow.target_id == Assignment.booking_id,
                ImportRow.batch_id == batch_id,
            ),
        )
        .where(Assignment.state == "submitted")
        .distinct()
        .limit(20)
    )
    return [f"{name} has answered the survey" for name in names]


def reached(actor: Actor) -> Select[Any]:
    """The ids of the cohorts whose surveys the actor manages."""
    return cohorts.reached(actor, access.MANAGE)


def reach(actor: Actor, cohort_id: uuid.UUID) -> None:
    """Raise `NotFound` unless the actor manages this cohort and its surveys."""
    if not allowed(actor, MANAGE):
        raise NotFound
    reached = db.session.scalar(
        select(Cohort.id).where(Cohort.id == cohort_id, access.cohorts(actor, access.MANAGE))
    )
    if reached is None:
        raise NotFound


def _waves(cohort_id: uuid.UUID) -> list[WaveRow]:
    rows = db.session.execute(
        select(
            Wave.anchor,
            Wave.id,
            Wave.kind,
            func.coalesce(Wave.months, 0),
            Wave.is_second,
            Instrument.definition["title"].astext,
            Wave.opens_at,
            Wave.closes_at,
        )
        .join(Instrument, Instrument.id == Wave.instrument_id)
        .where(Wave.cohort_id == cohort_id)
        .order_by(Wave.opens_at.nulls_last(), Wave.is_second, Wave.id)
    ).all()
    assigned = db.session.execute(
        select(Assignment.wave_id, Assignment.booking_id, Assignment.state)
        .join(Wave, Wave.id == Assignment.wave_id)
        .where(Wave.cohort_id == cohort_id, Assignment.state != "void")
    ).all()
    states: dict[uuid.UUID, dict[uuid.UUID, str]] = defaultdict(dict)
    for wave_id, booking_id, state in assigned:
        states[wave_id][booking_id] = state
    people = bases.of_cohort(cohort_id)
    return [_wave_row(row, people.count(row.kind, row.anchor, states[row.id])) for row in rows]


def _wave_row(row: Any, counted: tuple[int, int, str]) -> WaveRow:
    _, *facts = row
    return WaveRow(*(*facts, *counted))
