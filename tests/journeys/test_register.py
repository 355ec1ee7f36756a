"""A trainer marks who is there, on a phone, whatever the phone can do."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from lms.testing import Frozen
from tests.journeys.conftest import Visit
from tests.journeys.programme import PRIYA, SAM, Programme
from tests.journeys.steps import sign_in
from tests.journeys.visitor import PHONE, Visitor

NAMES = ("Amara Okafor", "Beth Lyons", "Colin Marsh")


@pytest.fixture
def cohort(programme: Programme, frozen: Frozen) -> str:
    """A cohort of three on its day, at 9:40am; the path of its page."""
    frozen("2027-03-02 09:00")
    made = programme.cohort(date(2027, 3, 18))
    programme.booked(made, *NAMES)
    frozen("2027-03-18 09:40")
    return made


def at_the_register(visitor: Visitor, programme: Programme) -> None:
    """Sam signs in and opens today's register."""
    sign_in(visitor, programme.site, SAM)
    visitor.press("Open register")
    visitor.heading("Register: Thursday 18 March 2027")


def test_without_scripts_one_button_saves_all_marks(
    programme: Programme, cohort: str, visit: Visit, width: int
) -> None:
    sam = visit("Sam", width=width, script=False)
    at_the_register(sam, programme)
    sam.choose("Amara Okafor", "Present")
    sam.choose("Beth Lyons", "Late")
    sam.choose("Colin Marsh", "Absent")
    sam.press("Save register")
    sam.heading("Register")
    expect(sam.page.get_by_role("alert")).to_contain_text("There is a problem")
    sam.group("Beth Lyons").get_by_label("Arrived at").fill("9:38")
    sam.press("Save register")
    sam.reads("Register saved: 3 marks changed", "Here 1 · Late 1 · Left early 0 · Absent 1")


def test_two_phones_at_one_register_lose_no_mark(
    programme: Programme, cohort: str, visit: Visit
) -> None:
    sam, priya = visit("Sam", width=PHONE), visit("Priya", width=PHONE)
    at_the_register(sam, programme)
    sign_in(priya, programme.site, PRIYA)
    priya.open(sam.page.url)
    sam.choose("Amara Okafor", "Present")
    expect(sam.page.locator("[data-saved]")).to_contain_text("Saved")
    priya.page.get_by_label("Find a name").fill("béth")
    expect(priya.page.get_by_text("1 of 3 shown")).to_be_visible()
    expect(priya.page.get_by_text("Colin Marsh", exact=True)).to_be_hidden()
    priya.choose("Beth Lyons", "Present")
    expect(priya.page.locator("#register-counts")).to_contain_text("Here 2")
    sam.open(sam.page.url)
    sam.reads("Here 2", "To mark 1")


def test_a_correction_stays_while_the_first_phone_goes_on_tapping(
    programme: Programme, cohort: str, visit: Visit
) -> None:
    sam, priya = visit("Sam", width=PHONE), visit("Priya", width=PHONE)
    at_the_register(sam, programme)
    tap(sam, "Beth Lyons", "Present", counts="Here 1 · Late 0 · Left early 0 · Absent 0")
    sign_in(priya, programme.site, PRIYA)
    priya.open(sam.page.url)
    tap(priya, "Beth Lyons", "Absent", counts="Here 0 · Late 0 · Left early 0 · Absent 1")
    tap(sam, "Amara Okafor", "Present", counts="Here 1 · Late 0 · Left early 0 · Absent 1")
    tap(sam, "Colin Marsh", "Present", counts="Here 2 · Late 0 · Left early 0 · Absent 1")
    tap(sam, "Beth Lyons", "Late", counts="Here 2 · Late 0 · Left early 0 · Absent 1")
    sam.group("Beth Lyons").get_by_label("Arrived at").fill("9:38")
    foot = sam.page.locator("[data-saved]")
    expect(foot).to_contain_text("Not saved yet: Beth Lyons. Someone else changed this register")
    sam.press("Save register")
    sam.reads("Someone else changed this register", "(Priya Nair, 1 mark)", "Here 2", "Absent 1")
    expect(sam.group("Beth Lyons").get_by_label("Absent", exact=True)).to_be_checked()


def tap(visitor: Visitor, name: str, mark: str, *, counts: str) -> None:
    """Choose a mark and wait until the page counts what stands then."""
    with visitor.page.expect_response("**/register"):
        visitor.choose(name, mark)
    expect(visitor.page.locator("#register-counts")).to_contain_text(counts)


def test_a_late_mark_is_asked_for_its_time_at_the_person_and_is_not_called_saved(
    programme: Programme, cohort: str, visit: Visit
) -> None:
    sam = visit("Sam", width=PHONE)
    at_the_register(sam, programme)
    beth, foot = sam.group("Beth Lyons"), sam.page.locator("[data-saved]")
    sam.choose("Beth Lyons", "Late")
    expect(foot).to_have_text("Not saved yet: Beth Lyons")
    expect(beth.get_by_text("Enter when Beth Lyons arrived, like 9:50am")).to_be_visible()
    arrived = beth.get_by_label("Arrived at")
    expect(arrived).to_have_accessible_description(
        "Error: Enter when Beth Lyons arrived, like 9:50am"
    )
    arrived.fill("9:38")
    expect(foot).to_contain_text("Saved")
    expect(beth.get_by_text("Enter when")).to_have_count(0)


def test_somebody_who_walks_in_is_added_and_present(
    programme: Programme, cohort: str, visit: Visit
) -> None:
    sam = visit("Sam", width=PHONE)
    at_the_register(sam, programme)
    sam.press("Add someone who is here")
    sam.fill("First name", "Dilys")
    sam.fill("Last name", "Rowe")
    sam.press("Add and mark as present")
    sam.reads("Dilys Rowe is booked and marked as present", "Here 1")
