"""The service behind a TLS proxy and under a sub-path, as most councils will run it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from lms.app import create_app
from lms.settings import Settings
from lms.testing import Frozen, settings_for
from lms.testing.server import Database
from lms.web.opening import LmsFlask
from tests.conftest import Postbox
from tests.journeys.conftest import Visit, visits
from tests.journeys.programme import PRIYA, begin
from tests.journeys.proxy import Forwarding, behind_tls
from tests.journeys.site import Site, served
from tests.journeys.steps import answer, sign_in
from tests.journeys.visitor import PHONE

PREFIX = "/training"


@pytest.fixture
def proxied(
    database: Database, settings: Settings, postbox: Postbox, tmp_path: Path
) -> Iterator[Site]:
    """The site at https://localhost:<port>/training, and nowhere else."""
    with ExitStack() as stack:
        proxy = ThreadingHTTPServer(("127.0.0.1", 0), Forwarding)
        url = f"https://localhost:{proxy.server_port}{PREFIX}"

        def make(_port: int) -> LmsFlask:
            known = {
                "instance": settings.instance, "base_url": url, "proxies": 1, "mail": "smtp",
                "smtp_host": "127.0.0.1", "smtp_port": postbox.port, "smtp_tls": "none",
            }  # fmt: skip
            return create_app(settings_for(database, **known))

        app, port = stack.enter_context(served(make))
        handler = {"prefix": PREFIX, "upstream": port}
        proxy.RequestHandlerClass = type("Handler", (Forwarding,), handler)
        stack.enter_context(behind_tls(proxy, tmp_path))
        yield Site(app, url, postbox)


@pytest.fixture
def visit_proxied(chromium: Browser, proxied: Site) -> Iterator[Visit]:
    """Browsers that take the proxy's own certificate for good."""
    with visits(chromium, proxied.url, ignore_https_errors=True) as start:
        yield start


def test_forms_cookies_links_and_styles_work_over_tls_under_a_sub_path(
    proxied: Site, visit_proxied: Visit, frozen: Frozen
) -> None:
    frozen("2027-03-02 09:00")
    programme = begin(proxied)
    priya = visit_proxied("Priya")
    sign_in(priya, proxied, PRIYA)
    [cookie] = priya.context.cookies()
    assert cookie["name"] == "__Secure-lms"
    assert (cookie["path"], cookie["secure"], cookie["httpOnly"]) == (PREFIX, True, True)
    font = "getComputedStyle(document.querySelector('.govuk-heading-l')).fontFamily"
    assert "Arial" in priya.page.evaluate(font)

    cohort = programme.cohort(date(2027, 3, 18))
    [address] = programme.booked(cohort, "Amara Okafor")
    frozen("2027-03-02 09:11")
    amara = visit_proxied("Amara", width=PHONE)
    amara.open(proxied.link(address, "Booked: Brief Encounters", "Answer now"))
    answer(amara, "Quite")
    amara.press("Send my answers")
    amara.heading("Thank you")
    priya.press("Cohorts")
    priya.press("Brief Encounters: one full day")
    priya.reads("Before survey: 1 of 1 booked")
    priya.press("Sign out")
    priya.open("/home")
    priya.heading("Sign in")
