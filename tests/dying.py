"""Processes that die in the middle of their work, as `kill -9` or a power cut ends one."""

from __future__ import annotations

import base64
import json
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from lms import clock
from lms.app import create_app
from lms.db import db, unit_of_work
from lms.people.models import Person
from lms.settings import Settings
from lms.testing.client import keep

ROOT = Path(__file__).parents[1]
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
if told["person"]:
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
    settings: Settings,
    who: Person | None,
    path: str,
    *,
    at: str,
    file: bytes = b"",
    **fields: str,
) -> None:
    """Send one request in a process of its own, which dies at the named point.

    `who` is signed in there; nobody is behind a personal link.
    """
    told = settings.model_dump(mode="json")
    for name in ("secret_key", "link_key"):
        told[name] = getattr(settings, name).get_secret_value()
    person = str(who.id) if who else ""
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


def killed_doing(settings: Settings, at: str, act: Callable[[], object]) -> None:
    """Do one thing at this moment in a process of its own, which dies at the named point.

    `act` travels there, so it is a `partial` of something that has a name.
    """
    keep()
    process = multiprocessing.get_context("spawn").Process(
        target=_do, args=(settings.model_dump(), clock.now(), act)
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LMS_CRASH_AT", at)
        process.start()
        process.join(120)
    assert process.exitcode == -9
    db.session.expire_all()


def _do(settings: dict[str, Any], now: datetime, act: Callable[[], object]) -> None:
    with time_machine.travel(now):
        app = create_app(Settings(**settings))
        with app.app_context(), unit_of_work():
            act()
