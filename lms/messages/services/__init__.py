"""Writes of the messages' room: queueing for the rooms above, decisions for people.

`queue` and `queue_many` belong in the transaction of the change that causes the message.
"""

from lms.messages.calendar import Calendar, Entry
from lms.messages.services.deciding import (
    arrived,
    cancel,
    cancel_about,
    cancel_all,
    edit,
    hold,
    note_sheet,
    printed,
    release,
    release_all,
    send_again,
    send_now,
)
from lms.messages.services.queueing import NewMessage, queue, queue_many
from lms.messages.wording import Words

__all__ = [
    "Calendar",
    "Entry",
    "NewMessage",
    "Words",
    "arrived",
    "cancel",
    "cancel_about",
    "cancel_all",
    "edit",
    "hold",
    "note_sheet",
    "printed",
    "queue",
    "queue_many",
    "release",
    "release_all",
    "send_again",
    "send_now",
]
