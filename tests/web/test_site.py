"""The service's own pages and what surrounds every page."""

from __future__ import annotations

from lms.testing.client import PageClient


def test_the_accessibility_statement_names_the_authority_and_whom_to_ask(
    browser: PageClient,
) -> None:
    page = browser.get("/accessibility")
    assert page.status_code == 200
    assert "Demonstration Council" in page.text
    assert "Equality Advisory and Support Service" in page.text
    assert "workforce@council.example" in page.text


def test_the_pages_of_the_gallery_are_drawn(priya: PageClient) -> None:
    for path in ("cohort", "form", "short", "list", "register"):
        assert priya.get(f"/x/gallery/{path}").status_code == 200, path
