"""People: the list, one person's record, adding and changing, all that is held."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from lms import audit, web
from lms.contracts import Actor
from lms.db import Complaint
from lms.people import export, queries, spelling
from lms.people.forms import HeldForm, MailboxForm, OwnHeldForm, PersonEditForm, PersonForm
from lms.people.queries import people as reading
from lms.people.queries import roles
from lms.people.queries.mailboxes import deciding
from lms.people.services import NewPerson, PersonEdit, add_person, edit_person, mailboxes
from lms.people.views.blueprint import blueprint
from lms.permissions import allow, allowed
from lms.versions import Overtaken


@blueprint.get("/people")
@allow("people.view")
def people_list() -> str:
    """Everybody in sight, by name; searched by name or e-mail address."""
    shown = web.filters("q")
    page = web.paginate(queries.listed(web.current_actor(), shown["q"])).map(reading.as_row)
    return web.render("people/people.html", page=page, filters=shown)


@blueprint.get("/me")
@allow("people.own")
def own_record() -> Response:
    """One's own record."""
    return web.see("people.person", person_id=web.current_actor().person_id)


@blueprint.get("/people/<uuid:person_id>")
@allow("people.view", "people.own", reach=queries.reached)
def person(person_id: uuid.UUID) -> str:
    """One person: who they are, their learning record, roles, posts over time."""
    actor = web.current_actor()
    found = queries.find(actor, person_id, "people.view", "people.own")
    return web.render("people/person.html", **_page(found, actor))


def _page(found: queries.PersonDetail, actor: Actor) -> dict[str, Any]:
    return {
        "person": found,
        "own": found.id == actor.person_id,
        "manages": _manages(actor, found.id),
        "decides": bool(found.email and deciding([found.id], actor)),
        "gives_roles": allowed(actor, "roles.manage"),
        "roles": roles.of_person(found.id),
        "posts": reading.posts(found),
    }


def _manages(actor: Actor, person_id: uuid.UUID) -> bool:
    return allowed(actor, "people.manage") and reading.reaches(actor, person_id, "people.manage")


@blueprint.route("/people/new", methods=["GET", "POST"])
@allow("people.manage")
def new_person() -> str | Response:
    """Add somebody."""
    actor = web.current_actor()
    form = PersonForm()
    _offer(form, actor)
    if not form.validate_on_submit():
        answer = web.invalid if form.is_submitted() else web.render
        return answer("people/new_person.html", form=form, twins=[])
    twins = reading.namesakes(form.given_name.data, form.family_name.data, form.organisation.data)
    if twins and not form.same_name.data:
        form.add_complaint(
            Complaint("same_name", f"There is a {twins[0].name} there already. Is it the same?")
        )
        return web.invalid("people/new_person.html", form=form, twins=twins)
    try:
        person_id = add_person(_new(form), by=actor)
    except Complaint as complaint:
        form.add_complaint(complaint)
        return web.invalid("people/new_person.html", form=form, twins=twins)
    web.say(f"{_name(form)} was added", detail=spelling.TOLD if form.respelt else None)
    return web.see("people.person", person_id=person_id)


@blueprint.route("/people/<uuid:person_id>/edit", methods=["GET", "POST"])
@allow("people.manage")
def change_person(person_id: uuid.UUID) -> str | Response:
    """Change somebody's name, address or post."""
    actor = web.current_actor()
    found = queries.find(actor, person_id, "people.manage")
    form = PersonEditForm(
        given_name=found.given_name,
        family_name=found.family_name,
        email=found.email,
        profession=found.profession_id,
        organisation=found.organisation_id,
        seen=found.version,
    )
    _offer(form, actor, found)
    values = {"form": form, "person": found}
    if not form.validate_on_submit():
        answer = web.invalid if form.is_submitted() else web.render
        return answer("people/change_person.html", **values)
    try:
        edit_person(person_id, _edit(form, found), by=actor, seen=form.seen.data)
    except Overtaken as overtaken:
        mine, found = _edit(form, found).values, queries.find(actor, person_id, "people.manage")
        _offer(form, actor, found)
        said = {"profession": found.profession, "organisation": found.organisation}
        last = audit.last_change("person", person_id)
        form.take_over(overtaken, what="person", mine=mine, now=found.values, said=said, last=last)
        return web.conflict("people/change_person.html", form=form, person=found)
    except Complaint as complaint:
        form.add_complaint(complaint)
        return web.invalid("people/change_person.html", **values)
    web.say(f"{_name(form)} was changed")
    return web.see("people.person", person_id=person_id)


@blueprint.post("/people/<uuid:person_id>/mailbox")
@allow("people.manage")
def decide_mailbox(person_id: uuid.UUID) -> Response:
    """Say whether others read somebody's mailbox: then nobody signs in with its address."""
    actor = web.current_actor()
    found = queries.find(actor, person_id, "people.manage")
    form = MailboxForm()
    if not form.validate_on_submit():
        return web.invalid("people/person.html", form=form, **_page(found, actor))
    shared = form.sharing.data == "shared"
    mailboxes.decide(person_id, shared=shared, by=actor)
    said = "is shared, so nobody can sign in with it" if shared else "is theirs alone"
    web.say(f"{found.name}’s e-mail address {said}")
    return web.see("people.person", person_id=person_id)


@blueprint.route("/people/<uuid:person_id>/held", methods=["GET", "POST"])
@allow("people.export", "people.own")
def download_held(person_id: uuid.UUID) -> str | Response:
    """Download everything we hold about a person; the audit trail says who did."""
    actor = web.current_actor()
    found = queries.find(actor, person_id, "people.export", "people.own")
    own = person_id == actor.person_id
    form = OwnHeldForm() if own else HeldForm()
    if not form.validate_on_submit():
        answer = web.invalid if form.is_submitted() else web.render
        return answer("people/held.html", form=form, person=found, own=own)
    reason = "asked" if own else form.reason.data
    made = export.everything(found.id, found.name, form.file.data, reason, by=actor)
    return web.download(made.content, made.name, made.mimetype)


def _offer(form: PersonForm, actor: Actor, person: queries.PersonDetail | None = None) -> None:
    """The jobs and organisations to choose from: the actor's, and what the person has."""
    form.profession.choices = queries.professions(also=person.profession_id if person else None)
    form.organisation.choices = [
        web.Choice(key, name, group=place)
        for key, name, place in queries.organisations(
            actor, also=person.organisation_id if person else None
        )
    ]


def _new(form: PersonForm) -> NewPerson:
    return NewPerson(
        given_name=form.given_name.data,
        family_name=form.family_name.data,
        email=form.email.data,
        organisation_id=form.organisation.data,
        profession_id=form.profession.data,
    )


def _edit(form: PersonForm, found: queries.PersonDetail) -> PersonEdit:
    new = _new(form)
    return PersonEdit(
        new.given_name,
        new.family_name,
        new.email,
        new.organisation_id,
        new.profession_id,
        found.manager_id,
    )


def _name(form: PersonForm) -> str:
    return f"{form.given_name.data} {form.family_name.data}".strip()
