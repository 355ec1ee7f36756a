"""A manager's team: who is trained, who is booked, who waits."""

from __future__ import annotations

from courses import access
from courses.queries import team
from courses.views.blueprint import blueprint
from lms import web
from lms.permissions import allow


@blueprint.get("/team", endpoint="team")
@allow(access.TEAM)
def own_team() -> web.Answer:
    """The manager's own people and their courses."""
    page = web.paginate(team.listed(web.current_actor()))
    return web.render("courses/team.html", page=page, team=team.complete(list(page)))
