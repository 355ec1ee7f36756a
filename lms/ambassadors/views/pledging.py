"""The pledge: made and put in other words, by the personal link or signed in; "My pledge".

Behind the link stand the ambassador's own words and dates; what they answered is for whoever has
signed in.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from lms import clock, web
from lms.ambassadors import checkpoints, codes
from lms.ambassadors.access import OWN
from lms.ambassadors.forms.own import NO, YES, PledgeForm, RewordForm, ShareForm
from lms.ambassadors.queries import case_studies, meetings, own
from lms.ambassadors.queries.own import Self
from lms.ambassadors.queries.pledges import ObjectiveView, PledgeView
from lms.ambassadors.services import pledging
from lms.ambassadors.services.letters import AMBASSADOR
from lms.ambassadors.services.pledging import AlreadyPledged
from lms.ambassadors.views.blueprint import blueprint
from lms.contracts import Actor
from lms.db import Complaint, Complaints
from lms.errors import NotFound
from lms.permissions import allow, by_link


@dataclass(frozen=True)
class Mine:
    """An ambassador on a page of their own, by their link or signed in."""

    actor: Actor
    who: Self
    token: str = ""

    @property
    def home(self) -> str:
        """The page of the pledge."""
        if self.token:
            return url_for("ambassadors.pledge", token=self.token)
        return url_for("ambassadors.my_pledge")

    def reword(self, position: int) -> str:
        """The page that puts an objective in other words."""
        if self.token:
            return url_for("ambassadors.reword_by_link", token=self.token, position=position)
        return url_for("ambassadors.reword", position=position)


def _by_link(token: str) -> Mine:
    actor = web.current_actor()
    return Mine(actor, own.by_link(actor), token)


def _signed_in() -> Mine:
    actor = web.current_actor()
    return Mine(actor, own.signed_in(actor))


@blueprint.route("/a/<token>/pledge", methods=["GET", "POST"])
@by_link(AMBASSADOR)
def pledge(token: str) -> web.Answer:
    """Make the pledge, or see it with its dates, by the personal link."""
    mine = _by_link(token)
    if mine.who.state != "active":
        return web.see("ambassadors.invitation", token=token)
    live, finished = _live(mine)
    if live is None:
        return _make(mine, finished)
    if request.method == "POST":
        return web.see(mine.home)
    return web.render("ambassadors/pledged.html", mine=mine, pledge=live)


@blueprint.route("/pledge/new", methods=["GET", "POST"])
@allow(OWN)
def new_pledge() -> web.Answer:
    """Make the pledge, signed in."""
    mine = _signed_in()
    live, finished = _live(mine)
    if live is not None:
        return web.see("ambassadors.my_pledge")
    return _make(mine, finished)


@blueprint.get("/pledge")
@allow(OWN)
def my_pledge() -> web.Answer:
    """My pledge: the words, how each check-in went, this month's numbers, what comes next."""
    mine = _signed_in()
    live, finished = _live(mine)
    months = own.tallies_of(mine.who.id)
    return web.render(
        "ambassadors/my_pledge.html",
        mine=mine,
        pledge=live,
        finished=finished,
        months=months,
        asked=next((month for month in months if month.answered_at is None), None),
        studies=case_studies.own(mine.actor),
        meeting=meetings.next_of(mine.who.id),
        handed_on=own.handed_on_to(mine.who.id),
        form=ShareForm(share=YES if live and live.shared else NO),
        codes=codes,
    )


@blueprint.post("/pledge/share")
@allow(OWN)
def share() -> web.Answer:
    """Share the pledge with the manager, or no longer."""
    mine = _signed_in()
    live, _ = _live(mine)
    form = ShareForm()
    if live is None or not form.validate_on_submit():
        return web.see("ambassadors.my_pledge")
    pledging.share(live.id, shared=form.share.data == YES, by=mine.actor)
    with_manager = "is shared with" if form.share.data == YES else "is not shared with"
    web.say(f"Your pledge {with_manager} your manager")
    return web.see("ambassadors.my_pledge")


@blueprint.route("/pledge/withdraw", methods=["GET", "POST"])
@allow(OWN)
def withdraw() -> web.Answer:
    """Take the pledge back; what was said stays, nothing more is asked."""
    mine = _signed_in()
    live, _ = _live(mine)
    if live is None:
        return web.see("ambassadors.my_pledge")
    if request.method != "POST":
        return web.render("ambassadors/withdraw.html", pledge=live)
    pledging.withdraw(live.id, by=mine.actor)
    web.say("Your pledge is taken back. What you told us is kept")
    return web.see("ambassadors.my_pledge")


@blueprint.route("/a/<token>/pledge/<int:position>", methods=["GET", "POST"])
@by_link(AMBASSADOR)
def reword_by_link(token: str, position: int) -> web.Answer:
    """Put an objective in other words, by the personal link."""
    return _reword(_by_link(token), position)


@blueprint.route("/pledge/objectives/<int:position>", methods=["GET", "POST"])
@allow(OWN)
def reword(position: int) -> web.Answer:
    """Put an objective in other words, signed in."""
    return _reword(_signed_in(), position)


# -- what both ways share ------------------------------------------------------------------------


def _live(mine: Mine) -> tuple[PledgeView | None, list[PledgeView]]:
    """The live pledge, if there is one, and the others."""
    held = own.pledges_of(mine.who.id)
    live = next((one for one in held if one.state == "live"), None)
    return live, [one for one in held if one is not live]


def _make(mine: Mine, finished: list[PledgeView]) -> web.Answer:
    form = PledgeForm()
    page = {
        "form": form,
        "mine": mine,
        "finished": finished,
        "plan": checkpoints.plan(clock.today()),
    }
    if not form.is_submitted():
        return web.render("ambassadors/pledge_form.html", **page)
    if "more" in request.form:
        form.add_objective()
        return web.invalid("ambassadors/pledge_form.html", **page, added=True)
    if not form.validate():
        return web.invalid("ambassadors/pledge_form.html", **page)
    try:
        pledging.make_pledge(
            mine.who.id,
            form.said,
            strength=form.strength.data,
            share=form.share.data == YES,
            by=mine.actor,
        )
    except AlreadyPledged:
        return web.see(mine.home)
    except (Complaint, Complaints) as complaint:
        form.complain(complaint)
        return web.invalid("ambassadors/pledge_form.html", **page)
    if not mine.token:
        web.say("Your pledge is made. We’ll ask how it goes at 1, 3 and 6 months")
    return web.see(mine.home)


def _objective(mine: Mine, position: int) -> ObjectiveView:
    live, _ = _live(mine)
    for one in live.objectives if live else ():
        if one.position == position:
            return one
    raise NotFound


def _reword(mine: Mine, position: int) -> web.Answer:
    objective = _objective(mine, position)
    words = objective.now
    form = RewordForm(
        text=words.text,
        known_when=words.known_when,
        by_months=words.by_months,
        weight=objective.weight,
    )
    page = {"form": form, "mine": mine, "objective": objective}
    if not form.validate_on_submit():
        answer = web.invalid if form.is_submitted() else web.render
        return answer("ambassadors/reword.html", **page)
    try:
        pledging.reword(objective.id, form.said, by=mine.actor)
        if form.weight.data and form.weight.data != objective.weight:
            pledging.weigh(objective.id, form.weight.data, by=mine.actor)
    except (Complaint, Complaints) as complaint:
        form.add_complaint(complaint)
        return web.invalid("ambassadors/reword.html", **page)
    if not mine.token:
        web.say("Your objective is reworded. Your earlier words are kept with their date")
    return web.see(mine.home)
