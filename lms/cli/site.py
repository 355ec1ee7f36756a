"""What commands share: a database that answers and the application over it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lms import hosting
from lms.app import create_app
from lms.db import db
from lms.settings import Settings, read_settings
from lms.web.opening import LmsFlask

PATIENT = {"statement_timeout_ms": 0, "idle_timeout_ms": 0}
"""A command may take its time over a statement; waiting for a lock it may not, others wait too."""


@contextmanager
def application(settings: Settings | None = None) -> Iterator[LmsFlask]:
    """The application in its context; the command opens the unit of work."""
    with hosting.database(settings or read_settings()) as found:
        app = create_app(found.model_copy(update=PATIENT))
        with app.app_context():
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()


def settings_of(app: LmsFlask) -> Settings:
    """The settings of an application, with both addresses of its database."""
    settings: Settings = app.extensions["lms_settings"]
    return settings
