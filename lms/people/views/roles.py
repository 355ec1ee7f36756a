"""Who can do what: the list, giving and ending a role, what each role may do."""

from __future__ import annotations

import uuid

from flask import Response

from lms import web
from lms.contracts import Role
from lms.db import Complaint
from lms.errors import NotFound
from lms.people import queries
from lms.people.forms import RoleForm
from lms.people.queries import people as reading
from lms.people.queries import roles
from lms.people.services import end_role, give_role
from lms.people.views.blueprint import blueprint
from lms.permissions import allow


@blueprint.get("/roles")
@allow("roles.manage")
def role_list() -> str:
    """Person, role, place, from and until, given by whom."""
    shown = web.filters("role", "ended", allowed={"role": [r.value for r in Role]})
    statement = roles.listed(web.current_actor(), role=shown["role"], ended=bool(shown["ended"]))
    page = web.paginate(statement)
    rows = roles.as_rows(page.items)
    return web.render(
        "people/roles.html", page=page, rows=rows, filters=shown, all_roles=roles.GIVEN
    )


@blueprint.get("/roles/see/<role>")
@allow("roles.manage")
def role_sees(role: str) -> str:
    """What a role may do, so that nobody gives more than they mean."""
    if role not in set(Role):
        raise NotFound
    return web.render(
        "people/role_sees.html", role=Role(role), may=roles.may_do(Role(role)), all_roles=Role
    )


@blueprint.get("/roles/new")
@allow("roles.manage")
def choose_for_role() -> str:
    """Find the person to give a role to."""
    shown = web.filters("q")
    page = None
    if shown["q"]:
        statement = queries.listed(web.current_actor(), shown["q"], "people.manage")
        page = web.paginate(statement).map(reading.as_row)
    return web.render("people/choose_for_role.html", page=page, filters=shown)


@blueprint.route("/people/<uuid:person_id>/roles/new", methods=["GET", "POST"])
@allow("roles.manage")
def new_role(person_id: uuid.UUID) -> str | Response:
    """Give somebody a role that one holds oneself, no further than one holds it."""
    actor = web.current_actor()
    found = queries.find(actor, person_id, "people.manage")
    form = RoleForm()
    form.role.choices = roles.offers(actor)
    if not form.validate_on_submit():
        answer = web.invalid if form.is_submitted() else web.render
        return answer("people/new_role.html", form=form, person=found)
    role, scope = roles.read_offer(form.role.data)
    try:
        give_role(person_id, role, scope, by=actor)
    except Complaint as complaint:
        form.add_complaint(complaint)
        return web.invalid("people/new_role.html", form=form, person=found)
    web.say(f"{found.name} is now {role.value}")
    return web.see("people.person", person_id=person_id)


@blueprint.post("/roles/<uuid:grant_id>/end")
@allow("roles.manage")
def end(grant_id: uuid.UUID) -> Response:
    """End a role from now on."""
    actor = web.current_actor()
    held = roles.find(actor, grant_id)
    end_role(grant_id, by=actor)
    web.say(f"{held.person} is no longer {held.role.value}, {held.place}")
    return web.see("people.role_list")
