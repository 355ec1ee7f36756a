"""What is wrong with a content file, said so that its author finds the place.

`lms.content` raises it; the plugins page, `lms doctor` and the start-up log show it as it is.
"""

from __future__ import annotations

from pathlib import Path


class ContentError(ValueError):
    """A content file cannot be used; the message is `file:line: field: what to do`."""

    def __init__(self, file: Path, line: int, field: str, text: str) -> None:
        place = f"{file}:{line}: "
        super().__init__(f"{place}{field}: {text}" if field else f"{place}{text}")
        self.file, self.line, self.field, self.text = file, line, field, text
