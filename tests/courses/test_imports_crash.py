"""Killed at any line an import is done as a whole or not at all, and pressing again ends well."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from lms.db import db
from lms.people.models import Person
from lms.records import ImportBatch
from lms.settings import Settings
from lms.testing.client import PageClient
from tests.courses.conftest import World
from tests.courses.importing import counted, file_of, people, upload
from tests.dying import AFTER_COMMIT, killed


def state() -> dict[str, int]:
    return counted("people_person", "courses_booking", "courses_place", "messages_message")


def states() -> list[str]:
    return list(db.session.scalars(select(ImportBatch.state)))


@pytest.mark.parametrize("point", ["import.adding", "booking.made", "import.confirmed"])
def test_killed_while_adding_nothing_is_added_and_add_works_again(
    world: World,
    as_person: Callable[[Person], PageClient],
    settings: Settings,
    point: str,
) -> None:
    browser = as_person(world.priya)
    address = upload(browser, world.cohort.id, file_of([row[:2] for row in people(2)]))
    before = state()
    killed(settings, world.priya, address, at=point, add="2")
    assert (state(), states()) == (before, ["staged"])
    browser.press(address, "Add 2 people", add="2")
    assert state()["courses_booking"] == before["courses_booking"] + 2
    assert states() == ["confirmed"]


def test_killed_after_the_commit_everything_is_added_and_add_changes_nothing(
    world: World, as_person: Callable[[Person], PageClient], settings: Settings
) -> None:
    browser = as_person(world.priya)
    address = upload(browser, world.cohort.id, file_of([row[:2] for row in people(2)]))
    killed(settings, world.priya, address, at=AFTER_COMMIT, add="2")
    after = state()
    assert after["courses_booking"] == 2
    assert states() == ["confirmed"]
    assert browser.post(address, data={"add": "2"}).status_code == 303
    assert state() == after


def test_killed_while_staging_there_is_no_batch(world: World, settings: Settings) -> None:
    path = f"/cohorts/{world.cohort.id}/import"
    killed(settings, world.priya, path, at="import.staged", file=file_of(people(2)))
    assert states() == []


def test_killed_while_undoing_the_import_stands_and_undo_works_again(
    world: World, as_person: Callable[[Person], PageClient], settings: Settings
) -> None:
    browser = as_person(world.priya)
    address = upload(browser, world.cohort.id, file_of([row[:2] for row in people(2)]))
    browser.press(address, "Add 2 people", add="2")
    for point in ("booking.cancelled", "import.undone"):
        killed(settings, world.priya, f"{address}/undo", at=point)
        assert states() == ["confirmed"]
    browser.post(f"{address}/undo")
    assert states() == ["undone"]
