"""Killed at any line an import is done as a whole or not at all, and pressing again ends well."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.db import db
from lms.people.models import Person
from lms.records import ImportBatch
from lms.settings import Settings
from lms.testing.client import PageClient, keep
from tests.courses.conftest import World
from tests.courses.importing import counted, file_of, people, upload

ROOT = Path(__file__).parents[2]
AFTER_COMMIT = "after the commit, before the reply"

WORKER = """
import base64, io, json, os, sys
from lms import clock
from lms.app import create_app
from lms.people import sessions
from lms.settings import Settings
from lms.testing.client import PageClient
from lms.web import opening

told = json.load(sys.stdin)
app = create_app(Settings.model_validate(told["settings"]))
app.test_client_class = PageClient
browser = app.test_client()
with browser.session_transaction() as held:
    held[sessions.PERSON], held[sessions.EPOCH] = told["person"], 0
    held[sessions.SINCE] = held[sessions.SEEN] = int(clock.now().timestamp())
if told["after_commit"]:
    commit = opening.commit
    def commit_and_die():
        commit()
        os.kill(os.getpid(), 9)
    opening.commit = commit_and_die
data = dict(told["fields"])
if told["file"]:
    data["file"] = (io.BytesIO(base64.b64decode(told["file"])), "names.csv")
print(browser.post(told["path"], data=data).status_code)
"""


def killed(
    settings: Settings, who: Person, path: str, *, at: str, file: bytes = b"", **fields: str
) -> None:
    """Send one request in a process of its own, which dies at the named point."""
    told = settings.model_dump(mode="json")
    for name in ("secret_key", "link_key"):
        told[name] = getattr(settings, name).get_secret_value()
    person = str(who.id)
    keep()  # nothing of ours may be open while the other process works
    done = subprocess.run(
        [sys.executable, "-c", WORKER],
        input=json.dumps(
            {
                "settings": told,
                "person": person,
                "path": path,
                "fields": fields,
                "file": base64.b64encode(file).decode(),
                "after_commit": at == AFTER_COMMIT,
            }
        ),
        text=True,
        cwd=ROOT,
        env=os.environ | {"LMS_CRASH_AT": at, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == -9, done.stdout + done.stderr
    db.session.expire_all()


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
