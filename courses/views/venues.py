"""Venues: a list of one's own, and a page for each that says how one gets there."""

from __future__ import annotations

import uuid

from courses import access
from courses.forms.venues import ChangeVenueForm, VenueForm
from courses.queries import venues as queries
from courses.services import venues
from courses.services.venues import Described
from courses.views.blueprint import blueprint
from lms import audit, web
from lms.db import Complaint
from lms.permissions import allow
from lms.versions import Overtaken


@blueprint.get("/venues", endpoint="venues")
@allow(access.MANAGE)
def listed() -> str:
    """The rooms of one's own places."""
    return web.render("courses/venues.html", venues=queries.own(web.current_actor()))


@blueprint.route("/venues/<uuid:venue_id>", methods=["GET", "POST"])
@allow(access.MANAGE, reach=queries.reached)
def venue(venue_id: uuid.UUID) -> web.Answer:
    """Change what is said of a room."""
    actor = web.current_actor()
    found = queries.get(actor, venue_id)
    form = ChangeVenueForm(obj=found, seen=found.version)
    if form.validate_on_submit() and form.check():
        try:
            venues.change(venue_id, described(form), seen=form.seen.data, by=actor)
        except Overtaken as overtaken:
            mine, found = described(form).values, queries.get(actor, venue_id)
            last = audit.last_change(venues.SUBJECT, venue_id)
            form.take_over(overtaken, what="venue", mine=mine, now=found.values, last=last)
            return web.conflict("courses/venue.html", venue=found, form=form)
        except Complaint as complaint:
            form.add_complaint(complaint)
        else:
            web.say(f"{form.name.data} was saved")
            return web.see("courses.venues")
    show = web.invalid if form.is_submitted() else web.render
    return show("courses/venue.html", venue=found, form=form)


def described(form: VenueForm) -> Described:
    """What a form says of a room."""
    return Described(
        name=form.name.data,
        address=form.address.data,
        capacity=form.capacity.data,
        step_free=form.step_free.data,
        parking=form.parking.data,
        map_url=form.map_url.data,
    )
