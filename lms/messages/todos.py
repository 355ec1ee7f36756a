"""Messages that wait for a person, as lines of "What you need to do"."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for

from lms.contracts import Actor, Todo
from lms.messages import queries
from lms.permissions import allowed
from lms.web.words import plural

LINES = (
    ("stopped", "stopped: more in an hour than usual", "Nobody gets them", "Release", 91),
    ("uncertain", "may or may not have arrived", "Ask them, then say so", "Decide", 92),
    ("failed", "could not be sent", "The mail server refused", "See the server’s words", 93),
    ("bounced", "came back", "The address does not work", "Correct the address", 94),
    ("held", "held for you to read", "Nobody gets them until you release them", "Read", 95),
    ("print", "for people without e-mail", "They get it on paper", "Print", 96),
)
"""State, what happened, why it matters, the verb, urgency."""


def of(actor: Actor) -> Iterable[Todo]:
    """One line for each state that needs somebody."""
    if not allowed(actor, "messages.manage"):
        return
    counts = queries.troubled(actor)
    for state, what, reason, verb, urgency in LINES:
        if count := counts.get(state, 0):
            address = url_for("messages.messages", state=state)
            yield Todo(f"{plural(count, 'message')} {what}", reason, verb, address, None, urgency)
