"""A month's three numbers, by the link of a message or signed in; nothing is an answer too."""

from __future__ import annotations

import uuid
from typing import Any

from flask import request, url_for

from lms import web
from lms.ambassadors.access import OWN
from lms.ambassadors.forms.own import TallyForm
from lms.ambassadors.queries import own
from lms.ambassadors.queries.own import Month
from lms.ambassadors.services import tallies
from lms.ambassadors.services.letters import TALLY
from lms.ambassadors.views.blueprint import blueprint
from lms.permissions import allow, by_link

NOTHING = {"conversations": 0, "to_counselling": 0, "to_mediation": 0}


@blueprint.route("/t/<token>", methods=["GET", "POST"])
@by_link(TALLY)
def tally_by_link(token: str) -> web.Answer:
    """Conversations and referrals of a month, by the link of a message."""
    return _page(_by_link(), token)


@blueprint.route("/t/<token>/nothing", methods=["GET", "POST"])
@by_link(TALLY)
def tally_nothing(token: str) -> web.Answer:
    """The same page with 0 filled in; the button there keeps it, unless there are numbers."""
    month = _by_link()
    if month.answered_at is None:
        return _page(month, token, NOTHING)
    if request.method == "POST":
        return web.see("ambassadors.tally_nothing", token=token)
    return web.render(
        "ambassadors/tally_given.html",
        month=month,
        title=tallies.month_words(month.month),
        action=_url(month, token),
    )


@blueprint.route("/pledge/tallies/<uuid:tally_id>", methods=["GET", "POST"])
@allow(OWN)
def tally(tally_id: uuid.UUID) -> web.Answer:
    """Conversations and referrals of a month, signed in; with the month before beside it."""
    return _page(own.tally(tally_id, web.current_actor()))


def _by_link() -> Month:
    actor = web.current_actor()
    assert actor.link is not None
    return own.tally(actor.link.object_id)


def _page(month: Month, token: str = "", values: dict[str, int] | None = None) -> web.Answer:
    held = values or ({} if token else _numbers(month))
    form = TallyForm(**held)
    before = None if token else _before(month)
    here = url_for("ambassadors.tally_nothing", token=token) if values else _url(month, token)
    page = {
        "form": form,
        "month": month,
        "token": token,
        "before": before,
        "title": tallies.month_words(month.month),
        "sent": "sent" in request.args,
        "action": here,
    }
    if request.method != "POST":
        return web.render("ambassadors/tally.html", **page)
    if "nothing" in request.form:
        return _keep(month, token, NOTHING)
    if not form.validate():
        return web.invalid("ambassadors/tally.html", **page)
    return _keep(month, token, {name: form[name].data for name in NOTHING})


def _keep(month: Month, token: str, numbers: dict[str, int]) -> web.Answer:
    tallies.enter(month.id, **numbers, by=web.current_actor())
    if token:
        return web.see(_url(month, token, sent="yes"))
    web.say(f"Your numbers for {tallies.month_words(month.month)} are kept")
    return web.see("ambassadors.my_pledge")


def _url(month: Month, token: str, **values: Any) -> str:
    if token:
        return url_for("ambassadors.tally_by_link", token=token, **values)
    return url_for("ambassadors.tally", tally_id=month.id, **values)


def _numbers(month: Month) -> dict[str, int | None]:
    return {name: getattr(month, name) for name in NOTHING}


def _before(month: Month) -> Month | None:
    """The month before, where its numbers were asked for."""
    earlier = [one for one in own.tallies_of(month.ambassador_id) if one.month < month.month]
    return earlier[0] if earlier else None
