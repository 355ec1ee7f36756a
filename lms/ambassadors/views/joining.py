"""The invitation behind its personal link: the role in full, and yes or not now."""

from __future__ import annotations

from lms import web
from lms.ambassadors.forms.own import YES, AnswerForm
from lms.ambassadors.queries import own
from lms.ambassadors.services import recruiting
from lms.ambassadors.services.letters import AMBASSADOR
from lms.ambassadors.views.blueprint import blueprint
from lms.db import Complaint
from lms.permissions import by_link


@blueprint.route("/a/<token>", methods=["GET", "POST"])
@by_link(AMBASSADOR)
def invitation(token: str) -> web.Answer:
    """Become an ambassador: what it is, and the answer."""
    actor = web.current_actor()
    who = own.by_link(actor)
    if who.state == "active":
        return web.see("ambassadors.pledge", token=token)
    if who.state != "invited":
        return web.render("ambassadors/not_now.html", who=who)
    role = own.description()
    form = AnswerForm(role_version=str(role.version))
    page = {"form": form, "who": who, "role": role}
    if not form.is_submitted():
        return web.render("ambassadors/invitation.html", **page)
    if not (form.validate() and form.check()):
        return web.invalid("ambassadors/invitation.html", **page)
    try:
        if form.answer.data == YES:
            recruiting.accept(who.id, role_version=form.version, by=actor)
        else:
            recruiting.decline(who.id, ask_again=form.ask_again.data == YES, by=actor)
    except Complaint as complaint:
        form.add_complaint(complaint)
        form.role_version.data = str(role.version)
        return web.invalid("ambassadors/invitation.html", **page)
    return web.see("ambassadors.invitation", token=token)
