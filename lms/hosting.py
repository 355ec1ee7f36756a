"""The database a command works with: the site's own, or the embedded one started for its time.

The command line, the supervisor and `lms doctor` open it; the web and the worker are told its
address in their environment.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.engine import make_url

from lms import embedded
from lms.settings import Settings


class Unreachable(RuntimeError):
    """The site's own database does not answer; the message says why and what to do."""


def start(settings: Settings) -> tuple[Settings, embedded.Server | None]:
    """Settings with both database addresses filled in, and the embedded server if there is one."""
    if settings.database_url:
        owner = settings.owner_database_url or settings.database_url
        return settings.model_copy(update={"owner_database_url": owner}), None
    tests = settings.embedded_anywhere
    server = embedded.start(settings.instance, anywhere=tests, durable=not tests)
    return located(settings, server), server


def located(settings: Settings, server: embedded.Server) -> Settings:
    """Settings that name the embedded server's two roles."""
    return settings.model_copy(
        update={"database_url": server.app_url, "owner_database_url": server.owner_url}
    )


def check(settings: Settings) -> None:
    """Raise `Unreachable` in a sentence when the application's role cannot connect."""
    url = make_url(settings.database_url).set(drivername="postgresql")
    try:
        psycopg.connect(url.render_as_string(hide_password=False), connect_timeout=10).close()
    except psycopg.OperationalError as error:
        raise Unreachable(
            f"DATABASE_URL: {str(error).strip().splitlines()[0]}. "
            "Start that database, correct its address, or unset DATABASE_URL to use one of our own."
        ) from None


@contextmanager
def database(settings: Settings) -> Iterator[Settings]:
    """The settings with a database that answers; what was started for this is stopped after."""
    settings, server = start(settings)
    check(settings)
    try:
        yield settings
    finally:
        if server is not None:
            server.stop()
