"""Messages as files in a folder: on one person's machine, in demonstrations and in tests."""

from __future__ import annotations

import os
from pathlib import Path

from lms.messages.channels.base import Letter, Outcome, Result


class FileChannel:
    """Writes `<name>.eml`; the same message again replaces the file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, letter: Letter) -> Outcome:
        """Write the file whole or not at all, for its owner's eyes."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = self.folder / f".{letter.name}"
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(letter.content)
            fresh.replace(self.folder / f"{letter.name}.eml")
        except OSError as error:
            return Outcome(Result.NOT_NOW, f"The file could not be written: {error.strerror}", True)
        return Outcome(Result.TAKEN)

    def close(self) -> None:
        """Nothing is open."""
