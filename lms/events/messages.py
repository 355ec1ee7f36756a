"""What becomes of messages."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from lms.events.base import Event


@dataclass(frozen=True)
class MessageQueued(Event):
    """Messages wait to be sent (one message is a tuple of one)."""

    message_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class MessageSent(Event):
    """The mail server took a message."""

    message_id: uuid.UUID


@dataclass(frozen=True)
class MessageUncertain(Event):
    """Nobody can say whether a message was taken; a person decides."""

    message_id: uuid.UUID


@dataclass(frozen=True)
class MessageBounced(Event):
    """A message came back."""

    message_id: uuid.UUID
