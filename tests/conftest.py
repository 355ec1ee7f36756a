"""Fixtures of our own tests beside those of `lms.testing`: a mail server that keeps its mail, and
a browser.
"""

from __future__ import annotations

import logging
import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser
from xdist.scheduler import LoadScopeScheduling

from lms import clock, db, demo
from lms.app import create_app
from lms.logs import Discreet
from lms.testing import settings_for
from lms.testing.server import Database, DatabaseServer
from tests import browsing

# How fast examples come is the machine's affair: no test here is a timed test.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

PRIVATE = re.compile(r"[\w.+'-]+@[\w-]+\.[\w.-]*\w|/[a-z]/[\w-]{20,}")
"""An address, and a link's token in its address."""

GROUPS = {
    "tests/contracts/test_routes.py": "routes",
    "tests/demo/test_world.py": "demonstration",
    "tests/guest/test_guest.py": "guest",
    "tests/journeys/test_every_page.py": "demonstration",
    "tests/kernel/test_supervisor.py": "supervisor",
}
"""Files whose tests share what takes long to make: one worker makes it."""


class Postbox(Handler):
    """A real SMTP server's handler: every message it accepted, parsed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[EmailMessage] = []
        self.port = 0

    def prepare_message(self, session: object, envelope: object) -> EmailMessage:
        """Parse with the modern policy, and keep who it was really for."""
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        parsed["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        return parsed

    def handle_message(self, message: EmailMessage) -> None:
        """Keep it."""
        self.messages.append(message)

    def to(self, address: str) -> list[EmailMessage]:
        """The messages that were handed in for this address."""
        return [m for m in self.messages if m["X-Envelope-To"] == address]


@contextmanager
def open_postbox() -> Iterator[Postbox]:
    """A mail server on this machine, until the block ends."""
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        box.port = taken.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    """A mail server for one test: `make_app(mail="smtp", smtp_port=postbox.port, ...)`."""
    with open_postbox() as box:
        yield box


class Overheard(logging.Handler):
    """Keeps whatever belongs to somebody in what web and worker would write to their logs."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(Discreet("%(name)s: %(message)s"))
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Format it as in production, whatever another handler has kept of its error."""
        again = copy(record)
        again.exc_text = None
        said = self.format(again)
        self.found += [said for belongs in PRIVATE.findall(said) if belongs]


@pytest.fixture(scope="session")
def overheard() -> Iterator[Overheard]:
    """Listens to all logs of this worker's tests, from the level on that production writes."""
    handler, ours = Overheard(), logging.getLogger("lms")
    level = ours.level
    ours.setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)
    ours.setLevel(level)


@pytest.fixture(autouse=True)
def nothing_of_anybody_is_logged(overheard: Overheard) -> Iterator[None]:
    """Every test is one of logs too: none may hold an e-mail address or the token of a link."""
    overheard.found.clear()
    yield
    assert overheard.found == []


@pytest.fixture
def seen_from() -> Iterator[Callable[[date | None], None]]:
    """Moves the day for this test, as `LMS_TODAY` does for a site."""
    yield clock.set_today
    clock.set_today(None)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a file; while it runs, this thread cannot run jobs."""
    with browsing.browser() as started:
        yield started


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Each test goes where there is time for it, those of a group to one worker and first."""

    def _split_scope(self, nodeid: str) -> str:
        return GROUPS.get(nodeid.partition("::")[0], nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    """How tests are shared out among workers."""
    return Scheduling(config, log)


@pytest.fixture(scope="session")
def demonstration(database_server: DatabaseServer) -> Iterator[Database]:
    """A database that holds the whole demonstration programme, as seen from 9 March 2027.

    Building it takes most of a minute: it is only to be read, and its tests are one group.
    """
    made = database_server.copy(f"lms_demonstration_{os.getpid()}", demo=True)
    app = create_app(settings_for(made, demo=True))
    with app.app_context():
        demo.build(date(2027, 3, 9))
        db.commit()
        db.db.engine.dispose()
    yield made
    made.drop()
