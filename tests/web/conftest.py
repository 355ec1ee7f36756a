"""The gallery's application: the web kernel with no room behind it, and browsers of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from lms import plugins
from lms.app import create_app
from lms.db import db
from lms.settings import Settings
from lms.testing.client import PageClient
from lms.testing.server import Database
from lms.web.opening import LmsFlask
from tests.web.gallery import Gallery

MakeGallery = Callable[..., LmsFlask]


@pytest.fixture
def make_gallery(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeGallery]:
    """Builds the application: `make_gallery(base_url="https://council.example/training")`."""
    made: list[LmsFlask] = []
    monkeypatch.setattr(plugins, "ROOMS", ())
    monkeypatch.setattr(plugins, "BUNDLED", ())

    def make(**changes: object) -> LmsFlask:
        known = settings.model_dump() | changes
        app = create_app(Settings(**known), [Gallery()])
        app.testing = True
        app.config["PROPAGATE_EXCEPTIONS"] = False
        app.test_client_class = PageClient
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def gallery(make_gallery: MakeGallery) -> LmsFlask:
    """The application at http://localhost."""
    return make_gallery()


@pytest.fixture
def browser(gallery: LmsFlask) -> PageClient:
    """A browser nobody has signed in with."""
    made = gallery.test_client()
    assert isinstance(made, PageClient)
    return made


@pytest.fixture
def priya(browser: PageClient) -> PageClient:
    """A browser of a coordinator."""
    assert browser.get("/x/gallery/be/coordinator").status_code == 303
    return browser
