"""The demonstration's personas: be one of them at one press. Elsewhere there are no such pages."""

from __future__ import annotations

import uuid

from flask import Response

from lms import web
from lms.people import demo, sessions
from lms.people.views.blueprint import blueprint
from lms.permissions import public


@blueprint.get("/demo/people")
@public
def demo_people() -> str:
    """Choose who to be."""
    demo.require_open()
    return web.render("people/demo.html", personas=demo.personas())


@blueprint.post("/demo/people/<uuid:person_id>")
@public
def be(person_id: uuid.UUID) -> Response:
    """Be this person, in this browser."""
    demo.require_open()
    sessions.begin(person_id, demo.epoch_of_persona(person_id))
    return web.see("people.show_home")
