"""A case study may be used until the day its writer names, and from the next morning on not."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from lms.ambassadors.models import CaseStudy
from lms.ambassadors.queries import case_studies as reading
from lms.ambassadors.services import case_studies as writing
from lms.ambassadors.services.case_studies import Story
from lms.contracts import SYSTEM
from lms.db import Complaint, db
from lms.people.models import Person
from lms.testing import Frozen
from lms.testing.client import PageClient
from tests.ambassadors import making
from tests.ambassadors.making import World, world

AsPerson = Callable[[Person], PageClient]
pytestmark = pytest.mark.usefixtures("session")
LAST_DAY, AFTER = "2027-03-12 23:30", "2027-03-13 00:10"


@pytest.fixture
def herts(session: object, frozen: Frozen) -> World:
    frozen("2027-03-02 10:00")
    return world()


@pytest.fixture
def sent(herts: World) -> uuid.UUID:
    """A case study that may be used until 12 March 2027 and waits for its review."""
    story = Story("We met.", "I asked.", "More talk.", "Ask.", ["public"], "name",
                  making.date_in(10))  # fmt: skip
    return writing.write(making.ambassador(herts).id, story, send=True, by=SYSTEM)


def listed(herts: World, state: str = "") -> list[str]:
    rows = db.session.execute(reading.listed(herts.coordinator, state))
    return [reading.as_row(row).state_words for row in rows]


def said(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


def test_it_stands_as_expired_before_the_hourly_work_has_come_by(
    herts: World, sent: uuid.UUID, frozen: Frozen
) -> None:
    writing.approve(sent, by=herts.coordinator)
    frozen(LAST_DAY)
    assert listed(herts) == listed(herts, "approved") == ["Ready"]
    assert listed(herts, "expired") == []
    frozen(AFTER)
    assert db.session.scalar(select(CaseStudy.state)) == "approved"
    assert listed(herts) == listed(herts, "expired") == ["Expired"]
    assert listed(herts, "approved") == []
    assert reading.find(herts.coordinator, sent).state == "expired"


def test_it_is_not_approved_after_its_day(herts: World, sent: uuid.UUID, frozen: Frozen) -> None:
    frozen(AFTER)
    with pytest.raises(Complaint, match="Ask for a change"):
        writing.approve(sent, by=herts.coordinator)
    assert db.session.scalar(select(CaseStudy.state)) == "submitted"


def test_on_its_last_day_it_is_approved(herts: World, sent: uuid.UUID, frozen: Frozen) -> None:
    frozen(LAST_DAY)
    writing.approve(sent, by=herts.coordinator)
    assert listed(herts) == ["Ready"]


def test_the_review_offers_a_change_and_no_approval_after_its_day(
    herts: World, sent: uuid.UUID, frozen: Frozen, as_person: AsPerson
) -> None:
    frozen(LAST_DAY)
    browser, path = as_person(herts.priya), f"/case-studies/{sent}"
    page = browser.get(path)
    assert "/approve" in said(page)
    word = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    frozen(AFTER)
    late = browser.post(f"{path}/approve", data={"csrf_token": word})
    assert late.status_code == 422
    assert "Ask for a change" in said(late)
    assert "/approve" not in said(browser.get(path))
    browser.press(path, note="Until when may we use it?")
    assert db.session.scalar(select(CaseStudy.state)) == "draft"
