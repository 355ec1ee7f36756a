"""The team's survey pages of a cohort: counts, who has not answered, reminders, paper, more time.

Thin: reads in `surveys.queries.team`, writes in `surveys.services`.
"""

from __future__ import annotations

import uuid
from functools import partial

from flask import Response, request

from courses.queries import cohorts
from courses.queries.cohorts import CohortFacts
from lms import web
from lms.db import Complaint
from lms.permissions import allow
from lms.web import words
from surveys import analysis, forms
from surveys.access import MANAGE
from surveys.queries import respondent, said, team
from surveys.queries.batches import FEWEST
from surveys.queries.respondent import Survey
from surveys.services import answering, invitations, opening
from surveys.services.answering import AlreadyAnswered, Closed
from surveys.views.blueprint import blueprint

NOT_KEPT = (
    "The answers were not kept: see below why, and what to do. What you keyed in is still here"
)


@blueprint.get("/cohorts/<uuid:cohort_id>/surveys")
@allow(MANAGE, reach=team.reached)
def cohort(cohort_id: uuid.UUID) -> str:
    """Each survey with its counts, the plain table from five pairs, comments from five."""
    actor = web.current_actor()
    facts = cohorts.get(actor, cohort_id)
    after_only = facts.design == "after_only"
    count = analysis.levels if after_only else analysis.before_and_after
    return web.render(
        "surveys/cohort.html",
        cohort=facts,
        waves=team.waves(actor, cohort_id),
        table=count(cohort_id),
        after_only=after_only,
        fewest=FEWEST,
        two_places=partial(words.round_half_up, places=2),
        comments=said.comments(actor, cohort_id),
        volunteers=said.volunteers(actor, cohort_id),
    )


@blueprint.get("/cohorts/<uuid:cohort_id>/surveys/<uuid:wave_id>")
@allow(MANAGE)
def wave(cohort_id: uuid.UUID, wave_id: uuid.UUID) -> str:
    """Who has not answered yet, and what can be done about it."""
    return _wave_page(cohort_id, wave_id, forms.ExtendForm())


@blueprint.post("/cohorts/<uuid:cohort_id>/surveys/<uuid:wave_id>/remind")
@allow(MANAGE)
def remind(cohort_id: uuid.UUID, wave_id: uuid.UUID) -> Response:
    """Remind everybody who has not answered, once a day at most."""
    actor = web.current_actor()
    team.wave(actor, wave_id)
    count = invitations.remind_now(wave_id, by=actor)
    if count:
        web.say(f"{words.plural(count, 'person', 'people')} will be reminded today")
    else:
        web.say("Nobody is left to remind today: each is written to at most once a day")
    return web.see("surveys.wave", cohort_id=cohort_id, wave_id=wave_id)


@blueprint.post("/cohorts/<uuid:cohort_id>/surveys/<uuid:wave_id>/extend")
@allow(MANAGE)
def extend(cohort_id: uuid.UUID, wave_id: uuid.UUID) -> web.Answer:
    """Give more time, with a reason."""
    actor = web.current_actor()
    team.wave(actor, wave_id)
    form = forms.ExtendForm()
    if not form.validate_on_submit():
        return _wave_page(cohort_id, wave_id, form), 422
    try:
        count = opening.extend(wave_id, days=form.days.data, why=form.reason.data, by=actor)
    except Complaint as complaint:
        form.add_complaint(complaint)
        return _wave_page(cohort_id, wave_id, form), 422
    web.say(f"The survey is open again for {words.plural(count, 'person', 'people')}")
    return web.see("surveys.wave", cohort_id=cohort_id, wave_id=wave_id)


@blueprint.route("/surveys/paper/<uuid:assignment_id>", methods=["GET", "POST"])
@allow(MANAGE)
def paper(assignment_id: uuid.UUID) -> web.Answer:
    """Key in answers given on paper; they are marked as such and never shown again."""
    actor = web.current_actor()
    cohort_id = team.assignment(actor, assignment_id)
    survey = respondent.get(assignment_id)
    if survey.readable == "answered":
        web.say("This survey has already been answered. Nothing was changed")
        return web.see("surveys.cohort", cohort_id=cohort_id)
    facts = cohorts.get(actor, cohort_id)
    if request.method != "POST":
        return _paper_page(survey, facts, forms.sheet(survey.items))
    raw = forms.raw_answers(survey.items, request.form)
    read = answering.read(survey.items, raw)
    errors = dict(read.errors)
    if not read.answers and not errors:
        errors = forms.missing_words(survey.items, read.unanswered[:1])
    if errors:
        sheet = forms.sheet(survey.items, raw=raw, errors=errors)
        return _paper_page(survey, facts, sheet, status=422)
    try:
        answering.submit(assignment_id, read.answers, by=actor, channel="paper")
    except AlreadyAnswered:
        web.say("This survey has already been answered. Nothing was changed")
    except Closed:
        sheet = forms.sheet(survey.items, raw=raw, above=NOT_KEPT)
        return _paper_page(respondent.get(assignment_id), facts, sheet, status=422)
    else:
        web.say("The paper answers are kept, marked as keyed in by you")
    return web.see("surveys.cohort", cohort_id=cohort_id)


def _paper_page(
    survey: Survey, cohort: CohortFacts, sheet: forms.Sheet, *, status: int = 200
) -> web.Answer:
    """The questions; before anything is typed, why answers cannot be taken now instead of them."""
    shut = survey.why_not_on_paper
    page = web.render(
        "surveys/paper.html", survey=survey, cohort=cohort, sheet=sheet, form=sheet, shut=shut,
        asks=not shut or status == 422,
    )  # fmt: skip
    return page, status


def _wave_page(cohort_id: uuid.UUID, wave_id: uuid.UUID, form: forms.ExtendForm) -> str:
    actor = web.current_actor()
    facts = cohorts.get(actor, cohort_id)
    of, row = team.wave(actor, wave_id)
    if of != cohort_id:
        web.not_found()
    return web.render(
        "surveys/wave.html",
        cohort=facts,
        wave=row,
        people=team.not_yet(wave_id),
        preview=invitations.preview(wave_id),
        form=form,
    )
