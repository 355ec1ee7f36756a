"""What a channel answers: taken, not now, never, or nobody can say."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from typing import Protocol


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

    def deliver(self, message: EmailMessage, to: str) -> Outcome:
        """Hand a message over."""

    def close(self) -> None:
        """Say goodbye; the run is over."""
