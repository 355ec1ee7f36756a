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


@pytest.fixture(scope="session")
def build_gallery(settings: Settings) -> Iterator[MakeGallery]:
    """Builds the application without any room."""
    made: list[LmsFlask] = []

    def build(**changes: object) -> LmsFlask:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(plugins, "ROOMS", ())
            patch.setattr(plugins, "BUNDLED", ())
            app = create_app(Settings(**(settings.model_dump() | changes)), [Gallery()])
        app.testing = True
        app.config["PROPAGATE_EXCEPTIONS"] = False
        app.test_client_class = PageClient
        made.append(app)
        return app

    yield build
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def shared_gallery(build_gallery: MakeGallery) -> LmsFlask:
    """The application at http://localhost, built once."""
    return build_gallery()


@pytest.fixture
def make_gallery(build_gallery: MakeGallery, database: Database) -> MakeGallery:
    """Builds others: `make_gallery(base_url="https://council.example/training")`."""
    return build_gallery


@pytest.fixture
def gallery(shared_gallery: LmsFlask, database: Database) -> LmsFlask:
    """The application at http://localhost, on an empty database."""
    return shared_gallery


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
