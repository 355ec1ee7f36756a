"""Answers: kept half finished, sent once, never changed; on paper keyed in by the team.

The respondent's views and the paper form call it; answers go in here and come out as counts.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select, update

from courses.models import Booking
from courses.queries import told
from lms import audit, clock, events
from lms.contracts import JSON, Actor, Item
from lms.db import crash_point, db
from lms.errors import NotFound
from lms.people import tokens
from lms.people.models import Person, Profession
from lms.registry import current_registry
from surveys.models import Assignment, Instrument, Submission, Wave
from surveys.services import assigning, instruments

GRACE = timedelta(minutes=30)
"""A form that was open when its survey closed is taken so long after."""


class AlreadyAnswered(Exception):
    """The one submission of this assignment is there already."""


class Closed(Exception):
    """The survey does not take answers any more (or does not yet)."""


@dataclass(frozen=True)
class Read:
    """What a sent form says: answers by item, complaints by item, and items left empty."""

    answers: Mapping[str, JSON]
    errors: Mapping[str, str]
    unanswered: tuple[str, ...]


def read(items: Sequence[Item], raw: Mapping[str, Sequence[str]]) -> Read:
    """The answers in a form: `raw` has the strings sent under each item's key."""
    answers: dict[str, JSON] = {}
    errors: dict[str, str] = {}
    types = current_registry().question_types
    for item in items:
        sent = raw.get(item.key, ())
        try:
            known = types.get(item.type)
            # A type that went with its plugin while the form was open: what was sent, as it is.
            answer = known.clean(item, sent) if known else "\n".join(sent) or None
        except ValueError as error:
            errors[item.key] = str(error)
            continue
        if answer is not None:
            answers[item.key] = answer
    left = tuple(item.key for item in items if item.key not in answers and item.key not in errors)
    return Read(answers, errors, left)


def keep_draft(
    assignment_id: uuid.UUID, items: Sequence[Item], answers: Mapping[str, JSON]
) -> bool:
    """Keep answers not yet sent; own words stay in the browser, as the link may be forwarded."""
    words = {item.key for item in items if item.type == "text"}
    kept = {key: value for key, value in answers.items() if key not in words}
    done = db.session.scalars(
        update(Assignment)
        .where(Assignment.id == assignment_id, Assignment.state == "open")
        .values(draft=kept, updated_at=clock.now())
        .returning(Assignment.id)
    ).all()
    return bool(done)


def opened_stamp(assignment_id: uuid.UUID) -> str:
    """When a form was opened, signed, so that the grace cannot be asked for later."""
    return str(_signer().dumps([str(assignment_id), clock.now().isoformat()]))


def submit(
    assignment_id: uuid.UUID,
    answers: Mapping[str, JSON],
    *,
    by: Actor,
    channel: str = "link",
    stamp: str = "",
) -> None:
    """Store the answers, once. Two at the same time: one is stored, the other is told.

    Raises `AlreadyAnswered`, or `Closed` when the survey has closed (but for the grace of a form
    opened before) or is not open yet.
    """
    now = clock.now()
    assignment = db.session.scalars(
        select(Assignment).where(Assignment.id == assignment_id).with_for_update()
    ).one_or_none()
    if assignment is None:
        raise NotFound
    wave = db.session.get_one(Wave, assignment.wave_id)
    if assignment.state == "submitted":
        raise AlreadyAnswered
    opened = _opened_at(assignment_id, stamp)
    if not _takes(assignment, now, opened, paper=channel == "paper"):
        raise Closed
    instrument = db.session.get_one(Instrument, wave.instrument_id)
    assignment.state = "submitted"
    assignment.draft = None
    db.session.add(
        Submission(
            assignment_id=assignment_id,
            instrument_id=instrument.id,
            answers=dict(answers),
            score=score_of(instrument.definition, answers),
            submitted_at=now,
            seconds=max(0, int((now - opened).total_seconds())) if opened else None,
            channel=channel,
            keyed_by_id=by.person_id if channel == "paper" else None,
            is_late=_is_late(assignment, wave, now),
        )
    )
    db.session.flush()
    crash_point("survey.submitted")
    if channel == "paper":
        audit.write("survey.keyed_in", "surveys_assignment", assignment_id, by=by)
    events.publish(events.SurveySubmitted(by, wave.cohort_id, assignment_id))
    tell_volunteer(assignment.booking_id, instrument.definition, answers, by=by)


def tell_volunteer(
    booking_id: uuid.UUID,
    definition: dict[str, Any],
    answers: Mapping[str, JSON],
    *,
    by: Actor,
) -> None:
    """Say that somebody offers to help, when an answer given by name means that."""
    yes = {item.key: item.volunteers for item in instruments.items_of(definition)}
    if any(yes.get(key) and answer == yes[key] for key, answer in answers.items()):
        whose = vars(told.of(booking_id))
        events.publish(events.Volunteered(by, booking_id=booking_id, **whose))


def tell_profession(person_id: uuid.UUID, profession_id: str) -> None:
    """Keep the job somebody told us, where we did not know it: of the person, and of bookings
    made without it. What is known is never changed here.
    """
    profession = db.session.get(Profession, uuid.UUID(profession_id))
    if profession is None:
        return
    changed = db.session.scalars(
        update(Person)
        .where(Person.id == person_id, Person.profession_id.is_(None))
        .values(profession_id=profession.id, updated_at=clock.now())
        .returning(Person.id)
    ).all()
    if changed:
        db.session.execute(
            update(Booking)
            .where(Booking.person_id == person_id, Booking.profession_id.is_(None))
            .values(profession_id=profession.id, profession_label=profession.name)
        )


def score_of(definition: Mapping[str, Any], answers: Mapping[str, JSON]) -> Decimal | None:
    """The answer to the primary construct, the mean where several items ask for it."""
    primary = definition.get("primary")
    types = current_registry().question_types
    scores = [
        types[item.type].score(item, answers[item.key])
        for item in instruments.items_of(dict(definition))
        if primary and item.construct == primary and item.key in answers and item.type in types
    ]
    numbers = [Decimal(str(score)) for score in scores if score is not None]
    return round(sum(numbers, Decimal()) / len(numbers), 3) if numbers else None


def _takes(assignment: Assignment, now: datetime, opened: datetime | None, *, paper: bool) -> bool:
    if assignment.state == "void" or assignment.state == "waiting":
        return False
    if paper or assignment.closes_at is None or now < assignment.closes_at:
        return paper or assignment.state == "open"
    in_time = opened is not None and opened <= assignment.closes_at
    return in_time and opened is not None and now <= opened + GRACE


def _is_late(assignment: Assignment, wave: Wave, now: datetime) -> bool:
    """A survey before answered after the start, or any answered after it closed."""
    if assignment.closes_at is not None and now > assignment.closes_at:
        return True
    begins = assigning.dates_of(wave.cohort_id).begins
    return wave.kind == "pre" and begins is not None and now > begins


def _signer() -> URLSafeSerializer:
    """Signs with the link key; what an older key has signed is still read."""
    return URLSafeSerializer(list(reversed(tokens.keys())), salt="survey-opened")


def _opened_at(assignment_id: uuid.UUID, stamp: str) -> datetime | None:
    try:
        key, moment = _signer().loads(stamp)
        return datetime.fromisoformat(moment) if key == str(assignment_id) else None
    except (BadSignature, ValueError, TypeError):
        return None
