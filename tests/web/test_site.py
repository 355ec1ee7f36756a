"""The service's own pages and what surrounds every page."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lms.db import db
from lms.testing.client import PageClient
from lms.testing.server import Database
from lms.web import chrome
from lms.web.opening import LmsFlask
from tests.web.gallery import TOKEN

PAGES = ("accessibility", "privacy", "x/gallery/cohort", "x/gallery/form", "x/gallery/list",
         "x/gallery/register", f"x/gallery/s/{TOKEN}", "nothing")  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_one_heading_a_way_past_the_menu_and_somebody_to_ask(
    priya: PageClient, path: str
) -> None:
    page = priya.get(f"/{path}").text
    headings = re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.S)
    assert len(headings) == 1
    words = re.sub(r"<span.*?</span>|<[^>]+>", "", headings[0], flags=re.S).strip()
    assert f"<title>{words} – Family relationships training</title>" in page
    assert page.index('href="#main-content"') < page.index("<header")
    footer = page.split("<footer")[1]
    for part in ("Accessibility", "Privacy and cookies", "Workforce development team",
                 "workforce@council.example", "01632 960 000"):  # fmt: skip
        assert part in footer


def test_the_accessibility_statement_names_the_authority_and_whom_to_ask(
    browser: PageClient,
) -> None:
    page = browser.get("/accessibility").text
    assert "Demonstration Council" in page
    assert "Equality Advisory and Support Service" in page


def test_the_privacy_notice_has_its_headings_and_its_one_cookie(browser: PageClient) -> None:
    page = browser.get("/privacy").text
    for heading in ("Who we are", "What we keep and why", "Who sees what", "How long",
                    "Your rights and how to use them", "Information Commissioner’s Office",
                    "Cookies"):  # fmt: skip
        assert heading in page
    assert "One cookie, to keep you signed in. No others, so we do not ask." in page


def test_the_menu_marks_where_one_is(priya: PageClient) -> None:
    page = priya.get("/x/gallery/cohort").text
    assert len(re.findall('aria-current="true"', page)) == 1
    active = page.split('aria-current="true"')[1].split("</a>")[0]
    assert "Cohorts" in active


def test_a_demonstration_says_so_on_every_page(
    gallery: LmsFlask, browser: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Nobody is real" not in browser.get("/x/gallery/open").text
    monkeypatch.setitem(gallery.extensions, chrome.DEMO, True)
    page = browser.get("/x/gallery/open").text
    assert "Demonstration. Nobody is real. Seen from " in page


def test_a_demonstration_is_known_by_its_database(
    database: Database, gallery: LmsFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(gallery.extensions, chrome.DEMO, raising=False)
    with gallery.app_context():
        assert not chrome.is_demo()
        assert gallery.extensions[chrome.DEMO] is False


def test_a_broken_connection_is_never_taken_for_no_demonstration(
    database: Database, gallery: LmsFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(gallery.extensions, chrome.DEMO, raising=False)
    with gallery.app_context():
        with pytest.raises(SQLAlchemyError):
            db.session.execute(text("select nothing_of_this_name"))
        with pytest.raises(SQLAlchemyError):
            chrome.is_demo()
        assert chrome.DEMO not in gallery.extensions
