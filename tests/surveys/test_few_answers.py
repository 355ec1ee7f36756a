"""A survey before the course with few answers is among what the team needs to do, in time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import current_app

from lms import clock
from lms.contracts import NOBODY
from lms.people import sessions
from surveys.queries import team
from surveys.services import answering, opening
from tests import factories as make
from tests.surveys.world import FIVE, World, asked, world

WEDNESDAY, THURSDAY = date(2027, 2, 17), date(2027, 2, 18)


def opened(begins: date, answers: int, frozen: Any) -> World:
    """Ten people who were asked weeks before, of whom some have answered."""
    frozen("2027-01-25 09:00")
    w = world(begins=begins, people=10)
    opening.open_due(w.cohort.id)
    for number in range(answers):
        answering.submit(asked(w, "pre", number).id, dict.fromkeys(FIVE, 3), by=NOBODY)
    return w


def lines() -> list[str]:
    """What a coordinator is told now, with its day."""
    priya = make.person("Priya")
    make.grant(priya, "coordinator")
    actor = sessions.acting(priya.id)
    assert actor is not None
    with current_app.test_request_context():
        return [f"{one.text}, {one.due}" for one in team.todos(actor, clock.today())]


@pytest.mark.parametrize(
    ("begins", "seen_from", "told"),
    [
        (THURSDAY, "2027-02-15 17:00", False),
        (THURSDAY, "2027-02-16 08:45", True),
        (THURSDAY, "2027-02-18 09:55", True),
        (THURSDAY, "2027-02-18 10:05", False),
        (WEDNESDAY, "2027-02-12 17:00", False),
        (WEDNESDAY, "2027-02-13 21:00", True),
    ],
)
def test_few_answers_are_told_from_the_morning_two_working_days_before_the_survey_closes(
    session, frozen, begins: date, seen_from: str, told: bool
):
    w = opened(begins, 3, frozen)
    frozen(seen_from)
    said = (
        f"Brief Encounters ({w.cohort.code}): 3 of 10 booked (30%) have answered the survey before"
    )
    assert lines() == ([f"{said}, {begins}"] if told else [])


def test_a_survey_that_most_have_answered_is_nothing_to_do(session, frozen):
    opened(THURSDAY, 7, frozen)
    frozen("2027-02-17 09:00")
    assert lines() == []
