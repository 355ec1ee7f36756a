"""Signing in by a link or its code, signing out, and asking for a new personal link."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, make_response, request, session

from lms import clock, limits, web
from lms.contracts import NOBODY
from lms.errors import NotFound
from lms.events import LinkRequested, publish
from lms.people import links, sessions
from lms.people.forms import CodeForm, SignInForm
from lms.people.services import end_sessions, sign_in
from lms.people.views.blueprint import blueprint
from lms.permissions import allow, public
from lms.web.words import mask_email

ASKED = "asked"
AGAIN_AFTER = 60
WRONG_CODE = "That code is not right. Check the e-mail and type it again"


def _asked() -> dict[str, Any]:
    """What this browser asked for last: nonce, address, when, and where it wanted to go."""
    held: dict[str, Any] = session.get(ASKED, {})
    return held


def _nonce() -> str | None:
    return _asked().get("nonce")


@blueprint.get("/sign-in")
@public
def sign_in_page() -> str | Response:
    """Ask for the address."""
    form = SignInForm(formdata=None)
    form.next.data = web.local_path(request.args.get("next")) or ""
    if web.current_actor().person_id:
        return web.see(form.next.data or "people.show_home")
    return web.render("people/sign_in.html", form=form)


@blueprint.post("/sign-in")
@public
def ask_for_link() -> Response:
    """Send a link, whether or not the address is known: nobody can tell the difference."""
    form = SignInForm()
    if not form.validate_on_submit():
        return web.invalid("people/sign_in.html", form=form)
    address: str = form.email.data
    now = int(clock.now().timestamp())
    asked = _asked()
    if asked.get("address") == address and now - int(asked.get("at", 0)) < AGAIN_AFTER:
        return web.see("people.link_sent")
    limits.hit(f"sign-in:{address}", 5, timedelta(minutes=15))
    limits.hit(f"sign-in-from:{request.remote_addr}", 300, timedelta(hours=1))
    nonce = sign_in.new_nonce()
    sign_in.ask(address, nonce=nonce)
    where_to = web.local_path(form.next.data) or ""

    def remember() -> None:
        session[ASKED] = {"nonce": nonce, "address": address, "at": now, "next": where_to}

    web.after_commit(remember)
    return web.see("people.link_sent")


@blueprint.get("/sign-in/sent")
@public
def link_sent() -> str | Response:
    """Check your e-mail, or type the code."""
    if "address" not in _asked():
        return web.see("people.sign_in_page")
    return web.render("people/sent.html", **_sent(CodeForm(formdata=None)))


def _sent(form: CodeForm) -> dict[str, Any]:
    asked = _asked()
    waited = int(clock.now().timestamp()) - int(asked["at"])
    return {
        "form": form,
        "address": asked["address"],
        "next_url": asked.get("next", ""),
        "again": waited >= AGAIN_AFTER,
    }


@blueprint.post("/sign-in/code")
@public
def type_code() -> Response:
    """Sign in by the code of the message, in the browser that asked."""
    form = CodeForm()
    if "address" not in _asked():
        return web.see("people.sign_in_page")
    if not form.validate_on_submit():
        return web.invalid("people/sent.html", **_sent(form))
    try:
        entered = sign_in.type_code(form.code.data, nonce=_nonce())
    except sign_in.Expired as expired:
        return _expired(expired)
    if entered is None:
        form.code.errors = [WRONG_CODE]
        return web.invalid("people/sent.html", **_sent(form))
    return _enter(entered)


@blueprint.get("/sign-in/<token>")
@public
def sign_in_link(token: str) -> str | Response:
    """Show the button; opening the link changes nothing, however often."""
    try:
        asked = sign_in.look(token, nonce=_nonce())
    except sign_in.Expired as expired:
        return _expired(expired)
    return web.render("people/sign_in_link.html", **_link_page(asked.address, asked.same_browser))


@blueprint.post("/sign-in/<token>")
@public
def follow_link(token: str) -> Response:
    """Sign in, in the browser that asked; elsewhere nothing is used up."""
    try:
        entered = sign_in.follow(token, nonce=_nonce())
        if entered is None:
            asked = sign_in.look(token, nonce=_nonce())
            return web.invalid("people/sign_in_link.html", **_link_page(asked.address, False))
    except sign_in.Expired as expired:
        return _expired(expired)
    return _enter(entered)


def _link_page(address: str, same_browser: bool) -> dict[str, Any]:
    return {"masked": mask_email(address), "same_browser": same_browser}


def _expired(expired: sign_in.Expired) -> Response:
    """The link is used or old; the browser that asked need not type its address again."""
    form = SignInForm(formdata=None)
    form.email.data = _asked().get("address")
    page = web.render("people/expired.html", form=form, gone=expired)
    response = make_response(page, 410)
    response.headers["Cache-Control"] = "no-store"
    return response


def _enter(entered: sign_in.SignedIn) -> Response:
    """A new session, and on to the page that was wanted."""
    where_to = web.local_path(_asked().get("next")) or "people.show_home"
    sessions.begin(entered.person_id, entered.epoch)
    return web.see(where_to)


@blueprint.post("/sign-out")
@public
def sign_out() -> Response:
    """Sign this browser out."""
    actor = web.current_actor()
    if actor.person_id:
        sign_in.sign_out_note(actor)
    sessions.end()
    return web.see("people.front")


@blueprint.post("/sign-out/everywhere")
@allow("home.view")
def sign_out_everywhere() -> Response:
    """End every session of the person, this one too."""
    actor = web.current_actor()
    assert actor.person_id is not None
    end_sessions(actor.person_id, by=actor)
    sessions.end()
    return web.see("people.front")


@blueprint.post("/links/<token>/new")
@public
def new_link(token: str) -> str:
    """Send another personal link, to the address on file, in place of one that has run out."""
    link_id = links.expired(token)
    if link_id is None:
        raise NotFound
    limits.hit(f"new-link:{link_id}", 3, timedelta(hours=1))
    publish(LinkRequested(NOBODY, link_id))
    return web.render("people/new_link.html")
