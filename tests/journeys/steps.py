"""What people do in more than one journey: sign in by a link, answer five questions."""

from __future__ import annotations

import re

from tests.journeys.site import Site
from tests.journeys.visitor import Visitor

FIVE = ("you would spot the early signs", "in what you know about relationships",
        "would you be to ask about", "helping a parent with a problem",
        "where to send a parent")  # fmt: skip


def sign_in(visitor: Visitor, site: Site, address: str) -> None:
    """Ask for a link, open it from the message, press its button."""
    visitor.open("/sign-in")
    visitor.fill("E-mail address", address)
    visitor.press("E-mail me a link")
    visitor.heading("Check your e-mail")
    visitor.open(site.link(address, "Your sign-in link", "Sign in"))
    visitor.press("Sign in")
    visitor.heading("What you need to do")


def answer(visitor: Visitor, word: str) -> None:
    """Choose the answer that begins with this word to all five questions."""
    for question in FIVE:
        visitor.group(question).get_by_role("radio", name=re.compile(f"^{word}")).check()
