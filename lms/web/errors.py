"""Every refusal and every fault as a page: what happened, what is kept, what to do.

`setup` registers these handlers; rooms raise the exceptions of `lms.errors` and `lms.db`.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import psycopg
from flask import Flask, Response, jsonify, make_response, redirect, render_template, request
from jinja2 import TemplateError
from markupsafe import escape
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    MethodNotAllowed,
    RequestEntityTooLarge,
    ServiceUnavailable,
    TooManyRequests,
)
from werkzeug.exceptions import NotFound as HTTPNotFound
from werkzeug.routing import RequestRedirect

from lms import clock
from lms import errors as refusals
from lms.contracts import Role
from lms.db import Complaint, Complaints
from lms.permissions import permission
from lms.web import words
from lms.web.context import reference, settings, wants_json
from lms.web.forms.csrf import SAFE, ForeignForm, StaleForm
from lms.web.kept import words_kept
from lms.web.opening import current_actor

log = logging.getLogger("lms.web")

SAYS_ONLY_CODE = (AttributeError, ImportError, NameError, TemplateError, TypeError)
"""Errors whose message names our code and cannot hold what somebody typed."""
AGAIN = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock: somebody else was at it in the same moment."""
ROLE_WORDS = {
    Role.COORDINATOR: "coordinators",
    Role.TRAINER: "trainers",
    Role.AMBASSADOR: "ambassadors",
    Role.TRAINEE: "people who are signed in",
    Role.MANAGER: "managers",
    Role.ANALYST: "analysts",
    Role.ADMINISTRATOR: "administrators",
}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
CHANGED = "Somebody else changed this; nothing was saved"


def init_app(app: Flask) -> None:
    """Answer every exception with one of the pages below."""
    handlers: dict[type[Exception], Callable[[Any], Any]] = {
        refusals.NotFound: _not_found,
        refusals.Gone: _gone,
        refusals.TooMany: _too_many,
        refusals.Conflict: _conflict,
        refusals.Forbidden: _forbidden,
        Complaint: _complaint,
        Complaints: _complaint,
        StaleForm: _stale_form,
        ForeignForm: _foreign_form,
        HTTPException: _http,
        Exception: _fault,
    }
    app.before_request(refuse_the_unreadable)
    for kind, handler in handlers.items():
        app.register_error_handler(kind, handler)
    app.log_exception = _log_unhandled  # type: ignore[method-assign,assignment]


def refuse_the_unreadable() -> None:
    """An address with control characters was not made by a page; PostgreSQL takes no NUL."""
    asked = (text for pair in request.args.items(multi=True) for text in pair)
    if any(CONTROL.search(text) for text in (request.path, *asked)):
        raise BadRequest


# -- refusals of our own ---------------------------------------------------------------------


def _not_found(error: object) -> Response:
    return page(404, "Page not found", "web/errors/not_found.html")


def _gone(error: refusals.Gone) -> Response:
    return page(410, error.title, "web/errors/gone.html", gone=error)


def _too_many(error: refusals.TooMany) -> Response:
    left = max(error.until - clock.now(), timedelta(seconds=1))
    minute = error.until + timedelta(seconds=59)  # 9:59:30 is told as 10am, when it is true
    text = f"Wait until {words.time(minute)} and try again. Nothing is lost."
    response = page(429, "Too many tries", text=text)
    response.headers["Retry-After"] = str(round(left.total_seconds()))
    return response


def _conflict(error: refusals.Conflict) -> Response:
    said = str(error)
    return _again(409, CHANGED, said if said and said != "Conflict" else "")


def _forbidden(error: refusals.Forbidden) -> Response:
    actor = current_actor()
    if actor.person_id is None:
        return _sign_in_first()
    return page(
        403,
        "You do not have access to this page",
        "web/errors/forbidden.html",
        name=actor.name,
        held=words.listing(role.value for role in actor.roles) or "no role yet",
        needed=_needed(error.permissions),
    )


def _needed(names: tuple[str, ...]) -> str:
    """Who may open the page: 'coordinators and trainers'; "" when it is not known."""
    roles = {role for name in names for role in permission(name).roles}
    return words.listing(ROLE_WORDS[role] for role in Role if role in roles)


def _sign_in_first() -> Response:
    """To the sign-in page and back; a form that was sent is shown again instead."""
    if request.method not in SAFE:
        return _again(403, "You have been signed out", signed_out=True)
    query = request.query_string.decode("ascii", "ignore")
    wanted = f"{request.script_root}{request.path}" + (f"?{query}" if query else "")
    return make_response(redirect(f"{sign_in_path()}?{urlencode({'next': wanted})}", 303))


def sign_in_path() -> str:
    """Where people sign in."""
    return f"{request.script_root}/sign-in"


def _complaint(error: Complaint | Complaints) -> Response:
    texts = [c.text for c in error.complaints] if isinstance(error, Complaints) else [error.text]
    return page(422, "This could not be done", "web/errors/complaint.html", texts=texts)


def _stale_form(error: StaleForm) -> Response:
    signed_out = current_actor().person_id is None and current_actor().link is None
    return _again(400, "Send this again", stale=True, signed_out=signed_out)


def _foreign_form(error: ForeignForm) -> Response:
    text = "It came from another website, so nothing was done. Open the page here and try again."
    return page(400, "This was not sent from our own page", text=text)


def _again(status: int, title: str, text: str = "", **values: Any) -> Response:
    """A form that was not accepted, shown again with all that was typed."""
    kept = words_kept()
    sign_in = sign_in_path()
    return page(
        status, title, "web/errors/kept.html", kept=kept, text=text, sign_in=sign_in, **values
    )


# -- HTTP's own ------------------------------------------------------------------------------

SENTENCES: dict[int, tuple[str, str]] = {
    400: ("We could not read that", "Nothing was saved. Go back and try again."),
    401: ("Sign in first", "Sign in and open the page again."),
    405: ("This address is not a page", "It only takes a form. Go back to the page you were on."),
    408: ("That took too long", "Nothing was saved. Check your connection and try again."),
    413: ("That is too large", "Nothing was saved. A file may be up to 5 MB."),
    414: ("This address is too long", "Go back and use fewer filters or a shorter search."),
    415: ("We could not read that", "Nothing was saved. Send it from the page itself."),
    429: ("Too many tries", "Wait a minute and try again. Nothing is lost."),
    503: ("The service is busy", "Nothing was saved. Wait a minute and try again."),
}


def _http(error: HTTPException) -> Response | HTTPException:
    if isinstance(error, RequestRedirect) or error.code is None or error.code < 400:
        return error
    if isinstance(error, HTTPNotFound):
        return _not_found(error)
    if error.code == 403:
        return _forbidden(refusals.Forbidden())
    if error.code >= 500 and not isinstance(error, ServiceUnavailable):
        return _fault(getattr(error, "original_exception", None) or error)
    title, text = SENTENCES.get(error.code, SENTENCES[400])
    response = page(error.code, title, text=text)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(error.valid_methods)
    if isinstance(error, (RequestEntityTooLarge, TooManyRequests, BadRequest)):
        response.headers["Cache-Control"] = "no-store"
    return response


# -- faults ----------------------------------------------------------------------------------


def _fault(error: BaseException) -> Response:
    """A database that refused, or a slip of ours: one reference, in the log and on the page."""
    broken = database_error(error)
    if broken is not None and (answer := _database(broken)) is not None:
        return answer
    log_fault(error)
    return page(
        500,
        "Something went wrong at our end",
        "web/errors/fault.html",
        reference=reference(),
        kept=request.method not in SAFE,
    )


def database_error(error: BaseException | None) -> psycopg.Error | None:
    """PostgreSQL's own error under whatever carried it here (SQLAlchemy, the job queue)."""
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, psycopg.Error):
            return error
        error, seen = getattr(error, "orig", None) or error.__cause__, seen + 1
    return None


def _database(error: psycopg.Error) -> Response | None:
    """The page for what the database said, or None where it is a slip of ours."""
    state = error.sqlstate or ""
    if state in AGAIN or isinstance(error, psycopg.IntegrityError):
        log_fault(error)
        return _again(409, CHANGED)
    if isinstance(error, psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable):
        log_fault(error)
        return _again(503, "That took too long, so nothing was saved")
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        log_fault(error)
        return _again(503, "The service was interrupted; nothing was saved")
    if isinstance(error, psycopg.DataError):
        log_fault(error)
        return page(400, *SENTENCES[400][:1], text=SENTENCES[400][1])
    return None


def log_fault(error: BaseException) -> None:
    """One line with the reference and where it happened: no form, path, token or parameter."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    shown = [*frames[-1:], *reversed(ours[-6:])]
    places = " < ".join(f"{_short(f.filename)}:{f.lineno} {f.name}" for f in shown)
    log.error(
        "fault %s in %s %s: %s; %s",
        reference(),
        request.method if request.method.isalpha() else "?",
        request.url_rule.rule if request.url_rule else "(none)",
        _kind(error),
        places or "(nowhere)",
    )


def _kind(error: BaseException) -> str:
    """The error's type, with what it says only where that cannot hold what people typed."""
    broken = database_error(error)
    name = type(error).__name__
    if broken is not None:
        return f"{name} {broken.sqlstate or ''} {broken.diag.constraint_name or ''}".strip()
    if isinstance(error, SAYS_ONLY_CODE):
        return f"{name}: {str(error).splitlines()[0][:200] if str(error) else ''}"
    return name


def _short(path: str) -> str:
    return "/".join(path.split("/")[-3:])


def _log_unhandled(info: Any) -> None:
    """What happens after a view (in another `after_request`) is logged the same way."""
    log_fault(info[1] or sys.exc_info()[1] or RuntimeError("unknown"))


# -- the page itself -------------------------------------------------------------------------


def page(
    status: int, title: str, template: str = "web/errors/plain.html", **values: Any
) -> Response:
    """An error's page; to our script only its sentence; the barest page if even that fails."""
    if wants_json():
        return make_response(jsonify(error=title, detail=str(values.get("text", ""))), status)
    quiet = status >= 500
    try:
        body = render_template(template, title=title, quiet=quiet, **{"text": "", **values})
    except Exception as error:
        log_fault(error)
        body = _barest(title, str(values.get("text", "")))
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _barest(title: str, text: str) -> str:
    """A page without anything around it: the address may be wrong, or the templates broken."""
    known = settings()
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} – '
        f"{escape(known.service_name)}</title></head><body><main><h1>{escape(title)}</h1>"
        f"<p>{escape(text)}</p><p>{escape(known.team)}: {escape(known.team_email)}, "
        f"{escape(known.team_phone)}</p></main></body></html>"
    )
