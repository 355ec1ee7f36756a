"""The front page for strangers, and "What you need to do" for everybody else."""

from __future__ import annotations

from flask import Response, request

from lms import clock, web
from lms.contracts import Role
from lms.people import home
from lms.people.views.blueprint import blueprint
from lms.permissions import allow, public


@blueprint.get("/")
@public
def front() -> str | Response:
    """What this is and how to get in; who is signed in goes home."""
    if web.current_actor().person_id is not None:
        return web.see("people.show_home")
    return web.render("people/front.html", personas=home.personas_open())


@blueprint.get("/home")
@allow("home.view")
def show_home() -> str:
    """This week, what needs doing, what comes."""
    actor = web.current_actor()
    return web.render(
        "people/home.html",
        home=home.page_for(actor, clock.today(), all_todos="all" in request.args),
        roles=Role,
        personas=home.personas_open(),
    )
