"""Cohorts that are over and what their people answered, straight as rows, for tests of reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from courses.models import Booking, Cohort, Edition, Place
from lms import clock
from lms.db import db
from lms.people.models import Locality, Profession
from surveys.models import Assignment, Submission, Wave
from surveys.services import instruments
from tests import factories as make
from tests.surveys.world import FIVE

CORE = "core:practitioner-confidence"
THEN = "core:practitioner-confidence-then"

Answer = int | dict[str, int] | None


@dataclass(frozen=True)
class Person:
    """What one person answered; None where they did not. `there` says whether they came."""

    before: Answer = None
    after: Answer = None
    later: Answer = None
    recalled: Answer = None
    there: bool = True


def pairs(number: int, before: int, after: int) -> list[Person]:
    """So many people who answered alike."""
    return [Person(before, after) for _ in range(number)]


def told(
    people: Sequence[Person],
    *,
    on: Edition | None = None,
    day: date = date(2027, 1, 20),
    place: Locality | None = None,
    job: Profession | None = None,
    design: str = "pre_post_follow_up",
    **columns: Any,
) -> Cohort:
    """A cohort of one session with these people of one job and place, and their answers."""
    cohort = make.cohort(
        on, *([place] if place else []), state="closed", design=design, capacity=200, **columns
    )
    add(cohort, people, day=day, where=place, job=job)
    return cohort


def add(
    cohort: Cohort,
    people: Sequence[Person],
    *,
    day: date = date(2027, 1, 20),
    where: Locality | None = None,
    job: Profession | None = None,
) -> None:
    """More people on a cohort, of another job or place."""
    waves = _waves(cohort, day)
    for each in people:
        booking = make.booking(
            cohort,
            locality_id=where.id if where else None,
            profession_id=job.id if job else None,
        )
        if each.there:
            for place in db.session.query(Place).filter_by(booking_id=booking.id):
                make.attendance(place)
        for kind in waves:
            said = {"pre": each.before, "post": each.after, "then_test": each.recalled}
            answer(waves[kind], booking, said.get(kind, each.later))


def _waves(cohort: Cohort, day: date) -> dict[str, Wave]:
    known = {wave.kind: wave for wave in db.session.query(Wave).filter_by(cohort_id=cohort.id)}
    if known:
        return known
    make.session(cohort, day)
    kinds = ["post"] if cohort.design == "after_only" else ["pre", "post"]
    kinds += ["follow_up"] if cohort.design == "pre_post_follow_up" else []
    found = {}
    for kind in kinds:
        months = 6 if kind == "follow_up" else 0
        found[kind] = make.wave(cohort, instruments.keep(CORE), kind=kind, months=months)
    found["then_test"] = make.wave(cohort, instruments.keep(THEN), kind="then_test", months=0)
    return found


def answer(of: Wave, booking: Booking, said: Answer) -> Assignment:
    """Somebody asked in a wave, and what they answered, the same to all five questions or each."""
    state = "closed" if said is None else "submitted"
    one = make.assignment(of, booking, state=state)
    if said is not None:
        answers = dict.fromkeys(FIVE, said) if isinstance(said, int) else said
        make.keep(
            Submission(
                assignment_id=one.id,
                instrument_id=of.instrument_id,
                answers=answers,
                submitted_at=clock.now() - timedelta(days=2),
            )
        )
    return one
