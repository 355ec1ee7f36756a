"""The code in the room: people open their own survey with the address they booked with.

The team shows the page with the QR code; the people use theirs without an account.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask import request, url_for

from courses.queries import cohorts
from lms import limits, qr, web
from lms.people import links
from lms.permissions import allow, public
from lms.web import urls
from surveys.forms import RoomForm
from surveys.queries import respondent
from surveys.services import opening
from surveys.services.assigning import LINK
from surveys.views.blueprint import blueprint

TRIES, WITHIN = 10, timedelta(minutes=15)
"""How often one address may be tried in one room."""
MISSES = 50
"""How many addresses may not be on a room's list, of those tried from one place; then nothing is
looked up from there. A class mistypes fewer, and who guesses elsewhere locks nobody else out.
"""


@blueprint.route("/r/<code>", methods=["GET", "POST"])
@public
def room(code: str) -> web.Answer:
    """Ask for the address and go on to one's own survey; shows nobody's name."""
    cohort_id = respondent.session_near(code)
    form = RoomForm()
    if cohort_id is None:
        return web.render("surveys/room_shut.html", code=code), 404
    if request.method != "POST":
        return web.render("surveys/room.html", form=form, code=code)
    if not form.validate_on_submit():
        return web.invalid("surveys/room.html", form=form, code=code)
    missed = f"room-missed:{cohort_id}:{request.remote_addr}"
    limits.hit(f"room:{cohort_id}:{form.email.data}", TRIES, WITHIN)
    limits.refuse(missed, MISSES, WITHIN)
    address = _own_survey(cohort_id, form.email.data)
    if address is None:
        limits.hit(missed, MISSES, WITHIN)
        form.email.errors = [
            "We did not find this address on today's list. Check it, or ask the trainer to add you"
        ]
        return web.invalid("surveys/room.html", form=form, code=code)
    return web.see(address)


@blueprint.get("/cohorts/<uuid:cohort_id>/surveys/room")
@allow("cohorts.view")
def show_room(cohort_id: uuid.UUID) -> str:
    """The QR code, large, for the wall of the room."""
    cohort = cohorts.get(web.current_actor(), cohort_id)
    address = urls.external("surveys.room", code=cohort.code)
    return web.render(
        "surveys/room_code.html",
        cohort=cohort,
        address=address,
        qr=qr.svg(address, f"opens {address}"),
    )


def _own_survey(cohort_id: uuid.UUID, address: str) -> str | None:
    """The path of somebody's own survey, opened now if its time has come.

    Anybody may name an address, so it shows nothing that was kept behind the person's own link.
    """
    survey = respondent.for_room(cohort_id, address)
    if survey is None:
        return None
    opening.open_due(cohort_id, survey.booking_id)
    live = links.live_for(LINK, [survey.assignment_id])
    if survey.assignment_id not in live:
        return None
    token = links.token(live[survey.assignment_id], unsent=True)
    return url_for("surveys.answer", token=token)
