"""A coordinator signs in without a password, by keyboard, in the browser that asked."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from lms.testing import Frozen
from tests import letters
from tests.journeys.conftest import Visit
from tests.journeys.programme import PRIYA, Programme

SUBJECT = "Your sign-in link"


def test_the_keyboard_alone_signs_in(programme: Programme, visit: Visit, width: int) -> None:
    priya = visit("Priya", width=width)
    keys = priya.page.keyboard
    priya.open("/")
    keys.press("Tab")
    expect(priya.page.get_by_role("link", name="Skip to main content")).to_be_focused()
    priya.tab_to("button", "Sign in")
    with priya.page.expect_navigation():
        keys.press("Enter")
    priya.see()
    priya.tab_to("textbox", "E-mail address")
    keys.type(PRIYA)
    with priya.page.expect_navigation():
        keys.press("Enter")
    priya.see()
    priya.open(programme.site.link(PRIYA, SUBJECT, "Sign in"))
    priya.tab_to("button", "Sign in")
    with priya.page.expect_navigation():
        keys.press("Enter")
    priya.see()
    priya.heading("What you need to do")


def test_another_browser_signs_nobody_in_and_the_code_does_where_it_was_asked(
    programme: Programme, visit: Visit
) -> None:
    priya, scanner = visit("Priya"), visit("Scanner")
    priya.open("/sign-in")
    priya.fill("E-mail address", PRIYA)
    priya.press("E-mail me a link")
    letter = programme.site.letter(PRIYA, SUBJECT)
    scanner.open(programme.site.link(PRIYA, SUBJECT, "Sign in"))
    scanner.reads("This is not the browser where you asked for the link")
    code = re.search(r"type this code.*: (\S+ ?\S+)", letters.text(letter))
    assert code
    priya.fill("Code from the e-mail", code[1])
    priya.press("Sign in")
    priya.heading("What you need to do")


def test_a_link_of_yesterday_has_expired_and_offers_another(
    programme: Programme, visit: Visit, frozen: Frozen
) -> None:
    frozen("2027-03-02 09:00")
    priya = visit("Priya")
    priya.open("/sign-in")
    priya.fill("E-mail address", PRIYA)
    priya.press("E-mail me a link")
    old = programme.site.link(PRIYA, SUBJECT, "Sign in")
    frozen("2027-03-03 09:00")
    priya.open(old, status=410)
    priya.heading("This link has expired")
    priya.press("Send me a new link")
    priya.heading("Check your e-mail")
    priya.open(programme.site.link(PRIYA, SUBJECT, "Sign in"))
    priya.press("Sign in")
    priya.heading("What you need to do")
