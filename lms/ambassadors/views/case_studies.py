"""Case studies: written by an ambassador, read and decided by the team."""

from __future__ import annotations

import uuid

from flask import request

from lms import clock, web
from lms.ambassadors import codes
from lms.ambassadors.access import MANAGE, OWN
from lms.ambassadors.forms.own import CaseStudyForm
from lms.ambassadors.forms.team import ReviewForm
from lms.ambassadors.queries import case_studies as reading
from lms.ambassadors.queries import own
from lms.ambassadors.queries.case_studies import STATES, Study
from lms.ambassadors.services import case_studies as writing
from lms.ambassadors.views.blueprint import blueprint
from lms.db import Complaint, Complaints
from lms.permissions import allow

HEADINGS = {
    "situation": "What was the situation?",
    "action": "What did you do?",
    "change": "What changed?",
    "lesson": "What would you tell a colleague?",
}


@blueprint.get("/case-studies")
@allow(MANAGE)
def case_studies() -> web.Answer:
    """Case studies in reach, those to review first."""
    filters = web.filters("state", allowed={"state": tuple(STATES)})
    page = web.paginate(reading.listed(web.current_actor(), filters["state"]))
    states = {key: words for key, words in STATES.items() if key != "draft"}
    return web.render(
        "ambassadors/case_studies.html", page=page.map(reading.as_row), filters=filters,
        states=states,
    )  # fmt: skip


@blueprint.route("/case-studies/new", methods=["GET", "POST"])
@allow(OWN)
def new_case_study() -> web.Answer:
    """Write a case study, and send it or keep it as a draft."""
    actor = web.current_actor()
    who = own.signed_in(actor)
    form = CaseStudyForm(expires_on=clock.add_months(clock.today(), 12 * writing.YEARS))
    if not _accepted(form):
        answer = web.invalid if form.is_submitted() else web.render
        return answer("ambassadors/case_study_form.html", form=form, study=None)
    try:
        made = writing.write(who.id, form.story, send=_sends(), by=actor)
    except (Complaint, Complaints) as complaint:
        form.add_complaint(complaint)
        return web.invalid("ambassadors/case_study_form.html", form=form, study=None)
    return _kept(made)


@blueprint.route("/pledge/case-studies/<uuid:case_study_id>", methods=["GET", "POST"])
@allow(OWN)
def case_study(case_study_id: uuid.UUID) -> web.Answer:
    """One's own case study: a draft to go on with, or what became of it."""
    actor = web.current_actor()
    study = reading.find_own(actor, case_study_id)
    if study.state != "draft":
        return web.render(
            "ambassadors/own_case_study.html", study=study, headings=HEADINGS, codes=codes
        )
    form = CaseStudyForm(**study.texts, uses=study.uses, naming=study.naming,
                         expires_on=study.expires_on)  # fmt: skip
    if not _accepted(form):
        answer = web.invalid if form.is_submitted() else web.render
        return answer("ambassadors/case_study_form.html", form=form, study=study)
    try:
        writing.rewrite(case_study_id, form.story, send=_sends(), by=actor)
    except (Complaint, Complaints) as complaint:
        form.add_complaint(complaint)
        return web.invalid("ambassadors/case_study_form.html", form=form, study=study)
    return _kept(case_study_id)


def _sends() -> bool:
    return request.form.get("then") == "send"


def _accepted(form: CaseStudyForm) -> bool:
    if not form.is_submitted():
        return False
    right = form.validate()
    return form.check(send=_sends()) and right


def _kept(case_study_id: uuid.UUID) -> web.Answer:
    web.say("Your case study is sent. We’ll read it before anybody uses it" if _sends()
            else "Your draft is kept")  # fmt: skip
    return web.see("ambassadors.case_study", case_study_id=case_study_id)


@blueprint.post("/pledge/case-studies/<uuid:case_study_id>/take-back")
@allow(OWN)
def take_back(case_study_id: uuid.UUID) -> web.Answer:
    """Take one's case study back."""
    actor = web.current_actor()
    reading.find_own(actor, case_study_id)
    writing.take_back(case_study_id, by=actor)
    web.say("Your case study is taken back. Nobody may use it any more")
    return web.see("ambassadors.case_study", case_study_id=case_study_id)


# -- the team ------------------------------------------------------------------------------------


@blueprint.get("/case-studies/<uuid:case_study_id>")
@allow(MANAGE, reach=reading.reached)
def review(case_study_id: uuid.UUID) -> web.Answer:
    """A case study with what might tell who somebody is, and what may be done with it."""
    return _review(reading.find(web.current_actor(), case_study_id), ReviewForm())


def _review(study: Study, form: ReviewForm) -> str:
    marked = [(HEADINGS[part], list(reading.marked(text))) for part, text in study.texts.items()]
    return web.render("ambassadors/review.html", study=study, marked=marked, form=form, codes=codes)


@blueprint.post("/case-studies/<uuid:case_study_id>/begin")
@allow(MANAGE)
def begin_review(case_study_id: uuid.UUID) -> web.Answer:
    """Say that one is reading it."""
    actor = web.current_actor()
    reading.find(actor, case_study_id)
    writing.begin_review(case_study_id, by=actor)
    return web.see("ambassadors.review", case_study_id=case_study_id)


@blueprint.post("/case-studies/<uuid:case_study_id>/approve")
@allow(MANAGE)
def approve(case_study_id: uuid.UUID) -> web.Answer:
    """Let it be used."""
    actor = web.current_actor()
    study = reading.find(actor, case_study_id)
    try:
        writing.approve(case_study_id, by=actor)
    except Complaint as complaint:
        form = ReviewForm()
        form.add_complaint(complaint)
        return _review(study, form), 422
    web.say(f"The case study of {study.name} is ready to be used")
    return web.see("ambassadors.case_studies")


@blueprint.post("/case-studies/<uuid:case_study_id>/change")
@allow(MANAGE)
def ask_for_change(case_study_id: uuid.UUID) -> web.Answer:
    """Give it back to the writer with a note."""
    actor = web.current_actor()
    study = reading.find(actor, case_study_id)
    form = ReviewForm()
    if not form.validate_on_submit():
        return _review(study, form), 422
    try:
        writing.ask_for_change(case_study_id, form.note.data, by=actor)
    except Complaints as complaint:
        form.add_complaint(complaint)
        return _review(study, form), 422
    web.say(f"{study.name} finds your note on the draft")
    return web.see("ambassadors.case_studies")
