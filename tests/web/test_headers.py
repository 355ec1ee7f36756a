"""What every response tells the browser, and what the log does not tell anybody."""

from __future__ import annotations

import logging
import re

import pytest

from lms.testing.client import PageClient
from lms.web.opening import LmsFlask
from tests.web.conftest import MakeGallery
from tests.web.gallery import TOKEN

LINK = f"/x/gallery/s/{TOKEN}"
PAGES = ("/x/gallery/open", "/x/gallery/cohort", "/nothing", "/x/gallery/fail/bug", LINK,
         "/brand.css", "/x/gallery/file")  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_scripts_run_only_with_this_pages_word_and_nobody_frames_it(
    priya: PageClient, path: str
) -> None:
    headers = priya.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for part in ("default-src 'self'", "form-action 'self'", "frame-ancestors 'none'",
                 "base-uri 'none'", "object-src 'none'"):  # fmt: skip
        assert part in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Permissions-Policy" in headers


def test_each_page_has_a_word_of_its_own_and_all_its_scripts_carry_it(priya: PageClient) -> None:
    words = []
    for _ in range(2):
        page = priya.get("/x/gallery/cohort")
        found = re.search("'nonce-([^']+)'", page.headers["Content-Security-Policy"])
        assert found is not None
        scripts = re.findall(r"<script([^>]*)>", page.text)
        assert scripts
        assert all(f'nonce="{found[1]}"' in script for script in scripts)
        words.append(found[1])
    assert words[0] != words[1]


@pytest.mark.parametrize("path", ["cohort", "form", "list", "register", "short"])
def test_no_page_has_a_style_or_a_script_in_its_tags(priya: PageClient, path: str) -> None:
    page = priya.get(f"/x/gallery/{path}").text
    assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", page)
    assert "<style" not in page


def test_https_is_demanded_where_people_use_it(make_gallery: MakeGallery) -> None:
    secure = make_gallery(base_url="https://localhost").test_client()
    plain = make_gallery().test_client()
    name = "Strict-Transport-Security"
    assert "max-age=31536000" in secure.get("/x/gallery/open").headers[name]
    assert name not in plain.get("/x/gallery/open").headers


def test_a_links_page_is_kept_by_nobody_and_found_by_no_search(gallery: LmsFlask) -> None:
    browser = gallery.test_client()
    for path in (LINK, LINK + "x"):
        headers = browser.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"


def test_a_links_page_shows_no_navigation_even_to_staff(priya: PageClient) -> None:
    page = priya.get(LINK)
    assert page.status_code == 200
    assert "Priya Nair" not in page.text
    assert "Sign out" not in page.text
    assert "govuk-service-navigation" not in page.text


def test_a_links_page_leads_nowhere_outside(priya: PageClient) -> None:
    hosts = re.findall(r'(?:src|href|action)="(https?://[^"]+)"', priya.get(LINK).text)
    assert hosts == []


def test_built_files_are_kept_for_ever_since_their_names_change(browser: PageClient) -> None:
    page = browser.get("/x/gallery/open").text
    for address in re.findall(r'"(/static/build/[^"]+)"', page):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers


def test_the_authoritys_colour_comes_from_the_settings(make_gallery: MakeGallery) -> None:
    browser = make_gallery(brand_colour="#005ea5", authority="Gateshead Council").test_client()
    assert "--lms-brand:#005ea5" in browser.get("/brand.css").text
    page = browser.get("/x/gallery/open").text
    assert "Gateshead Council" in page
    assert "crown" not in page.lower()


def test_a_download_has_a_name_every_system_understands(browser: PageClient) -> None:
    answer = browser.get("/x/gallery/file")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"Resume -list-.csv\"; filename*=UTF-8''R%C3%A9sum%C3%A9%20-list-.csv"
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data == b"a,b\n"


def test_the_only_cookie_is_the_sessions(priya: PageClient) -> None:
    cookies = priya.get("/x/gallery/cohort").headers.getlist("Set-Cookie")
    assert all(cookie.startswith("lms=") for cookie in cookies)


def test_the_access_log_names_the_route_and_never_the_token(
    browser: PageClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="lms.access")
    browser.get(f"{LINK}?next={TOKEN}")
    browser.get(f"/s/{TOKEN}")
    browser.post(LINK, data={"name": f"Amara {TOKEN}"})
    lines = [record.getMessage() for record in caplog.records if record.name == "lms.access"]
    assert re.fullmatch(r"GET /x/gallery/s/<token> 200 \d+ ms", lines[0])
    assert re.match(r"GET \(none\) 404 ", lines[1])
    assert TOKEN not in caplog.text
