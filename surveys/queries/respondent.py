"""What a respondent's pages show: their own survey, its state, its questions and their draft.

The personal-link views, the agenda and the booked page call it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import undefer

from courses.models import Booking, Cohort, Course, Edition, Session
from courses.models import Place as Seat
from lms import clock
from lms.contracts import JSON, Actor, Agenda, Item, Panel, PersonalRecord, Place
from lms.db import db
from lms.errors import NotFound
from lms.people import links
from lms.people.models import SHARED, Person, PersonEmail, Profession
from lms.registry import current_registry
from lms.web import words
from surveys.models import Assignment, Instrument, Submission, Wave
from surveys.services.assigning import LINK
from surveys.services.instruments import items_of, takes

WHEN = {"pre": "Before", "post": "After", "then_test": "Looking back at", "follow_up": ""}


@dataclass(frozen=True)
class Survey:
    """One person's survey of one wave, as their page needs it; without what they answered."""

    assignment_id: uuid.UUID
    booking_id: uuid.UUID
    person_id: uuid.UUID
    cohort_id: uuid.UUID
    kind: str
    months: int
    is_second: bool
    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    submitted_at: datetime | None
    begins_at: datetime | None
    ended_on: datetime | None
    course: str
    course_key: str
    given_name: str
    family_name: str
    profession_known: bool
    title: str
    intro: str
    items: tuple[Item, ...]
    draft: Mapping[str, JSON]

    @property
    def initials(self) -> str:
        """For whom: all that a forwarded link may show."""
        return words.initials(self.given_name, self.family_name)

    @property
    def heading(self) -> str:
        """ "Before Brief Encounters", "6 months after Think Couple"."""
        if self.kind == "follow_up":
            return f"{words.plural(self.months, 'month')} after {self.course}"
        return f"{WHEN[self.kind]} {self.course}"

    @property
    def takes(self) -> str:
        """About how long it takes."""
        return takes(self.kind)

    @property
    def readable(self) -> str:
        """What the state is to a person: not_open, open, answered, closed or ended."""
        if self.submitted_at is not None:
            return "answered"
        now = clock.now()
        if self.state == "void":
            return "ended"
        if self.state == "waiting":
            return "not_open"
        if self.state == "closed" or (self.closes_at is not None and self.closes_at <= now):
            return "closed"
        return "open"

    @property
    def why_not_on_paper(self) -> str:
        """Why answers on paper cannot be keyed in now, and what to do; "" where they can."""
        if self.readable == "ended":
            return (
                f"{self.given_name} {self.family_name} is not booked any more, so nobody asks them "
                "and no answers can be kept. Book them again if they were there after all."
            )
        if self.readable != "not_open":
            return ""
        if self.opens_at is not None and self.opens_at > clock.now():
            opens = f"It opens {words.weekday_datetime(self.opens_at)}."
        elif self.kind == "post":
            opens = "It opens when the register of the last session says that they were there."
        else:
            opens = "It opens when they have finished the course."
        return f"This survey is not open yet. {opens} Keep the paper until then."


def get(assignment_id: uuid.UUID) -> Survey:
    """The survey of an assignment; `NotFound` when there is none."""
    found = _surveys(Assignment.id == assignment_id)
    if not found:
        raise NotFound
    return found[0]


def second_of(survey: Survey) -> Survey | None:
    """The page that follows a main survey, if it has one that can still be answered."""
    found = _surveys(
        Assignment.booking_id == survey.booking_id,
        Wave.kind == survey.kind,
        Wave.months == survey.months,
        Wave.is_second,
        Assignment.state == "open",
    )
    # Follow-ups years apart have waves of their own, so there is at most one.
    return next((second for second in found if second.items), None)


@dataclass(frozen=True)
class NextSession:
    """Where somebody is booked next."""

    begins_at: datetime
    course: str


def next_session(person_id: uuid.UUID) -> NextSession | None:
    """The next session of any course that somebody is booked on."""
    begins_at = func.lower(Session.during)
    row = db.session.execute(
        select(begins_at, Course.title)
        .join(Seat, Seat.session_id == Session.id)
        .join(Cohort, Cohort.id == Session.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(Seat.person_id == person_id, Seat.is_booked, Session.holds, begins_at > clock.now())
        .order_by(begins_at)
        .limit(1)
    ).one_or_none()
    return NextSession(*row) if row else None


def for_room(cohort_id: uuid.UUID, address: str) -> Survey | None:
    """The survey that somebody in the room should answer now, found by the address they booked
    with: one that is open, else one whose time has come. An address that several people read is
    nobody's.
    """
    now = clock.now()
    found = _surveys(
        Wave.cohort_id == cohort_id,
        Wave.is_second.is_(False),
        Wave.kind.in_(("pre", "post")),
        Assignment.state.in_(("open", "waiting", "submitted")),
        Assignment.opens_at <= now,
        Assignment.person_id.in_(
            select(PersonEmail.person_id).where(
                PersonEmail.address == address, PersonEmail.sharing != SHARED
            )
        ),
    )
    rank = {"open": 0, "waiting": 1, "submitted": 2}
    return min(found, key=lambda s: (rank[s.state], s.kind == "post"), default=None)


def session_near(code: str) -> uuid.UUID | None:
    """The cohort of this code, while one of its sessions is on or two hours either side."""
    now = clock.now()
    margin = func.make_interval(0, 0, 0, 0, 2)
    return db.session.scalar(
        select(Cohort.id)
        .join(Session, Session.cohort_id == Cohort.id)
        .where(
            func.lower(Cohort.code) == code.lower(),
            Cohort.state.in_(("published", "running", "finished")),
            Session.holds,
            func.lower(Session.during) - margin <= now,
            func.upper(Session.during) + margin >= now,
        )
        .limit(1)
    )


def agenda(actor: Actor) -> Iterable[Agenda]:
    """The surveys a signed-in person can answer now, with their personal link."""
    if actor.person_id is None or actor.link is not None:
        return
    now = clock.now()
    found = [
        survey
        for survey in _surveys(
            Assignment.person_id == actor.person_id,
            Wave.is_second.is_(False),
            Assignment.state == "open",
        )
        if survey.closes_at is None or survey.closes_at > now
    ]
    live = links.live_for(LINK, [survey.assignment_id for survey in found])
    urls = links.urls_of(live.values())
    for survey in found:
        if (link_id := live.get(survey.assignment_id)) is None:
            continue
        yield Agenda(
            kind="asked",
            title=f"{survey.heading}: five questions",
            at=None,  # nothing happens then: it closes
            facts=(("Takes", survey.takes), ("Open until", _until(survey))),
            verb="Answer now",
            url=urls[link_id],
            order=20,
            due=clock.london(survey.closes_at).date() if survey.closes_at else None,
        )


def _until(survey: Survey) -> str:
    return words.weekday_datetime(survey.closes_at) if survey.closes_at else "the course starts"


def panels(place: Place, subject_id: uuid.UUID, actor: Actor) -> Iterable[Panel]:
    """On the booked page (subject: the booking), the survey before as the next step."""
    if place is not Place.BOOKED:
        return
    found = _surveys(
        Assignment.booking_id == subject_id, Wave.kind == "pre", Assignment.state == "open"
    )
    for survey in found:
        if survey.person_id != actor.person_id:
            continue
        live = links.live_for(LINK, [survey.assignment_id])
        for url in links.urls_of(live.values()).values():
            yield Panel(
                "Five questions before you start",
                "surveys/booked_panel.html",
                {"survey": survey, "url": url},
                order=10,
            )


def personal_data(person_id: uuid.UUID) -> Iterable[PersonalRecord]:
    """Everything a person has answered, in words, for that person alone."""
    rows = db.session.execute(
        select(Submission, Instrument.definition, Wave.kind, Course.title)
        .join(Assignment, Assignment.id == Submission.assignment_id)
        .join(Wave, Wave.id == Assignment.wave_id)
        .join(Instrument, Instrument.id == Submission.instrument_id)
        .join(Cohort, Cohort.id == Wave.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(Assignment.person_id == person_id)
        .order_by(Submission.submitted_at)
        .options(undefer(Submission.answers))
    ).all()
    for submission, definition, kind, course in rows:
        yield PersonalRecord(
            f"Survey {kind.replace('_', ' ')}: {course}, {definition['title']}",
            (
                ("Sent", words.datetime_words(submission.submitted_at)),
                *in_words(definition, submission.answers),
            ),
            confidential=True,
        )


def in_words(definition: Mapping[str, Any], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Questions of a snapshot and answers as text."""
    return words_of(items_of(dict(definition)), answers)


def words_of(items: Sequence[Item], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Questions and answers as text; a type that has gone with its plugin shows the raw value."""
    types = current_registry().question_types
    return [
        (
            item.text,
            types[item.type].words(item, answers[item.key])
            if item.type in types
            else str(answers[item.key]),
        )
        for item in items
        if item.key in answers
    ]


def professions() -> list[tuple[str, str]]:
    """The jobs to choose from: id and name, in the order of names."""
    rows = db.session.execute(
        select(Profession.id, Profession.name)
        .where(Profession.retired_at.is_(None))
        .order_by(Profession.name)
    )
    return [(str(key), name) for key, name in rows]


def _surveys(*conditions: Any) -> list[Survey]:
    rows = db.session.execute(
        select(
            Assignment.id,
            Assignment.booking_id,
            Assignment.person_id,
            Wave.cohort_id,
            Wave.kind,
            func.coalesce(Wave.months, 0),
            Wave.is_second,
            Assignment.state,
            Assignment.opens_at,
            Assignment.closes_at,
            Submission.submitted_at,
            _of_sessions(func.min(func.lower(Session.during))),
            _of_sessions(func.max(func.upper(Session.during))),
            Course.title,
            Course.key,
            Person.given_name,
            Person.family_name,
            Person.profession_id.is_not(None),
            Instrument.definition,
            Assignment.draft,
        )
        .join(Wave, Wave.id == Assignment.wave_id)
        .join(Instrument, Instrument.id == Wave.instrument_id)
        .join(Booking, Booking.id == Assignment.booking_id)
        .join(Cohort, Cohort.id == Wave.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(Submission, Submission.assignment_id == Assignment.id)
        .where(*conditions)
        .order_by(Wave.opens_at, Assignment.id)
    ).all()
    return [_survey(row) for row in rows]


def _of_sessions(edge: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The first beginning or the last end of the cohort's sessions."""
    sessions = select(edge).where(Session.cohort_id == Wave.cohort_id, Session.holds)
    return sessions.scalar_subquery()


def _survey(row: Any) -> Survey:
    *facts, definition, draft = row
    course_key = facts[14]
    items = items_of(definition)
    asked = tuple(item for item in items if not item.courses or course_key in item.courses)
    return Survey(*(*facts, definition["title"], definition["intro"], asked, draft or {}))
