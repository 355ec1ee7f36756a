"""Jobs, records about a person, and points in a queue.

The worker, subject access and the queue ask for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Job:
    """Work done outside a request. Arguments are JSON: ids as strings, never rows or names.

    `run` may be a generator: the kernel commits at every `yield` and at the end, so a state can be
    durable before the outside world is touched. Jobs run at least once, perhaps twice at a time:
    "once" is the work's own (a unique key or a compare-and-set). `cron` (UTC) makes it periodic.
    """

    name: str
    run: Callable[..., Any]
    cron: str | None = None
    attempts: int = 5


@dataclass(frozen=True)
class PersonalRecord:
    """A part of what is held about a person: a heading and rows of label and value.

    `confidential` is for the person alone (what they answered): staff who download all that is
    held are told that there is such a part, and not what it says.
    """

    title: str
    rows: tuple[tuple[str, str], ...]
    confidential: bool = False


@dataclass(frozen=True)
class Priority:
    """Points in a queue, with the reason shown to people."""

    key: str
    points: int
    reason: str
