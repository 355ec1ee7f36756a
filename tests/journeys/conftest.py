"""What the journeys have in common: a site, people at screens, and the programme they meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser

from lms.app import create_app
from lms.settings import Settings
from lms.testing import settings_for
from lms.testing.server import Database
from lms.web.opening import LmsFlask
from tests import browsing
from tests.conftest import Postbox, open_postbox
from tests.journeys.programme import Programme, begin
from tests.journeys.site import Site, served
from tests.journeys.visitor import DESK, PHONE, Visitor

Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def letterbox() -> Iterator[Postbox]:
    """The mail server of this worker's journeys."""
    with open_postbox() as box:
        yield box


@pytest.fixture(scope="session")
def worker_site(
    worker_database: Database, settings: Settings, letterbox: Postbox
) -> Iterator[Site]:
    """The site on this worker's database; use `site`, which is empty."""

    def make(port: int) -> LmsFlask:
        return create_app(
            settings_for(
                worker_database,
                instance=settings.instance,
                base_url=f"http://localhost:{port}",
                mail="smtp",
                smtp_host="127.0.0.1",
                smtp_port=letterbox.port,
                smtp_tls="none",
            )
        )

    with served(make) as (app, port):
        yield Site(app, f"http://localhost:{port}", letterbox)


@pytest.fixture
def site(worker_site: Site, database: Database) -> Site:
    """A site where nothing has happened yet."""
    worker_site.postbox.messages.clear()
    return worker_site


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Visit]:
    """Lets somebody sit down at a screen: `visit("Amara", width=PHONE)`."""
    with visits(chromium, site.url) as start:
        yield start


@contextmanager
def visits(chromium: Browser, url: str, **options: Any) -> Iterator[Visit]:
    """As `visit`, for a site at this address; who is still there at the end goes."""
    come: list[Visitor] = []

    def start(name: str, *, width: int = DESK, script: bool = True) -> Visitor:
        phone = width == PHONE
        context = chromium.new_context(
            viewport={"width": width, "height": 844 if phone else 900},
            has_touch=phone,
            is_mobile=phone,
            java_script_enabled=script,
            locale="en-GB",
            timezone_id="Europe/London",
            **options,
        )
        context.set_default_timeout(10_000)
        if script:
            context.add_init_script(path=browsing.AXE)
        come.append(Visitor(context, url, name, script=script))
        return come[-1]

    yield start
    for one in come:
        one.leave()


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def width(request: pytest.FixtureRequest) -> int:
    """A journey that asks for this is made at a desk and on a phone."""
    return int(request.param)


@pytest.fixture
def programme(site: Site) -> Programme:
    """Hertfordshire and its people."""
    return begin(site)
