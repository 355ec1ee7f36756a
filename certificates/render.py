"""The door to the press: data and design in, the bytes of a PDF/UA out, or one sentence why not.

Only jobs and the demonstration call `render`; it costs about 20 ms once the child process is warm.
"""

from __future__ import annotations

import atexit
import subprocess
import sys
import threading
from collections.abc import Mapping

from certificates.framing import receive, send
from certificates.shown import Shown
from lms.contracts import CertificateDesign

RENEW_AFTER = 500
"""Certificates until the child is replaced, so that what it keeps in memory stays small."""


class RenderError(Exception):
    """The certificate could not be printed; the message is a sentence for the coordinator."""


class Press:
    """One child process, started when first needed, that prints one certificate at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
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
        with self._lock:
            reply = self._ask(asked)
            if reply is None:
                self.close()
                raise RenderError(
                    "Printing took longer than 20 seconds or needed more than 512 MB."
                )
            self._printed += 1
            if self._printed >= RENEW_AFTER:
                self.close()
        head, pdf = reply
        if head["error"]:
            raise RenderError(head["error"])
        return pdf

    def _ask(self, asked: Mapping[str, object]) -> tuple[dict[str, str], bytes] | None:
        child = self._started()
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            send(child.stdin, asked)
        except BrokenPipeError:
            return None
        return receive(child.stdout)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is not None:
            self.close()
        if self._child is None:
            # An empty environment: a design's template has no secret to find.
            self._child = subprocess.Popen(
                [sys.executable, "-m", "certificates.press"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path)},
            )
            self._printed = 0
        return self._child

    def close(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()


_press = Press()
atexit.register(_press.close)


def render(shown: Shown, design: CertificateDesign, colours: Mapping[str, str]) -> bytes:
    """Print one certificate as PDF/UA-1, byte for byte the same each time.

    `colours` are the authority's `brand` and `accent` as `#rrggbb`. Raises `RenderError` with the
    reason: a faulty design, letters no font has, a page too many, 20 seconds or 512 MB.
    """
    return _press.print(shown, design, colours)
