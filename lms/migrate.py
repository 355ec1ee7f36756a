"""Bring a database to this release's tables: the core's history, then each guest's own.

`lms upgrade`, the supervisor, `lms check` and the tests call it, with the address of the role that
owns the tables; `lms/migrations/env.py` reads what `config` puts into the attributes.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, inspect, text

from lms.contracts import Tables

CORE = Path(__file__).parent / "migrations"
LOCK = 0x4C4D53  # "LMS": one upgrade at a time, whoever starts it


@dataclass(frozen=True)
class History:
    """One numbered line of revisions: the core's (no prefix) or a guest's."""

    name: str
    versions: Path
    prefix: str | None = None

    @property
    def version_table(self) -> str:
        """Where alembic keeps how far this line has come."""
        return f"alembic_version_{self.name}" if self.prefix else "alembic_version"


CORE_HISTORY = History("core", CORE / "versions")


def histories(guests: Iterable[tuple[str, Tables]] = ()) -> tuple[History, ...]:
    """The core's history first, then those of guests (name, tables) that keep their own."""
    own = [
        History(name, _folder(tables), tables.prefix)
        for name, tables in guests
        if tables.migrations
    ]
    return (CORE_HISTORY, *own)


def config(connection: Connection | None, history: History = CORE_HISTORY) -> Config:
    """Alembic's configuration for one history over an open connection."""
    made = Config()
    made.set_main_option("script_location", str(CORE).replace("%", "%%"))
    made.set_main_option("version_locations", str(history.versions).replace("%", "%%"))
    made.set_main_option("path_separator", "newline")
    made.attributes.update(
        connection=connection, prefix=history.prefix, version_table=history.version_table
    )
    return made


def pending(url: str, lines: Iterable[History] = (CORE_HISTORY,)) -> list[str]:
    """The revisions an upgrade would apply, as `core 0003`, oldest first."""
    with _connect(url) as connection:
        return [step for history in lines for step in _steps(connection, history)]


def empty(url: str) -> bool:
    """Whether the database has no tables of ours yet."""
    with _connect(url) as connection:
        return not inspect(connection).has_table(CORE_HISTORY.version_table)


def upgrade(url: str, lines: Iterable[History] = (CORE_HISTORY,)) -> list[str]:
    """Apply what is pending, each revision whole or not at all; returns what was applied.

    Two at once: the second waits for the first and then finds nothing to do.
    """
    applied: list[str] = []
    with _connect(url) as connection, _alone(connection):
        for history in lines:
            steps = _steps(connection, history)
            connection.commit()
            if steps:
                command.upgrade(config(connection, history), "head")
                connection.commit()
            applied += steps
    return applied


def _steps(connection: Connection, history: History) -> list[str]:
    script = ScriptDirectory.from_config(config(None, history))
    context = MigrationContext.configure(connection, opts={"version_table": history.version_table})
    done: set[str] = set()
    for head in context.get_current_heads():
        done |= {revision.revision for revision in script.iterate_revisions(head, "base")}
    every = [revision.revision for revision in script.walk_revisions()]
    return [f"{history.name} {revision}" for revision in reversed(every) if revision not in done]


def _folder(tables: Tables) -> Path:
    """`package:folder` or a package's name, as the guest's `Tables.migrations` gives it."""
    package, _, folder = (tables.migrations or "").partition(":")
    return Path(importlib.import_module(package).__path__[0]) / folder


@contextmanager
def _connect(url: str) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    connection.execute(text("select pg_advisory_lock(:key)"), {"key": LOCK})
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text("select pg_advisory_unlock(:key)"), {"key": LOCK})
        connection.commit()
