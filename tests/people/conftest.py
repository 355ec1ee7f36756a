"""What the tests of people share: a plugin with link routes, a mailbox, several browsers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Blueprint, Response

from lms import hookimpl, web
from lms.people import links
from lms.permissions import by_link, public
from lms.settings import Settings
from lms.testing.client import PageClient
from tests.letters import Letters


@pytest.fixture
def letters(settings: Settings) -> Letters:
    """The messages that went out during the test."""
    box = Letters(settings.instance / "mail")
    box.clear()
    return box


@pytest.fixture
def browser(app: Any) -> Callable[[], PageClient]:
    """Makes browsers that know nothing of one another."""
    return app.test_client  # type: ignore[no-any-return]


def doors() -> object:
    """A plugin with two purposes of links: /x/doors/red/<token> and /x/doors/blue/<token>."""
    pages = Blueprint("doors", __name__)

    def answer() -> Response:
        actor = web.current_actor()
        link = actor.link
        said = f"{actor.name} {link.purpose} {link.object_id} {actor.roles}" if link else actor.name
        return Response(said, mimetype="text/plain")

    def use(token: str) -> Any:
        link = web.current_actor().link
        assert link is not None
        links.use(link.link_id)
        return web.see("doors.red", token=token)

    pages.get("/red/<token>", endpoint="red")(by_link("red")(lambda token: answer()))
    pages.post("/red/<token>", endpoint="use")(by_link("red")(use))
    pages.get("/blue/<token>", endpoint="blue")(by_link("blue")(lambda token: answer()))
    pages.get("/open", endpoint="open")(public(lambda: answer()))

    class Doors:
        name = "doors"

        @hookimpl
        def lms_blueprints(self) -> tuple[Blueprint]:
            return (pages,)

    return Doors()
