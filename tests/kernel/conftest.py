"""Fixtures of the kernel's tests: an application with guests, entered."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from lms import db as door
from lms.db import db
from lms.testing import Database
from lms.web.opening import LmsFlask
from tests.kernel.kit import MakeApp


@pytest.fixture
def inside(
    make_app: MakeApp, new_database: Callable[..., Database]
) -> Iterator[Callable[..., LmsFlask]]:
    """Enters an application with these guests: `inside(Guest("acme", ...))`."""
    entered = []

    def enter(*guests: object, on: Database | None = None) -> LmsFlask:
        app = make_app(plugins=guests, on=on)
        entered.append(app.app_context())
        entered[-1].push()
        return app

    yield enter
    for context in reversed(entered):
        door.rollback()
        db.session.remove()
        context.pop()
