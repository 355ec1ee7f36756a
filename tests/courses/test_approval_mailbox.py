"""What a manager was asked closes when others turn out to read the mailbox that it went to."""

from __future__ import annotations

import pytest

from courses.services import requests
from lms.contracts import SYSTEM
from lms.db import Complaint
from lms.people.models import Person
from lms.people.services import mailboxes
from lms.testing.client import PageClient
from tests.courses.conftest import World
from tests.courses.test_approval import (
    AsPerson,
    Frozen,
    amara,
    ask,
    asking,
    mark,
    messages,
    page_of,
    states,
)

__all__ = ["amara", "asking", "mark"]


def test_a_link_that_others_may_have_read_answers_nothing_any_more(
    asking: World, amara: Person, mark: Person, client: PageClient
) -> None:
    found = ask(asking, amara)
    page = page_of(found, asking)
    assert client.get(page).status_code == 200
    mailboxes.decide(mark.id, shared=True, by=SYSTEM)
    gone = client.get(page)
    assert gone.status_code == 410
    assert "This link has been withdrawn" in gone.get_data(as_text=True)
    assert client.post(page, data={"answer": "approve"}).status_code == 410
    assert states(amara) == ["requested"]
    (message,) = messages(mark, "approval")
    assert message.state == "cancelled"


def test_the_manager_is_asked_there_again_only_when_nobody_else_reads_it(
    asking: World, amara: Person, mark: Person, client: PageClient, frozen: Frozen
) -> None:
    found = ask(asking, amara)
    mailboxes.decide(mark.id, shared=True, by=SYSTEM)
    with pytest.raises(Complaint, match="Others may read Mark Boss’s mailbox"):
        requests.ask_again(found.id, by=SYSTEM)
    mailboxes.decide(mark.id, shared=False, by=SYSTEM)
    assert requests.ask_again(found.id, by=SYSTEM)
    assert [one.state for one in messages(mark, "approval")] == ["cancelled", "queued"]
    assert client.get(page_of(found, asking)).status_code == 200


def test_the_coordinator_reads_why_and_decides_instead(
    asking: World, amara: Person, mark: Person, as_person: AsPerson
) -> None:
    found = ask(asking, amara)
    mailboxes.decide(mark.id, shared=True, by=SYSTEM)
    priya, listed = as_person(asking.priya), f"/cohorts/{asking.cohort.id}/approvals"
    assert "Mark Boss (others may read their mailbox)" in priya.get(listed).text
    page = priya.get(f"{listed}/{found.id}").text
    assert "Others may read Mark Boss’s mailbox" in page
    assert "Ask Mark Boss again" not in page
    priya.press(f"{listed}/{found.id}", answer="book", reason="He said yes on the telephone")
    assert states(amara) == ["booked"]
