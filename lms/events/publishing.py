"""`publish`: who listens hears of an event in order, and in the publisher's transaction."""

from __future__ import annotations

from collections import deque
from contextvars import ContextVar

from lms.containment import NotAGuests, guest_now
from lms.events.base import Event
from lms.registry import current_registry

_waiting: ContextVar[deque[Event] | None] = ContextVar("lms_events", default=None)


def publish(event: Event) -> None:
    """Tell everybody who listens, now, in this transaction.

    What listeners publish in turn waits until the present event has been told to all, so that
    everyone hears of things in the order in which they happened. Guests only hear: what one of
    them published would be told even if its call was then undone.
    """
    if guest := guest_now():
        raise NotAGuests(f"{guest} may not publish {type(event).__name__}")
    waiting = _waiting.get()
    if waiting is not None:
        waiting.append(event)
        return
    queue = deque([event])
    token = _waiting.set(queue)
    try:
        while queue:
            current_registry().notify(queue.popleft())
    finally:
        _waiting.reset(token)
