"""A person's own survey behind their personal link: one page, saved as it goes, sent once.

No account, no navigation; a second page about the course may be skipped.
"""

from __future__ import annotations

import uuid

from flask import jsonify, request

from lms import web
from lms.contracts import LinkClaim
from lms.permissions import by_link
from surveys import forms
from surveys.queries import respondent
from surveys.queries.respondent import Survey
from surveys.services import answering
from surveys.services.answering import AlreadyAnswered, Closed, Read
from surveys.services.assigning import LINK
from surveys.views.blueprint import blueprint


@blueprint.get("/s/<token>")
@by_link(LINK)
def answer(token: str) -> web.Answer:
    """The questions, or in plain words why there are none now."""
    survey = respondent.get(_assignment())
    if survey.readable != "open":
        return _state_page(survey, token)
    kept = {} if _in_room() else survey.draft
    return _page(survey, token, forms.sheet(survey.items, answers=kept))


@blueprint.post("/s/<token>")
@by_link(LINK)
def send(token: str) -> web.Answer:
    """Take the answers; questions left empty are asked for once and may stay empty."""
    survey = respondent.get(_assignment())
    raw = forms.raw_answers(survey.items, request.form)
    read = answering.read(survey.items, raw)
    if survey.readable in ("not_open", "ended"):
        return _state_page(survey, token)
    if survey.readable == "open" and (again := _ask_again(survey, token, read, raw)) is not None:
        return again
    profession = _profession_form(survey)
    try:
        answering.submit(
            survey.assignment_id,
            read.answers,
            by=web.current_actor(),
            channel="qr" if _in_room() else "link",
            stamp=request.form.get("opened", ""),
        )
    except AlreadyAnswered:
        return _state_page(respondent.get(survey.assignment_id), token)
    except Closed:
        kept = respondent.words_of(survey.items, read.answers)
        return web.invalid("surveys/closed.html", survey=survey, kept=kept, token=token)
    if profession is not None and profession.validate() and profession.profession.data:
        answering.tell_profession(survey.person_id, profession.profession.data)
    return _next(survey, token)


@blueprint.post("/s/<token>/draft")
@by_link(LINK)
def keep(token: str) -> web.Answer:
    """Keep what is chosen so far, as the page is filled in; the script asks, nobody waits."""
    if _in_room():
        web.not_found()
    survey = respondent.get(_assignment())
    read = answering.read(survey.items, forms.raw_answers(survey.items, request.form))
    if survey.readable != "open":
        return jsonify(error="This survey has closed"), 409
    answering.keep_draft(survey.assignment_id, survey.items, read.answers)
    return "", 204


@blueprint.get("/s/<token>/more")
@by_link(LINK)
def more(token: str) -> web.Answer:
    """The page after: about the course, or what came of it."""
    survey = respondent.get(_assignment())
    second = respondent.second_of(survey)
    if survey.readable != "answered" or second is None:
        return web.see("surveys.answer", token=token)
    return _second_page(survey, second, token, forms.sheet(second.items))


@blueprint.post("/s/<token>/more")
@by_link(LINK)
def send_more(token: str) -> web.Answer:
    """Take the second page; every question of it may be left."""
    survey = respondent.get(_assignment())
    second = respondent.second_of(survey)
    if survey.readable != "answered" or second is None:
        return web.see("surveys.answer", token=token)
    raw = forms.raw_answers(second.items, request.form)
    read = answering.read(second.items, raw)
    if read.errors:
        sheet = forms.sheet(second.items, raw=raw, errors=read.errors)
        return _second_page(survey, second, token, sheet, status=422)
    try:
        answering.submit(second.assignment_id, read.answers, by=web.current_actor())
    except AlreadyAnswered:
        return web.see("surveys.answer", token=token)
    except Closed:
        kept = respondent.words_of(second.items, read.answers)
        return web.invalid("surveys/closed.html", survey=second, kept=kept, token=token)
    return web.see("surveys.thanks", token=token)


@blueprint.get("/s/<token>/thanks")
@by_link(LINK)
def thanks(token: str) -> web.Answer:
    """Thank you, and the next useful step."""
    survey = respondent.get(_assignment())
    if survey.readable != "answered":
        return web.see("surveys.answer", token=token)
    then = respondent.next_session(survey.person_id)
    return web.render(
        "surveys/thanks.html", survey=survey, next_session=then, token=token, in_room=_in_room()
    )


def _assignment() -> uuid.UUID:
    return _link().object_id


def _in_room() -> bool:
    """Whether they came by the code in the room: they named an address, which anybody may, so
    nothing is shown or changed that was kept, and no other link of the person's is given.
    """
    return _link().unsent


def _link() -> LinkClaim:
    link = web.current_actor().link
    assert link is not None
    return link


def _page(
    survey: Survey, token: str, sheet: forms.Sheet, *, left: int = 0, status: int = 200
) -> web.Answer:
    page = web.render(
        "surveys/answer.html",
        survey=survey,
        sheet=sheet,
        form=sheet,
        token=token,
        left=left,
        left_words=forms.left_words(left),
        stamp=request.form.get("opened") or answering.opened_stamp(survey.assignment_id),
        in_room=_in_room(),
        profession=_profession_form(survey),
    )
    return page, status


def _ask_again(
    survey: Survey, token: str, read: Read, raw: dict[str, list[str]]
) -> web.Answer | None:
    """The page once more, when an answer cannot be read or the first time some are missing."""
    left = forms.missing_words(survey.items, read.unanswered)
    if not read.errors and (not left or request.form.get("left") == "send"):
        return None
    sheet = forms.sheet(survey.items, raw=raw, errors={**left, **read.errors})
    return _page(survey, token, sheet, left=len(left), status=422)


def _second_page(
    survey: Survey, second: Survey, token: str, sheet: forms.Sheet, *, status: int = 200
) -> web.Answer:
    page = web.render(
        "surveys/more.html", survey=survey, second=second, sheet=sheet, form=sheet, token=token
    )
    return page, status


def _profession_form(survey: Survey) -> forms.ProfessionForm | None:
    """The question about the job, for whom we do not know it; asked on first surveys only."""
    if survey.profession_known or survey.is_second:
        return None
    form = forms.ProfessionForm()
    form.profession.choices = [web.Choice(*one) for one in respondent.professions()]
    return form


def _next(survey: Survey, token: str) -> web.Answer:
    if respondent.second_of(survey) is not None:
        return web.see("surveys.more", token=token)
    return web.see("surveys.thanks", token=token)


def _state_page(survey: Survey, token: str) -> web.Answer:
    template = {
        "answered": "surveys/already.html",
        "closed": "surveys/closed.html",
        "not_open": "surveys/not_open.html",
        "ended": "surveys/ended.html",
    }[survey.readable]
    second = respondent.second_of(survey) if survey.readable == "answered" else None
    return web.render(template, survey=survey, token=token, kept=(), second=second)
