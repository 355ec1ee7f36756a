"""A coordinator fills four dates from the first, and is told by name and time what is taken."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import expect

from lms.testing import Frozen
from tests.journeys.conftest import Visit
from tests.journeys.programme import PRIYA, ROOM, Programme
from tests.journeys.steps import sign_in


def test_four_weekly_dates_come_from_the_first_and_a_taken_room_is_named(
    programme: Programme, visit: Visit, frozen: Frozen, width: int
) -> None:
    frozen("2027-03-02 09:00")
    programme.cohort(date(2027, 3, 18))
    priya = visit("Priya", width=width)
    sign_in(priya, programme.site, PRIYA)
    priya.open("/courses/brief-encounters/cohorts/new")
    priya.choose("Which format?", "Four sessions")
    priya.press("Continue")
    priya.choose("Which places is it for?", "Hertfordshire")
    priya.press("Continue")

    for part, value in (("Day", "4"), ("Month", "3"), ("Year", "2027")):
        priya.fill(part, value)
    priya.press("Repeat weekly, 4 times")
    days = [one.input_value() for one in priya.page.get_by_label("Day", exact=True).all()]
    assert days == ["4", "11", "18", "25"]
    priya.press("Continue")

    priya.pick("Where", ROOM)
    third = priya.page.locator("#sessions-2-venue-said")
    expect(third).to_contain_text(
        "Stevenage Library, Room 2 is already booked on Thursday 18 March 2027 "
        "from 9:30am to 3:30pm for Brief Encounters (BE-01)"
    )
    priya.choose("Who trains", "Sam Ellery")
    priya.press("Continue")
    priya.heading("Where and who")
    problems = priya.page.get_by_role("alert")
    expect(problems).to_contain_text("Stevenage Library, Room 2 is already booked on Thursday 18")
    expect(problems).to_contain_text("Sam Ellery is training")

    priya.press("Back")
    for n, day in enumerate(("5", "12", "19", "26")):
        priya.page.get_by_label("Day", exact=True).nth(n).fill(day)
    priya.press("Continue")
    priya.heading("Where and who")
    priya.pick("Where", ROOM)
    priya.choose("Who trains", "Sam Ellery")
    priya.press("Continue")
    priya.fill("How many places?", "20")
    priya.press("Continue")
    priya.press("Continue")
    priya.heading("Check before you publish")
    priya.press("Publish cohort")
    priya.heading("Brief Encounters: four sessions, Hertfordshire")
