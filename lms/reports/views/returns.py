"""Frozen returns: freezing, reading, comparing with now and restating."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Response, request, url_for

from lms import clock, web
from lms.contracts import Actor, Audience
from lms.db import Complaint
from lms.permissions import allow, allowed
from lms.reports import access
from lms.reports.asking import Asked, Wanted, offered
from lms.reports.documents import Document, drawing
from lms.reports.documents import words as foot
from lms.reports.documents.comparing import differences
from lms.reports.drafts import ReportFailed, draft_of, fingerprint_of
from lms.reports.forms.returns import RestateForm, ReturnForm
from lms.reports.queries import listing, releases, returns
from lms.reports.services import making
from lms.reports.services import returns as services
from lms.reports.views.blueprint import blueprint
from lms.reports.views.giving import give
from lms.web import words


@blueprint.get("/reports/returns/new")
@allow(access.RELEASE)
def new_return() -> str:
    """What to freeze; a report gives itself and its period along, and what failed its filters."""
    given = {name: request.args.get(name, "") for name in ("start", "end", "audience")}
    lists = {name: request.args.getlist(name) for name in ("report", "place")}
    form = _form(**given, **lists)
    return web.render("reports/new_return.html", form=form, found=None)


@blueprint.post("/reports/returns")
@allow(access.RELEASE)
@web.one_moment
def freeze() -> web.Answer:
    """Have it counted and kept; or only look at what would be, all of it at one moment."""
    form = _form()
    if form.validate() and form.check():
        try:
            if request.form.get("look"):
                found = _preview(form)
                return web.render("reports/new_return.html", form=form, found=found)
            making_id = making.ask_return(_wanted(form), by=web.current_actor())
        except Complaint as complaint:
            form.add_complaint(complaint)
        except ReportFailed as failed:
            form.add_complaint(Complaint("report", str(failed)))
        else:
            return web.see("reports.making", making_id=making_id)
    return web.invalid("reports/new_return.html", form=form, found=None)


@blueprint.get("/reports/returns/<uuid:return_id>")
@allow(access.VIEW)
def frozen(return_id: uuid.UUID) -> str:
    """The numbers as they were handed in, and what was restated."""
    actor = web.current_actor()
    found = returns.find(actor, return_id)
    return web.render(
        "reports/return.html",
        frozen=found,
        may_restate=allowed(actor, access.RELEASE) and found.is_counted_by(actor),
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


@blueprint.route("/reports/returns/<uuid:return_id>/now", methods=["GET", "POST"])
@allow(access.RELEASE)
@web.one_moment
def compare(return_id: uuid.UUID) -> web.Answer:
    """What came out differently since; restating it needs a reason."""
    actor = web.current_actor()
    found, form = returns.find_to_restate(actor, return_id), RestateForm()
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
    differs = differences(found.current, _now(found.questions(), actor))
    made: web.Answer = answer("reports/compare.html", frozen=found, found=differs, form=form)
    return made


def _now(questions: Sequence[Asked], actor: Actor) -> list[Document]:
    """What the reports would say now.

    Counted anew, figures would be held against the version that was made with the return: where
    nothing has changed since, that version is the answer, as it is when one is asked for.
    """
    return [_kept(one, actor) or services.documents_now([one], actor)[0] for one in questions]


def _kept(asked: Asked, actor: Actor) -> Document | None:
    """The newest version of a question for somebody outside, if it would be the same now."""
    made = [] if asked.audience is Audience.TEAM else releases.of_question(actor, asked, 1)
    for version in made:
        recorded = releases.find(actor, version.id)
        if recorded.draft == fingerprint_of(draft_of(asked, actor, clock.now())):
            return recorded.document
    return None


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
    documents = _now(wanted.questions(), actor)
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
