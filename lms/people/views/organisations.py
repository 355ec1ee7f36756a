"""Organisations by place: the tree, adding, renaming; and new places."""

from __future__ import annotations

import uuid
from itertools import groupby

from flask import Response

from lms import web
from lms.db import Complaint
from lms.people.forms import LocalityForm, OrganisationForm, RenameForm
from lms.people.queries import places
from lms.people.services import add_locality, add_organisation, rename_organisation
from lms.people.views.blueprint import blueprint
from lms.permissions import allow, allowed

PER_PAGE = 50


@blueprint.get("/organisations")
@allow("organisations.manage")
def organisations() -> str:
    """The tree by place, in pages, with how many people of each we know."""
    actor = web.current_actor()
    offered = places.localities(actor, "organisations.manage")
    shown = web.filters("place", allowed={"place": [str(key) for key, _ in offered]})
    place_id = uuid.UUID(shown["place"]) if shown["place"] else None
    rows = web.paginate(places.tree(actor, place_id), per_page=PER_PAGE)
    page = rows.map(lambda row: places.TreeLine(*row))
    return web.render(
        "people/organisations.html",
        page=page,
        places_shown=[list(lines) for _, lines in groupby(page, lambda line: line.place_id)],
        places=offered,
        filters=shown,
        adds_places=allowed(actor, "localities.manage"),
    )


@blueprint.route("/organisations/new", methods=["GET", "POST"])
@allow("organisations.manage")
def new_organisation() -> str | Response:
    """Add an organisation in a place of one's scope."""
    actor = web.current_actor()
    form = OrganisationForm()
    form.locality.choices = places.localities(actor, "organisations.manage")
    form.parent.choices = [
        web.Choice(key, name, group=place) for key, name, place in places.organisations(actor)
    ]
    if not form.validate_on_submit():
        answer = web.invalid if form.is_submitted() else web.render
        return answer("people/new_organisation.html", form=form)
    try:
        add_organisation(form.name.data, form.locality.data, by=actor, parent_id=form.parent.data)
    except Complaint as complaint:
        form.add_complaint(complaint)
        return web.invalid("people/new_organisation.html", form=form)
    web.say(f"{form.name.data} was added")
    return web.see("people.organisations")


@blueprint.route("/organisations/<uuid:organisation_id>/rename", methods=["GET", "POST"])
@allow("organisations.manage")
def rename(organisation_id: uuid.UUID) -> str | Response:
    """Give an organisation another name."""
    actor = web.current_actor()
    name, place = places.organisation(actor, organisation_id)
    form = RenameForm(name=name)
    if not form.validate_on_submit():
        answer = web.invalid if form.is_submitted() else web.render
        return answer("people/rename.html", form=form, name=name, place=place)
    try:
        rename_organisation(organisation_id, form.name.data, by=actor)
    except Complaint as complaint:
        form.add_complaint(complaint)
        return web.invalid("people/rename.html", form=form, name=name, place=place)
    web.say(f"{name} is now called {form.name.data}")
    return web.see("people.organisations")


@blueprint.route("/organisations/places/new", methods=["GET", "POST"])
@allow("localities.manage")
def new_place() -> str | Response:
    """Add a place."""
    form = LocalityForm()
    if not form.validate_on_submit():
        answer = web.invalid if form.is_submitted() else web.render
        return answer("people/new_place.html", form=form)
    try:
        add_locality(form.name.data, form.ons_code.data, by=web.current_actor())
    except Complaint as complaint:
        form.add_complaint(complaint)
        return web.invalid("people/new_place.html", form=form)
    web.say(f"{form.name.data} was added")
    return web.see("people.organisations")
