"""Reads of the messages' room: lists in scope, one message, the outbox of a demonstration."""

from lms.messages.queries.lists import (
    WORDS,
    Held,
    MessageRow,
    Waiting,
    about,
    as_row,
    braked,
    held,
    listed,
    releasable,
    stopped,
    troubled,
    waiting_about,
)
from lms.messages.queries.one import MessageDetail, find, hidden_links, personal_data
from lms.messages.queries.outbox import (
    Opened,
    OutboxRow,
    as_outbox_row,
    calendar_of,
    open_message,
    outbox,
    waiting_next,
)

__all__ = [
    "WORDS",
    "Held",
    "MessageDetail",
    "MessageRow",
    "Opened",
    "OutboxRow",
    "Waiting",
    "about",
    "as_outbox_row",
    "as_row",
    "braked",
    "calendar_of",
    "find",
    "held",
    "hidden_links",
    "listed",
    "open_message",
    "outbox",
    "personal_data",
    "releasable",
    "stopped",
    "troubled",
    "waiting_about",
    "waiting_next",
]
