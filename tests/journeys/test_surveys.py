"""Somebody answers the survey before the course, by the link in their message."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from lms.testing import Frozen
from tests.journeys.conftest import Visit
from tests.journeys.programme import Programme
from tests.journeys.steps import FIVE, answer
from tests.journeys.visitor import PHONE

DAY = date(2027, 3, 18)
CONFIRMATION, ANSWER = "Booked: Brief Encounters", "Answer now"
ADDRESS = "The e-mail address you booked with"


@pytest.fixture
def survey(programme: Programme, frozen: Frozen) -> str:
    """The address that Amara's confirmation names."""
    frozen("2027-03-02 09:00")
    cohort = programme.cohort(DAY)
    [amara] = programme.booked(cohort, "Amara Okafor")
    frozen("2027-03-02 09:11")
    return programme.site.link(amara, CONFIRMATION, ANSWER)


def test_five_questions_are_five_taps_and_a_button(survey: str, visit: Visit, width: int) -> None:
    amara = visit("Amara", width=width)
    amara.open(survey)
    amara.heading("Five questions before you start")
    answer(amara, "Somewhat")
    expect(amara.page.get_by_role("status")).to_contain_text("Saved")
    amara.press("Send my answers")
    amara.heading("Thank you")
    amara.open(survey)
    amara.heading("You have already answered")


def test_a_question_left_is_said_once_and_may_be_left(survey: str, visit: Visit) -> None:
    amara = visit("Amara", width=PHONE)
    amara.open(survey)
    for question in FIVE[1:]:
        amara.group(question).get_by_role("radio", name="Somewhat").check()
    amara.press("Send my answers")
    amara.reads("You left 1 question. Answer it, or send without it.")
    amara.press("Send without it")
    amara.heading("Thank you")


def test_half_an_answer_is_still_there_on_another_day(survey: str, visit: Visit) -> None:
    amara = visit("Amara", width=PHONE)
    amara.open(survey)
    first = amara.group(FIVE[0]).get_by_role("radio", name="Quite confident")
    first.check()
    expect(amara.page.get_by_role("status")).to_contain_text("Saved")
    later = visit("Amara later", width=PHONE)
    later.open(survey)
    expect(later.group(FIVE[0]).get_by_role("radio", name="Quite confident")).to_be_checked()


def test_without_scripts_the_survey_is_a_form(survey: str, visit: Visit, width: int) -> None:
    amara = visit("Amara", width=width, script=False)
    amara.open(survey)
    expect(amara.page.get_by_text("Saved as you go")).to_be_hidden()
    answer(amara, "Quite")
    amara.press("Send my answers")
    amara.heading("Thank you")


def test_the_keyboard_alone_answers_the_survey(survey: str, visit: Visit) -> None:
    amara = visit("Amara")
    amara.open(survey)
    for _ in FIVE:
        amara.tab_to("radio")
        amara.page.keyboard.press("Space")
        amara.page.keyboard.press("ArrowDown")
    expect(amara.page.get_by_role("radio", checked=True)).to_have_count(5)
    expect(amara.group(FIVE[4]).get_by_role("radio", name="Not very confident")).to_be_checked()
    amara.tab_to("button", "Send my answers")
    with amara.page.expect_navigation():
        amara.page.keyboard.press("Enter")
    amara.heading("Thank you")


def test_a_closed_survey_says_so_and_what_comes_next(
    survey: str, visit: Visit, frozen: Frozen
) -> None:
    frozen("2027-03-18 10:01")
    amara = visit("Amara", width=PHONE)
    amara.open(survey)
    amara.heading("This survey has closed")


def test_the_code_in_the_room_opens_ones_own_survey_and_nothing_that_was_kept(
    survey: str, visit: Visit, frozen: Frozen, width: int
) -> None:
    amara = visit("Amara", width=PHONE)
    amara.open(survey)
    amara.group(FIVE[0]).get_by_role("radio", name="Quite confident").check()
    expect(amara.page.get_by_role("status")).to_contain_text("Saved")

    frozen("2027-03-18 09:10")
    somebody = visit("Somebody", width=width)
    somebody.open("/r/BE-01")
    somebody.fill(ADDRESS, "nobody@x.example")
    somebody.press("Open my survey")
    somebody.reads("We did not find this address on today's list")
    somebody.fill(ADDRESS, "amara.okafor@nhs.example")
    somebody.press("Open my survey")
    somebody.heading("Five questions before you start")
    somebody.reads("You have begun already")
    expect(somebody.page.get_by_role("radio", checked=True)).to_have_count(0)
    answer(somebody, "Somewhat")
    somebody.press("Send my answers")
    somebody.heading("Thank you")
    amara.open(survey)
    amara.heading("You have already answered")
