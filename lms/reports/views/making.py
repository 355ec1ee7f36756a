"""What was asked for while a job makes it, where it then is, and why there is none."""

from __future__ import annotations

import uuid

from flask import url_for

from lms import web
from lms.permissions import allow
from lms.reports import access
from lms.reports.asking import Again, Asked, Wanted
from lms.reports.queries import making as queries
from lms.reports.queries.making import OnItsWay
from lms.reports.services import making as services
from lms.reports.views.blueprint import blueprint


@blueprint.get("/reports/making/<uuid:making_id>")
@allow(access.RELEASE)
def making(making_id: uuid.UUID) -> web.Answer:
    """Whether it is there; from here one goes on to it."""
    found = queries.find(web.current_actor(), making_id)
    if found.state == "ready":
        return web.see(_outcome(found))
    return web.render("reports/making.html", making=found, back=_back(found), kept=_kept(found))


@blueprint.post("/reports/making/<uuid:making_id>/again")
@allow(access.RELEASE)
def make_again(making_id: uuid.UUID) -> web.Answer:
    """Try what could not be made once more."""
    again = services.ask_again(making_id, by=web.current_actor())
    return web.see("reports.making", making_id=again)


def _outcome(found: OnItsWay) -> str:
    """Where what was made is to be seen."""
    wanted = found.wanted
    if isinstance(wanted, Asked):
        return url_for("reports.release", release_id=found.made_id)
    if found.made_id is not None:
        return url_for("reports.frozen", return_id=found.made_id)
    return _back(found)


def _back(found: OnItsWay) -> str:
    """The form that it was asked for with."""
    wanted = found.wanted
    if isinstance(wanted, Asked):
        return url_for("reports.report", report_slug=wanted.slug, **wanted.args)
    if isinstance(wanted, Wanted):
        return url_for("reports.new_return", before=found.id)
    return url_for("reports.compared", return_id=wanted.return_id)


def _kept(found: OnItsWay) -> tuple[str, str] | None:
    """The page on which it will be, by its address and in words."""
    wanted = found.wanted
    if isinstance(wanted, Asked):
        return url_for("reports.versions"), "Versions made for others"
    if isinstance(wanted, Again):
        return url_for("reports.frozen", return_id=wanted.return_id), "the return’s page"
    return None if wanted.only_look else (url_for("reports.reports"), "Reports")
