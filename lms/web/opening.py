"""How a request opens and closes: who asks, may they, and the one commit point.

`create_app` builds a `LmsFlask`; views see only `current_actor`, `after_commit` and `once_field`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Response, g, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms import db as door
from lms import permissions
from lms.contracts import NOBODY, Actor, RequestFacts
from lms.db import asks_again, commit, db, rollback
from lms.errors import NotFound
from lms.records import OnceKey
from lms.registry import current_registry
from lms.web.forms import csrf

View = TypeVar("View", bound=Callable[..., Any])

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TRIES = 3
"""How often a request is run when PostgreSQL asks to try again (deadlock, serialization)."""
ONCE = "once"


class LmsFlask(Flask):
    """Flask with one commit point: an unsafe request answered below 400 is committed, all else
    is rolled back, and the page that says so is rendered after that.

    It is `dispatch_request` and not `after_request`, where an error would bypass the error pages.
    """

    def dispatch_request(self) -> ResponseReturnValue:
        """Open, run the view, close; try again twice where the database asks for it."""
        kept = dict(session)
        for attempt in range(1, TRIES + 1):
            try:
                return self._attempt()
            except DBAPIError as error:
                if attempt == TRIES or not asks_again(error) or request.method in SAFE:
                    raise
                _as_at_first(kept)
        raise RuntimeError("unreachable")

    def _attempt(self) -> Response:
        g.after_commit = []
        try:
            repeated = self._open()
            response = repeated or self.make_response(super().dispatch_request())
            if request.method in SAFE or response.status_code >= 400:
                if response.status_code < 400:
                    db.session.flush()  # what a page left to be written is an error, not lost
                rollback()
                return response
            if repeated is None:
                _remember_once(response)
            commit()
        except BaseException:
            rollback()
            raise
        for act in g.after_commit:
            act()
        return response

    def _open(self) -> Response | None:
        """Find out who asks and whether they may; an already answered form gets its answer."""
        if request.routing_exception is not None:
            # The actor is still wanted: a "not found" page has the person's own navigation.
            g.actor = _identify(None)
            self.raise_routing_exception(request)
        endpoint = request.endpoint or ""
        if endpoint == "static":
            g.actor = NOBODY
            return None
        view = self.view_functions.get(endpoint)
        if getattr(view, "one_moment", False):
            door.one_moment()
        if request.method in SAFE:
            db.session.execute(text("set transaction read only"))
        g.actor = _identify(permissions.access_of(view))
        permissions.check(view, g.actor)
        csrf.protect()
        return _find_answer()


def one_moment(view: View) -> View:
    """All that this view reads is of one moment, however many queries it takes."""
    view.one_moment = True  # type: ignore[attr-defined]
    return view


def current_actor() -> Actor:
    """Who is asking; nobody outside a request or before it has opened."""
    return cast(Actor, g.get("actor", NOBODY))


def after_commit(act: Callable[[], None]) -> None:
    """Do this once the change is kept, and not at all otherwise (writing the session, say)."""
    g.after_commit.append(act)


def once_key() -> str:
    """A new key for a form that has no natural "once"; the same key gets the same answer."""
    return secrets.token_urlsafe(12)


def _identify(access: permissions.Access | None) -> Actor:
    purpose = access.purpose if access else None
    token = (request.view_args or {}).get("token") if purpose else None
    facts = RequestFacts(session=dict(session), purposes=(purpose,) if purpose else (), token=token)
    actor = current_registry().identify(facts)
    if purpose and (actor is None or actor.link is None):
        raise NotFound
    return actor or NOBODY


def _as_at_first(kept: dict[str, Any]) -> None:
    """Take back what the failed run did to the session and to the files it has read."""
    session.clear()
    session.update(kept)
    for file in request.files.values():
        file.seek(0)


# -- forms that carry a key ------------------------------------------------------------------


def _once() -> tuple[str, str, str] | None:
    """Who, which route and which key, when the form at hand carries one.

    Forms behind a personal link have natural keys: an answer that leads back there is an address
    with its token, and no token is kept.
    """
    if request.method in SAFE or not (key := request.form.get(ONCE)) or current_actor().link:
        return None
    who = current_actor().person_id
    return (str(who) if who else "nobody", request.endpoint or "", key[:64])


def _find_answer() -> Response | None:
    """The answer this form already got; presses of one button come one after the other."""
    if (once := _once()) is None:
        return None
    digest = hashlib.sha256("\0".join(once).encode("utf-8", "replace")).digest()
    db.session.execute(
        text("select pg_advisory_xact_lock(:number)"),
        {"number": int.from_bytes(digest[:8], signed=True)},
    )
    location = db.session.scalar(
        select(OnceKey.location).where(
            OnceKey.actor_key == once[0], OnceKey.route == once[1], OnceKey.key == once[2]
        )
    )
    return Response(status=303, headers={"Location": location}) if location else None


def _remember_once(response: Response) -> None:
    once = _once()
    if once is None or response.status_code != 303:
        return
    db.session.add(
        OnceKey(actor_key=once[0], route=once[1], key=once[2], location=response.location)
    )
    db.session.flush()
