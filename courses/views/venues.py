"""Venues: a list of one's own, and a page for each that says how one gets there."""

from __future__ import annotations

import uuid
from dataclasses import asdict

from courses import access
from courses.forms.venues import ChangeVenueForm, VenueForm
from courses.queries import venues as queries
from courses.queries.venues import VenueFacts
from courses.services import venues
from courses.services.venues import Described
from courses.views.blueprint import blueprint
from lms import web
from lms.db import Complaint
from lms.permissions import allow


@blueprint.get("/venues", endpoint="venues")
@allow(access.MANAGE)
def listed() -> str:
    """The rooms of one's own places."""
    return web.render("courses/venues.html", venues=queries.own(web.current_actor()))


@blueprint.route("/venues/<uuid:venue_id>", methods=["GET", "POST"])
@allow(access.MANAGE)
def venue(venue_id: uuid.UUID) -> web.Answer:
    """Change what is said of a room."""
    actor = web.current_actor()
    found = queries.get(actor, venue_id)
    form = ChangeVenueForm(obj=found, seen=found.version)
    if form.validate_on_submit() and form.check():
        try:
            venues.change(venue_id, described(form), seen=form.seen.data or "", by=actor)
        except venues.Changed:
            return _both(form, queries.get(actor, venue_id))
        except Complaint as complaint:
            form.add_complaint(complaint)
        else:
            web.say(f"{form.name.data} was saved")
            return web.see("courses.venues")
    show = web.invalid if form.is_submitted() else web.render
    return show("courses/venue.html", venue=found, form=form)


def _both(form: ChangeVenueForm, found: VenueFacts) -> web.Answer:
    """The form again, after somebody else was quicker: what was typed, and what stands now."""
    form.form_errors = [
        "Someone else changed this venue. Nothing of yours is saved yet: check what is shown now, "
        "then save again"
    ]
    for name, typed in asdict(described(form)).items():
        if typed != (now := getattr(found, name)):
            words = f"{form[name].words} is now {now or 'empty'}. What you gave is kept here"
            form[name].errors = [words]
    form.seen.data = found.version
    response = web.invalid("courses/venue.html", venue=found, form=form)
    response.status_code = 409
    return response


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
