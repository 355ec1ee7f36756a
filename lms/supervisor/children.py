"""A program kept running: started in its own session, ended with us, started again with pauses.

The supervisor has two, the web and the worker.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from lms import launcher
from lms.logfiles import appending

CALM_SECONDS = 60.0
"""A child that ran this long had started well: its next end is a first failure again."""
LONGEST_PAUSE = 30.0


@dataclass
class Child:
    """A program kept running."""

    name: str
    argv: list[str]
    log: Path
    end_by: signal.Signals = signal.SIGTERM
    """What the kernel sends it when the supervisor is gone, and the database with it."""
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    failures: int = 0
    due: float = 0.0

    def start(self, env: dict[str, str]) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        with appending(self.log) as output:
            self.process = subprocess.Popen(
                launcher.command(self.argv, end_by=self.end_by),
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.began = time.monotonic()

    def ended(self) -> bool:
        """Whether it runs no more; the first to notice counts the failure and sets the pause."""
        if self.process is None:
            return True
        if self.process.poll() is None:
            return False
        calm = time.monotonic() - self.began > CALM_SECONDS
        self.failures = 1 if calm else self.failures + 1
        self.due = time.monotonic() + min(LONGEST_PAUSE, 0.25 * 2 ** (self.failures - 1))
        self.process = None
        return True

    def tell(self, order: signal.Signals) -> None:
        """Send a signal to it and what it started."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, order)
