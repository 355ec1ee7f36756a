"""A change of a date on which places are held: the page before it says who will be told of what."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from courses.queries import offers
from courses.services import waiting
from courses.services.queue import answering
from lms import clock
from lms.db import db
from lms.messages.models import Message
from lms.people.models import Person
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import World, oneself

AsPerson = Callable[[Person], PageClient]
LATER = {"sessions-0-start": "10am", "sessions-0-end": "1pm"}
WHAT = (
    "Session 1: was Thursday 18 February 2027, 9:30am to 12:30pm, "
    "now Thursday 18 February 2027, 10am to 1pm"
)


@pytest.fixture
def priya(world: World, as_person: AsPerson) -> PageClient:
    """The coordinator's browser, while places are held for two and nobody is booked."""
    for _ in range(2):
        one = make.person()
        waiting.join(world.course.id, one.id, by=oneself(one), told=False)
    for message in db.session.scalars(select(Message).where(Message.state == "queued")):
        message.state, message.sent_at = "sent", clock.now()
    return as_person(world.priya)


def review(world: World, priya: PageClient, **fields: str) -> str:
    return str(priya.press(f"/cohorts/{world.cohort.id}/edit", **(fields or LATER)).location)


def text_of(browser: PageClient, address: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", browser.get(address).text))


def newest(kind: str) -> list[Message]:
    rows = select(Message).where(Message.kind == f"courses.{kind}", Message.state == "queued")
    return list(db.session.scalars(rows))


def test_a_change_is_shown_and_told_to_those_for_whom_a_place_is_held(
    world: World, priya: PageClient
) -> None:
    at = review(world, priya)
    page = text_of(priya, at)
    assert "2 people and 1 trainer will be told at once" in page
    assert "To 2 people for whom a place is held" in page
    assert "Priya Nair changed this course, so we ask you again" in page
    assert page.count(WHAT) == 2
    assert "Everybody who is booked" not in page

    priya.press(at, "Save and tell 2 people and 1 trainer")

    assert "2 people and 1 trainer are told" in priya.get(f"/cohorts/{world.cohort.id}").text
    again = newest("offer")
    assert len(again) == 2
    assert all(WHAT in one.body and one.subject.startswith("Changed: ") for one in again)
    assert "Everybody who is booked" not in newest("trainer_changed")[0].body


def test_trainers_read_that_everybody_booked_has_been_told_where_somebody_was(
    world: World, priya: PageClient
) -> None:
    held = offers.of_cohort(world.cohort.id)[0]
    answering.accept(held.id, by=oneself(db.session.get_one(Person, held.person_id)))
    at = review(world, priya)
    page = text_of(priya, at)
    assert "To 1 person who is booked" in page
    assert "To 1 person for whom a place is held" in page
    priya.press(at, "Save and tell 2 people and 1 trainer")
    told = "Everybody who is booked has been told.\n\n[Open the cohort]"
    assert told in newest("trainer_changed")[0].body


def test_a_date_that_becomes_too_near_to_hold_places_is_shown_as_that(
    world: World, priya: PageClient
) -> None:
    today = {"sessions-0-day-day": "1", "sessions-0-day-month": "2", "sessions-0-day-year": "2027"}
    hours = {"sessions-0-start": "3pm", "sessions-0-end": "6pm"}
    at = review(world, priya, **today, **hours)
    page = text_of(priya, at)
    assert "The place held for you on Brief Encounters is gone" in page
    priya.press(at, "Save and tell 2 people and 1 trainer")
    assert len(newest("offer_ended")) == 2


def test_a_change_of_numbers_asks_nobody_again(world: World, priya: PageClient) -> None:
    at = review(world, priya, capacity="9")
    assert "for whom a place is held" not in text_of(priya, at)
    priya.press(at, "Save")
    assert not newest("offer")


def test_the_page_before_a_cancellation_counts_those_for_whom_a_place_is_held(
    world: World, priya: PageClient
) -> None:
    at = priya.press(
        f"/cohorts/{world.cohort.id}/cancel", reason="The room is flooded", fate="nowhere"
    ).location
    page = text_of(priya, at)
    assert "2 people and 1 trainer will be told at once" in page
    assert "Reason: The room is flooded. You are back on the waiting list" in page
    assert "Everybody who was booked" not in page
    priya.press(at, "Cancel this cohort")
    assert "2 people and 1 trainer are told" in priya.get(f"/cohorts/{world.cohort.id}").text
