"""What a channel is given, and what it answers: taken, not now, never, or nobody can say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class Letter:
    """A finished message: its bytes, the one address it goes to, a name that is its own."""

    content: bytes
    to: str
    name: str


class Result(StrEnum):
    """How a hand-over ended."""

    TAKEN = "taken"
    NOT_NOW = "not now"
    NEVER = "never"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Outcome:
    """The result, the server's own words, and whether the channel as a whole is out of order."""

    result: Result
    words: str = ""
    down: bool = False


class Channel(Protocol):
    """Takes one message for one recipient at a time; never raises for what a server does."""

    def deliver(self, letter: Letter) -> Outcome:
        """Hand a message over."""

    def close(self) -> None:
        """Say goodbye; the run is over."""
