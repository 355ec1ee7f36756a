"""Putting a cohort together step by step, and publishing it.

Each step of the scheduling pages saves here, so that a draft is never lost; the database refuses
a room or a trainer that is taken, and `publish` says which, when and by whom.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.dialects.postgresql import insert as upsert

from courses.models import (
    Cohort,
    CohortLocality,
    Course,
    Edition,
    Session,
    SessionTrainer,
    Trainer,
)
from courses.queries import catalogue, cohorts, planning
from courses.queries.catalogue import EditionFacts
from courses.queries.cohorts import CohortFacts
from courses.queries.planning import Planned
from courses.services import notices
from courses.services.cohorts import locked, record, step
from courses.services.queue import locking, offering
from lms import audit, clock
from lms.contracts import Actor, Design
from lms.db import Complaint, Complaints, crash_point, db, uuid7, violations
from lms.errors import NotFound

SUBJECT = "courses_cohort"
CODES = 0x434F4445  # "CODE": one cohort at a time gets its number
VENUE_TAKEN = Complaint("venue", "This room is taken at that time. Choose another room or time")
TRAINER_TAKEN = Complaint("trainers", "This trainer is taken at that time. Choose another")


def start(course_id: uuid.UUID, edition_id: uuid.UUID, *, by: Actor) -> uuid.UUID:
    """Begin a draft of an edition for the actor's own places; returns the cohort's id."""
    course = db.session.get(Course, course_id)
    edition = db.session.get(Edition, edition_id)
    if course is None or edition is None or edition.course_id != course.id:
        raise NotFound
    if course.state != "offered" or edition.retired_at:
        raise Complaint("edition", "This format is not offered any more. Choose another")
    cohort = Cohort(
        id=uuid7(),
        edition_id=edition_id,
        code=_new_code(course.title),
        state="draft",
        design=course.template.get("design"),
        draft={},
        localities=[],
        sessions=[],
    )
    db.session.add(cohort)
    db.session.flush()
    own = [one.id for one in planning.own_localities(by)]
    _set_localities(cohort.id, own[:1])
    record(cohort.id, None, "draft", by=by)
    return cohort.id


def set_edition(cohort_id: uuid.UUID, edition_id: uuid.UUID, *, by: Actor) -> None:
    """Choose another format; the dates of the old one are forgotten."""
    cohort = _draft(cohort_id)
    if cohort.edition_id != edition_id:
        cohort.edition_id, cohort.draft = edition_id, {}


def set_audience(
    cohort_id: uuid.UUID,
    locality_ids: Sequence[uuid.UUID],
    profession_id: uuid.UUID | None,
    *,
    by: Actor,
) -> None:
    """Say which places it is for (one of the actor's own among them) and for which job only."""
    cohort = _draft(cohort_id)
    own = {one.id for one in planning.own_localities(by)}
    if not own & set(locality_ids):
        raise Complaint("localities", "Choose at least one of your own places")
    _set_localities(cohort_id, locality_ids)
    cohort.profession_id = profession_id


def set_dates(cohort_id: uuid.UUID, sessions: Sequence[Planned], *, by: Actor) -> None:
    """Keep the dates and times of all sessions."""
    _keep_sessions(_draft(cohort_id), sessions)


def repeat_weekly(sessions: Sequence[Planned]) -> list[Planned]:
    """The sessions with the first one's times, each a week after the one before."""
    first = sessions[0]
    if first.day is None:
        raise Complaint("sessions-0-day", "Enter the date of the first session")
    return [
        replace(one, day=first.day + timedelta(weeks=week), start=first.start, end=first.end)
        for week, one in enumerate(sessions)
    ]


def set_places(cohort_id: uuid.UUID, sessions: Sequence[Planned], *, by: Actor) -> None:
    """Keep rooms, links and trainers of all sessions."""
    _keep_sessions(_draft(cohort_id), sessions)


def set_numbers(
    cohort_id: uuid.UUID,
    *,
    capacity: int,
    minimum: int | None,
    last_day: date | None,
    by: Actor,
) -> None:
    """Keep how many may come, how many must, and the last day to book."""
    cohort = _draft(cohort_id)
    with violations(
        ck_courses_cohort_minimum_fits=Complaint("minimum", f"Minimum must be {capacity} or fewer")
    ):
        cohort.capacity, cohort.minimum = capacity, minimum
        cohort.closes_at = end_of_day(last_day)


def set_design(cohort_id: uuid.UUID, design: Design, *, by: Actor) -> None:
    """Keep how people are surveyed."""
    _draft(cohort_id).design = design.value


def discard(cohort_id: uuid.UUID, *, by: Actor) -> None:
    """Give a draft up; it stays as a line of history. What holds rooms is cancelled instead."""
    _draft(cohort_id)
    step(cohort_id, "cancelled", by=by, why="draft given up")


def publish(cohort_id: uuid.UUID, *, by: Actor) -> None:
    """Hold rooms and trainers, tell these, offer places to those who wait, and let people book.

    Raises `Complaints` with every gap and clash as a sentence when something is missing.
    """
    locking.hold_cohorts([cohort_id])
    hold(cohort_id, by=by)
    step(cohort_id, "published", by=by)
    audit.write("published", SUBJECT, cohort_id, by=by)
    crash_point("cohort.published")
    facts = cohorts.facts(cohort_id)
    notices.published(facts, by=by)
    offering.fill(facts.course_id)


def hold(cohort_id: uuid.UUID, *, by: Actor) -> None:
    """Make the planned sessions real: the cohort is scheduled, its rooms and trainers are held."""
    cohort = locked(cohort_id)
    facts = cohorts.facts(cohort_id)
    if cohort.state == "scheduled":
        return
    course = catalogue.by_id(facts.course_id)
    edition = course.edition(facts.edition_id)
    if gaps := planning.gaps(by, facts, edition):
        raise Complaints(*(Complaint(str(gap.step), gap.text) for gap in gaps))
    cohort.rule, cohort.template = rule_of(edition), dict(course.template)
    _make_sessions(facts, planning.planned(facts, edition), by)
    cohort.draft = None
    db.session.flush()
    step(cohort_id, "scheduled", by=by)


def rule_of(edition: EditionFacts) -> dict[str, Any]:
    """The completion rule as the cohort keeps it: what of which component completes it."""
    return {
        "edition": edition.key,
        "components": [
            {
                "key": part.key,
                "title": part.title,
                "kind": part.kind,
                "required_minutes": part.required_minutes,
            }
            for part in edition.components
        ],
    }


def trainers_of(person_ids: Sequence[uuid.UUID], provider_key: str) -> dict[uuid.UUID, uuid.UUID]:
    """People as a provider's trainers, made where they are not yet: person to trainer."""
    if not person_ids:
        return {}
    now = clock.now()
    db.session.execute(
        upsert(Trainer)
        .values(
            [
                {
                    "id": uuid7(),
                    "person_id": one,
                    "provider_key": provider_key,
                    "created_at": now,
                    "updated_at": now,
                }
                for one in dict.fromkeys(person_ids)
            ]
        )
        .on_conflict_do_nothing()
    )
    return planning.trainers_of_people(person_ids, provider_key)


def end_of_day(day: date | None) -> datetime | None:
    """The last instant of a day in London, so that the day itself is still in."""
    return clock.start_of(day + timedelta(days=1)) - timedelta(seconds=1) if day else None


def _draft(cohort_id: uuid.UUID) -> Cohort:
    cohort = locked(cohort_id)
    if cohort.state != "draft":
        raise Complaint("", "This cohort is not a draft any more. Change it instead")
    return cohort


def _keep_sessions(cohort: Cohort, sessions: Sequence[Planned]) -> None:
    cohort.draft = {**(cohort.draft or {}), "sessions": [planning.as_saved(s) for s in sessions]}


def _set_localities(cohort_id: uuid.UUID, locality_ids: Sequence[uuid.UUID]) -> None:
    db.session.execute(delete(CohortLocality).where(CohortLocality.cohort_id == cohort_id))
    if locality_ids:
        db.session.execute(
            insert(CohortLocality),
            [{"cohort_id": cohort_id, "locality_id": one} for one in dict.fromkeys(locality_ids)],
        )


def _make_sessions(facts: CohortFacts, sessions: Sequence[Planned], by: Actor) -> None:
    """Rows for the sessions, soonest first, so that their keys and numbers follow the dates."""
    rows, trainers = [], []
    dated = [(one.times, one) for one in sessions if one.times is not None]
    for times, planned in sorted(dated, key=lambda pair: pair[0]):
        row = {
            "id": uuid7(),
            "cohort_id": facts.id,
            "component_id": planned.component_id,
            "during": Range(*times, bounds="[)"),
            "venue_id": planned.venue_id,
            "link": planned.link or None,
            "holds": True,
        }
        rows.append(row)
        trainers += [trainer_row(row, one) for one in planned.trainer_ids]
    if not rows:
        return
    try:
        with violations(ex_session_venue_clash=VENUE_TAKEN, ex_session_trainer_clash=TRAINER_TAKEN):
            db.session.execute(insert(Session), rows)
            if trainers:
                db.session.execute(insert(SessionTrainer), trainers)
    except Complaint as refused:
        found = [one.text for one in planning.taken(by, sessions, facts)] or [refused.text]
        raise Complaints(*(Complaint(str(planning.WHERE), said) for said in found)) from refused


def trainer_row(session: dict[str, Any], trainer_id: uuid.UUID) -> dict[str, Any]:
    """A trainer at a session, with the copies that the database keeps true."""
    return {
        "session_id": session["id"],
        "trainer_id": trainer_id,
        "during": session["during"],
        "holds": True,
    }


def _new_code(title: str) -> str:
    """The course's initials and the next number, like BE-05."""
    capitals = "".join(word[0] for word in re.findall(r"\w+", title) if word[0].isupper())
    prefix = (capitals if len(capitals) > 1 else title[:2].upper())[:5]
    db.session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": CODES})
    numbers = db.session.scalars(select(Cohort.code).where(Cohort.code.like(f"{prefix}-%"))).all()
    taken = [int(code.rpartition("-")[2]) for code in numbers if code.rpartition("-")[2].isdigit()]
    return f"{prefix}-{max(taken, default=0) + 1:02}"
