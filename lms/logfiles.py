"""Log files of the instance folder: owner-only, begun again when long, quoted when one failed.

The embedded database and the supervisor give them to their children.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LIMIT = 10_000_000


@contextmanager
def appending(log: Path) -> Iterator[int]:
    """The log for appending, owner-only, begun again when it has grown long."""
    fresh = os.O_TRUNC if log.exists() and log.stat().st_size > LIMIT else 0
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | fresh, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def tail(log: Path, lines: int = 25) -> str:
    said = log.read_text(errors="replace").splitlines()[-lines:]
    return f"{log} ends with:\n" + "\n".join(said)
