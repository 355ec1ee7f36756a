"""`lms queue`: the order with points and reasons, and each decision proved from its own list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner, Result

from courses import commands
from courses.services import booking, waiting
from lms import db as door
from lms.web.opening import LmsFlask
from tests import factories as make
from tests.courses.conftest import TEMPLATE, World, oneself

RULES = [{"key": "under_covered", "points": 20, "words": "nobody of their job has been"}]


@pytest.fixture
def lms(app: LmsFlask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the command on the test's own database."""

    @contextmanager
    def here() -> Iterator[LmsFlask]:
        yield app

    monkeypatch.setattr(commands, "application", here)
    return lambda *words: CliRunner().invoke(commands.queue, words)


def test_the_order_is_printed_with_points_and_reasons_and_without_names(
    world: World, lms: Callable[..., Result]
) -> None:
    world.course.template = TEMPLATE | {"queue": RULES}
    world.cohort.capacity = 1
    has = make.booking(world.cohort)
    employer = make.organisation(locality_id=world.place.id)
    rare = make.person(
        "Zelda", profession_id=make.profession("Midwife").id, organisation_id=employer.id
    )
    for one in (make.person("Amara"), rare):
        waiting.join(world.course.id, one.id, by=oneself(one), cohort_id=world.cohort.id)
    booking.cancel(has.id, why="ill", by=world.coordinator)
    door.commit()

    said = lms("brief-encounters", "--explain")

    assert said.exit_code == 0
    assert "Brief Encounters: 1 person waits" in said.output
    assert "+20 when nobody of their job has been" in said.output
    assert "20 points (No midwife from Hertfordshire yet +20), since 1 Feb 2027" in said.output
    assert "offered a place" in said.output
    assert "it is on the page that their name in the queue leads to" in said.output
    assert "1 decision, and each agrees with its list" in said.output
    assert "Zelda" not in said.output
    assert "Amara" not in said.output


def test_an_unknown_course_is_said(world: World, lms: Callable[..., Result]) -> None:
    said = lms("no-such-course")

    assert said.exit_code == 1
    assert "There is no course called no-such-course" in said.output
