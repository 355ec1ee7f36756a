"""The PostgreSQL of a test run: one server, a migrated template, a copy for each worker.

The fixtures of `lms.testing` use it; a copy is wiped between tests, which takes a few milliseconds.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from lms import embedded, migrate

ADVISORY = 7_162_309_416
OWNER = "lms_owner"


@dataclass(frozen=True)
class DatabaseServer:
    """A server by the addresses of its superuser, the tables' owner and the application's role.

    Plain text throughout, so that xdist's controller can hand it to its workers.
    """

    admin_url: str
    owner_url: str
    app_url: str

    def as_dict(self) -> dict[str, str]:
        """For the way to another process."""
        return asdict(self)

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """A superuser's connection that commits each statement."""
        address = make_url(self.admin_url).set(drivername="postgresql", database=database)
        return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)

    def template(self, *, demo: bool = False) -> str:
        """The name of the database to copy, made by running the migrations when it is not there."""
        name = f"lms_template_{_fingerprint()}{'_demo' if demo else ''}"
        with self.connect() as admin:
            admin.execute("select pg_advisory_lock(%s)", [ADVISORY])
            if not _exists(admin, name):
                self._build(admin, name, demo)
        return name

    def _build(self, admin: psycopg.Connection[tuple[object, ...]], name: str, demo: bool) -> None:
        """Under another name until it is whole, so that an interrupted build is never copied."""
        building = f"{name}_building"
        migrate.upgrade(self.empty(building).owner_url, demo=demo)
        _run(admin, "alter database {} rename to {}", building, name)

    def empty(self, name: str) -> Database:
        """A new database before its first migration."""
        owner = str(make_url(self.owner_url).username)
        with self.connect() as admin:
            drop(admin, name)
            _run(admin, "create database {} owner {}", name, owner)
        return Database(self, name)

    def copy(self, name: str, *, demo: bool = False) -> Database:
        """A fresh database with every table and no row but the installation's."""
        template = self.template(demo=demo)
        owner = str(make_url(self.owner_url).username)
        with self.connect() as admin:
            drop(admin, name)
            _run(admin, "create database {} owner {} template {}", name, owner, template)
        return Database(self, name)


@dataclass(frozen=True)
class Database:
    """One test database, by its name on a server."""

    server: DatabaseServer
    name: str

    @property
    def owner_url(self) -> str:
        """For migrations and for tests of what even the owner may not do."""
        return _named(self.server.owner_url, self.name)

    @property
    def app_url(self) -> str:
        """For the application, as in production."""
        return _named(self.server.app_url, self.name)

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """A superuser's connection that commits each statement."""
        return self.server.connect(self.name)

    def wipe(self) -> None:
        """Empty every table, whatever its triggers say; ends connections that hold locks."""
        with self.connect() as admin:
            try:
                admin.execute("set lock_timeout = '2s'")
                admin.execute(WIPE)
            except psycopg.errors.LockNotAvailable:
                admin.execute(
                    "select pg_terminate_backend(pid, 2000) from pg_stat_activity"
                    " where datname = current_database() and pid <> pg_backend_pid()"
                )
                admin.execute(WIPE)

    def drop(self) -> None:
        """Away with it, and with who is still connected."""
        with self.server.connect() as admin:
            drop(admin, self.name)


# A table nobody touched has no pages, so most are passed over; a big one is cut off, not combed.
WIPE = """
do $$
declare used record;
begin
  perform set_config('session_replication_role', 'replica', true);
  for used in
    select oid::regclass as name, pg_relation_size(oid) > 262144 as big from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace and pg_relation_size(oid) > 0
      and relname <> 'installation' and relname !~ '^alembic_version'
  loop
    if used.big then
      execute format('truncate %s cascade', used.name);
    else
      execute format('delete from %s', used.name);
    end if;
  end loop;
end $$
"""


def start() -> tuple[DatabaseServer, Callable[[], None]]:
    """The server of this test run and what ends it.

    `LMS_TEST_DATABASE_URL` names a superuser's address on a server for tests (its roles `lms_owner`
    and `lms_app` get a new password); without it an embedded one runs in a temporary folder.
    """
    if given := os.environ.get("LMS_TEST_DATABASE_URL"):
        return _given(given), lambda: None
    folder = Path(tempfile.mkdtemp(prefix="lms-tests-"))
    running = embedded.start(folder, anywhere=True, durable=False)

    def stop() -> None:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)

    return DatabaseServer(running.admin_url, running.owner_url, running.app_url), stop


def _given(address: str) -> DatabaseServer:
    admin = make_url(address).set(drivername="postgresql+psycopg")
    password = secrets.token_urlsafe(12)
    owner, app = (admin.set(username=role, password=password) for role in (OWNER, migrate.APP_ROLE))
    server = DatabaseServer(
        *(url.render_as_string(hide_password=False) for url in (admin, owner, app))
    )
    with server.connect() as connection:
        for role in (OWNER, migrate.APP_ROLE):
            known = "select 1 from pg_roles where rolname = %s"
            if connection.execute(known, [role]).fetchone() is None:
                _run(connection, "create role {}", role)
            change = sql.SQL("alter role {} login nosuperuser nocreatedb nocreaterole password {}")
            connection.execute(change.format(sql.Identifier(role), password))
    return server


def drop(admin: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """Drop a database if it is there, with who is connected to it."""
    _run(admin, "drop database if exists {} with (force)", name)


def _run(admin: psycopg.Connection[tuple[object, ...]], query: str, *names: str) -> None:
    admin.execute(sql.SQL(query).format(*map(sql.Identifier, names)))


def _exists(admin: psycopg.Connection[tuple[object, ...]], name: str) -> bool:
    found = admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
    return found is not None


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _fingerprint() -> str:
    """Of everything that decides what the migrations make."""
    digest = hashlib.sha256(version("procrastinate").encode())
    for path in [Path(migrate.__file__), *sorted((migrate.HOME / "versions").glob("*.py"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
