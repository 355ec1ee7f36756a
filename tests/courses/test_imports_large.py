"""A file of five thousand rows is read, shown, added and undone, in bulk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from courses.models import Booking
from lms.db import db
from lms.people.models import Person
from lms.spreadsheets import XLSX
from lms.testing.client import PageClient
from tests.courses.conftest import World
from tests.courses.importing import counted, file_of, people, send, upload

ROWS = 5000
STATEMENTS = 150
"""More than any of these requests needs; one statement a row would be thousands."""


def test_five_thousand_people_are_added_and_taken_back_in_a_few_statements(
    world: World,
    as_person: Callable[[Person], PageClient],
    count_queries: Callable[[], Any],
) -> None:
    world.cohort.capacity = ROWS
    db.session.flush()
    browser = as_person(world.priya)
    rows = [(name, email, "", employer) for name, email, _, employer in people(ROWS)]
    data = file_of(rows, form=XLSX)
    with count_queries() as uploading:
        address = upload(browser, world.cohort.id, data, "x.xlsx")
    with count_queries() as looking:
        assert browser.get(address).status_code == 200
    with count_queries() as adding:
        assert browser.press(address, "Add 5,000 people", add=str(ROWS)).status_code == 303
    assert counted("courses_booking")["courses_booking"] == ROWS
    with count_queries() as undoing:
        assert browser.post(f"{address}/undo").status_code == 303
    assert db.session.query(Booking).filter_by(state="booked").count() == 0
    for seen in (uploading, looking, adding, undoing):
        assert len(seen) < STATEMENTS


def test_more_rows_than_we_promise_are_refused_with_the_number(
    world: World, as_person: Callable[[Person], PageClient]
) -> None:
    answer = send(as_person(world.priya), world.cohort.id, file_of(people(ROWS + 1)))
    assert answer.status_code == 422
    assert "The file has 5,001 rows and we read up to 5,000" in answer.get_data(as_text=True)
