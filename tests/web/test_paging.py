"""Lists come in pages, and filters stay in the address."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, text

from lms import web
from lms.testing.client import PageClient
from lms.web.opening import LmsFlask
from lms.web.paging import page_url

LIST = "/x/gallery/list"
NUMBERS = select(text("n")).select_from(text("generate_series(1, 230) n")).order_by(text("n"))


@pytest.fixture
def asked(gallery: LmsFlask) -> Iterator[None]:
    with gallery.test_request_context(f"{LIST}?page=3"):
        yield


def test_the_second_page_goes_on_where_the_first_ended(priya: PageClient) -> None:
    first, second = priya.get(LIST).text, priya.get(f"{LIST}?page=2").text
    assert ">Course 10<" in first
    assert ">Course 11<" not in first
    assert ">Course 11<" in second
    assert "Showing 11 to 20 of 105 courses" in second


@pytest.mark.parametrize(
    ("asked_for", "first_row"),
    [
        ("-1", 1), ("0", 1), ("abc", 1), ("", 1), ("٢", 1), ("1.5", 1), ("1e9", 1), ("%2B2", 1),
        ("99999999", 101), ("11", 101), ("12", 101), ("9" * 400, 101),
    ],
)  # fmt: skip
def test_a_page_that_is_none_shows_the_first_and_one_too_high_the_last(
    priya: PageClient, asked_for: str, first_row: int
) -> None:
    page = priya.get(f"{LIST}?page={asked_for}")
    assert page.status_code == 200
    assert f">Course {first_row}<" in page.text


@pytest.mark.usefixtures("asked")
def test_no_page_has_more_than_a_hundred_rows() -> None:
    page = web.paginate(NUMBERS, per_page=5000)
    assert (len(page), page.pages, page.number, page.total) == (30, 3, 3, 230)
    assert page.items[0].n == 201


@pytest.mark.usefixtures("asked")
def test_a_list_with_nothing_in_it_has_one_empty_page() -> None:
    page = web.paginate(select(text("1 as n")).where(text("false")).order_by(text("1")))
    assert (page.number, page.pages, page.total, page.first, page.last) == (1, 1, 0, 0, 0)


@pytest.mark.usefixtures("asked")
def test_the_links_to_pages_leave_out_the_middle() -> None:
    page = web.Page(items=[1], number=10, pages=20, total=500)
    assert page.shown == [1, 0, 9, 10, 11, 0, 20]
    assert web.Page(items=[1], number=3, pages=5, total=125).shown == [1, 2, 3, 4, 5]


def test_filters_stay_in_the_links_to_other_pages_and_nothing_else_gets_in(
    gallery: LmsFlask,
) -> None:
    query = "q=rel%26x&tier=a&tier=b&page=2&_external=1&_scheme=javascript&endpoint=x"
    with gallery.test_request_context(f"{LIST}?{query}"):
        link = urlsplit(page_url(3))
        assert (link.scheme, link.netloc, link.path) == ("", "", LIST)
        assert parse_qs(link.query)["q"] == ["rel&x"]
        assert parse_qs(link.query)["tier"] == ["a", "b"]
        assert parse_qs(link.query)["page"] == ["3"]
        kept = web.filters("q", lists=["tier"])
        assert urlsplit(kept.url(q=None)).query == "tier=a&tier=b"


def test_a_filter_that_is_not_offered_counts_as_none(gallery: LmsFlask) -> None:
    with gallery.test_request_context(f"{LIST}?state=x&q=%20 y%20&tier=z"):
        shown = web.filters("q", "state", lists=["tier"], allowed={"state": ("draft",)})
        assert (shown["q"], shown["state"], shown.all("tier")) == ("y", "", ("z",))
        assert shown.active
    with gallery.test_request_context(f"{LIST}?state=draft"):
        assert web.filters("state", allowed={"state": ("draft",)})["state"] == "draft"


def test_a_search_for_signs_that_no_page_can_hold_is_a_page_all_the_same(priya: PageClient) -> None:
    page = priya.get(LIST, query_string={"q": "am\ufdd0ara\U0010ffff"})
    assert 'value="amara"' in page.text


def test_signs_of_a_search_are_shown_as_typed(priya: PageClient) -> None:
    page = priya.get(LIST, query_string={"q": "<b>%_\\'\""})
    assert page.status_code == 200
    assert "<b>%" not in page.text
