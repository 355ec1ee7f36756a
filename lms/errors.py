"""Refusals that end in a page of their own: not found, gone, too many tries, conflict.

Rooms raise them; `lms.web` renders them in the words they carry.
"""

from __future__ import annotations

from datetime import datetime


class NotFound(LookupError):
    """There is no such thing, or none in the actor's scope: the page never says which."""


class Gone(Exception):
    """What was asked for has ended: a heading, sentences, and one next step."""

    def __init__(
        self, title: str, *sentences: str, next_text: str = "", next_url: str = "", form: str = ""
    ) -> None:
        super().__init__(title)
        self.title = title
        self.sentences = sentences
        self.next_text = next_text
        self.next_url = next_url
        self.form = form
        """Address that the next step is posted to, where it must be a button."""


class TooMany(Exception):
    """Too many tries; nothing is lost, it may be tried again at `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too many tries")
        self.until = until


class Conflict(Exception):
    """Somebody else changed it meanwhile; nothing was saved."""


class Forbidden(Exception):
    """The actor may not; `permissions` are those of which one is needed."""

    def __init__(self, permissions: tuple[str, ...] = ()) -> None:
        super().__init__(", ".join(permissions))
        self.permissions = permissions
