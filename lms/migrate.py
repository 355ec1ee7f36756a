"""Bring a database to this release: the core's revisions, each guest's own, and the grants.

The command line, the supervisor and the tests call `upgrade`; the web asks what is `pending`.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect, make_url, pool, text
from sqlalchemy.schema import Table

from lms import plugins
from lms.contracts import Tables
from lms.db import Base

HOME = Path(__file__).parent / "migrations"
CURRENT_HEAD = HOME / ".current-head"
KERNEL_MODULE = "lms.records"
APP_ROLE = "lms_app"
LOCK = 7_162_309_415
VERSION_TABLE = "alembic_version"


class MigrationError(RuntimeError):
    """The database cannot be brought to this release; the message says why, for the operator."""


def upgrade(owner_url: str, *, demo: bool, guests: Sequence[Tables] = ()) -> None:
    """Bring core and guests to their heads, as the tables' owner, one upgrade at a time.

    Core and each guest have a transaction of their own: after a kill each is at one revision and
    never between. `demo` counts for a database's very first migration; raises `MigrationError`
    when it is asked of a database that began without it, or that is newer than this release.
    """
    engine = owner_engine(owner_url)
    try:
        with _one_at_a_time(engine):
            _upgrade_core(engine, demo)
            for guest in guests:
                if guest.migrations is not None:
                    with engine.begin() as connection:
                        command.upgrade(_config(connection, guest), "head")
            with engine.begin() as connection:
                grant(connection)
    finally:
        engine.dispose()


def current(url: str, guest: Tables | None = None) -> str | None:
    """The revision a database is at; None before its first migration."""
    with _connected(url) as connection:
        return _revision(connection, guest)


def pending(url: str, guest: Tables | None = None) -> list[str]:
    """Revisions of this release that a database has not had yet, oldest first."""
    with _connected(url) as connection:
        return _pending(connection, guest)


def heads(guest: Tables | None = None) -> list[str]:
    """The newest revisions of the core's or a guest's history; there should be one."""
    return list(_scripts(guest).get_heads())


def is_demo(url: str) -> bool | None:
    """Whether the database is a demonstration; None before its first migration."""
    with _connected(url) as connection:
        return _is_demo(connection)


def drift(url: str, guest: Tables | None = None) -> list[Any]:
    """How the tables in the database differ from the models, as alembic's operations."""
    metadata = load_models(guest)
    with _connected(url) as connection:
        context = MigrationContext.configure(connection, opts=context_options(guest))
        return list(compare_metadata(context, metadata))


def owner_engine(url: str) -> Engine:
    """An engine without time limits on statements, but one on waiting for a table's lock.

    A migration may take its time; while it waits for a lock everybody else waits behind it.
    """
    limits = (
        "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c lock_timeout=30000"
        " -c timezone=UTC"
    )
    address = make_url(url).set(drivername="postgresql+psycopg")
    return create_engine(address, poolclass=pool.NullPool, connect_args={"options": limits})


# -- which tables are whose ------------------------------------------------------------------


def core_modules() -> list[str]:
    """Model modules of the kernel, the rooms and the bundled providers that have tables."""
    rooms = [_models_of(module) for module in plugins.ROOMS]
    bundled = [_models_of(module) for module in plugins.BUNDLED]
    return [KERNEL_MODULE, *rooms, *(name for name in bundled if _exists(name))]


def load_models(guest: Tables | None = None) -> Any:
    """Import the models and return the one metadata."""
    for module in core_modules() if guest is None else guest.modules:
        importlib.import_module(module)
    return Base.metadata


def context_options(guest: Tables | None = None) -> dict[str, Any]:
    """Alembic's options for the core's or a guest's tables, leaving everybody else's alone."""

    def include_object(
        item: Any, name: str | None, kind: str, reflected: bool, compare_to: Any
    ) -> bool:
        return kind != "table" or _is_ours(str(name), guest)

    return {
        "target_metadata": Base.metadata,
        "include_object": include_object,
        "version_table": VERSION_TABLE if guest is None else f"{VERSION_TABLE}_{_stem(guest)}",
        "compare_type": True,
    }


def _is_ours(table: str, guest: Tables | None) -> bool:
    if guest is not None:
        return table.startswith(f"{_stem(guest)}_")
    prefixes = tuple(f"{_noun(module)}_" for module in plugins.CORE_PLUGINS)
    return table.startswith(prefixes) or table in _kernel_tables()


def _kernel_tables() -> set[str]:
    records = importlib.import_module(KERNEL_MODULE)
    tables = (getattr(item, "__table__", None) for item in vars(records).values())
    return {table.name for table in tables if isinstance(table, Table)}


def _models_of(plugin_module: str) -> str:
    return plugin_module.removesuffix(".plugin") + ".models"


def _noun(plugin_module: str) -> str:
    return plugin_module.removesuffix(".plugin").rpartition(".")[2]


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _stem(guest: Tables) -> str:
    return guest.prefix.rstrip("_")


# -- alembic, without its configuration file ---------------------------------------------------


def _config(connection: Connection | None, guest: Tables | None) -> Config:
    config = Config()
    config.set_main_option("script_location", _escaped(str(HOME)))
    config.set_main_option("path_separator", "newline")
    if guest is not None:
        config.set_main_option("version_locations", _escaped(str(_folder(guest))))
    config.attributes["connection"] = connection
    config.attributes["guest"] = guest
    return config


def _folder(guest: Tables) -> Path:
    """The guest's revisions: `package:folder`, or a package that is the folder."""
    package, _, folder = str(guest.migrations).partition(":")
    return Path(importlib.import_module(package).__path__[0]) / folder


def _escaped(path: str) -> str:
    return path.replace("%", "%%")


def _scripts(guest: Tables | None) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(None, guest))


def _revision(connection: Connection, guest: Tables | None = None) -> str | None:
    context = MigrationContext.configure(
        connection, opts={"version_table": context_options(guest)["version_table"]}
    )
    return context.get_current_revision()


def _pending(connection: Connection, guest: Tables | None = None) -> list[str]:
    at = _revision(connection, guest)
    scripts = _scripts(guest)
    known = [script.revision for script in scripts.walk_revisions()]
    if at is not None and at not in known:
        raise MigrationError(
            f"The database is at revision {at}, which this release does not know: it was upgraded "
            "by a newer release. Start that one, or restore the copy made before."
        )
    return known[: known.index(at)][::-1] if at is not None else known[::-1]


def _upgrade_core(engine: Engine, demo: bool) -> None:
    with engine.begin() as connection:
        if demo and _is_demo(connection) is False:
            raise MigrationError(
                "LMS_DEMO=1 asks for the demonstration in a database that began without it: "
                "set LMS_DEMO=0, or name an empty database."
            )
        if _pending(connection):
            config = _config(connection, None)
            config.attributes["demo"] = demo
            command.upgrade(config, "head")


def _is_demo(connection: Connection) -> bool | None:
    if not inspect(connection).has_table("installation"):
        return None
    found: bool | None = connection.scalar(text("select is_demo from installation"))
    return found


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = owner_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _one_at_a_time(engine: Engine) -> Iterator[None]:
    """Hold the upgrade lock; it goes with the connection, so a killed upgrade frees it."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("set lock_timeout = 0"))
        connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
        yield


# -- what the application may do ---------------------------------------------------------------


def grant(connection: Connection, role: str = APP_ROLE) -> None:
    """Let the application's role use the tables: rows only, and append-only tables only by adding.

    Repeatable, and read from the catalogue, so that guests' tables are covered too. A server
    without the role is left alone: there the owner runs the application, and `lms doctor` says so.
    """
    known = text("select 1 from pg_roles where rolname = :role")
    if connection.scalar(known, {"role": role}) is None:
        return
    connection.execute(text(GRANTS.format(role=role)))


GRANTS = """
do $$
declare guarded record;
begin
  grant usage on schema public to {role};
  grant select, insert, update, delete on all tables in schema public to {role};
  grant usage, select on all sequences in schema public to {role};
  alter default privileges in schema public
    grant select, insert, update, delete on tables to {role};
  alter default privileges in schema public grant usage, select on sequences to {role};
  for guarded in
    select distinct tgrelid::regclass as name from pg_trigger
    where tgfoid = to_regproc('append_only') and not tgisinternal
  loop
    execute format('revoke update, delete on %s from {role}', guarded.name);
  end loop;
  for guarded in
    select oid::regclass as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r'
      and (relname = 'installation' or relname ~ '^alembic_version')
  loop
    execute format('revoke insert, update, delete on %s from {role}', guarded.name);
  end loop;
end $$
"""
