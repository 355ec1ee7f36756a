"""The parent's side: starts the child when first needed, speaks to it, outlives it.

A room says which module the child runs; printing costs about 20 ms once the child is warm.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from queue import LifoQueue
from typing import IO, Any

from lms.press.framing import receive, send

Reply = tuple[dict[str, Any], bytes]

RENEW_AFTER = 500
"""Documents until the child is replaced, so that what it keeps in memory stays small."""

TOO_MUCH = "Printing took longer than 20 seconds or needed more than 512 MB."
NO_LIBRARIES = (
    "The libraries that print PDFs are not installed: run `make setup`, or install "
    "libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0 and fonts-liberation2."
)


class PressError(Exception):
    """It could not be printed; the message is a sentence for whoever asked."""


class Press:
    """One child process, started when first needed; for one thread at a time."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._child: subprocess.Popen[bytes] | None = None
        self._printed = 0

    def ask(self, asked: Mapping[str, object]) -> bytes:
        """The bytes of one PDF, the same for the same input. Raises `PressError`."""
        reply = self._exchange(asked)
        if reply is None:
            self.close()
            raise PressError(TOO_MUCH)
        self._printed += 1
        if self._printed >= RENEW_AFTER:
            self.close()
        head, pdf = reply
        if head["error"]:
            raise PressError(head["error"])
        return pdf

    def _exchange(self, asked: Mapping[str, object]) -> Reply | None:
        to_child, from_child = self._pipes()
        try:
            send(to_child, asked)
        except BrokenPipeError:
            return None
        return receive(from_child)

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._child is not None and self._child.poll() is not None:
            self.close()
        child = self._child or self._start()
        assert child.stdin is not None
        assert child.stdout is not None
        return child.stdin, child.stdout

    def _start(self) -> subprocess.Popen[bytes]:
        self._printed = 0
        # A bare environment: whatever is printed has no secret to find.
        self._child = subprocess.Popen(
            [sys.executable, "-m", self._module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LANG": "C.UTF-8", "PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert self._child.stdout is not None
        if receive(self._child.stdout) is None:
            self.close()
            raise PressError(NO_LIBRARIES)
        return self._child

    @property
    def pid(self) -> int | None:
        """The child's process number while there is one."""
        return self._child.pid if self._child else None

    def close(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()


class Presses:
    """Some presses of this process: so many print at a time, others wait."""

    def __init__(self, module: str, number: int) -> None:
        # The last used is the next, so that a second starts only when it is needed.
        self._idle: LifoQueue[Press] = LifoQueue()
        for _ in range(number):
            press = Press(module)
            self._idle.put(press)
            atexit.register(press.close)

    @contextmanager
    def one(self) -> Iterator[Press]:
        """A press that nobody else uses meanwhile."""
        press = self._idle.get()
        try:
            yield press
        finally:
            self._idle.put(press)
