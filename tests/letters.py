"""Reads the messages that went out as files, for tests that follow what people get."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


class Letters:
    """The folder of outgoing messages, as the people who get them would read them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> list[EmailMessage]:
        """Every message, oldest first."""
        files = sorted(self.folder.glob("*.eml"))
        return [message_from_bytes(f.read_bytes(), policy=policy.default) for f in files]

    def to(self, address: str) -> list[EmailMessage]:
        """The messages to one address."""
        return [m for m in self.all() if m["To"].addresses[0].addr_spec == address]

    def clear(self) -> None:
        """Throw them away."""
        for file in self.folder.glob("*.eml"):
            file.unlink()


def text(letter: EmailMessage) -> str:
    """The plain text of a message."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html(letter: EmailMessage) -> str:
    """Its HTML."""
    part = letter.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def path_in(letter: EmailMessage, words: str) -> str:
    """The path of the link that stands after these words."""
    found = re.search(rf"{re.escape(words)}: http://localhost(\S+)", text(letter))
    assert found, text(letter)
    return found[1]
