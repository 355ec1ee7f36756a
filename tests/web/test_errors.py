"""Every refusal and fault ends in a page that says what happened, what is kept and what to do."""

from __future__ import annotations

import logging
import re

import pytest
from sqlalchemy import text

from lms.db import db
from lms.testing.client import PageClient
from lms.web.opening import LmsFlask
from tests.web.gallery import TOKEN

FAIL = "/x/gallery/fail/"
SECRETS = ("secret words", "Planted", TOKEN, "someone@example.com")


@pytest.mark.parametrize(
    ("what", "status", "title"),
    [
        ("missing", 404, "Page not found"),
        ("gone", 410, "This link has been replaced"),
        ("conflict", 409, "Somebody else changed this; nothing was saved"),
        ("complaint", 422, "This could not be done"),
        ("deadlock", 409, "Somebody else changed this; nothing was saved"),
        ("bug", 500, "Something went wrong at our end"),
        ("sql", 400, "We could not read that"),
        ("number", 400, "We could not read that"),
        ("nul", 400, "We could not read that"),
        ("slow", 503, "That took too long, so nothing was saved"),
        ("killed", 503, "The service was interrupted; nothing was saved"),
        ("integrity", 409, "Somebody else changed this; nothing was saved"),
    ],
)
def test_each_way_of_failing_has_its_page(
    priya: PageClient, what: str, status: int, title: str
) -> None:
    page = priya.post(FAIL + what, data={"name": "Planted words"})
    assert page.status_code == status
    assert f">{title}</h1>" in page.text
    assert "workforce@council.example" in page.text
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("what", ["conflict", "deadlock", "integrity", "slow", "killed"])
def test_what_was_typed_is_shown_again_when_somebody_else_was_quicker(
    priya: PageClient, what: str
) -> None:
    data = {"name": "Planted <words>", "other": "1\n2"}
    page = priya.post(f"{FAIL}{what}?step=2", data=data)
    assert "Planted &lt;words&gt;" in page.text
    assert f'action="{FAIL}{what}?step=2"' in page.text
    assert '<textarea name="other" hidden>\n1\n2</textarea>' in page.text


def test_the_next_request_works_after_the_connection_was_lost(priya: PageClient) -> None:
    assert priya.post(f"{FAIL}killed").status_code == 503
    assert priya.get("/x/gallery/cohort").status_code == 200


def test_a_fault_has_a_reference_that_is_in_the_log_and_no_words_of_anybody(
    priya: PageClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    data = {"name": "Planted words", "email": "someone@example.com"}
    page = priya.post(f"{FAIL}bug?token={TOKEN}", data=data)
    reference = re.search(r"[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}", page.text)
    assert reference is not None
    assert reference[0] in caplog.text
    assert "ValueError" in caplog.text
    assert "gallery.py" in caplog.text
    assert not [secret for secret in SECRETS if secret in caplog.text]
    assert "secret words" not in page.text


@pytest.mark.parametrize("what", ["sql", "integrity", "nul"])
def test_a_database_error_is_logged_without_its_parameters(
    priya: PageClient, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    caplog.set_level(logging.DEBUG)
    priya.post(f"{FAIL}{what}", data={"name": "Planted words"})
    assert "fault " in caplog.text
    assert not [secret for secret in SECRETS if secret in caplog.text]


def test_saved_is_not_said_when_the_request_failed_after_saying_it(browser: PageClient) -> None:
    assert browser.press("/x/gallery/buttons", "Say and fail").status_code == 500
    assert "Saved, it says" not in browser.get("/x/gallery/open").text


def test_saved_is_said_once(browser: PageClient) -> None:
    browser.press("/x/gallery/short", name="Amara")
    assert "Saved Amara" in browser.get("/x/gallery/open").text
    assert "Saved Amara" not in browser.get("/x/gallery/open").text


def test_an_undo_in_the_banner_is_a_button_that_posts(priya: PageClient) -> None:
    filled = {
        "name": "Amara", "email": "a@x.uk", "job": "hv", "start-day": "4", "start-month": "3",
        "start-year": "2027", "at": "9:30am", "capacity": "18", "support": "yes", "agree": "yes",
    }  # fmt: skip
    answer = priya.press("/x/gallery/form", **filled)
    assert answer.status_code == 303
    page = priya.get(answer.location).text
    assert 'method="post" action="/x/gallery/undo"' in page
    assert "The person was added." in page


def test_an_invalid_form_says_error_in_its_title_and_keeps_what_was_typed(
    priya: PageClient,
) -> None:
    answer = priya.press("/x/gallery/form", name="Amara <3", email="nobody", capacity="0")
    assert answer.status_code == 422
    assert "<title>Error: Add a new person – Family relationships training</title>" in answer.text
    assert 'value="Amara &lt;3"' in answer.text
    assert 'href="#email"' in answer.text
    assert answer.text.count("Capacity must be 1 or more") == 2


def test_a_second_press_gets_the_first_ones_answer(priya: PageClient, gallery: LmsFlask) -> None:
    filled = {
        "name": "Amara", "email": "a@x.uk", "job": "hv", "start-day": "4", "start-month": "3",
        "start-year": "2027", "at": "9:30am", "support": "yes", "agree": "yes",
        "once": "the-same-key",
    }  # fmt: skip
    answers = [priya.post("/x/gallery/form", data=filled) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    with gallery.app_context():
        assert db.session.scalar(text("select count(*) from once_key")) == 1


def test_a_page_for_others_says_who_one_is_and_whose_it_is(browser: PageClient) -> None:
    browser.get("/x/gallery/be/trainer")
    page = browser.get("/x/gallery/cohort")
    assert page.status_code == 403
    assert "You are signed in as Priya Nair (trainer). This page is for coordinators." in page.text


def test_an_unknown_address_looks_like_one_out_of_reach(priya: PageClient) -> None:
    unknown, hidden = priya.get("/nothing/here"), priya.get(f"{FAIL}missing")
    assert unknown.status_code == hidden.status_code == 404

    def main(page: str) -> str:
        return page.split("<main")[1].split("</main>")[0]

    assert main(unknown.text) == main(hidden.text)


def test_a_lost_page_still_has_the_persons_own_navigation(priya: PageClient) -> None:
    page = priya.get("/nothing/here").text
    assert "Priya Nair" in page
    assert "Cohorts" in page


def test_a_wrong_token_is_the_same_as_no_page(browser: PageClient) -> None:
    for token in (TOKEN + "=", TOKEN[:-1], TOKEN + ".", "x", TOKEN.upper()):
        assert browser.get(f"/x/gallery/s/{token}").status_code == 404


def test_too_many_tries_say_when_to_try_again(browser: PageClient, frozen: object) -> None:
    assert callable(frozen)
    frozen("2027-03-04 09:00")
    for _ in range(3):
        assert browser.press("/x/gallery/buttons", "Try").status_code == 303
    frozen("2027-03-04 09:20")
    refused = browser.press("/x/gallery/buttons", "Try")
    assert refused.status_code == 429
    assert "Wait until 10am and try again. Nothing is lost." in refused.text
    assert refused.headers["Retry-After"] == "2400"
    frozen("2027-03-04 10:01")
    assert browser.press("/x/gallery/buttons", "Try").status_code == 303


def test_a_script_gets_the_sentence_alone(priya: PageClient) -> None:
    answer = priya.post(f"{FAIL}conflict", headers={"X-Asked-By": "script"})
    assert answer.status_code == 409
    assert answer.get_json()["error"] == "Somebody else changed this; nothing was saved"


def test_a_broken_panel_says_so_and_the_page_stands(priya: PageClient) -> None:
    page = priya.get("/x/gallery/cohort")
    assert page.status_code == 200
    assert "The part “Broken part” could not be shown." in page.text
    assert "3 of 4 have &lt;answered&gt;" in page.text


def test_the_error_page_needs_no_template_that_works(
    browser: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_values: object) -> str:
        raise RuntimeError("no templates today")

    monkeypatch.setattr("lms.web.errors.render_template", broken)
    page = browser.get(f"{FAIL}bug")
    assert page.status_code == 500
    assert "<h1>Something went wrong at our end</h1>" in page.text
    assert "workforce@council.example" in page.text
