"""The team's pages: the certificates of a cohort, a preview, and the two ways of correcting one.

Coordinators use them; what they reach is what `certificates.manage` says.
"""

from __future__ import annotations

import uuid

from flask import Response, url_for

from certificates import services
from certificates.access import MANAGE
from certificates.forms import IssueForm, ReplaceForm, WithdrawForm
from certificates.queries import held as certificates
from certificates.queries import people
from certificates.queries.held import Held
from certificates.views.blueprint import blueprint
from certificates.views.holders import PDF
from courses.queries import cohorts
from lms import web
from lms.db import Complaint
from lms.permissions import allow
from lms.web import words


@blueprint.get("/cohorts/<uuid:cohort_id>/certificates")
@allow(MANAGE)
def of_cohort(cohort_id: uuid.UUID) -> str:
    """Who met the rule, by what evidence, and who holds which certificate."""
    actor = web.current_actor()
    cohort = cohorts.get(actor, cohort_id)
    return web.render(
        "certificates/cohort.html",
        cohort=cohort,
        rows=people.of_cohort(actor, cohort_id),
        missing=len(services.earned_without(cohort_id, actor)),
    )


@blueprint.post("/cohorts/<uuid:cohort_id>/certificates/preview")
@allow(MANAGE)
def ask_preview(cohort_id: uuid.UUID) -> Response:
    """Have one printed to be looked at."""
    actor = web.current_actor()
    cohorts.get(actor, cohort_id)
    preview_id = services.preview(cohort_id, by=actor)
    return web.see("certificates.preview", preview_id=preview_id)


@blueprint.get("/certificates/previews/<uuid:preview_id>")
@allow(MANAGE)
def preview(preview_id: uuid.UUID) -> str:
    """The one that was printed, and the button that issues them all."""
    actor = web.current_actor()
    state = people.preview(actor, preview_id)
    return web.render(
        "certificates/preview.html",
        preview=state,
        cohort=cohorts.get(actor, state.cohort_id),
        missing=len(services.earned_without(state.cohort_id, actor)),
        form=IssueForm(),
    )


@blueprint.get("/certificates/previews/<uuid:preview_id>/preview.pdf")
@allow(MANAGE)
def preview_file(preview_id: uuid.UUID) -> Response:
    """The preview's PDF."""
    state = people.preview(web.current_actor(), preview_id)
    return web.download(people.preview_pdf(state), "Certificate preview.pdf", PDF)


@blueprint.post("/cohorts/<uuid:cohort_id>/certificates/issue")
@allow(MANAGE)
def issue(cohort_id: uuid.UUID) -> Response:
    """Issue every certificate that is earned and not there."""
    actor = web.current_actor()
    cohorts.get(actor, cohort_id)
    number = services.issue_missing(cohort_id, by=actor)
    if number:
        web.say(
            f"{words.plural(number, 'certificate')} will be made in the next minutes",
            detail="Each person gets a message with their own link when theirs is ready.",
        )
    return web.see("certificates.of_cohort", cohort_id=cohort_id)


@blueprint.post("/certificates/<uuid:certificate_id>/retry")
@allow(MANAGE)
def retry(certificate_id: uuid.UUID) -> Response:
    """Print again what failed."""
    actor = web.current_actor()
    held = certificates.managed(actor, certificate_id)
    services.retry(certificate_id, by=actor)
    web.say(f"The certificate of {held.shown.name} is being made again")
    return _to_cohort(held)


@blueprint.route("/certificates/<uuid:certificate_id>/replace", methods=["GET", "POST"])
@allow(MANAGE)
def replace(certificate_id: uuid.UUID) -> str | Response:
    """Issue a corrected one in its place, after seeing both."""
    actor = web.current_actor()
    held = certificates.managed(actor, certificate_id)
    form = ReplaceForm()
    if form.validate_on_submit():
        try:
            services.replace(certificate_id, reason=form.reason.data, by=actor)
        except Complaint as complaint:
            form.add_complaint(complaint)
        else:
            web.say(
                f"The certificate of {held.shown.name} has been replaced",
                detail="The new one is being made; the old number now says “replaced”.",
            )
            return _to_cohort(held)
    new = certificates.proposed(held)
    values = {"form": form, "held": held, "new": new, "back": _address(held)}
    if form.is_submitted():
        return web.invalid("certificates/replace.html", **values)
    return web.render("certificates/replace.html", **values)


@blueprint.route("/certificates/<uuid:certificate_id>/withdraw", methods=["GET", "POST"])
@allow(MANAGE)
def withdraw(certificate_id: uuid.UUID) -> str | Response:
    """Say that it no longer counts."""
    actor = web.current_actor()
    held = certificates.managed(actor, certificate_id)
    form = WithdrawForm()
    if form.validate_on_submit():
        try:
            services.withdraw(certificate_id, reason=form.reason.data, by=actor)
        except Complaint as complaint:
            form.add_complaint(complaint)
        else:
            web.say(f"The certificate of {held.shown.name} has been withdrawn")
            return _to_cohort(held)
    values = {"form": form, "held": held, "back": _address(held)}
    if form.is_submitted():
        return web.invalid("certificates/withdraw.html", **values)
    return web.render("certificates/withdraw.html", **values)


def _to_cohort(held: Held) -> Response:
    return web.see("certificates.of_cohort", cohort_id=held.cohort_id)


def _address(held: Held) -> str:
    return url_for("certificates.of_cohort", cohort_id=held.cohort_id)
