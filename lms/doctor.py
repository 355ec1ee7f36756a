"""What is wrong with this installation and how to mend it, one finding for each thing looked at.

`lms doctor` prints what `examine` finds; nothing here changes anything.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import smtplib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from lms import clock, migrate, web, working_days
from lms.app import create_app
from lms.registry import Registry
from lms.settings import Settings, secrets_file, variable
from lms.web import words

OLDEST_POSTGRES = 15
EXTENSIONS = ("btree_gist", "citext", "unaccent")
OLDEST_WEASYPRINT = 70
LISTED_AHEAD = 12
"""Months ahead for which bank holidays should be listed: people are promised days that far off."""
MOST_APART = timedelta(seconds=2)
"""How much the clocks of this machine and of the database may differ."""
FURTHER_VARIABLES = {
    *("LMS_WEB_MASTER", "LMS_OWNER_DATABASE_URL"),
    *("LMS_CRASH_AT", "LMS_TEST_DATABASE_URL"),  # of tests
}


@dataclass(frozen=True)
class Finding:
    """One thing looked at: fine, or wrong with how to mend it."""

    area: str
    text: str
    mend: str = ""

    @property
    def wrong(self) -> bool:
        """Whether something has to be mended."""
        return bool(self.mend)


def examine(settings: Settings, *, served: bool) -> Iterator[Finding]:
    """Look at everything, for settings whose database answers.

    `served` says that the site is meant to be running now, so that a worker is missed.
    """
    yield from _settings(settings)
    yield from _secrets(settings)
    yield from _holidays()
    yield from _guarded("database", lambda: _database(settings, served))
    yield from _mail(settings)
    yield from _guarded("certificates", _pdf)
    yield from _assets()
    yield from _guarded("plugins", lambda: _plugins(settings))


def _guarded(area: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """A check that fails is a finding, and the next one is made all the same."""
    try:
        yield from look()
    except Exception as error:
        lines = str(error).strip().splitlines() or [""]
        yield Finding(area, f"{type(error).__name__}: {lines[0]}", "mend this first")


# -- settings and secrets -----------------------------------------------------------------------


def _settings(settings: Settings) -> Iterator[Finding]:
    known = {variable(name) for name in Settings.model_fields} | FURTHER_VARIABLES
    unknown = sorted(name for name in os.environ if name.startswith("LMS_") and name not in known)
    for name in unknown:
        yield Finding("settings", f"{name} is no setting", "correct its name, or take it away")
    yield Finding("settings", f"{settings.environment}, for {settings.base_url}")
    if settings.environment != "production" and not settings.loopback:
        yield Finding(
            "settings",
            f"{settings.host} is reached from other machines, with the settings of a laptop",
            "set LMS_ENVIRONMENT=production, or LMS_HOST=127.0.0.1",
        )


def _secrets(settings: Settings) -> Iterator[Finding]:
    for name in ("secret_key", "link_key"):
        if len(getattr(settings, name).get_secret_value()) < 32:
            yield Finding(
                "secrets", f"{variable(name)} is missing or short", "run `lms setup`, or set it"
            )
    path = secrets_file()
    if path.exists() and path.stat().st_mode & 0o077:
        yield Finding("secrets", f"{path} can be read by others", f"run `chmod 600 {path}`")
    elif path.exists():
        yield Finding("secrets", f"in {path}, for its owner only")


def _holidays() -> Iterator[Finding]:
    until = working_days.reaches()
    known = f"bank holidays are known until {words.date(until)}"
    runs_out = until < clock.add_months(clock.today(), LISTED_AHEAD)
    mend = "add the next years to lms/bank_holidays.yaml, or take a newer release"
    yield Finding("calendar", known, mend if runs_out else "")


# -- database -----------------------------------------------------------------------------------


def _database(settings: Settings, served: bool) -> Iterator[Finding]:
    engine = create_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            yield from _server(connection)
            yield from _clocks(connection)
            yield from _role(connection, settings)
            yield from _tables(settings)
            yield from _worker(connection, served)
    except OperationalError as error:
        yield Finding(
            "database",
            f"cannot be reached: {str(error.orig).strip().splitlines()[0]}",
            "start PostgreSQL, or correct DATABASE_URL",
        )
    finally:
        engine.dispose()


def _server(connection: Connection) -> Iterator[Finding]:
    number = int(connection.scalar(text("show server_version_num")) or 0)
    said = connection.scalar(text("show server_version"))
    if number < OLDEST_POSTGRES * 10_000:
        yield Finding("database", f"PostgreSQL {said} is too old", "use PostgreSQL 15 or newer")
    else:
        yield Finding("database", f"PostgreSQL {said}")
    encoding = connection.scalar(text("show server_encoding"))
    if encoding != "UTF8":
        yield Finding("database", f"its encoding is {encoding}", "make a database in UTF8")
    there = set(connection.scalars(text("select extname from pg_extension")))
    for name in EXTENSIONS:
        if name not in there:
            yield Finding(
                "database",
                f"the extension {name} is missing",
                f"as its administrator: create extension {name}; then `lms upgrade`",
            )


def _clocks(connection: Connection) -> Iterator[Finding]:
    """Deadlines are set by our clock, and jobs come due by the database's."""
    before = clock.real(clock.now())
    theirs: datetime = connection.execute(text("select clock_timestamp()")).scalar_one()
    after = clock.real(clock.now())
    apart = max(before - theirs, theirs - after, timedelta(0))
    if apart > MOST_APART:
        said = f"this machine's and the database's are {apart.total_seconds():.0f} seconds apart"
        yield Finding("clock", said, "let both machines set theirs by a time server")
    else:
        yield Finding("clock", "the same as the database's")


def _role(connection: Connection, settings: Settings) -> Iterator[Finding]:
    role, superuser = connection.execute(
        text("select rolname, rolsuper from pg_roles where rolname = current_user")
    ).one()
    owned = connection.scalar(
        text("select count(*) from pg_tables where tableowner = current_user")
    )
    if superuser or owned:
        what = "is superuser" if superuser else f"owns {owned} tables"
        yield Finding(
            "database",
            f"the application's role {role} {what}, so the audit trail could be changed by it",
            f"give the application a role of its own, {migrate.APP_ROLE}, in DATABASE_URL and the "
            "owner's in LMS_OWNER_DATABASE_URL, then `lms upgrade`",
        )
    else:
        yield Finding("database", f"the application's role {role} owns nothing")
    if not settings.owner_database_url:
        yield Finding("database", "no address of the owner", "set LMS_OWNER_DATABASE_URL")


def _tables(settings: Settings) -> Iterator[Finding]:
    waiting = migrate.pending(settings.owner_database_url or settings.database_url)
    if waiting:
        yield Finding("tables", f"{len(waiting)} steps behind this release", "run `lms upgrade`")
    else:
        yield Finding("tables", "as this release wants them")


def _worker(connection: Connection, served: bool) -> Iterator[Finding]:
    if connection.scalar(text("select to_regclass('procrastinate_workers')")) is None:
        return
    at_work = connection.scalar(
        text("select max(last_heartbeat) > now() - interval '2 minutes' from procrastinate_workers")
    )
    failed = connection.scalar(
        text("select count(*) from procrastinate_jobs where status = 'failed'")
    )
    waiting = connection.scalar(
        text(
            "select count(*) from procrastinate_jobs "
            "where status = 'todo' and (scheduled_at is null or scheduled_at < now())"
        )
    )
    if at_work:
        yield Finding("jobs", f"a worker is at work, {waiting} jobs wait")
    elif served:
        mend = "run `lms worker`, and keep it running"
        yield Finding("jobs", f"no worker is at work, {waiting} jobs wait", mend)
    else:
        yield Finding("jobs", f"not serving now, {waiting} jobs wait")
    if failed:
        yield Finding("jobs", f"{failed} were given up", "read why in the worker's log")


# -- mail, certificates, pages, plugins -----------------------------------------------------------


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.mail == "file":
        mend = "set LMS_MAIL=smtp" if settings.environment == "production" else ""
        yield Finding("mail", "written to files, nobody receives any", mend)
        return
    address = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        with _post_office(settings) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        yield Finding("mail", f"{address} does not take mail: {error}", "correct LMS_SMTP_...")
    else:
        yield Finding("mail", f"{address} takes mail")


@contextlib.contextmanager
def _post_office(settings: Settings) -> Iterator[smtplib.SMTP]:
    """A connection as the messages' own channel makes it; nothing is sent."""
    secure = ssl.create_default_context()
    if settings.smtp_tls == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=10, context=secure
        )
    else:
        server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=10)
    with server:
        if settings.smtp_tls == "starttls":
            server.starttls(context=secure)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        yield server


def _pdf() -> Iterator[Finding]:
    install = "install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation2"
    try:
        import weasyprint  # loads the system's libraries, which may be missing
    except OSError as error:
        yield Finding("certificates", f"cannot be made: {str(error).splitlines()[0]}", install)
        return
    found = weasyprint.__version__
    if int(found.split(".")[0]) < OLDEST_WEASYPRINT:
        yield Finding("certificates", f"WeasyPrint {found} has a hole", "run `make setup`")
    else:
        yield Finding("certificates", f"made by WeasyPrint {found}")


def _assets() -> Iterator[Finding]:
    manifest = Path(web.__file__).parent / "static" / "build" / "manifest.json"
    if manifest.is_file():
        yield Finding("pages", "style sheet and script are built")
    else:
        yield Finding("pages", "style sheet and script are missing", "run `make setup`")


def _plugins(settings: Settings) -> Iterator[Finding]:
    registry: Registry = create_app(settings).extensions["lms"]
    for plugin in registry.plugins():
        if plugin.room:
            continue
        told = f" {plugin.version}" if plugin.version else ""
        yield Finding("plugins", f"{plugin.name}{told}, {_fingerprint(Path(plugin.home))}")
    if settings.safe_mode:
        yield Finding("plugins", "safe mode: none but the core", "unset LMS_SAFE_MODE")
    for name in settings.disabled_plugins:
        yield Finding("plugins", f"{name} is left out by LMS_DISABLED_PLUGINS")
    yield Finding("plugins", f"Golden Thread {version('golden-thread')}")


def _fingerprint(home: Path) -> str:
    """A hash over the files of a plugin, so that two sites can tell whether theirs are the same."""
    digest = hashlib.sha256()
    for path in sorted(home.parent.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(home.parent).as_posix().encode() + path.read_bytes())
    return f"sha256 {digest.hexdigest()[:16]}"
