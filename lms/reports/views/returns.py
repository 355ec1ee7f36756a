"""Frozen returns: freezing, reading, comparing with now and restating."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Response, request, url_for

from lms import web
from lms.db import Complaint
from lms.errors import NotFound
from lms.permissions import allow, allowed
from lms.reports import access
from lms.reports.asking import Wanted, offered
from lms.reports.documents import drawing
from lms.reports.documents import words as foot
from lms.reports.documents.comparing import Differences
from lms.reports.forms.returns import RestateForm, ReturnForm
from lms.reports.queries import listing, returns
from lms.reports.queries import making as making_queries
from lms.reports.queries.making import OnItsWay
from lms.reports.services import making
from lms.reports.views.blueprint import blueprint
from lms.reports.views.giving import give


@blueprint.get("/reports/returns/new")
@allow(access.RELEASE)
def new_return() -> str:
    """What to freeze; a report gives itself and its period along, and what failed its filters.

    What was asked for before comes back as it was, and with it what it would keep.
    """
    before = request.args.get("before", type=uuid.UUID)
    if before:
        looked = making_queries.find(web.current_actor(), before)
        return web.render("reports/new_return.html", form=_filled(looked), looked=looked)
    given = {name: request.args.get(name, "") for name in ("start", "end", "audience")}
    lists = {name: request.args.getlist(name) for name in ("report", "place")}
    return web.render("reports/new_return.html", form=_form(**given, **lists), looked=None)


@blueprint.post("/reports/returns")
@allow(access.RELEASE)
def freeze() -> web.Answer:
    """Have it counted and kept; or have counted what would be, to look at it first."""
    form, actor = _form(), web.current_actor()
    if form.validate() and form.check():
        ask = making.ask_preview if request.form.get("look") else making.ask_return
        try:
            making_id = ask(_wanted(form), by=actor)
        except Complaint as complaint:
            form.add_complaint(complaint)
        else:
            return web.see("reports.making", making_id=making_id)
    return web.invalid("reports/new_return.html", form=form, looked=None)


@blueprint.get("/reports/returns/<uuid:return_id>")
@allow(access.VIEW, reach=returns.reached)
def frozen(return_id: uuid.UUID) -> str:
    """The numbers as they were handed in, and what was restated."""
    actor = web.current_actor()
    found = returns.find(actor, return_id)
    may_restate = allowed(actor, access.RELEASE) and found.is_counted_by(actor)
    return web.render(
        "reports/return.html",
        frozen=found,
        may_restate=may_restate,
        on_its_way=making_queries.of_return(actor, return_id) if may_restate else [],
        compared=making_queries.last_comparison(actor, return_id) if may_restate else None,
        drawing=drawing,
        foot=foot,
    )


@blueprint.post("/reports/returns/<uuid:return_id>/download")
@allow(access.VIEW)
def download_return(return_id: uuid.UUID) -> Response:
    """The return as it was frozen, with what was restated since, as a file."""
    actor = web.current_actor()
    found = returns.find(actor, return_id)
    back = url_for("reports.frozen", return_id=return_id)
    return give(found.with_restated, found.title, back, by=actor)


@blueprint.post("/reports/returns/<uuid:return_id>/now")
@allow(access.RELEASE)
def compare(return_id: uuid.UUID) -> web.Answer:
    """Have the return compared with what its reports would say now."""
    asked = making.ask_comparison(return_id, by=web.current_actor())
    return web.see("reports.making", making_id=asked)


@blueprint.get("/reports/returns/<uuid:return_id>/now")
@allow(access.RELEASE)
def compared(return_id: uuid.UUID) -> web.Answer:
    """What had come out differently when the return was last compared."""
    return _compared(return_id, RestateForm(), web.render)


@blueprint.post("/reports/returns/<uuid:return_id>/restate")
@allow(access.RELEASE)
def restate(return_id: uuid.UUID) -> web.Answer:
    """Have what the page showed restated, with a reason."""
    form = RestateForm()
    if not form.validate():
        return _compared(return_id, form, web.invalid)
    shown = form.shown.data or ""
    asked = making.ask_restatement(return_id, form.reason.data, shown, by=web.current_actor())
    return web.see("reports.making", making_id=asked)


def _compared(return_id: uuid.UUID, form: RestateForm, answer: Callable[..., Any]) -> web.Answer:
    actor = web.current_actor()
    kept = returns.find_to_restate(actor, return_id)
    last = making_queries.last_comparison(actor, return_id)
    if last is None or last.outcome is None:
        return web.see("reports.frozen", return_id=return_id)
    found = Differences.from_json(last.outcome)
    form.shown.data = found.mark
    values = {"frozen": kept, "compared_at": last.asked_at, "found": found, "form": form}
    made: web.Answer = answer("reports/compare.html", **values)
    return made


def _form(**given: Any) -> ReturnForm:
    actor = web.current_actor()
    form = ReturnForm(data=given)
    form.offer((report for report, _ in listing.reports(actor)), offered(actor))
    return form


def _wanted(form: ReturnForm) -> Wanted:
    slugs = tuple(str(one) for one in form.report.data)
    return Wanted(form.title.data, form.about.data, slugs, form.asked())


def _filled(asked: OnItsWay) -> ReturnForm:
    """The form as it was when this return, or a look at it, was asked for."""
    wanted = asked.wanted
    if not isinstance(wanted, Wanted):
        raise NotFound
    given = {"title": wanted.title, "about": wanted.about, "report": list(wanted.slugs)}
    one = wanted.asked
    period = {"start": one.start, "end": one.end}
    return _form(**given, **period, audience=str(one.audience), place=list(one.place))
