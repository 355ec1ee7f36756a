"""A version or a return while a job makes it, where it then is, and why there is none."""

from __future__ import annotations

import uuid

from flask import url_for

from lms import web
from lms.permissions import allow
from lms.reports import access
from lms.reports.asking import Wanted
from lms.reports.queries import making as queries
from lms.reports.queries.making import OnItsWay
from lms.reports.services import making as services
from lms.reports.views.blueprint import blueprint


@blueprint.get("/reports/making/<uuid:making_id>")
@allow(access.RELEASE)
def making(making_id: uuid.UUID) -> web.Answer:
    """Whether it is there; from here one goes on to it."""
    found = queries.find(web.current_actor(), making_id)
    if found.made_id is None:
        return web.render("reports/making.html", making=found, back=_back(found))
    if found.noun == "return":
        return web.see("reports.frozen", return_id=found.made_id)
    return web.see("reports.release", release_id=found.made_id)


@blueprint.post("/reports/making/<uuid:making_id>/again")
@allow(access.RELEASE)
def make_again(making_id: uuid.UUID) -> web.Answer:
    """Try what could not be made once more."""
    again = services.ask_again(making_id, by=web.current_actor())
    return web.see("reports.making", making_id=again)


def _back(found: OnItsWay) -> str:
    """The form that it was asked for with."""
    wanted = found.wanted
    if isinstance(wanted, Wanted):
        return url_for("reports.new_return", report=wanted.slugs, **wanted.asked.args)
    return url_for("reports.report", report_slug=wanted.slug, **wanted.args)
