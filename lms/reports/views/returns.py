"""Frozen returns: freezing, reading, comparing with now and restating."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, request, url_for

from lms import web
from lms.db import Complaint
from lms.permissions import allow, allowed
from lms.reports import access
from lms.reports.asking import offered
from lms.reports.documents import drawing
from lms.reports.documents import words as foot
from lms.reports.documents.comparing import differences
from lms.reports.drafts import ReportFailed
from lms.reports.forms.returns import RestateForm, ReturnForm
from lms.reports.queries import listing, returns
from lms.reports.services import returns as services
from lms.reports.services.returns import Wanted
from lms.reports.views.blueprint import blueprint
from lms.reports.views.giving import give
from lms.web import words


@blueprint.get("/reports/returns/new")
@allow(access.RELEASE)
def new_return() -> str:
    """What to freeze; a report's page gives its own and its period along."""
    given = {name: request.args.get(name, "") for name in ("start", "end")}
    form = _form(report=request.args.getlist("report"), **given)
    return web.render("reports/new_return.html", form=form, found=None)


@blueprint.post("/reports/returns")
@allow(access.RELEASE)
@web.one_moment
def freeze() -> web.Answer:
    """Count and keep it, at one moment; or only look at what would be kept."""
    form = _form()
    if form.validate() and form.check():
        try:
            if request.form.get("look"):
                found = _preview(form)
                return web.render("reports/new_return.html", form=form, found=found)
            made = services.freeze(_wanted(form), by=web.current_actor())
        except Complaint as complaint:
            form.add_complaint(complaint)
        except ReportFailed as failed:
            form.add_complaint(Complaint("report", str(failed)))
        else:
            web.say(f"“{form.title.data}” is frozen")
            return web.see("reports.frozen", return_id=made)
    return web.invalid("reports/new_return.html", form=form, found=None)


@blueprint.get("/reports/returns/<uuid:return_id>")
@allow(access.VIEW)
def frozen(return_id: uuid.UUID) -> str:
    """The numbers as they were handed in, and what was restated."""
    actor = web.current_actor()
    return web.render(
        "reports/return.html",
        frozen=returns.find(actor, return_id),
        may_release=allowed(actor, access.RELEASE),
        drawing=drawing,
        foot=foot,
    )


@blueprint.post("/reports/returns/<uuid:return_id>/download")
@allow(access.VIEW)
def download_return(return_id: uuid.UUID) -> Response:
    """The return as it was frozen, as a file."""
    actor = web.current_actor()
    found = returns.find(actor, return_id)
    back = url_for("reports.frozen", return_id=return_id)
    return give(found.documents, found.title, back, by=actor)


@blueprint.route("/reports/returns/<uuid:return_id>/now", methods=["GET", "POST"])
@allow(access.RELEASE)
@web.one_moment
def compare(return_id: uuid.UUID) -> web.Answer:
    """What came out differently since; restating it needs a reason."""
    actor = web.current_actor()
    found, form = returns.find(actor, return_id), RestateForm()
    answer: Any = web.render
    if form.is_submitted():
        if form.validate():
            try:
                services.restate(return_id, form.reason.data, by=actor)
            except Complaint as complaint:
                form.add_complaint(complaint)
            else:
                web.say("The return is restated", detail="What was handed in stays beside it.")
                return web.see("reports.frozen", return_id=return_id)
        answer = web.invalid
    now = services.documents_now(found.questions(), actor)
    differs = differences(found.current, now)
    made: web.Answer = answer("reports/compare.html", frozen=found, found=differs, form=form)
    return made


def _form(**given: Any) -> ReturnForm:
    actor = web.current_actor()
    form = ReturnForm(data=given)
    form.offer((report for report, _ in listing.reports(actor)), offered(actor))
    return form


def _wanted(form: ReturnForm) -> Wanted:
    slugs = tuple(str(one) for one in form.report.data)
    return Wanted(form.title.data, form.about.data, slugs, form.asked())


def _preview(form: ReturnForm) -> list[tuple[str, str]]:
    """What will be kept, how far its data reaches, and what differs from the last return."""
    actor, wanted = web.current_actor(), _wanted(form)
    documents = services.documents_now(wanted.questions(), actor)
    rows = []
    for one in documents:
        tables = words.plural(len(list(one.tables)), "table")
        rows.append((one.title, one.empty or f"{tables}{foot.upto_words(one)}"))
    last = returns.before(actor, wanted.slugs, wanted.asked)
    if last is not None:
        number = len(differences(last.current, documents).restated)
        differ = words.plural(number, "figure differs", "figures differ")
        rows.append((f"Since “{last.title}”", differ))
    return rows
