"""What people wrote, for the team: comments without names, and what was to go by name.

The cohort's survey page calls it; nothing here tells one person's answers but those they signed.
"""

from __future__ import annotations

import random
import uuid
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from lms import clock
from lms.contracts import Actor
from lms.db import db
from lms.people.models import Person
from lms.permissions import allowed
from surveys.access import COMMENTS
from surveys.models import Assignment, Instrument, Submission, Wave
from surveys.queries.batches import FEWEST
from surveys.queries.team import reach
from surveys.services.instruments import items_of


def comments(actor: Actor, cohort_id: uuid.UUID) -> list[str]:
    """Own words about the course: shuffled, nameless, only from five people on.

    They come in daily steps like the table, so that nobody can watch whose form came in.
    """
    if not allowed(actor, COMMENTS):
        return []
    reach(actor, cohort_id)
    said = _texts(cohort_id, until=clock.start_of(clock.today()))
    if len({person_id for person_id, _ in said}) < FEWEST:
        return []
    found = [text for _, text in said]
    random.SystemRandom().shuffle(found)
    return found


def volunteers(actor: Actor, cohort_id: uuid.UUID) -> list[tuple[str, str, str]]:
    """Answers that were asked to go to the coordinator by name: name, question, answer."""
    reach(actor, cohort_id)
    rows = db.session.execute(
        select(
            func.concat(Person.given_name, " ", Person.family_name),
            Submission.answers,
            Instrument.definition,
        )
        .join(Assignment, Assignment.id == Submission.assignment_id)
        .join(Wave, Wave.id == Assignment.wave_id)
        .join(Instrument, Instrument.id == Submission.instrument_id)
        .join(Person, Person.id == Assignment.person_id)
        .where(Wave.cohort_id == cohort_id, Wave.is_second)
        .order_by(Person.sort_key)
    )
    return [
        (name, item.text, dict(item.options).get(str(answers[item.key]), ""))
        for name, answers, definition in rows
        for item in items_of(definition)
        if item.named and item.key in answers
    ]


def _texts(cohort_id: uuid.UUID, *, until: datetime) -> list[tuple[uuid.UUID, str]]:
    """What was written before `until`, each with the person it is of, who is not to be told."""
    rows = db.session.execute(
        select(Submission, Instrument.definition, Assignment.person_id)
        .join(Assignment, Assignment.id == Submission.assignment_id)
        .join(Wave, Wave.id == Assignment.wave_id)
        .join(Instrument, Instrument.id == Submission.instrument_id)
        .where(Wave.cohort_id == cohort_id, Submission.submitted_at < until)
        .options(undefer(Submission.answers))
    )
    return [
        (person_id, str(submission.answers[item.key]))
        for submission, definition, person_id in rows
        for item in items_of(definition)
        if item.type == "text" and item.key in submission.answers
    ]
