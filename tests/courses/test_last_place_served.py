"""Fifty people press for the last place of a served site: two web processes, real connections."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from courses.models import Booking, Cohort
from lms import db as door
from lms.db import db
from lms.messages.models import Message
from lms.people.models import Person
from lms.settings import Settings
from lms.testing.client import PageClient
from tests import factories as make
from tests.kernel.test_supervisor import free_port
from tests.waiting import until

ROOT = Path(__file__).parents[2]
PEOPLE = 50
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def port(app: object, settings: Settings, tmp_path: Path) -> Iterator[int]:
    """The port of gunicorn with two processes, as in production, over this worker's database."""
    found = free_port()
    told = {
        "LMS_ENVIRONMENT": "test",
        "LMS_INSTANCE": str(tmp_path),
        "LMS_PORT": str(found),
        "LMS_WEB_PROCESSES": "2",
        "LMS_BASE_URL": f"http://localhost:{found}",
        "LMS_SECRET_KEY": settings.secret_key.get_secret_value(),
        "LMS_LINK_KEY": settings.link_key.get_secret_value(),
        "DATABASE_URL": settings.database_url,
    }
    configuration = str(ROOT / "lms" / "supervisor" / "gunicorn_conf.py")
    with (tmp_path / "web.log").open("w") as log:
        web = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", configuration, "wsgi:app"],
            cwd=ROOT, env=os.environ | told, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        until(lambda: web.poll() is not None or answers(found), "the site to answer")
        assert web.poll() is None, (tmp_path / "web.log").read_text()
        yield found
    finally:
        web.terminate()
        web.wait(30)


def answers(port: int) -> bool:
    with suppress(OSError):
        return ask(port, "GET", "/", "")[0] == 200
    return False


def ask(port: int, method: str, path: str, cookie: str, body: str = "") -> tuple[int, str, str]:
    """One request on a connection of its own: status, text, the cookie for the next."""
    connection = http.client.HTTPConnection("localhost", port, timeout=60)
    try:
        connection.request(method, path, body or None, {"Cookie": cookie, "Content-Type": FORM})
        answer = connection.getresponse()
        new = answer.getheader("Set-Cookie", cookie).partition(";")[0]
        return answer.status, answer.read().decode(), new
    finally:
        connection.close()


def cookie_of(browser: PageClient) -> str:
    kept = browser.get_cookie(browser.application.config["SESSION_COOKIE_NAME"])
    assert kept
    return f"{kept.key}={kept.value}"


def test_fifty_at_a_served_site_press_for_the_last_place_and_one_gets_it(
    session: object, as_person: Callable[[Person], PageClient], port: int
) -> None:
    place = make.locality("Hertfordshire")
    cohort = make.cohort(None, place, capacity=1)
    make.session(cohort)
    cookies = [cookie_of(as_person(make.person())) for _ in range(PEOPLE)]
    cohort_id, path = cohort.id, f"/cohorts/{cohort.id}/place"
    door.commit()
    ready = threading.Barrier(PEOPLE)

    def press(cookie: str) -> tuple[int, str, str]:
        _, page, cookie = ask(port, "GET", path, cookie)
        word = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert word, page
        ready.wait(60)
        return ask(port, "POST", path, cookie, urlencode({"csrf_token": word[1], "needs": ""}))

    with ThreadPoolExecutor(PEOPLE) as pool:
        told = list(pool.map(press, cookies))

    assert Counter(status for status, _, _ in told) == {303: 1, 422: PEOPLE - 1}
    refused = [page for status, page, _ in told if status == 422]
    assert all("Someone took the last place while you were on this page" in p for p in refused)
    booked = select(func.count()).select_from(Booking).where(Booking.state == "booked")
    assert db.session.scalar(booked) == 1
    assert db.session.scalar(select(Cohort.seats_taken).where(Cohort.id == cohort_id)) == 1
    assert db.session.scalar(select(func.count()).select_from(Message)) == 1
