"""The coordinator's board, an ambassador's story, inviting, reminding, leaving and handing on."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import request

from lms import clock, web
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


@dataclass(frozen=True)
class Narrowed:
    """What the board is narrowed to: as the address says it, as queries take it, and in words."""

    filters: web.Filters
    wanted: BoardFilter
    places: list[tuple[uuid.UUID, str]]
    organisations: list[tuple[uuid.UUID, str]]

    @property
    def said(self) -> str:
        """In words, for paper: 'Active, Stevenage, Overdue'."""
        said = [STATES[self.wanted.state]]
        said += [name for key, name in self.places if key == self.wanted.locality_id]
        said += [name for key, name in self.organisations if key == self.wanted.organisation_id]
        said += [CHECKS[self.wanted.check]] if self.wanted.check else []
        return ", ".join(said + ([f"“{self.wanted.words}”"] if self.wanted.words else []))


def _narrowed() -> Narrowed:
    actor = web.current_actor()
    near, organisations = places.localities(actor, MANAGE), counts.organisations(actor)
    filters = web.filters(
        "state",
        "place",
        "organisation",
        "check",
        "q",
        allowed={
            "state": tuple(STATES),
            "place": [str(key) for key, _ in near],
            "organisation": [str(key) for key, _ in organisations],
            "check": tuple(CHECKS),
        },
    )
    wanted = BoardFilter(
        state=filters["state"] or "active",
        locality_id=_uuid(filters["place"]),
        organisation_id=_uuid(filters["organisation"]),
        check=filters["check"],
        words=filters["q"],
    )
    return Narrowed(filters, wanted, near, organisations)


def _uuid(raw: str) -> uuid.UUID | None:
    return uuid.UUID(raw) if raw else None


@blueprint.get("/ambassadors")
@allow(MANAGE)
def board() -> web.Answer:
    """Who waits first; people, not averages. With `?all=print` everybody of the filter at once."""
    actor = web.current_actor()
    narrowed = _narrowed()
    if request.args.get("all") == "print":
        return _printed(narrowed)
    page = web.paginate(boards.listed(actor, narrowed.wanted))
    numbers = counts.numbers(actor)
    return web.render(
        "ambassadors/board.html",
        page=page,
        rows=boards.rows(actor, page.items),
        narrowed=narrowed,
        filters=narrowed.filters,
        checks=CHECKS,
        states=STATES,
        numbers=numbers,
        month=month_words(numbers.month).partition(" ")[0],
        to_remind=len(boards.to_remind(actor, narrowed.wanted)),
        by_organisation=counts.by_organisation(actor),
        leavers=counts.leavers(actor),
        begun=boards.any_ambassador(actor),
        finished=candidates.finished(actor),
    )


def _printed(narrowed: Narrowed) -> web.Answer:
    actor = web.current_actor()
    found = boards.printed(actor, narrowed.wanted)
    return web.render(
        "ambassadors/printed.html",
        rows=boards.rows(actor, found[: boards.MOST_PRINTED]),
        more=len(found) > boards.MOST_PRINTED,
        narrowed=narrowed,
        now=clock.now(),
        by=actor.name,
    )


@blueprint.get("/ambassadors/remind")
@allow(MANAGE)
def remind() -> web.Answer:
    """Who of the filter would get which message, before they get it; and who would not."""
    actor = web.current_actor()
    narrowed = _narrowed()
    waiting = boards.who_waits(actor, narrowed.wanted)
    people = [one for one in waiting if not one.told_the_last]
    return web.render(
        "ambassadors/remind.html",
        filters=narrowed.filters,
        people=people,
        left_out=[one for one in waiting if one.told_the_last],
        preview=asking.preview([one.check_in_id for one in people], by=actor),
    )


@blueprint.post("/ambassadors/remind")
@allow(MANAGE)
def send_reminders() -> web.Answer:
    """Remind those of the filter who have not answered, once a day.

    Whoever has read that we do not ask again is not among them.
    """
    actor = web.current_actor()
    narrowed = _narrowed()
    people = [one.check_in_id for one in boards.to_remind(actor, narrowed.wanted)]
    sent = asking.remind_now(people, by=actor)
    if sent:
        web.say(f"{plural(sent, 'person', 'people')} will be reminded")
    else:
        web.say("Nobody is left to remind today: each person gets one reminder a day at most")
    return web.see("ambassadors.board", **narrowed.filters.args)


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
@allow(MANAGE, reach=story.reached)
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
    web.say(f"{found.name} has left. Everything they said and counted is kept")
    return web.see("ambassadors.ambassador", ambassador_id=ambassador_id)
