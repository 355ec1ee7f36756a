"""Scheduling a cohort step by step, the review, and publishing.

Each step keeps its answers in the draft, so leaving and coming back loses nothing.
"""

from __future__ import annotations

import uuid

from flask import jsonify, request

from courses import access
from courses.forms.schedule import ConfirmForm, FormatForm
from courses.queries import catalogue, cohorts, planning, publishing, venues
from courses.queries.catalogue import EditionFacts
from courses.queries.cohorts import CohortFacts
from courses.services import previews
from courses.services import schedule as service
from courses.views import steps
from courses.views.blueprint import blueprint
from courses.views.placing import Where
from lms import web
from lms.db import Complaint, Complaints
from lms.permissions import allow
from lms.web.context import wants_json
from lms.web.forms import Problem

PAGES: dict[int, type[steps.Step]] = {
    one.number: one
    for one in (
        steps.Format,
        steps.ForWhom,
        steps.Dates,
        Where,
        steps.Places,
        steps.Surveys,
    )
}
LAST = planning.SURVEYS
REVIEW = "review"


@blueprint.route("/courses/<slug>/cohorts/new", methods=["GET", "POST"])
@allow(access.MANAGE)
def schedule(slug: str) -> web.Answer:
    """Step 1 of a new cohort; its answer makes the draft."""
    course, actor = catalogue.get(slug), web.current_actor()
    form = FormatForm()
    form.edition.choices = steps.editions(course)
    if form.validate_on_submit():
        try:
            cohort_id = service.start(course.id, form.edition.data, by=actor)
        except Complaint as complaint:
            form.add_complaint(complaint)
        else:
            return web.see("courses.schedule_step", cohort_id=cohort_id, step=planning.FOR_WHOM)
    answer = web.invalid if form.is_submitted() else web.render
    return answer("courses/schedule.html", course=course, form=form, step=1, cohort=None)


@blueprint.route("/cohorts/<uuid:cohort_id>/schedule/<int:step>", methods=["GET", "POST"])
@allow(access.MANAGE)
def schedule_step(cohort_id: uuid.UUID, step: int) -> web.Answer:
    """One step of a draft."""
    actor = web.current_actor()
    cohort = cohorts.get(actor, cohort_id, access.MANAGE)
    if cohort.state != "draft":
        return web.see("courses.cohort", cohort_id=cohort_id)
    if step not in PAGES:
        web.not_found()
    page = PAGES[step](cohort, actor)
    if wants_json():
        return jsonify(texts=page.said())
    if page.form.is_submitted() and page.form.validate() and page.check():
        try:
            page.save()
        except (Complaint, Complaints) as complaint:
            page.form.add_complaint(complaint)
        else:
            return web.see(_next(cohort, page))
    answer = web.invalid if page.form.is_submitted() else web.render
    return answer(
        page.template, course=page.course, cohort=cohort, form=page.form, step=step, page=page
    )


@blueprint.get("/cohorts/<uuid:cohort_id>/review")
@allow(access.MANAGE)
def review(cohort_id: uuid.UUID) -> web.Answer:
    """Everything about a draft before it is published, with what is missing."""
    return _review(*_draft(cohort_id))


@blueprint.post("/cohorts/<uuid:cohort_id>/review")
@allow(access.MANAGE)
def publish(cohort_id: uuid.UUID) -> web.Answer:
    """Publish: rooms and trainers are held, people may book."""
    cohort, edition = _draft(cohort_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            service.publish(cohort_id, by=web.current_actor())
        except (Complaint, Complaints):
            return _review(cohorts.get(web.current_actor(), cohort_id, access.MANAGE), edition, 422)
        web.say(f"{cohort.code} is published. People can book.")
        return web.see("courses.cohort", cohort_id=cohort_id)
    return _review(cohort, edition, 422)


@blueprint.route("/cohorts/<uuid:cohort_id>/discard", methods=["GET", "POST"])
@allow(access.MANAGE)
def discard(cohort_id: uuid.UUID) -> web.Answer:
    """Give a draft up, after one question."""
    cohort, _ = _draft(cohort_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        service.discard(cohort_id, by=web.current_actor())
        web.say(f"Draft {cohort.code} was given up")
        return web.see("courses.cohorts")
    return web.render("courses/discard.html", cohort=cohort, form=form)


def _draft(cohort_id: uuid.UUID) -> tuple[CohortFacts, EditionFacts]:
    cohort = cohorts.get(web.current_actor(), cohort_id, access.MANAGE)
    if cohort.state not in ("draft", "scheduled"):
        web.not_found()
    return cohort, steps.edition_of(cohort)


def _review(cohort: CohortFacts, edition: EditionFacts, status: int = 200) -> web.Answer:
    actor = web.current_actor()
    gaps = planning.gaps(actor, cohort, edition) if cohort.state == "draft" else []
    sessions = planning.planned(cohort, edition)
    made = publishing.as_published(cohort, sessions)
    line = publishing.line_up(made, actor)
    form = ConfirmForm()
    form.form_errors = []
    page = web.render(
        "courses/review.html",
        cohort=cohort,
        edition=edition,
        sessions=sessions,
        rooms=venues.by_id(one.venue_id for one in sessions),
        trainers=planning.trainer_names({who for one in sessions for who in one.trainer_ids}),
        designs=_designs(cohort),
        gaps=[Problem(gap.text, steps.url(cohort, gap.step)) for gap in gaps],
        pressed=status != 200,
        line=line,
        review={"messages": previews.of_publishing(made, len(line.offered), line.until, actor)},
        confirm=form,
    )
    return page, status


def _designs(cohort: CohortFacts) -> dict[str, str]:
    return {value: text for value, text, _ in steps.designs(catalogue.by_id(cohort.course_id))}


def _next(cohort: CohortFacts, page: steps.Step) -> str:
    """The page after a step: the same one again, the review when it was left from there, or on."""
    if page.again:
        return steps.url(cohort, page.number, then=request.args.get("then", ""))
    if request.args.get("then") == REVIEW or page.number == LAST:
        return steps.review_url(cohort)
    return steps.url(cohort, page.next_step)
