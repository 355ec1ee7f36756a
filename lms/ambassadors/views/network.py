"""The network: meetings with who was there, the bulletin, who trained whom, and the role."""

from __future__ import annotations

import uuid

from flask import request

from lms import clock, web
from lms.ambassadors.access import MANAGE, MEET, OWN, ROLE
from lms.ambassadors.forms.team import BulletinForm, MeetingForm, PresentForm, RoleForm
from lms.ambassadors.queries import board as boards
from lms.ambassadors.queries import bulletins as reading_bulletins
from lms.ambassadors.queries import meetings as reading
from lms.ambassadors.queries import own
from lms.ambassadors.queries import trainers as training
from lms.ambassadors.queries.meetings import Invitee, MeetingRow
from lms.ambassadors.services import bulletins, roles
from lms.ambassadors.services import meetings as planning
from lms.ambassadors.views.blueprint import blueprint
from lms.db import Complaint, Complaints
from lms.people.queries import places
from lms.permissions import allow
from lms.web.words import plural

# -- meetings ------------------------------------------------------------------------------------


@blueprint.get("/ambassadors/meetings")
@allow(MEET)
def meetings() -> web.Answer:
    """Meetings in reach, newest first."""
    page = web.paginate(reading.listed(web.current_actor())).map(reading.as_row)
    return web.render("ambassadors/meetings.html", page=page)


@blueprint.route("/ambassadors/meetings/new", methods=["GET", "POST"])
@allow(MEET)
def new_meeting() -> web.Answer:
    """Plan a meeting."""
    actor = web.current_actor()
    form = MeetingForm()
    form.locality.choices = places.localities(actor, MEET)
    if not (form.validate_on_submit() and form.check()):
        answer = web.invalid if form.is_submitted() else web.render
        return answer("ambassadors/meeting_form.html", form=form, meeting=None)
    try:
        made = planning.add(form.meeting, by=actor)
    except (Complaint, Complaints) as complaint:
        form.add_complaint(complaint)
        return web.invalid("ambassadors/meeting_form.html", form=form, meeting=None)
    web.say("The meeting is planned. Ambassadors see it on their home page")
    return web.see("ambassadors.meeting", meeting_id=made)


@blueprint.get("/ambassadors/meetings/<uuid:meeting_id>")
@allow(MEET, reach=reading.reached)
def meeting(meeting_id: uuid.UUID) -> web.Answer:
    """A meeting, and who was there."""
    actor = web.current_actor()
    found = reading.find(actor, meeting_id)
    people = reading.invitees(actor, found)
    return _meeting(found, people, _present(people))


def _present(people: list[Invitee]) -> PresentForm:
    there = [one.id for one in people if one.present]
    form = PresentForm(present=there, seen=" ".join(map(str, there)))
    form.present.choices = [(one.id, one.name) for one in people]
    return form


def _meeting(found: MeetingRow, people: list[Invitee], form: PresentForm) -> str:
    begun = found.starts_at <= clock.now()
    return web.render(
        "ambassadors/meeting.html", meeting=found, people=people, form=form, begun=begun
    )


@blueprint.post("/ambassadors/meetings/<uuid:meeting_id>/present")
@allow(MEET)
def mark_present(meeting_id: uuid.UUID) -> web.Answer:
    """Say who was there."""
    actor = web.current_actor()
    found = reading.find(actor, meeting_id)
    people = reading.invitees(actor, found)
    form = _present(people)
    if not form.validate_on_submit():
        return _meeting(found, people, form), 422
    came = planning.mark(
        meeting_id,
        form.present.data,
        shown=form.shown,
        among=[one.id for one in people],
        by=actor,
    )
    web.say(f"{plural(came, 'ambassador')} noted as having been there")
    return web.see("ambassadors.meeting", meeting_id=meeting_id)


@blueprint.route("/ambassadors/meetings/<uuid:meeting_id>/edit", methods=["GET", "POST"])
@allow(MEET)
def change_meeting(meeting_id: uuid.UUID) -> web.Answer:
    """Change a meeting."""
    actor = web.current_actor()
    found = reading.find(actor, meeting_id)
    starts, ends = clock.london(found.starts_at), clock.london(found.ends_at)
    form = MeetingForm(
        locality=found.locality_id,
        title=found.title,
        place=found.place,
        day=starts.date(),
        start=starts.time(),
        end=ends.time(),
    )
    form.locality.choices = places.localities(actor, MEET)
    if not (form.validate_on_submit() and form.check()):
        answer = web.invalid if form.is_submitted() else web.render
        return answer("ambassadors/meeting_form.html", form=form, meeting=found)
    try:
        planning.change(meeting_id, form.meeting, by=actor)
    except (Complaint, Complaints) as complaint:
        form.add_complaint(complaint)
        return web.invalid("ambassadors/meeting_form.html", form=form, meeting=found)
    web.say("The meeting was changed")
    return web.see("ambassadors.meeting", meeting_id=meeting_id)


@blueprint.post("/ambassadors/meetings/<uuid:meeting_id>/call-off")
@allow(MEET)
def call_off(meeting_id: uuid.UUID) -> web.Answer:
    """Call a meeting off."""
    actor = web.current_actor()
    reading.find(actor, meeting_id)
    planning.call_off(meeting_id, by=actor)
    web.say("The meeting is called off. Tell people in a bulletin")
    return web.see("ambassadors.meeting", meeting_id=meeting_id)


# -- the bulletin, the trainers, the role ----------------------------------------------------------


@blueprint.route("/ambassadors/bulletin", methods=["GET", "POST"])
@allow(MANAGE)
def bulletin() -> web.Answer:
    """Write to all ambassadors in reach: the message is shown in full before it goes."""
    actor = web.current_actor()
    people = boards.active_ids(actor)
    form = BulletinForm()
    page = {"form": form, "people": len(people), "preview": None}
    if not form.validate_on_submit():
        answer = web.invalid if form.is_submitted() else web.render
        return answer("ambassadors/bulletin.html", **page)
    subject, body = form.subject.data, form.body.data
    try:
        if "send" in request.form and people:
            near = [key for key, _ in places.localities(actor, MANAGE)]
            sent = bulletins.send(subject, body, people, places=near, by=actor)
            web.say(f"The bulletin goes to {plural(sent, 'ambassador')}")
            return web.see("ambassadors.board")
        bulletins.check(subject, body)
    except (Complaint, Complaints) as complaint:
        form.add_complaint(complaint)
        return web.invalid("ambassadors/bulletin.html", **page)
    page["preview"] = bulletins.preview(subject, body, by=actor)
    return web.render("ambassadors/bulletin.html", **page)


@blueprint.get("/bulletins/<uuid:bulletin_id>")
@allow(MANAGE, OWN, reach=reading_bulletins.reached)
def read_bulletin(bulletin_id: uuid.UUID) -> web.Answer:
    """A bulletin as it went out."""
    found = reading_bulletins.find(web.current_actor(), bulletin_id)
    return web.render("ambassadors/read_bulletin.html", bulletin=found)


@blueprint.get("/ambassadors/trainers")
@allow(MANAGE)
def trainers() -> web.Answer:
    """Who trained whom, and what changed with each generation."""
    return web.render("ambassadors/trainers.html", tree=training.tree(web.current_actor()))


@blueprint.route("/ambassadors/role", methods=["GET", "POST"])
@allow(ROLE)
def role() -> web.Answer:
    """The role description, and a new version of it."""
    actor = web.current_actor()
    now = own.description()
    form = RoleForm(text=now.text, after=str(now.version))
    if not form.validate_on_submit():
        answer = web.invalid if form.is_submitted() else web.render
        return answer("ambassadors/role.html", form=form, role=now)
    raw = form.after.data or ""
    try:
        version = roles.describe(
            form.text.data, after=int(raw) if raw.isdecimal() else now.version, by=actor
        )
    except Complaint as complaint:
        form.add_complaint(complaint)
        return web.invalid("ambassadors/role.html", form=form, role=now)
    web.say(f"Version {version} of the role is what people agree to from now on")
    return web.see("ambassadors.role")
