"""What the page of a register says of marks that were not kept, and of none at all."""

from __future__ import annotations

from datetime import date

import pytest

from courses.queries import register as queries
from tests import factories as make


@pytest.fixture
def priya(session, frozen, as_person):
    """A coordinator's browser, ten minutes into a session."""
    frozen("2027-03-18 09:40")
    priya = make.person("Priya", "Nair")
    make.grant(priya, "coordinator")
    return as_person(priya)


@pytest.fixture
def one(priya):
    """The session, with two people who are booked."""
    cohort = make.cohort(state="running")
    one = make.session(cohort, date(2027, 3, 18))
    for name in ("Amara", "Beth"):
        make.booking(cohort, make.person(name, "Lyons"))
    return one


@pytest.fixture
def page(one) -> str:
    return f"/cohorts/{one.cohort_id}/sessions/1/register"


def word_of(browser, page: str) -> str:
    return browser.get(page).text.split('name="csrf_token" value="')[1].split('"')[0]


def tapped(browser, page: str, **data: str):
    headers = {"X-Asked-By": "script", "X-CSRF-Token": word_of(browser, page)}
    return browser.post(page, data=data, headers=headers)


def test_saving_a_register_without_any_mark_says_that_nobody_is_marked(priya, one, page):
    amara, *_ = queries.lines(one.id)
    refused = priya.press(page, "Save register")
    assert refused.status_code == 422
    said = "Nobody is marked yet. Choose a mark for at least one person, then save"
    assert f'<a href="#mark-{amara.place_id}-1">{said}</a>' in refused.text
    assert "kept already" not in priya.get(page).text


def test_looking_for_a_name_before_anybody_is_marked_is_no_mistake(priya, page):
    for find in ("beth", ""):
        data = {"csrf_token": word_of(priya, page), "look": "yes", "find": find}
        assert priya.post(page, data=data).status_code == 303
    assert "kept already" not in priya.get(page).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter when Beth Lyons arrived, like 9:50am"),
        ("8:00am", "The time Beth Lyons arrived must be between 9:30am and 12:30pm"),
        ("soon", "The time must be a time, like 9:30am"),
    ],
)
def test_a_tap_without_a_right_time_is_said_at_the_person_and_not_called_saved(
    priya, one, page, typed, said
):
    amara, beth = queries.lines(one.id)
    field = f"arrived-{beth.place_id}"
    marks = {f"mark-{amara.place_id}": "present", f"mark-{beth.place_id}": "late", field: typed}
    answer = tapped(priya, page, **marks)
    assert list(answer.json["errors"]) == [field]
    assert said in answer.json["errors"][field]
    assert answer.json["says"] == "Not saved yet: Beth Lyons"
    right = tapped(priya, page, **marks | {field: "9:38"})
    assert (right.json["errors"], right.json["says"]) == ({}, None)


def test_without_scripts_the_error_stands_at_the_person_and_in_the_summary(priya, one, page):
    _, beth = queries.lines(one.id)
    field = f"arrived-{beth.place_id}"
    refused = priya.press(page, "Save register", **{f"mark-{beth.place_id}": "late"}).text
    said = "Enter when Beth Lyons arrived, like 9:50am"
    assert f'<a href="#{field}">{said}</a>' in refused
    assert f'<p id="{field}-error" class="govuk-error-message">' in refused
    assert refused.count(said) == 2
    assert "Register saved" not in refused + priya.get(page).text
