"""A line manager's answer, by the link of a message or signed in; and what is asked meanwhile.

Nothing is chosen beforehand, so that a scanner that sends the form changes nothing.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from flask import url_for

from courses import access
from courses.forms.approving import (
    APPROVE,
    ASK_AGAIN,
    BOOK,
    TAKE_BACK,
    AnswerForm,
    MeanwhileForm,
)
from courses.queries import approving, cohorts
from courses.queries.approving import ApprovalRow
from courses.queries.cohorts import CohortFacts
from courses.services import approving as service
from courses.services import requests
from courses.services.links import APPROVAL
from courses.services.requests import Approver
from courses.views.blueprint import blueprint
from lms import clock, limits, web
from lms.db import Complaint
from lms.errors import NotFound
from lms.permissions import allow, by_link

QUESTIONS_A_DAY = 5
"""So often a day one person may have managers written to."""


@blueprint.route("/m/<token>", methods=["GET", "POST"])
@by_link(APPROVAL)
def link_approval(token: str) -> web.Answer:
    """The question and its answer, by the link of the message."""
    actor = web.current_actor()
    if actor.link is None:
        web.not_found()
    here = url_for("courses.link_approval", token=token)
    return _page(approving.of_manager(actor, actor.link.object_id), here)


@blueprint.route("/approvals/<uuid:approval_id>", methods=["GET", "POST"])
@allow(access.OWN)
def approval(approval_id: uuid.UUID) -> web.Answer:
    """The same, for a manager who has signed in."""
    here = url_for("courses.approval", approval_id=approval_id)
    return _page(approving.of_manager(web.current_actor(), approval_id), here)


def _page(found: ApprovalRow, here: str) -> web.Answer:
    cohort = cohorts.facts(found.cohort_id)
    form = AnswerForm()
    open_ = service.may_answer(found, cohort)
    if form.is_submitted() and not open_:
        return web.see(here)
    if form.validate_on_submit():
        try:
            service.answer(
                found.id,
                approves=form.answer.data == APPROVE,
                reason=form.reason.data or "",
                by=web.current_actor(),
            )
        except Complaint as complaint:
            form.add_complaint(complaint)
        else:
            return web.see(here)
    answer: Any = web.invalid if form.is_submitted() else web.render
    page: web.Answer = answer(
        "courses/approval.html",
        approval=found,
        cohort=cohort,
        minutes=approving.minutes(cohort),
        form=form,
        open=open_,
        late=found.answer_by <= clock.now(),
    )
    return page


# -- while it waits: the one who asked ------------------------------------------------------------


def asked_of(cohort: CohortFacts, person_id: uuid.UUID) -> dict[str, bool]:
    """What forms that book need to know: whether a manager is asked, and whether we know one."""
    asks = requests.needed(cohort, person_id)
    known = asks and requests.known_manager(person_id) is not None
    return {"asks_manager": asks, "manager_known": known}


def approver_if_needed(form: Any, cohort: CohortFacts, person_id: uuid.UUID) -> Approver | None:
    """Whom a form with the approver's fields says to ask, where the course asks for approval.

    Nobody has more than a few managers written to in a day.
    """
    if not requests.needed(cohort, person_id):
        return None
    limits.hit(f"approval:{person_id}", QUESTIONS_A_DAY, timedelta(days=1))
    return Approver(
        form.manager_email.data or "",
        form.manager_given_name.data,
        form.manager_family_name.data,
        form.why.data or "",
    )


def waiting_page(found: ApprovalRow, *, token: bool, take_back: str) -> str:
    """What the one who asked sees while their manager has not answered, by `token` or signed in.

    `take_back` is where its button posts to.
    """
    cohort = cohorts.facts(found.cohort_id)
    return web.render(
        "courses/approval_asked.html",
        approval=found,
        cohort=cohort,
        token=token,
        take_back=take_back,
    )


# -- while it waits: the coordinator --------------------------------------------------------------


@blueprint.get("/cohorts/<uuid:cohort_id>/approvals")
@allow(access.MANAGE)
def approvals(cohort_id: uuid.UUID) -> str:
    """Who waits for a manager's answer."""
    actor = web.current_actor()
    cohort = cohorts.get(actor, cohort_id, access.MANAGE)
    found = approving.of_cohort(actor, cohort_id)
    late = {one.id for one in found if one.answer_by <= clock.now()}
    return web.render("courses/approvals.html", cohort=cohort, approvals=found, late=late)


@blueprint.route("/cohorts/<uuid:cohort_id>/approvals/<uuid:approval_id>", methods=["GET", "POST"])
@allow(access.MANAGE)
def approval_meanwhile(cohort_id: uuid.UUID, approval_id: uuid.UUID) -> web.Answer:
    """Ask again, book without an answer, or take the request back."""
    actor = web.current_actor()
    cohort = cohorts.get(actor, cohort_id, access.MANAGE)
    listed = approving.of_cohort(actor, cohort_id)
    found = next((one for one in listed if one.id == approval_id), None)
    if found is None:
        raise NotFound
    form = MeanwhileForm()
    form.answer.choices = _choices(found)
    if form.validate_on_submit():
        try:
            web.say(_meanwhile(found, form))
        except Complaint as complaint:
            form.add_complaint(complaint)
        else:
            return web.see("courses.approvals", cohort_id=cohort_id)
    answer: Any = web.invalid if form.is_submitted() else web.render
    page: web.Answer = answer(
        "courses/approval_meanwhile.html", approval=found, cohort=cohort, form=form
    )
    return page


def _choices(found: ApprovalRow) -> list[tuple[str, str]]:
    """A place that is held by an offer is given by its answer alone, or passes on."""
    ask = [(ASK_AGAIN, f"Ask {found.manager} again")] if found.asked_alone else []
    if found.held:
        return ask
    return [
        *ask,
        (BOOK, f"Book {found.name} without an answer"),
        (TAKE_BACK, "Take the request back"),
    ]


def _meanwhile(found: ApprovalRow, form: MeanwhileForm) -> str:
    actor = web.current_actor()
    if form.answer.data == ASK_AGAIN:
        if requests.ask_again(found.id, by=actor):
            return f"{found.manager} is asked again"
        return f"{found.manager} has been asked today already"
    if form.answer.data == BOOK:
        service.book_unanswered(found.id, reason=form.reason.data or "", by=actor)
        return f"{found.name} is booked"
    service.take_back(found.id, reason=form.reason.data or "", by=actor)
    return f"{found.name}’s request was taken back"
