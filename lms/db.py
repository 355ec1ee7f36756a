"""The database door: base class, session that only the kernel commits, violations as complaints.

Every room declares its tables on `Model`, reads and writes through `db.session`, and turns a
broken constraint into words with `violations`.
"""

from __future__ import annotations

import os
import secrets
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any, NoReturn

import psycopg
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, DateTime, MetaData, Text, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, mapped_column, registry

from lms import clock
from lms.containment import guest_now

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


_random_bits: Callable[[int], int] = secrets.randbits


@contextmanager
def keys_from(random: Random) -> Iterator[None]:
    """Within, keys are drawn from this generator: a demonstration has the same each time.

    A key is no secret; what opens something (a link's token, a session) never comes from here.
    """
    global _random_bits, _last
    _random_bits, _last = random.getrandbits, (0, 0)
    try:
        yield
    finally:
        _random_bits = secrets.randbits


def uuid7() -> uuid.UUID:
    """A UUID version 7 (RFC 9562): milliseconds, a counter within one, random bits.

    Keys of this process sort by age, those of one millisecond too (method 1 of section 6.2).
    """
    global _last
    milliseconds = int(clock.now().timestamp() * 1000)
    with _counting:
        begun, counter = _last
        again = begun == milliseconds and counter < 0xFFF
        _last = (milliseconds, counter + 1 if again else _random_bits(8))
        value = milliseconds << 80 | _last[1] << 64 | _random_bits(64)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


_counting = threading.Lock()
_last = (0, 0)
"""The millisecond of the last key, and how many keys it has had."""


class Base(DeclarativeBase):
    """Declarative base with the naming convention and the types every table shares."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: DateTime(timezone=True),
            str: Text(),
            dict[str, Any]: JSONB(none_as_null=True),
            list[Any]: JSONB(none_as_null=True),
        },
    )


class KernelSession(FlaskSession):
    """A session whose end of transaction belongs to the kernel alone.

    A room or a guest that commits or rolls back gets `CommitForbidden`; savepoints (`begin_nested`)
    are free. A guest cannot close it either.
    """

    def commit(self) -> None:
        if not _door.get():
            raise CommitForbidden("Only the kernel commits: return, and it will.")
        super().commit()

    def rollback(self) -> None:
        if not _door.get():
            raise CommitForbidden("Only the kernel rolls back: raise, and it will.")
        super().rollback()

    def close(self) -> None:
        _no_guest("closes the session")
        super().close()

    def reset(self) -> None:
        _no_guest("resets the session")
        super().reset()

    def invalidate(self) -> None:
        _no_guest("gives the connection up")
        super().invalidate()


@event.listens_for(KernelSession, "do_orm_execute")
def _read_anew_what_is_locked(asked: ORMExecuteState) -> None:
    """A row that is locked is as it stands now, not as this session read it before it waited."""
    if asked.is_select and getattr(asked.statement, "_for_update_arg", None) is not None:
        asked.update_execution_options(populate_existing=True)


def _no_guest(does: str) -> None:
    if guest := guest_now():
        raise CommitForbidden(f"Only the kernel {does}, not {guest}.")


class CommitForbidden(RuntimeError):
    """Raised when anybody but the kernel tries to end the transaction."""


class TransactionAborted(RuntimeError):
    """A swallowed error had broken the transaction: its commit would have lost all, silently."""


_door: ContextVar[bool] = ContextVar("lms_commit_door", default=False)

db = SQLAlchemy(
    model_class=Base,
    session_options={"class_": KernelSession, "expire_on_commit": False},
    disable_autonaming=True,
)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class Row:
    """What every table has: a UUIDv7 key made in Python and the moment it was made."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-3)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, sort_order=1000)


class Dated(Row):
    """A row that may change, and says when it last did."""

    updated_at: Mapped[datetime] = mapped_column(
        default=clock.now, onupdate=clock.now, sort_order=1001
    )


class AppendOnly(Row):
    """A row that is never changed: a trigger refuses UPDATE, DELETE and TRUNCATE."""


def append_only_tables() -> list[str]:
    """Names of the tables the trigger `append_only` must guard, for the migrations and a test."""
    return sorted(
        _table(mapper.class_)
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, AppendOnly)
    )


def _table(mapped: type[Any]) -> str:
    return str(mapped.__tablename__)


# -- the kernel's own door ------------------------------------------------------------------


@contextmanager
def _open_door() -> Iterator[None]:
    _no_guest("ends a transaction")
    token = _door.set(True)
    try:
        yield
    finally:
        _door.reset(token)


def commit() -> None:
    """Commit the session's transaction; the kernel's dispatch, jobs and command line call this.

    Raises `TransactionAborted` when an error was swallowed: PostgreSQL would answer COMMIT of an
    aborted transaction with a rollback and no error.
    """
    db.session.flush()
    raw = driver_connection()
    if raw.info.transaction_status is psycopg.pq.TransactionStatus.INERROR:
        rollback()
        raise TransactionAborted("an earlier database error was swallowed; nothing was saved")
    with _open_door():
        db.session.commit()


def rollback() -> None:
    """Give the session's transaction up; the kernel's to call."""
    with _open_door():
        db.session.rollback()


@contextmanager
def unit_of_work() -> Iterator[None]:
    """One transaction for a job, a command or a test: commit at the end, roll back on an error."""
    try:
        yield
        commit()
    except BaseException:
        rollback()
        raise


@contextmanager
def apart() -> Iterator[Connection]:
    """A short transaction on another connection, for what must survive a refusal."""
    with db.engine.begin() as connection:
        yield connection


def driver_connection() -> psycopg.Connection[Any]:
    """Psycopg's connection under the session; fetch it at each use, never keep it.

    Fetching opens the savepoint that `begin_nested` has only announced.
    """
    raw: psycopg.Connection[Any] | None = db.session.connection().connection.driver_connection
    assert raw is not None
    return raw


def one_moment() -> None:
    """Let all that this transaction reads be of one moment; only its first statement may say so."""
    db.session.execute(text("set transaction isolation level repeatable read"))


def be_patient(seconds: int) -> None:
    """Let this transaction's statements, and the time between them, take so long.

    Thousands of rows at once, and a comparison with every version before, are no page.
    """
    for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
        setting = {"name": name, "value": f"{seconds}s"}
        db.session.execute(text("select set_config(:name, :value, true)"), setting)


def crash_point(name: str) -> None:
    """Die here as `kill -9` would when `LMS_CRASH_AT` names this point (refused in production)."""
    if os.environ.get("LMS_CRASH_AT") == name:
        os.kill(os.getpid(), 9)


# -- constraints as complaints ---------------------------------------------------------------


@dataclass(unsafe_hash=True)
class Complaint(Exception):
    """A rule the person's input broke: the form field it belongs to, and what to do about it.

    Not frozen: Python itself writes an exception's traceback when it leaves a `with` block.
    """

    field: str
    text: str

    def __str__(self) -> str:
        return self.text


class Complaints(Exception):
    """Several complaints at once, in the order of the form."""

    def __init__(self, *complaints: Complaint) -> None:
        super().__init__("; ".join(c.text for c in complaints))
        self.complaints = complaints


@contextmanager
def violations(**by_constraint: Complaint) -> Iterator[None]:
    """Run writes in a savepoint and raise the `Complaint` of the constraint they break.

    What was pending before is flushed first, so that its errors are not taken for ours; a
    constraint that is not named is raised as it came. Constraint names that are no Python
    identifier do not occur: the naming convention makes identifiers.
    """
    db.session.flush()
    try:
        with db.session.begin_nested():
            db.session.connection()
            yield
            db.session.flush()
    except IntegrityError as error:
        complaint = by_constraint.get(constraint_of(error) or "")
        if complaint is None:
            raise
        raise complaint from error


def constraint_of(error: IntegrityError) -> str | None:
    """The name of the constraint an integrity error speaks of, if it names one."""
    original = error.orig
    if isinstance(original, psycopg.Error):
        return original.diag.constraint_name
    return None


def asks_again(error: DBAPIError) -> bool:
    """Whether PostgreSQL asks to run the transaction anew: a deadlock, a serialization failure."""
    return isinstance(
        error.orig, psycopg.errors.SerializationFailure | psycopg.errors.DeadlockDetected
    )


def waited_too_long(error: DBAPIError) -> bool:
    """Whether somebody else held a row for longer than we wait."""
    return isinstance(error.orig, psycopg.errors.LockNotAvailable)


def lock_row(table: type[Model], key: uuid.UUID) -> None:
    """Hold one row against other writers until the transaction ends."""
    db.session.execute(
        text(f"select 1 from {_table(table)} where id = :id for update"),  # noqa: S608
        {"id": key},
    )


def fail(message: str) -> NoReturn:
    """A state that should not be reachable: an honest error, not an assert that may be stripped."""
    raise RuntimeError(message)
