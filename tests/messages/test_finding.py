"""Staff find a message by what they know of it: words of a name, a subject or an address."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms import clock
from lms.messages.models import NO_ADDRESS
from tests import factories
from tests.messages.test_queue import queue


@pytest.mark.parametrize(
    "typed", ["Zaman", "Josie Zaman", "zaman josie", "josie link", "JOSIE.ZAMAN@herts", "Jósie"]
)
@pytest.mark.parametrize("page", ["/messages", "/demo/messages"])
def test_messages_are_found_by_the_words_of_a_name_a_subject_or_an_address(
    session, app, as_person, monkeypatch, typed, page
):
    monkeypatch.setattr("lms.people.demo.require_open", lambda: None)
    coordinator = factories.person()
    factories.grant(coordinator, "coordinator")
    queue(factories.person("Josie", "Zaman", email="josie.zaman@herts.example"))
    queue(factories.person("Josie", "Hill", email="josie.hill@other.example"))
    browser = as_person(coordinator)
    found = browser.get(page, query_string={"q": typed}).text
    assert ">Josie Zaman<" in found
    assert (">Josie Hill<" in found) == (typed in ("josie link", "Jósie"))


def test_an_address_finds_nobody_for_whom_it_is_out_of_sight(session, as_person):
    mine, other = factories.locality(), factories.locality()
    there = factories.person(
        "Josie",
        "Zaman",
        email="secret@herts.example",
        organisation_id=factories.organisation(locality_id=other.id).id,
    )
    coordinator = factories.person()
    factories.grant(coordinator, "coordinator", "locality", str(mine.id))
    queue(there, locality_ids=[mine.id])
    browser = as_person(coordinator)
    assert ">Josie Zaman<" in browser.get("/messages?q=josie").text
    assert ">Josie Zaman<" not in browser.get("/messages?q=secret").text


def test_the_outbox_is_sorted_by_the_time_it_shows_and_keeps_what_waits_apart(
    session, app, as_person, monkeypatch
):
    monkeypatch.setattr("lms.people.demo.require_open", lambda: None)
    reader, now = factories.person("Josie", "Reader"), clock.now()
    for name, days in (("early", 3), ("late", 1), ("middle", 2)):
        at = now - timedelta(days=days)
        factories.message(reader, subject=name, state="sent", sent_at=at, not_before=at)
    for number in range(12):
        then = now + timedelta(days=30 - number)
        factories.message(reader, subject=f"wait {number:02}", not_before=then)
    factories.message(reader, subject="given up", state="cancelled", not_before=now)
    browser = as_person(reader)
    page = browser.get("/demo/messages").text
    assert "given up" not in page
    assert page.index("Waiting to be sent") < page.index("wait 11") < page.index("wait 10")
    assert "wait 01" not in page
    assert page.index("wait 02") < page.index(">Sent</h2>") < page.index("late</a>")
    assert page.index("late</a>") < page.index("middle</a>") < page.index("early</a>")
    letter = {"state": "held", "last_error": NO_ADDRESS}
    factories.message(reader, not_before=now + timedelta(days=40), **letter)
    waiting = browser.get("/demo/messages?waiting=yes").text
    assert "No e-mail: print" in waiting
    assert "wait 01" in waiting
    assert "middle</a>" not in waiting
