"""A guest with jobs, and a worker of its own: `python -m tests.kernel.worker_kit` is a process.

The tests of jobs start it, kill it, and start another.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from lms import jobs
from lms.app import create_app
from lms.contracts import Job
from lms.db import crash_point
from lms.settings import Settings
from tests.kernel.kit import Guest, note


def two_steps(name: str) -> Iterator[None]:
    """Leave a row, make it durable, and leave another."""
    note(f"{name}: begun")
    yield
    crash_point("kit.between")
    note(f"{name}: done")


def fails() -> None:
    """A job that leaves something half made and fails."""
    note("half made")
    raise RuntimeError("the printer is on fire")


def killed() -> None:
    """A job that takes its worker with it."""
    crash_point("kit.always")


TWO_STEPS = Job("kit.two_steps", two_steps)
FAILS = Job("kit.fails", fails, attempts=2)
ONCE = Job("kit.once", fails, attempts=1)
KILLED = Job("kit.killed", killed, attempts=2)


def guest() -> Guest:
    """The guest."""
    return Guest("kit", lms_jobs=lambda: [TWO_STEPS, FAILS, ONCE, KILLED])


def main(database_url: str) -> None:
    """Work until there is nothing to do."""
    known = Settings(environment="test", database_url=database_url, secret_key="k" * 40)
    jobs.run_pending(create_app(known, [guest()]))


if __name__ == "__main__":
    main(sys.argv[1])
