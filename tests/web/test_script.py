"""The pages in a real browser: what the script adds, and what it must not lose."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from werkzeug.serving import make_server

from lms.web.opening import LmsFlask
from tests import browsing
from tests.web.gallery import TOKEN

PAGES = ("cohort", "form", "short", "list?page=3", "register", f"s/{TOKEN}", "nothing",
         "fail/gone", "fail/bug", "fail/complaint")  # fmt: skip


@pytest.fixture
def address(gallery: LmsFlask) -> Iterator[str]:
    """The gallery on a port of this machine."""
    server = make_server("127.0.0.1", 0, gallery, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/x/gallery"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """A coordinator's page; a script that fails fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.goto(f"{address}/be/coordinator")
    yield opened
    context.close()
    assert faults == []


def test_each_change_is_saved_and_said(page: Page, address: str) -> None:
    page.goto(f"{address}/register")
    with page.expect_request("**/autosave") as sent:
        page.get_by_role("group", name="Amara Okafor").get_by_label("Absent").check()
    assert "absent" in (sent.value.post_data or "")
    expect(page.get_by_role("status")).to_contain_text("Saved")


def test_nothing_typed_is_lost_when_it_cannot_be_saved(page: Page, address: str) -> None:
    page.goto(f"{address}/register")
    page.route("**/autosave", lambda route: route.abort())
    late = page.get_by_role("group", name="Beth Lyons")
    late.get_by_label("Arrived at").fill("9:50am")
    status = page.get_by_role("status")
    expect(status).to_contain_text("There is no connection. Not saved yet")
    expect(late.get_by_label("Arrived at")).to_have_value("9:50am")
    page.unroute("**/autosave")
    late.get_by_label("Arrived at").fill("9:55am")
    expect(status).to_contain_text("Saved")


def test_a_refusals_own_sentence_is_shown(page: Page, address: str) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=409, json={"error": "Someone else changed this register"})

    page.goto(f"{address}/register")
    page.route("**/autosave", refuse)
    page.get_by_role("group", name="Amara Okafor").get_by_label("Present").check()
    expect(page.get_by_role("status")).to_contain_text("Someone else changed this register")


def test_what_the_answer_brings_is_put_into_the_page(page: Page, address: str) -> None:
    def answer(route: Route) -> None:
        texts = {"counts": "Here 1 <b>"}
        route.fulfill(json={"fields": {"seen": "7"}, "texts": texts, "says": "Kept"})

    page.goto(f"{address}/register")
    page.route("**/autosave", answer)
    page.get_by_role("group", name="Amara Okafor").get_by_label("Present").check()
    expect(page.locator("#counts")).to_have_text("Here 1 <b>")
    expect(page.locator("[name=seen]")).to_have_value("7")
    expect(page.get_by_role("status")).to_have_text("Kept")


def test_a_time_is_asked_for_only_where_the_mark_needs_it(page: Page, address: str) -> None:
    page.goto(f"{address}/register")
    amara = page.get_by_role("group", name="Amara Okafor")
    expect(amara.get_by_label("Arrived at")).to_be_hidden()
    amara.get_by_label("Late").check()
    amara.get_by_role("button", name="Now").click()
    expect(amara.get_by_label("Arrived at")).not_to_have_value("")
    amara.get_by_label("Present").check()
    expect(amara.get_by_label("Arrived at")).to_be_hidden()


def test_an_error_gets_the_focus_and_leads_to_its_field(page: Page, address: str) -> None:
    page.goto(f"{address}/form")
    page.get_by_role("button", name="Add this person").click()
    summary = page.get_by_role("alert")
    expect(page).to_have_title("Error: Add a new person – Family relationships training")
    summary.get_by_role("link", name="Enter the date of session 1").click()
    expect(page.locator("#start-day")).to_be_focused()


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_passes_axe_and_fits_its_window(
    chromium: Browser, address: str, width: int
) -> None:
    viewport = {"width": width, "height": 900}
    context = chromium.new_context(viewport=viewport)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}/be/coordinator")
    found = {}
    for name in PAGES:
        page.goto(f"{address}/{name}")
        if wrong := browsing.accessibility(page) + browsing.sideways(page):
            found[name] = wrong
    context.close()
    assert found == {}


def test_no_page_breaks_its_own_content_policy(page: Page, address: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for name in PAGES:
        page.goto(f"{address}/{name}")
    assert [text for text in said if "Content Security Policy" in text] == []


def test_the_register_works_without_scripts(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/be/coordinator")
    page.goto(f"{address}/register")
    expect(page.get_by_label("Arrived at").first).to_be_visible()
    expect(page.get_by_role("button", name="Now")).to_have_count(0)
    page.get_by_role("button", name="Save register").click()
    context.close()
