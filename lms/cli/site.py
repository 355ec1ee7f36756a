"""What commands share: settings, a database that answers, the application over it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lms import hosting
from lms.app import create_app
from lms.settings import Settings, read_settings
from lms.web.opening import LmsFlask


@contextmanager
def application(settings: Settings | None = None) -> Iterator[LmsFlask]:
    """The application in its context, for a command; the caller opens the unit of work."""
    with hosting.database(settings or read_settings()) as found:
        app = create_app(found)
        with app.app_context():
            yield app


@contextmanager
def owner_application() -> Iterator[tuple[Settings, LmsFlask]]:
    """The settings with the owner's address, and the application, for tables and grants."""
    with hosting.database(read_settings()) as settings:
        app = create_app(settings)
        with app.app_context():
            yield settings, app
