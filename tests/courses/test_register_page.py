"""What the page of a register says of marks that were not kept, and of none at all."""

from __future__ import annotations

import re
from datetime import date

import pytest

from courses.models import Booking, Cohort
from courses.queries import register as queries
from lms.db import db
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


# -- two phones at one register ------------------------------------------------------------------


class Phone:
    """A page that stays open: what is chosen on it, and what each answer put into it."""

    def __init__(self, browser, page: str, one) -> None:
        self.browser, self.page = browser, page
        self.fields: dict[str, str] = {}
        for line in queries.lines(one.id):
            self.fields[f"seen-{line.place_id}"] = str(line.mark.id) if line.mark else ""
            if line.mark:
                self.fields[f"mark-{line.place_id}"] = line.mark.mark

    def taps(self, line, mark: str):
        self.fields[f"mark-{line.place_id}"] = mark
        answer = tapped(self.browser, self.page, **self.fields)
        self.fields |= answer.json["fields"]
        return answer


def marks(one) -> list[str]:
    return [line.mark.mark if line.mark else "" for line in queries.lines(one.id)]


def test_a_mark_that_another_phone_corrected_stays_however_often_the_first_one_taps(
    priya, one, page
):
    amara, beth = queries.lines(one.id)
    first = Phone(priya, page, one)
    first.taps(beth, "present")
    Phone(priya, page, one).taps(beth, "absent")
    for mark in ("present", "absent", "present"):
        answer = first.taps(amara, mark)
        assert (answer.status_code, answer.json["says"]) == (200, None)
        assert marks(one) == [mark, "absent"]


def test_a_mark_that_another_phone_made_is_not_overwritten_by_a_page_that_never_showed_it(
    priya, one, page
):
    amara, beth = queries.lines(one.id)
    first = Phone(priya, page, one)
    Phone(priya, page, one).taps(beth, "absent")
    first.taps(amara, "present")
    answer = first.taps(beth, "present")
    assert answer.json["says"] == (
        "Not saved yet: Beth Lyons. Someone else changed this register at 9:40am (Priya Nair, "
        "1 mark). Press Save register to see the marks that stand now"
    )
    assert marks(one) == ["present", "absent"]
    assert first.taps(amara, "absent").json["says"].startswith("Not saved yet: Beth Lyons")
    assert marks(one) == ["absent", "absent"]


def test_a_tap_is_kept_though_one_lacks_its_time_and_another_was_overtaken(priya, one, page):
    colin = make.booking(db.session.get(Cohort, one.cohort_id), make.person("Colin", "Lyons"))
    amara, beth, _ = queries.lines(one.id)
    first = Phone(priya, page, one)
    Phone(priya, page, one).taps(beth, "absent")
    first.fields |= {f"mark-{beth.place_id}": "present", f"mark-{amara.place_id}": "late"}
    last = next(line for line in queries.lines(one.id) if line.booking_id == colin.id)
    answer = first.taps(last, "present")
    assert answer.json["says"].startswith("Not saved yet: Amara Lyons and Beth Lyons. Someone else")
    assert list(answer.json["errors"]) == [f"arrived-{amara.place_id}"]
    assert marks(one) == ["", "absent", "present"]


def test_without_scripts_the_conflict_is_shown_beside_what_was_chosen_for_the_others(
    priya, one, page
):
    amara, beth = queries.lines(one.id)
    seen = word_of(priya, page)
    Phone(priya, page, one).taps(beth, "absent")
    refused = priya.post(
        page,
        data={
            "csrf_token": seen,
            f"seen-{amara.place_id}": "",
            f"seen-{beth.place_id}": "",
            f"mark-{amara.place_id}": "late",
            f"arrived-{amara.place_id}": "9:38",
            f"mark-{beth.place_id}": "present",
        },
    )
    assert refused.status_code == 409
    assert "(Priya Nair, 1 mark)" in refused.text
    assert chosen(refused.text) == ["late", "absent"]
    assert 'value="9:38"' in refused.text
    assert marks(one) == ["", "absent"]


def chosen(page: str) -> list[str]:
    return re.findall(r'type="radio" value="(\w+)" checked', page)


# -- why a register is corrected -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("I took \x00 Beth for another", "The reason has a character in it that cannot be kept"),
        ("taken \u202e for another", "The reason has a hidden sign in it"),
        ("my client Sarah came instead", "looks like somebody&#39;s name"),
        ("a" * 2001, "The reason must be 2,000 characters or fewer"),
    ],
)
def test_a_reason_that_cannot_be_kept_loses_no_mark_that_was_chosen(
    priya, one, page, frozen, as_person, why, said
):
    _, beth = queries.lines(one.id)
    Phone(priya, page, one).taps(beth, "present")
    frozen("2027-03-19 09:40")
    femi = make.person("Femi", "Bello")
    make.grant(femi, "coordinator")
    browser = as_person(femi)
    phone = Phone(browser, page, one)
    mark = {f"mark-{beth.place_id}": "absent", "why": why}
    refused = browser.press(page, "Save register", **mark)
    assert refused.status_code == 422
    assert '<a href="#why">' in refused.text
    assert said in refused.text
    assert chosen(refused.text) == ["absent"]
    assert tapped(browser, page, **phone.fields | mark).status_code == 422
    assert marks(one) == ["", "present"]


def test_why_somebody_was_absent_may_be_given_after_the_mark_though_the_day_has_passed(
    one, page, as_person, frozen
):
    frozen("2027-03-19 09:00")
    ruth = make.person("Ruth", "Calder")
    make.grant(ruth, "coordinator")
    browser = as_person(ruth)
    [amara, _] = queries.lines(one.id)
    mark, reason = f"mark-{amara.place_id}", f"reason-{amara.place_id}"
    browser.press(page, "Save register", **{mark: "absent"})
    first = browser.press(page, "Save register", **{reason: "unwell"})
    other = browser.press(page, "Save register", **{reason: "work"})
    assert first.status_code == 303
    assert other.status_code == 422
    assert "Enter why you correct this register" in other.get_data(as_text=True)
    [amara, _] = queries.lines(one.id)
    assert amara.mark.reason == "unwell"


def test_who_walks_in_at_the_second_session_leaves_the_first_ones_register_complete(
    one, page, priya, as_person, frozen
):
    second = make.session(db.session.get_one(Cohort, one.cohort_id), date(2027, 3, 25))
    for line in queries.lines(one.id):
        make.place(db.session.get_one(Booking, line.booking_id), second)
        priya.press(page, "Save register", **{f"mark-{line.place_id}": "present"})
    frozen("2027-03-25 09:40")
    ruth = make.person("Ruth", "Calder")
    make.grant(ruth, "coordinator")
    browser = as_person(ruth)
    browser.press(
        page.replace("/1/", "/2/") + "/add",
        "Add and mark as present",
        given_name="Walter",
        family_name="Kinnear",
        email="",
    )
    first, now = ({line.name: line.mark for line in queries.lines(s.id)} for s in (one, second))
    assert (first["Walter Kinnear"].mark, first["Walter Kinnear"].reason) == ("absent", "joined")
    assert now["Walter Kinnear"].mark == "present"
    assert "Joined later" in browser.get(page).get_data(as_text=True)
    assert "unmarked" not in browser.get(page).get_data(as_text=True)
