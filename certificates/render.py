"""The door to the press: data and design in, the bytes of a PDF/UA out, or one sentence why not.

Only jobs and the demonstration call `render`; it takes a child process that is warm about 50 ms.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from collections.abc import Mapping
from queue import LifoQueue
from typing import IO, Any

from certificates.framing import receive, send
from certificates.shown import Shown
from lms.contracts import CertificateDesign

Reply = tuple[dict[str, Any], bytes]

PRESSES = 2
"""Children that print at a time, each on a processor of its own."""
RENEW_AFTER = 500
"""Certificates until the child is replaced, so that what it keeps in memory stays small."""

TOO_MUCH = "Printing took longer than 20 seconds or needed more than 512 MB."
NO_LIBRARIES = (
    "The libraries that print PDFs are not installed: run `make setup`, or install "
    "libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0 and fonts-liberation2."
)


class RenderError(Exception):
    """The certificate could not be printed; the message is a sentence for the coordinator."""


class Press:
    """One child process, started when first needed; for one thread at a time."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._printed = 0

    def print(self, shown: Shown, design: CertificateDesign, colours: Mapping[str, str]) -> bytes:
        """The bytes of one certificate, the same for the same input. Raises `RenderError`."""
        asked = {
            "shown": shown.as_json(),
            "template": design.template,
            "css": design.css,
            "colours": dict(colours),
        }
        reply = self._ask(asked)
        if reply is None:
            self.close()
            raise RenderError(TOO_MUCH)
        self._printed += 1
        if self._printed >= RENEW_AFTER:
            self.close()
        head, pdf = reply
        if head["error"]:
            raise RenderError(head["error"])
        return pdf

    def _ask(self, asked: Mapping[str, object]) -> Reply | None:
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
        # A bare environment: a design's template has no secret to find.
        self._child = subprocess.Popen(
            [sys.executable, "-m", "certificates.press"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LANG": "C.UTF-8", "PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert self._child.stdout is not None
        if receive(self._child.stdout) is None:
            self.close()
            raise RenderError(NO_LIBRARIES)
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


_idle: LifoQueue[Press] = LifoQueue()
"""The presses of this process; the last used is the next, so that a second starts when needed."""

for _press in (Press() for _ in range(PRESSES)):
    _idle.put(_press)
    atexit.register(_press.close)


def render(shown: Shown, design: CertificateDesign, colours: Mapping[str, str]) -> bytes:
    """Print one certificate as PDF/UA-1, byte for byte the same each time.

    `colours` are the authority's `brand` and `accent` as `#rrggbb`. Two print at a time, others
    wait. Raises `RenderError` with the reason: a faulty design, letters no font has, a page too
    many, 20 seconds or 512 MB.
    """
    press = _idle.get()
    try:
        return press.print(shown, design, colours)
    finally:
        _idle.put(press)
