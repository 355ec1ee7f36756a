"""A check-in on one page: own words on top, one tap per objective; by the link or signed in.

After sending, the link's page says only that it was answered; what was said is shown to whoever
has signed in.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from lms import clock, web
from lms.ambassadors import checkpoints, codes
from lms.ambassadors.access import OWN
from lms.ambassadors.forms.own import CheckInForm, check_in_form
from lms.ambassadors.queries import own
from lms.ambassadors.queries.own import Asked
from lms.ambassadors.queries.pledges import CheckInView
from lms.ambassadors.services import check_ins
from lms.ambassadors.services.check_ins import AlreadyAnswered, NotOpen
from lms.ambassadors.services.letters import CHECK_IN
from lms.ambassadors.views.blueprint import blueprint
from lms.contracts import Actor
from lms.db import Complaint, Complaints
from lms.people import links
from lms.permissions import allow, by_link


@dataclass(frozen=True)
class Answering:
    """Whoever answers a check-in, by their link or signed in."""

    actor: Actor
    asked: Asked
    token: str = ""

    def url(self, **values: Any) -> str:
        """The address of this page."""
        if self.token:
            return url_for("ambassadors.check_in_by_link", token=self.token, **values)
        return url_for("ambassadors.check_in", check_in_id=self.asked.id, **values)

    @property
    def late(self) -> bool:
        """Whether an answer counts as late by now."""
        in_time_until = checkpoints.in_time_until(self.asked.invited_at, self.asked.due_on)
        return clock.today() > in_time_until

    @property
    def is_open(self) -> bool:
        """Whether an answer is taken today."""
        takes = self.asked.state in ("due", "answered")
        return takes and clock.today() < self.asked.closes_on


@blueprint.route("/k/<token>", methods=["GET", "POST"])
@by_link(CHECK_IN)
def check_in_by_link(token: str) -> web.Answer:
    """How is your pledge going? By the link of a message."""
    actor = web.current_actor()
    assert actor.link is not None
    return _answer(Answering(actor, own.check_in(actor.link.object_id), token))


@blueprint.route("/pledges/check-ins/<uuid:check_in_id>", methods=["GET", "POST"])
@allow(OWN)
def check_in(check_in_id: uuid.UUID) -> web.Answer:
    """How is your pledge going? Signed in."""
    actor = web.current_actor()
    return _answer(Answering(actor, own.check_in(check_in_id, actor)))


def _answer(mine: Answering) -> web.Answer:
    asked = mine.asked
    if not mine.is_open:
        return _not_open(mine)
    wants = request.method == "POST" or asked.state != "answered" or "change" in request.args
    if not wants:
        return _already(mine)
    form = check_in_form(asked.objectives)
    if not form.is_submitted():
        _fill(form, mine)
        return _page(mine, form)
    if not form.validate():
        return _page(mine, form), 422
    try:
        check_ins.answer(asked.id, form.reply, by=mine.actor, seen=form.seen.data or "")
    except AlreadyAnswered:
        return web.see(mine.url())
    except NotOpen:
        return web.see(mine.url())
    except (Complaint, Complaints) as complaint:
        form.add_complaint(complaint)
        return _page(mine, form), 422
    return web.see(mine.url(sent="yes"))


def _page(mine: Answering, form: CheckInForm) -> str:
    return web.render("ambassadors/check_in.html", mine=mine, asked=mine.asked, form=form)


def _fill(form: CheckInForm, mine: Answering) -> None:
    """What the form carries along; what was said before only for whoever has signed in."""
    form.seen.data = mine.asked.seen
    said = _said(mine)
    if said is None:
        return
    for outcome in said.outcomes:
        form.status_of(outcome.position).data = outcome.outcome
        form.goal_of(outcome.position).data = outcome.goal
    form.obstacles.data, form.helped.data = list(said.obstacles), list(said.helped)
    form.support.data = 0 if said.no_manager else said.support
    form.sentence.data = said.sentence


def _said(mine: Answering) -> CheckInView | None:
    if mine.token:
        return None
    for pledge in own.pledges_of(mine.asked.ambassador_id):
        for one in pledge.check_ins:
            if one.id == mine.asked.id and one.answered_at:
                return one
    return None


def _already(mine: Answering) -> web.Answer:
    return web.render(
        "ambassadors/check_in_done.html",
        mine=mine,
        asked=mine.asked,
        said=_said(mine),
        sent="sent" in request.args,
        codes=codes,
    )


def _not_open(mine: Answering) -> web.Answer:
    """Closed, not yet asked or taken back; a later one that is open is where to go."""
    later = mine.asked.later_open
    url = ""
    if later and not mine.token:
        url = url_for("ambassadors.check_in", check_in_id=later)
    elif later and (live := links.live_for(CHECK_IN, [later])):
        url = url_for("ambassadors.check_in_by_link", token=links.token(live[later]))
    answer = web.invalid if request.method == "POST" else web.render
    said = _said(mine)
    return answer(
        "ambassadors/check_in_closed.html",
        mine=mine,
        asked=mine.asked,
        said=said,
        url=url,
        codes=codes,
    )
