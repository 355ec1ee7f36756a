"""From settings to the last child's end: database, tables, demonstration, web and worker.

Every child is started so that the kernel ends it when the supervisor is gone, and is started
again when it ends by itself; the next start recovers from any of them having been killed.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import psycopg
from sqlalchemy.engine import make_url

from lms import embedded, hosting, launcher, migrate, secrets_file
from lms.embedded.places import make_private, refuse_place
from lms.logfiles import appending, tail
from lms.settings import Settings, read_settings
from lms.settings import secrets_file as secrets_path
from lms.supervisor import ports
from lms.supervisor.children import LONGEST_PAUSE, Child
from lms.supervisor.errors import ServeError

Say = Callable[[str], None]

STOP_SECONDS = 10.0
READY_SECONDS = 90.0


class Stop(BaseException):
    """Ctrl-C or SIGTERM."""


@dataclass
class Supervisor:
    """One start of the site, from settings to the last child's end."""

    settings: Settings
    say: Say
    children: list[Child] = field(default_factory=list)
    server: embedded.Server | None = None
    demo: bool = False

    def setup(self) -> None:
        """Secrets, database, migrations, demonstration; and nothing left running."""
        with self._only_one(), _signals():
            try:
                self._prepare()
            finally:
                self._stop()

    def serve(self) -> None:
        """Prepare, run web and worker until Ctrl-C or SIGTERM, and stop everything."""
        with self._only_one(), _signals():
            try:
                ports.check(self.settings.host, self.settings.port)
                self._prepare()
                self._start_children()
                self._keep_running()
            except Stop:
                self.say("stopping")
            finally:
                self._stop()
        self.say("stopped")

    # -- before ---------------------------------------------------------------------------------

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        folder = self.settings.instance
        if not self.settings.embedded_anywhere and not self.settings.database_url:
            refuse_place(folder.resolve())
        make_private(folder)
        with (folder / "serve.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise ServeError(
                    f"It already runs here, as pid {lock.read().strip()}: stop that one first."
                ) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def _prepare(self) -> None:
        if secrets_file.make(secrets_path()):
            self.say(f"secrets: made, in {secrets_path()}")
            self.settings = read_settings()
        self.say("database: the site's own" if self.settings.database_url else "database: starting")
        self.settings, self.server = hosting.start(self.settings)
        hosting.check(self.settings)
        first = migrate.current(self.settings.owner_database_url) is None
        self.say("tables: making them" if first else "tables: checking them")
        self._step("upgrade", "--copy", *(["--demo"] if first and self._wants_demo() else []))
        self._demo()

    def _wants_demo(self) -> bool:
        """In a database we made; in a site's own only when LMS_DEMO=1 says so itself."""
        return self.settings.demo and (self.server is not None or self._insists_on_demo())

    def _insists_on_demo(self) -> bool:
        return self.settings.demo and "demo" in self.settings.model_fields_set

    def _demo(self) -> None:
        self.demo = bool(migrate.is_demo(self.settings.owner_database_url))
        if self._insists_on_demo() and not self.demo:
            raise ServeError(
                "LMS_DEMO=1, but this database was not made for the demonstration and may hold "
                "people: choose another LMS_INSTANCE or DATABASE_URL, or set LMS_DEMO=0."
            )
        if self.demo and self.settings.demo and not _has_people(self.settings):
            self.say("demonstration: building it, which takes up to a minute")
            self._step("demo")

    def _step(self, *arguments: str) -> None:
        """One command of our own to its end, passing on what it says."""
        log = self._log("setup")
        env = _environment(self.settings) | {
            "LMS_OWNER_DATABASE_URL": self.settings.owner_database_url
        }
        with appending(log) as errors:
            process = subprocess.Popen(
                launcher.command(_ours(*arguments), end_by=signal.SIGTERM),
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                text=True,
            )
        assert process.stdout is not None
        try:
            for line in process.stdout:
                self.say(line.rstrip())
            process.wait()
        except Stop:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        if process.returncode != 0:
            raise ServeError(f"lms {arguments[0]} failed; {tail(log)}")

    # -- running --------------------------------------------------------------------------------

    def _start_children(self) -> None:
        sole = ["--sole"] if self.server is not None else []
        configuration = str(Path(__file__).with_name("gunicorn_conf.py"))
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", configuration]
        self.children = [
            # Without its database it would wait; its job is put back at the next start.
            Child("worker", _ours("worker", *sole), self._log("worker"), end_by=signal.SIGKILL),
            Child("web", [*gunicorn, "lms.app:create_app()"], self._log("web")),
        ]
        self.say("web and worker: starting")
        for child in self.children:
            child.start(_environment(self.settings))
        self._wait_until_ready(self.children[-1])

    def _wait_until_ready(self, web: Child) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not ports.answers(self.settings.host, self.settings.port):
            if web.process is None or web.process.poll() is not None:
                raise ServeError(f"The web server did not start; {tail(web.log)}")
            if time.monotonic() > deadline:
                raise ServeError(f"The web server does not answer; {tail(web.log)}")
            time.sleep(0.05)

    def _keep_running(self) -> None:
        self._welcome()
        while True:
            if self.server is not None and not self.server.alive():
                self._revive_database()
            for child in self.children:
                if child.process is not None and child.ended():
                    self.say(f"{child.name}: ended by itself, starting it again ({child.log})")
                if child.process is None and time.monotonic() >= child.due:
                    child.start(_environment(self.settings))
            time.sleep(0.2)

    def _revive_database(self) -> None:
        """At the same address as before, so web and worker find it by themselves."""
        self.say("database: ended by itself, starting it again")
        bare = self.settings.model_copy(update={"database_url": "", "owner_database_url": ""})
        try:
            self.settings, self.server = hosting.start(bare)
        except (embedded.EmbeddedError, psycopg.Error) as error:
            self.say(f"database: {error}")
            time.sleep(LONGEST_PAUSE)

    def _welcome(self) -> None:
        self.say("")
        self.say(f"  {self.settings.service_name}: {self.settings.base_url}/")
        if self.demo and self.settings.loopback:
            self.say("  Sign in as anyone of the demonstration: choose a person on that page.")
        else:
            self.say("  First administrator: .venv/bin/lms invite-administrator NAME E-MAIL")
        self.say(f"  Logs are in {self.settings.instance}. Ctrl-C stops everything.")
        self.say("")

    # -- after ----------------------------------------------------------------------------------

    def _stop(self) -> None:
        """Web and worker together, then the database; deaf to a second Ctrl-C, as it is brief."""
        for order in (signal.SIGINT, signal.SIGTERM):
            signal.signal(order, signal.SIG_IGN)
        for child in self.children:
            child.tell(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.process is not None:
                try:
                    child.process.wait(max(0.0, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    child.tell(signal.SIGKILL)
                    child.process.wait()
        if self.server is not None:
            self.server.stop()

    def _log(self, name: str) -> Path:
        return self.settings.instance / f"{name}.log"


@contextmanager
def _signals() -> Iterator[None]:
    """Ctrl-C and SIGTERM raise `Stop` wherever we are: children end with us in any case."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stop

    before = {order: signal.signal(order, stop) for order in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for order, handler in before.items():
            signal.signal(order, handler)


def _ours(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "lms.cli", *arguments]


def _environment(settings: Settings) -> dict[str, str]:
    """What web and worker inherit: the application's address, and never the owner's."""
    kept = {k: v for k, v in os.environ.items() if k != "LMS_OWNER_DATABASE_URL"}
    return kept | {"DATABASE_URL": settings.database_url, "PYTHONUNBUFFERED": "1"}


def _has_people(settings: Settings) -> bool:
    """Whether the demonstration was built: its people come with the rest, in one transaction."""
    address = make_url(settings.owner_database_url).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False)) as connection:
        return connection.execute("select from people_person limit 1").fetchone() is not None
