"""What a browser, a proxy or an attacker may send, and what is answered."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from lms.testing.client import PageClient
from lms.web.opening import LmsFlask
from lms.web.responses import local_path
from tests.web.conftest import MakeGallery
from tests.web.gallery import TOKEN

SHORT = "/x/gallery/short"


def word_of(page: TestResponse) -> str:
    """The form's word on a page."""
    return page.text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


# -- the form's word ---------------------------------------------------------------------------


def test_a_form_sent_from_its_page_is_accepted(browser: PageClient) -> None:
    answer = browser.press(SHORT, name="Amara")
    assert answer.status_code == 303
    assert "Saved Amara" in browser.get(answer.location).text


@pytest.mark.parametrize("word", ["", "x", "x.y", "a.b.c", "é.é", "0" * 5000])
def test_a_form_without_its_word_is_shown_again_with_what_was_typed(
    browser: PageClient, word: str
) -> None:
    browser.get(SHORT)
    answer = browser.post(SHORT, data={"csrf_token": word, "name": "Amara <Okafor>"}, csrf=False)
    assert answer.status_code == 400
    assert "Send this again" in answer.text
    assert "Amara &lt;Okafor&gt;" in answer.text
    again = browser.post(
        SHORT, data={"csrf_token": word_of(answer), "name": "Amara <Okafor>"}, csrf=False
    )
    assert again.status_code == 303


def test_the_word_of_another_session_is_not_accepted(gallery: LmsFlask) -> None:
    theirs, mine = gallery.test_client(), gallery.test_client()
    word = word_of(theirs.get(SHORT))
    mine.get(SHORT)
    answer = mine.post(SHORT, data={"csrf_token": word, "name": "Amara"}, csrf=False)
    assert answer.status_code == 400


def test_a_form_open_all_day_is_still_accepted(browser: PageClient, frozen: object) -> None:
    assert callable(frozen)
    frozen("2027-03-04 09:00")
    page = browser.get(SHORT)
    frozen("2027-03-04 20:00")
    data = {"csrf_token": word_of(page), "name": "Amara"}
    assert browser.post(SHORT, data=data, csrf=False).status_code == 303


def test_a_form_outlives_a_change_of_the_session_key(make_gallery: MakeGallery) -> None:
    before = make_gallery()
    browser = before.test_client()
    word = word_of(browser.get(SHORT))
    cookie = browser.get_cookie("lms")
    after = make_gallery(
        secret_key="the new key of the session, long", secret_key_fallbacks=(before.secret_key,)
    )
    later = after.test_client()
    later.set_cookie("lms", cookie.value)
    data = {"csrf_token": word, "name": "Amara"}
    assert later.post(SHORT, data=data, csrf=False).status_code == 303


def test_a_retired_key_is_no_longer_accepted(make_gallery: MakeGallery) -> None:
    browser = make_gallery().test_client()
    word = word_of(browser.get(SHORT))
    cookie = browser.get_cookie("lms")
    later = make_gallery(secret_key="quite another key of the session").test_client()
    later.set_cookie("lms", cookie.value)
    data = {"csrf_token": word, "name": "Amara"}
    assert later.post(SHORT, data=data, csrf=False).status_code == 400


def test_the_word_of_a_links_page_needs_no_cookie(gallery: LmsFlask) -> None:
    address = f"/x/gallery/s/{TOKEN}"
    browser = gallery.test_client(use_cookies=False)
    word = word_of(browser.get(address))
    data = {"csrf_token": word, "name": "Amara"}
    assert browser.post(address, data=data, csrf=False).status_code == 303


def test_a_script_sends_the_word_in_a_header(priya: PageClient) -> None:
    word = priya.get("/x/gallery/register").text.split('name="csrf-token" content="')[1]
    headers = {"X-CSRF-Token": word.split('"')[0], "X-Asked-By": "script"}
    assert priya.post("/x/gallery/autosave", headers=headers).status_code == 204
    refused = priya.post("/x/gallery/autosave", headers={"X-Asked-By": "script"}, csrf=False)
    assert refused.status_code == 400
    assert refused.get_json()["error"] == "Send this again"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Referer": "https://evil.example/page"},
        {"Referer": "http://[broken"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_form_from_another_site_is_refused_and_not_shown_again(
    browser: PageClient, headers: dict[str, str]
) -> None:
    data = {"csrf_token": word_of(browser.get(SHORT)), "name": "Planted words"}
    answer = browser.post(SHORT, data=data, headers=headers, csrf=False)
    assert answer.status_code == 400
    assert "Planted words" not in answer.text
    assert "csrf_token" not in answer.text.split("<main")[1]


def test_an_ended_session_shows_what_was_typed_and_the_way_to_sign_in(priya: PageClient) -> None:
    page = priya.get("/x/gallery/form")
    with priya.session_transaction() as held:
        del held["as"]
    data = {"csrf_token": word_of(page), "name": "Words\nin lines", "once": "k" * 16}
    answer = priya.post("/x/gallery/form", data=data, csrf=False)
    assert answer.status_code == 403
    assert "You have been signed out" in answer.text
    assert "Words\nin lines" in answer.text
    assert 'href="/sign-in"' in answer.text
    assert f'name="once" value="{"k" * 16}"' in answer.text


# -- behind a proxy ----------------------------------------------------------------------------

FORWARDED = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "council.example",
    "X-Forwarded-Prefix": "/training",
    "X-Forwarded-For": "198.51.100.7",
    "X-Forwarded-Port": "443",
}


@pytest.fixture
def proxied(make_gallery: MakeGallery) -> PageClient:
    """Behind one proxy, with TLS, under a path."""
    made = make_gallery(base_url="https://council.example/training", proxies=1)
    browser = made.test_client()
    assert isinstance(browser, PageClient)
    browser.environ_base.update(
        {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in FORWARDED.items()}
    )
    return browser


def test_a_form_is_accepted_behind_tls_under_a_path(proxied: PageClient) -> None:
    page = proxied.get(SHORT)
    assert 'href="/training/static/build/' in page.text
    headers = {
        "Origin": "https://council.example",
        "Referer": "https://council.example/training/x/gallery/short",
        "Sec-Fetch-Site": "same-origin",
        "Cookie": page.headers["Set-Cookie"].split(";")[0],
    }
    data = {"csrf_token": word_of(page), "name": "Amara"}
    answer = proxied.post(SHORT, data=data, headers=headers, csrf=False)
    assert answer.status_code == 303
    assert answer.location == "/training/x/gallery/open"


def test_the_cookie_is_locked_to_https_and_the_path(proxied: PageClient) -> None:
    cookie = proxied.get(SHORT).headers["Set-Cookie"]
    assert cookie.startswith("__Secure-lms=")
    for part in ("Secure", "HttpOnly", "Path=/training", "SameSite=Lax"):
        assert part in cookie
    assert "Domain" not in cookie


def test_at_the_root_the_cookie_is_locked_to_the_host(make_gallery: MakeGallery) -> None:
    browser = make_gallery(base_url="https://localhost").test_client()
    cookie = browser.get(SHORT, base_url="https://localhost").headers["Set-Cookie"]
    assert cookie.startswith("__Host-lms=")
    assert "Path=/;" in f"{cookie};"


def test_an_address_from_a_proxy_nobody_announced_counts_for_nothing(browser: PageClient) -> None:
    page = browser.get(SHORT, headers=FORWARDED)
    assert page.status_code == 200
    assert "council.example/" not in page.text
    assert "/training" not in page.text


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:x@evil", ""])
def test_an_unknown_host_is_refused_with_a_plain_page(browser: PageClient, host: str) -> None:
    answer = browser.get("/x/gallery/open", headers={"Host": host})
    assert answer.status_code == 400
    assert "We could not read that" in answer.text


# -- odd requests ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/x/gallery/list?q=%00",
        "/x/gallery/list?%00=1",
        "/x/gallery/list?q=%ff%fe",
        "/x/gallery/list?page=" + "9" * 40_000,
        "/x/gallery/list?_external=1&_scheme=javascript&endpoint=x&_anchor=y",
        "/x/gallery/%00",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/static/../../pyproject.toml",
        "/static/build/%00",
        "/" + "a" * 40_000,
        "//evil.example/x",
    ],
)
def test_an_odd_address_is_never_a_fault(browser: PageClient, path: str) -> None:
    assert browser.get(path).status_code in (200, 308, 400, 404, 414)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "POST"])
def test_a_method_that_a_page_does_not_take_is_said_so(browser: PageClient, method: str) -> None:
    answer = browser.open("/x/gallery/open", method=method, csrf=False)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_hidden_method_does_not_change_the_method(browser: PageClient) -> None:
    answer = browser.post(f"{SHORT}?_method=DELETE", data={"_method": "DELETE", "name": "Amara"})
    assert answer.status_code == 303


def test_head_answers_as_get_without_a_body(browser: PageClient) -> None:
    answer = browser.head("/x/gallery/open")
    assert answer.status_code == 200
    assert answer.data == b""


def test_ten_thousand_fields_are_refused(browser: PageClient) -> None:
    parts = "".join(
        f'--b\r\nContent-Disposition: form-data; name="f{n}"\r\n\r\nx\r\n' for n in range(10_000)
    )
    answer = browser.post(
        SHORT, data=f"{parts}--b--\r\n", content_type="multipart/form-data; boundary=b"
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("path", [SHORT, "/x/gallery/form"])
@pytest.mark.parametrize("length", [7_000_000, 1_000_000_000])
def test_a_body_that_is_too_large_is_refused_unread(
    browser: PageClient, path: str, length: int
) -> None:
    answer = browser.post(
        path, data={"name": "Amara"}, environ_overrides={"CONTENT_LENGTH": str(length)}, csrf=False
    )
    assert answer.status_code in (403, 413)
    assert "Amara" not in answer.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"name=\xff\xfe", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"name=x", "multipart/form-data"),
        (b"{", "application/json"),
        (b'{"name": "\\ud800"}', "application/json"),
        (b"name=a%00b", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_cannot_be_read_is_never_a_fault(
    browser: PageClient, body: bytes, kind: str
) -> None:
    answer = browser.post(SHORT, data=body, content_type=kind)
    assert answer.status_code in (400, 413, 415, 422)


def test_a_cookie_that_is_not_ours_is_nobody(browser: PageClient) -> None:
    for value in ("x", "eyJhcyI6ImNvb3JkaW5hdG9yIn0.x.y", "é"):
        headers = {"Cookie": f"lms={value}; lms={value}"}
        assert browser.get("/x/gallery/cohort", headers=headers).status_code == 303


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "/\\evil", "javascript:alert(1)", "https://evil.example", "/a\r\nb", "/\tx",
     "", None, "x", "/ x", "///x", "\\\\x"],
)  # fmt: skip
def test_only_a_path_on_this_site_is_a_place_to_go_to(address: str | None) -> None:
    assert local_path(address) is None


def test_a_path_on_this_site_is_a_place_to_go_to() -> None:
    assert local_path("/cohorts?page=2&q=é#x") == "/cohorts?page=2&q=é#x"


def test_nobody_is_sent_to_sign_in_and_back(browser: PageClient) -> None:
    answer = browser.get("/x/gallery/cohort?show=all")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=%2Fx%2Fgallery%2Fcohort%3Fshow%3Dall"
