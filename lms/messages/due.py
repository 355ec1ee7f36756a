"""Which messages may go at this moment: the sender takes them, the brake counts them."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from lms import clock
from lms.messages.hours import open_now
from lms.messages.models import Message

ALWAYS = ("sign-in",)
"""Kinds that the brake on large runs never stops, and no list shows."""


def due() -> ColumnElement[bool]:
    """Waiting messages whose time has come.

    What may wait goes in working hours, as its person's letter of the day, or when a person let
    it go.
    """
    settled = Message.urgency == "now"
    if open_now():
        settled |= Message.digest_id.is_not(None) | Message.released_at.is_not(None)
    return (Message.state == "queued") & (Message.not_before <= clock.now()) & settled
