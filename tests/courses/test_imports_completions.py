"""Completions of e-learning from a provider's export: found by address, kept once, judged."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from courses.models import Booking, ComponentCompletion
from lms.db import db
from lms.people.models import Person
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import World
from tests.courses.importing import counted, file_of

HEADER = ("First name", "Last name", "Email", "Course", "Module", "Completed (UTC)", "Minutes")
HEADER = (*HEADER, "Status")
AsPerson = Callable[[Person], PageClient]


def row(email: str, day: str = "2027-01-20 10:00:00", minutes: str = "95") -> tuple[str, ...]:
    return ("Amara", "Okafor", email, "Brief Encounters", "", day, minutes, "Completed")


@pytest.fixture
def learner(world: World) -> Booking:
    """Amara, booked on a cohort whose edition has e-learning alone."""
    edition = make.edition(world.course, key="e-learning-only", title="E-learning only")
    part = make.component(edition, key="e-learning", kind="e-learning", required_minutes=90)
    rule = {
        "components": [
            {
                "key": part.key,
                "title": "E-learning",
                "kind": "e-learning",
                "required_minutes": 90,
            }
        ]
    }
    cohort = make.cohort(edition, world.place, code="EL-01", rule=rule)
    return make.booking(cohort, make.person("Amara", "Okafor", email="amara@x.uk"))


@pytest.fixture
def priya(world: World, as_person: AsPerson) -> PageClient:
    """The coordinator's browser."""
    return as_person(world.priya)


def stage(browser: PageClient, *rows: tuple[str, ...]) -> str:
    data = file_of(rows, header=HEADER)
    answer = browser.post("/imports/completions", data={"file": (io.BytesIO(data), "done.csv")})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def kept() -> list[tuple[int, date]]:
    rows = db.session.execute(select(ComponentCompletion.minutes, ComponentCompletion.completed_at))
    return [(minutes, at.date()) for minutes, at in rows]


def test_a_completion_is_found_by_address_and_kept_only_on_add(
    learner: Booking, priya: PageClient
) -> None:
    address = stage(priya, row("Amara@X.uk"), row("nobody@x.uk"))
    page = priya.get(address).get_data(as_text=True)
    assert "Nobody with this address is booked on the course" in page
    assert kept() == []
    priya.press(address, "Add 1 completion", add="1")
    assert kept() == [(95, date(2027, 1, 20))]


def test_the_same_file_again_adds_nothing(learner: Booking, priya: PageClient) -> None:
    priya.press(stage(priya, row("amara@x.uk")), "Add 1 completion", add="1")
    again = stage(priya, row("amara@x.uk"))
    assert "known already" in priya.get(again).get_data(as_text=True)
    assert priya.post(again, data={"add": "0"}).status_code == 422
    assert len(kept()) == 1


def test_adding_completes_the_course_where_that_was_all(
    learner: Booking, priya: PageClient
) -> None:
    priya.press(stage(priya, row("amara@x.uk")), "Add 1 completion", add="1")
    assert counted("courses_completion")["courses_completion"] == 1


def test_people_of_cohorts_out_of_reach_are_nobody(
    learner: Booking, priya: PageClient, as_person: AsPerson
) -> None:
    stranger = make.person("Far")
    make.grant(stranger, "coordinator", "locality", make.locality("Essex").id)
    page = as_person(stranger)
    address = stage(page, row("amara@x.uk"))
    assert "Nobody with this address" in page.get(address).get_data(as_text=True)


@pytest.mark.parametrize(
    ("day", "minutes", "sentence"),
    [
        ("2027-02-30 10:00:00", "95", "Not a date that we can read"),
        ("", "95", "No date"),
        ("2028-01-01 10:00:00", "95", "A date in the future"),
        ("2027-01-20 10:00:00", "NaN", "Not a number of minutes"),
        ("2027-01-20 10:00:00", "-5", "Not a number of minutes"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_cell(
    learner: Booking, priya: PageClient, day: str, minutes: str, sentence: str
) -> None:
    address = stage(priya, row("amara@x.uk", day, minutes))
    assert sentence in priya.get(address).get_data(as_text=True)


def test_a_file_nobody_knows_is_refused_with_what_we_read(priya: PageClient) -> None:
    data = file_of([("a", "b")], header=("Some", "Columns"))
    answer = priya.post("/imports/completions", data={"file": (io.BytesIO(data), "x.csv")})
    assert answer.status_code == 422
    assert "We do not know this file" in answer.get_data(as_text=True)


def test_there_is_no_undo_of_evidence(learner: Booking, priya: PageClient) -> None:
    address = stage(priya, row("amara@x.uk"))
    priya.press(address, "Add 1 completion", add="1")
    assert "Undo" not in priya.get(address).get_data(as_text=True)
