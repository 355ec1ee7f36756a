"""The coordinator's board, an ambassador's story, inviting, reminding, leaving and handing on."""

from __future__ import annotations

import uuid
from typing import Any

from lms import web
from lms.ambassadors import codes
from lms.ambassadors.access import INVITE, MANAGE
from lms.ambassadors.forms.team import HandOnForm, LeavingForm
from lms.ambassadors.queries import board as boards
from lms.ambassadors.queries import candidates, counts, story
from lms.ambassadors.queries.board import CHECKS, STATES, BoardFilter
from lms.ambassadors.services import asking, leaving, recruiting
from lms.ambassadors.services.tallies import month_words
from lms.ambassadors.views.blueprint import blueprint
from lms.db import Complaint, Complaints
from lms.people.queries import places
from lms.permissions import allow
from lms.web.words import plural


@blueprint.get("/ambassadors")
@allow(MANAGE)
def board() -> web.Answer:
    """Who waits first; people, not averages."""
    actor = web.current_actor()
    filters, wanted = _filters()
    page = web.paginate(boards.listed(actor, wanted))
    numbers = counts.numbers(actor)
    return web.render(
        "ambassadors/board.html",
        page=page,
        rows=boards.rows(actor, page.items),
        filters=filters,
        wanted=wanted,
        places=places.localities(actor, MANAGE),
        organisations=counts.organisations(actor),
        checks=CHECKS,
        states=STATES,
        numbers=numbers,
        month=month_words(numbers.month).partition(" ")[0],
        waiting=len(boards.waiting_check_ins(actor, wanted)),
        by_organisation=counts.by_organisation(actor),
        leavers=counts.leavers(actor),
        begun=boards.any_ambassador(actor),
        finished=candidates.finished(actor),
    )


def _filters() -> tuple[web.Filters, BoardFilter]:
    """The filters as the address has them, and as the queries take them."""
    actor = web.current_actor()
    filters = web.filters(
        "state",
        "place",
        "organisation",
        "check",
        "q",
        allowed={
            "state": tuple(STATES),
            "place": [str(key) for key, _ in places.localities(actor, MANAGE)],
            "organisation": [str(key) for key, _ in counts.organisations(actor)],
            "check": tuple(CHECKS),
        },
    )
    return filters, BoardFilter(
        state=filters["state"] or "active",
        locality_id=_uuid(filters["place"]),
        organisation_id=_uuid(filters["organisation"]),
        check=filters["check"],
        words=filters["q"],
    )


def _uuid(raw: str) -> uuid.UUID | None:
    return uuid.UUID(raw) if raw else None


@blueprint.get("/ambassadors/remind")
@allow(MANAGE)
def remind() -> web.Answer:
    """The message that the people of the filter would get, before they get it."""
    actor = web.current_actor()
    filters, wanted = _filters()
    waiting = boards.waiting_check_ins(actor, wanted)
    return web.render(
        "ambassadors/remind.html",
        filters=filters,
        people=len(waiting),
        preview=asking.preview(waiting, by=actor),
    )


@blueprint.post("/ambassadors/remind")
@allow(MANAGE)
def send_reminders() -> web.Answer:
    """Remind everybody of the filter who has not answered, once a day."""
    actor = web.current_actor()
    filters, wanted = _filters()
    sent = asking.remind_now(boards.waiting_check_ins(actor, wanted), by=actor)
    if sent:
        web.say(f"{plural(sent, 'person', 'people')} will be reminded")
    else:
        web.say("Nobody is left to remind today: each is written to at most once a day")
    return web.see("ambassadors.board", **filters.args)


@blueprint.get("/ambassadors/invite")
@allow(INVITE)
def invite() -> web.Answer:
    """Who has finished and might be invited."""
    page = web.paginate(candidates.listed(web.current_actor())).map(candidates.as_row)
    return web.render("ambassadors/invite.html", page=page)


@blueprint.post("/ambassadors/invite/<uuid:candidate_id>")
@allow(INVITE)
def invite_one(candidate_id: uuid.UUID) -> web.Answer:
    """Invite one of them."""
    actor = web.current_actor()
    candidates.reach(actor, candidate_id)
    try:
        recruiting.invite(candidate_id, by=actor)
        web.say("The invitation goes out between 8am and 6pm on working days")
    except Complaint as complaint:
        web.say(complaint.text)
    return web.see("ambassadors.invite")


# -- one ambassador ------------------------------------------------------------------------------


@blueprint.get("/ambassadors/<uuid:ambassador_id>")
@allow(MANAGE)
def ambassador(ambassador_id: uuid.UUID) -> web.Answer:
    """An ambassador's story in the order of time."""
    found = story.find(web.current_actor(), ambassador_id)
    return _story(found, LeavingForm(leaves_on=found.leaves_on))


def _story(found: story.Story, form: LeavingForm, **more: Any) -> str:
    return web.render("ambassadors/ambassador.html", story=found, form=form, codes=codes, **more)


@blueprint.post("/ambassadors/<uuid:ambassador_id>/leaving")
@allow(MANAGE)
def leaves(ambassador_id: uuid.UUID) -> web.Answer:
    """Note an ambassador's last day."""
    actor = web.current_actor()
    found = story.find(actor, ambassador_id)
    form = LeavingForm()
    if not form.validate_on_submit():
        return _story(found, form), 422
    leaving.say_leaving(ambassador_id, form.leaves_on.data, by=actor)
    web.say(f"Noted: {found.name} leaves")
    return web.see("ambassadors.ambassador", ambassador_id=ambassador_id)


@blueprint.post("/ambassadors/<uuid:ambassador_id>/stays")
@allow(MANAGE)
def stays(ambassador_id: uuid.UUID) -> web.Answer:
    """They stay after all."""
    actor = web.current_actor()
    found = story.find(actor, ambassador_id)
    leaving.say_leaving(ambassador_id, None, by=actor)
    web.say(f"Noted: {found.name} stays")
    return web.see("ambassadors.ambassador", ambassador_id=ambassador_id)


@blueprint.route("/ambassadors/<uuid:ambassador_id>/hand-on", methods=["GET", "POST"])
@allow(MANAGE)
def hand_on(ambassador_id: uuid.UUID) -> web.Answer:
    """Hand a leaver's pledge and people on to a colleague."""
    actor = web.current_actor()
    found = story.find(actor, ambassador_id)
    if found.state != "active":
        return web.see("ambassadors.ambassador", ambassador_id=ambassador_id)
    form = HandOnForm()
    form.to.choices = story.successors(actor, ambassador_id)
    if not form.validate_on_submit():
        answer = web.invalid if form.is_submitted() else web.render
        return answer("ambassadors/hand_on.html", story=found, form=form)
    try:
        leaving.hand_on(ambassador_id, form.to.data, why=form.why.data, by=actor)
    except (Complaint, Complaints) as complaint:
        form.add_complaint(complaint)
        return web.invalid("ambassadors/hand_on.html", story=found, form=form)
    web.say(f"{found.name} has left. Nothing of it is lost")
    return web.see("ambassadors.ambassador", ambassador_id=ambassador_id)
