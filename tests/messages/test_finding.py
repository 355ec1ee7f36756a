"""Staff find a message by what they know of it: words of a name, a subject or an address."""

from __future__ import annotations

import pytest

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
