"""Pytest fixtures for our own tests and for authors of plugins; pytest loads them by itself.

A test names what it needs: `session` to write rows and call services, `client` for pages,
`run_jobs` for the work behind them, `frozen` for another day. `make_app` takes a plugin under test.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import scoped_session

from lms import clock, jobs
from lms.app import create_app
from lms.db import db, rollback
from lms.people import sessions
from lms.people.models import Person
from lms.settings import Settings
from lms.testing import server as databases
from lms.testing.client import PageClient, in_own_context
from lms.testing.server import Database, DatabaseServer
from lms.web.opening import LmsFlask

MakeApp = Callable[..., LmsFlask]
RunJobs = Callable[[], None]
Frozen = Callable[[str], datetime]

SERVER = pytest.StashKey[DatabaseServer]()


def _server(config: pytest.Config) -> DatabaseServer:
    """The run's server: the controller's under xdist, else one started at first need."""
    workerinput: dict[str, Any] = getattr(config, "workerinput", {})
    if "lms_server" in workerinput:
        return DatabaseServer(**workerinput["lms_server"])
    if SERVER not in config.stash:
        config.stash[SERVER], stop = databases.start()
        config.add_cleanup(stop)
    return config.stash[SERVER]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Under xdist: start the server before the workers, and tell them where it is."""
    started = _server(node.config)
    started.template()
    node.workerinput["lms_server"] = started.as_dict()


# -- databases ---------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def database_server(pytestconfig: pytest.Config) -> DatabaseServer:
    """The PostgreSQL of this run."""
    return _server(pytestconfig)


@pytest.fixture(scope="session")
def worker_database(database_server: DatabaseServer) -> Iterator[Database]:
    """This worker's own database; use `database`, which is empty at the start of each test."""
    made = database_server.copy(_name())
    yield made
    made.drop()


@pytest.fixture
def database(worker_database: Database) -> Iterator[Database]:
    """A database with all tables and no rows, emptied again afterwards."""
    yield worker_database
    worker_database.wipe()


@pytest.fixture
def new_database(database_server: DatabaseServer) -> Iterator[Callable[..., Database]]:
    """Makes more databases, for a test that needs a demonstration, none, or tables of its own."""
    made: list[Database] = []

    def make(*, demo: bool = False, migrated: bool = True) -> Database:
        copied = partial(database_server.copy, demo=demo) if migrated else database_server.empty
        made.append(copied(_name()))
        return made[-1]

    yield make
    for each in made:
        each.drop()


def _name() -> str:
    return f"lms_test_{secrets.token_hex(6)}"


# -- applications ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def settings(worker_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the application under test: this worker's database, mail into files."""
    return settings_for(worker_database, instance=tmp_path_factory.mktemp("instance"))


def settings_for(database: Database, **changes: Any) -> Settings:
    """Test settings for a database, whatever the environment says, with these changes."""
    known: dict[str, Any] = {
        "environment": "test",
        "database_url": database.app_url,
        "owner_database_url": database.owner_url,
        "secret_key": "a test's session key, long enough",
        "link_key": "a test's link key, also long enough",
        "base_url": "http://localhost",
        "demo": False,
        "mail": "file",
        "safe_mode": False,
        "today": "",
        # Fifty wait for one row here: how fast they come through is the machine's affair.
        "lock_timeout_ms": 30_000,
    }
    return Settings(**(known | changes))


@pytest.fixture(scope="session")
def shared_app(settings: Settings) -> Iterator[LmsFlask]:
    """One application for the worker's tests; use `app`, which comes with an empty database."""
    made = _prepared(create_app(settings))
    yield made
    _close(made)


@pytest.fixture
def app(shared_app: LmsFlask, database: Database) -> LmsFlask:
    """The application with the core's plugins, on an empty database."""
    return shared_app


@pytest.fixture
def make_app(settings: Settings, database: Database) -> Iterator[MakeApp]:
    """Builds applications with other settings or more plugins: `make_app(plugins=[mine])`."""
    made: list[LmsFlask] = []

    def make(*, plugins: Any = (), on: Database | None = None, **changes: Any) -> LmsFlask:
        base = settings.model_dump(exclude={"database_url", "owner_database_url"}) | changes
        made.append(_prepared(create_app(settings_for(on or database, **base), plugins)))
        return made[-1]

    yield make
    for each in made:
        _close(each)
    clock.set_today(None)


def _prepared(app: LmsFlask) -> LmsFlask:
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.test_client_class = PageClient
    return app


def _close(app: LmsFlask) -> None:
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def session(app: LmsFlask) -> Iterator[scoped_session[Any]]:
    """The session in an application context; what is pending at the end is dropped.

    `client` and `run_jobs` commit it first, so that a request sees what the test wrote.
    """
    with app.app_context():
        yield db.session
        rollback()
        db.session.remove()


@pytest.fixture
def client(app: LmsFlask) -> PageClient:
    """A browser without JavaScript that nobody has signed in with."""
    made = app.test_client()
    assert isinstance(made, PageClient)
    return made


@pytest.fixture
def as_person(app: LmsFlask) -> Callable[[Person], PageClient]:
    """A browser of its own for a person who has signed in: `as_person(priya).get("/home")`."""

    def sign_in(person: Person) -> PageClient:
        made = app.test_client()
        assert isinstance(made, PageClient)
        now = int(clock.now().timestamp())
        with made.session_transaction() as held:
            held[sessions.PERSON] = str(person.id)
            held[sessions.EPOCH] = person.session_epoch
            held[sessions.SINCE] = held[sessions.SEEN] = now
        return made

    return sign_in


@pytest.fixture
def run_jobs(app: LmsFlask) -> RunJobs:
    """Runs the jobs that are due by `clock.now()`; a job that fails fails the test."""

    return partial(run_jobs_of, app)


def run_jobs_of(app: LmsFlask) -> None:
    """Runs the jobs of an application that are due by `clock.now()`; one that fails raises."""
    failed = in_own_context(partial(_run_jobs, app))
    if failed:
        raise AssertionError(f"jobs failed: {[tuple(job) for job in failed]}; see the log")


def _run_jobs(app: LmsFlask) -> list[Any]:
    with app.app_context():
        while True:  # a job may ask for another that is due at once, by our clock
            with _database_clock_as_ours():
                jobs.run_pending(app)
            with db.engine.begin() as connection:
                if not connection.scalar(text(DUE), {"now": clock.now()}):
                    return list(connection.execute(text(FAILED)).all())


DUE = """
select count(*) from procrastinate_jobs
where status = 'todo' and attempts = 0 and (scheduled_at is null or scheduled_at <= :now)
"""
FAILED = """
select id, task_name, attempts, status::text from procrastinate_jobs
where status = 'failed' or (status = 'todo' and attempts > 0) order by id
"""


@contextmanager
def _database_clock_as_ours() -> Iterator[None]:
    """Procrastinate asks PostgreSQL for the time, which does not travel: hold back what is not due
    by our clock, and let go what is.
    """
    with db.engine.begin() as connection:
        connection.execute(text(HOLD_BACK), {"now": clock.now()})
    yield
    with db.engine.begin() as connection:
        connection.execute(text(LET_GO))


HOLD_BACK = """
update procrastinate_jobs
set scheduled_at = case when scheduled_at > :now then scheduled_at + interval '1000 years' end
where status = 'todo' and scheduled_at is not null
"""
LET_GO = """
update procrastinate_jobs set scheduled_at = scheduled_at - interval '1000 years'
where scheduled_at > '2900-01-01'
"""


@pytest.fixture
def mail(settings: Settings) -> Iterator[Callable[[], list[EmailMessage]]]:
    """The messages that went out, oldest first: `[confirmation] = mail()` after `run_jobs()`."""
    folder = settings.instance / "mail"
    shutil.rmtree(folder, ignore_errors=True)  # what tests left that did not read their mail

    def sent() -> list[EmailMessage]:
        files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    yield sent
    shutil.rmtree(folder, ignore_errors=True)


# -- time and counting ---------------------------------------------------------------------------


@pytest.fixture
def frozen() -> Iterator[Frozen]:
    """Stops the clock at a London time: `frozen("2027-03-04 09:30")`, again to move on."""
    travels: list[time_machine.travel] = []

    def stop_at(wall: str) -> datetime:
        moment = datetime.fromisoformat(wall)
        instant = clock.at(moment.date(), moment.time())
        travels.append(time_machine.travel(instant, tick=False))
        travels[-1].start()
        return instant

    yield stop_at
    for travel in reversed(travels):
        travel.stop()


class Queries(list[str]):
    """The statements an engine was asked to run."""


@pytest.fixture
def count_queries(app: LmsFlask) -> Callable[[], Any]:
    """Collects statements: `with count_queries() as seen: ...`; then `len(seen)` is the number."""

    @contextmanager
    def counting() -> Iterator[Queries]:
        with app.app_context():
            engine: Engine = db.engine
        seen = Queries()

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
