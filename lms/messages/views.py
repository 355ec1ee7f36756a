"""Pages of messages: the list, one message and what may be done with it, paper, the demo outbox."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, Response

from lms import qr, web
from lms.db import Complaint
from lms.errors import NotFound
from lms.messages import calendar, queries, services
from lms.messages.forms import EditForm
from lms.people import demo
from lms.permissions import allow, public
from lms.web.context import settings
from lms.web.words import plural

blueprint = Blueprint("messages", __name__, template_folder="templates")

Verb = Callable[..., None]
VERBS: dict[str, tuple[Verb, str]] = {
    "send": (services.send_now, "The message goes now"),
    "hold": (services.hold, "The message is held until you release it"),
    "release": (services.release, "The message goes at its time"),
    "cancel": (services.cancel, "The message will not be sent"),
    "again": (services.send_again, "The message goes once more"),
    "arrived": (services.arrived, "Noted: the message arrived"),
    "printed": (services.printed, "Noted: the message was given by hand"),
}
SOON = 10
"""How many messages that wait stand on the page of those that were sent."""
FILTER = {
    "waiting": "Waiting",
    "stopped": "Stopped: too many at once",
    "print": "No e-mail: print",
} | {state: words for state, words in queries.WORDS.items() if state not in ("queued", "sending")}


@blueprint.get("/messages")
@allow("messages.view")
def messages() -> str:
    """Every message in sight: what waits first, then the newest."""
    actor = web.current_actor()
    shown = web.filters("q", "state", "person", allowed={"state": tuple(FILTER)})
    statement = queries.listed(
        actor, state=shown["state"], words=shown["q"], person_id=_uuid(shown["person"])
    )
    return web.render(
        "messages/messages.html",
        page=web.paginate(statement).map(queries.as_row),
        filters=shown,
        states=FILTER,
        held=queries.held(actor),
        stopped=queries.stopped(actor),
    )


def _uuid(raw: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(raw) if raw else None
    except ValueError:
        return None


@blueprint.get("/messages/<uuid:message_id>")
@allow("messages.view", reach=queries.reached)
def message(message_id: uuid.UUID) -> str:
    """The exact text, and what may be done with it."""
    found = queries.find(web.current_actor(), message_id)
    return web.render("messages/message.html", message=found)


@blueprint.post("/messages/<uuid:message_id>/<verb>")
@allow("messages.manage")
def act(message_id: uuid.UUID, verb: str) -> Response:
    """Hold, release, send, cancel; or decide what became of an uncertain one."""
    actor = web.current_actor()
    if verb not in VERBS:
        raise NotFound
    queries.find(actor, message_id)
    do, said = VERBS[verb]
    do(message_id, by=actor)
    web.say(said)
    return web.see("messages.message", message_id=message_id)


@blueprint.route("/messages/<uuid:message_id>/edit", methods=["GET", "POST"])
@allow("messages.manage")
def edit(message_id: uuid.UUID) -> str | Response:
    """Change the words of a message that has not gone."""
    actor = web.current_actor()
    found = queries.find(actor, message_id)
    if not found.editable:
        return web.see("messages.message", message_id=message_id)
    form = EditForm(subject=found.subject, body=found.body)
    if not form.validate_on_submit():
        answer = web.invalid if form.is_submitted() else web.render
        return answer("messages/edit.html", form=form, message=found)
    try:
        services.edit(message_id, subject=form.subject.data, body=form.body.data, by=actor)
    except Complaint as complaint:
        form.add_complaint(complaint)
        return web.invalid("messages/edit.html", form=form, message=found)
    web.say("The message was changed")
    return web.see("messages.message", message_id=message_id)


@blueprint.post("/messages/release-held")
@allow("messages.manage")
def release_held() -> Response:
    """Let every held message in scope go that has an address."""
    actor = web.current_actor()
    count = services.release_all(queries.releasable(actor), by=actor)
    web.say(f"{count} messages go at their time" if count != 1 else "1 message goes at its time")
    return web.see("messages.messages")


@blueprint.post("/messages/release-stopped")
@allow("messages.manage")
def release_stopped() -> Response:
    """Let everything in scope go that the brake on large runs stopped."""
    actor = web.current_actor()
    count = services.release_all(queries.braked(actor), by=actor)
    web.say(f"{plural(count, 'message')} released")
    return web.see("messages.messages")


@blueprint.post("/messages/cancel-stopped")
@allow("messages.manage")
def cancel_stopped() -> Response:
    """Never send anything in scope that the brake on large runs stopped."""
    actor = web.current_actor()
    count = services.cancel_all(queries.braked(actor), by=actor)
    web.say(f"{plural(count, 'message')} cancelled")
    return web.see("messages.messages")


@blueprint.post("/messages/<uuid:message_id>/sheet")
@allow("messages.manage")
def sheet(message_id: uuid.UUID) -> str:
    """The message on paper with its own QR codes, for somebody without e-mail; audited."""
    actor = web.current_actor()
    found = queries.find(actor, message_id)
    if not found.prints:
        raise NotFound
    services.note_sheet(message_id, by=actor)
    opened = queries.open_message(message_id)
    codes = [(label, url, qr.svg(url, label)) for label, url in opened.links]
    return web.render("messages/sheet.html", message=found, codes=codes)


# -- the demonstration's outbox ----------------------------------------------------------------


@blueprint.get("/demo/messages")
@public
def demo_messages() -> str:
    """Messages of the demonstration: what was sent, newest first, and what waits, apart from it."""
    demo.require_open()
    shown = web.filters("q", "waiting")
    waits = bool(shown["waiting"])
    page = web.paginate(queries.outbox(shown["q"], waiting=waits)).map(queries.as_outbox_row)
    soon = [] if waits else queries.waiting_next(SOON, shown["q"])
    return web.render(
        "messages/demo_messages.html", page=page, filters=shown, waits=waits, soon=soon, most=SOON
    )


@blueprint.get("/demo/messages/<uuid:message_id>")
@public
def demo_message(message_id: uuid.UUID) -> str:
    """One message with working links."""
    demo.require_open()
    return web.render("messages/demo_message.html", opened=queries.open_message(message_id))


@blueprint.get("/demo/messages/<uuid:message_id>/<int:number>.ics")
@public
def demo_calendar(message_id: uuid.UUID, number: int) -> Response:
    """A calendar file of a message."""
    demo.require_open()
    kept, name, address = queries.calendar_of(message_id)
    made = calendar.files(
        calendar.from_json(kept), attendee=address, name=name, settings=settings()
    )
    if not 1 <= number <= len(made):
        raise NotFound
    return web.download(made[number - 1], f"session-{number}.ics", "text/calendar; charset=utf-8")
