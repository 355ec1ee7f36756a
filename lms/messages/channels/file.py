"""Messages as files in a folder: on one person's machine, in demonstrations and in tests."""

from __future__ import annotations

import os
from email.message import EmailMessage
from pathlib import Path

from lms.messages.channels.base import Outcome, Result


class FileChannel:
    """Writes `<Message-ID>.eml`; the same message again replaces the file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, message: EmailMessage, to: str) -> Outcome:
        """Write the file whole or not at all, for its owner's eyes."""
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = self.folder / f".{name}"
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(message.as_bytes())
            fresh.replace(self.folder / f"{name}.eml")
        except OSError as error:
            return Outcome(Result.NOT_NOW, f"The file could not be written: {error.strerror}", True)
        return Outcome(Result.TAKEN)

    def close(self) -> None:
        """Nothing is open."""
