"""What a guest may not do while it is called: write others' tables, end the transaction, dawdle.

`lms.envelope` puts each call into a guest inside `contained`; `lms.db` asks `guest_now` before it
ends a transaction. It holds against a guest's mistakes, not against malice.
"""

from __future__ import annotations

import ctypes
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy import Engine, event

SECONDS = 2.0
"""A guest begins no statement later than this; one statement may take as long."""
INTERRUPTED_AFTER = 5.0
"""Whatever a guest is at then is interrupted: later than its last statement can end."""

_ROWS = re.compile(
    r"(?:select|with|values|table|show|explain|set|savepoint|release|rollback to savepoint"
    r"|insert|update|delete|merge)\b"
)
_NOISE = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.S)
_WRITTEN = re.compile(
    r"\b(?:insert into|merge into|delete from|(?<!for )(?<!key )update) (?:only )?"
    r"(?!set\b)(?:public\.)?\"?(\w+)"
)


class ForeignTable(RuntimeError):
    """A guest tried to write a table that is not its own."""


class NotAGuests(RuntimeError):
    """A guest tried to do what belongs to the kernel: end a transaction, change tables' shape."""


class TooLong(RuntimeError):
    """A guest asks for another statement after its time."""


class Interrupted(BaseException):
    """A guest was stopped where it was; no `Exception`, so that its own `except` lets it pass."""


@dataclass(frozen=True)
class _Call:
    guest: str
    until: float


_call: ContextVar[_Call | None] = ContextVar("lms_guest_call", default=None)


def guest_now() -> str | None:
    """The guest that is being called, if one is."""
    call = _call.get()
    return call.guest if call else None


@contextmanager
def contained(guest: str) -> Iterator[None]:
    """While this guest is called: only its own tables, no end of the transaction, not for long."""
    token = _call.set(_Call(guest, time.monotonic() + SECONDS))
    try:
        with _interrupted_after(INTERRUPTED_AFTER):
            yield
    finally:
        _call.reset(token)


class _Watch:
    """One thread of this process that interrupts the calls that are overdue.

    A call costs two entries in a table; the thread sleeps while there is none.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._until: dict[int, float] = {}
        self._sent: set[int] = set()
        self._thread: threading.Thread | None = None

    def enter(self, thread: int, until: float) -> None:
        """From now on, interrupt what this thread does at `until` (by `time.monotonic`)."""
        with self._changed:
            self._until[thread] = until
            if self._thread is None or not self._thread.is_alive():  # none yet, or left by a fork
                self._thread = threading.Thread(target=self._run, name="lms-watch", daemon=True)
                self._thread.start()
            self._changed.notify()

    def leave(self, thread: int) -> bool:
        """The call is over; whether an interruption was sent."""
        with self._changed:
            self._until.pop(thread, None)
            sent = thread in self._sent
            self._sent.discard(thread)
            return sent

    def _run(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for thread in [one for one, until in self._until.items() if until <= now]:
                    del self._until[thread]
                    self._sent.add(thread)
                    _raise_in(thread, Interrupted)
                nearest = min(self._until.values(), default=None)
                self._changed.wait(None if nearest is None else max(0.0, nearest - now))


_watch = _Watch()


@contextmanager
def _interrupted_after(seconds: float) -> Iterator[None]:
    """Raise `Interrupted` in this thread when the block takes longer, even in an endless loop."""
    thread, arrived = threading.get_ident(), False
    _watch.enter(thread, time.monotonic() + seconds)
    try:
        yield
    except Interrupted:
        arrived = True
        raise
    finally:
        if _watch.leave(thread) and not arrived:
            _let_it_arrive()


def _let_it_arrive() -> None:
    """An interruption was sent as the call ended: meet it here, where it harms nobody.

    Taking it back instead would leave CPython's signal for it set, and slow the process for good.
    """
    try:
        for _ in range(100_000):
            pass
    except Interrupted:
        return


def _raise_in(thread: int, error: type[BaseException]) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))


@event.listens_for(Engine, "before_cursor_execute")
def _look_at(
    _connection: object, _cursor: object, statement: str, _values: object, _c: object, _m: object
) -> None:
    """Refuse a guest's statement that is late, writes another's table or is no row's business."""
    call = _call.get()
    if call is None:
        return
    if time.monotonic() > call.until:
        raise TooLong(f"took longer than {SECONDS:.0f} seconds")
    plain = " ".join(_NOISE.sub(" ", statement).lower().split())
    if not _ROWS.match(plain):
        raise NotAGuests(f"{call.guest} may not {plain.split(' ', 1)[0]}")
    for table in _WRITTEN.findall(plain):
        if not table.startswith(f"{call.guest}_"):
            raise ForeignTable(f"{call.guest} may not write {table}")
