"""Somebody answers the survey before the course, by the link in their message."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from lms.testing import Frozen
from tests.journeys.conftest import Visit
from tests.journeys.programme import Programme
from tests.journeys.steps import answer

DAY = date(2027, 3, 18)
CONFIRMATION, ANSWER = "Booked: Brief Encounters", "Answer now"


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
