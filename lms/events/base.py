"""What every event has: it happened in this transaction, and somebody did it."""

from __future__ import annotations

from dataclasses import dataclass

from lms.contracts import Actor


@dataclass(frozen=True)
class Event:
    """Something that has just happened in this transaction, and by whom."""

    by: Actor


@dataclass(frozen=True)
class Upgraded(Event):
    """The database has this release's tables: rooms bring in what plugins ship."""
