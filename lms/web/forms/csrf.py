"""A word in every form that shows it came from our own page, as long as the form is open.

The opening of a request calls `protect` once it knows who asks; the fields of `lms.web.Form` and
lms.js send the word. It is bound to the session, or to the personal link where that is who asks.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import g, request, session
from werkzeug.exceptions import BadRequest
from wtforms.csrf.core import CSRF

from lms.contracts import NOBODY, Actor
from lms.web.context import settings

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SESSION = "form_key"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class StaleForm(BadRequest):
    """The form's word does not fit this session any more: it is shown again to be sent again."""

    description = "This form was open in another session."


class ForeignForm(BadRequest):
    """The form came from another site: nothing of it is shown again."""

    description = "This was not sent from a page of this service."


def token() -> str:
    """The word for a form on this page; another one each time, all good for the same session."""
    salt = secrets.token_hex(8)
    return f"{salt}.{_sign(_keys()[0], salt, _binding(make=True))}"


def valid(word: str | None) -> bool:
    """Whether the word fits, under the present session key or one that was retired."""
    salt, _, signature = (word or "").partition(".")
    binding = _binding(make=False)
    if not salt or not binding or not signature.isascii():
        return False
    return any(hmac.compare_digest(_sign(key, salt, binding), signature) for key in _keys())


def _keys() -> tuple[str, ...]:
    known = settings()
    return (known.secret_key.get_secret_value(), *known.secret_key_fallbacks)


def _sign(key: str, salt: str, binding: str) -> str:
    message = f"form\0{salt}\0{binding}".encode()
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()


def _binding(*, make: bool) -> str:
    """What the word is bound to; "" when there is nothing yet and none is to be made."""
    actor: Actor = g.get("actor", NOBODY)
    link = actor.link
    if link is not None:
        return f"link:{link.link_id}"
    if SESSION not in session and make:
        session[SESSION] = secrets.token_urlsafe(16)
    key = session.get(SESSION, "")
    return f"session:{key}" if key else ""


def from_elsewhere() -> bool:
    """Whether the browser says that another site's page sent this."""
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        return True
    origin = request.headers.get("Origin") or _origin(request.headers.get("Referer", ""))
    if not origin:
        return False
    return origin not in (_origin(request.host_url), _origin(settings().base_url))


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "unreadable"
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def protect() -> None:
    """Refuse an unsafe request that no page of ours sent, before the view runs."""
    if request.method in SAFE:
        return
    if from_elsewhere():
        raise ForeignForm
    if not valid(request.form.get(FIELD) or request.headers.get(HEADER)):
        raise StaleForm
    g.form_checked = True


class PageCSRF(CSRF):
    """Puts the word into WTForms' forms; the check was done before the view."""

    def generate_csrf_token(self, csrf_token_field: Any) -> str:
        """The word for this page."""
        return token()

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        """Check again where `protect` has not run (a form used outside a request's opening)."""
        if not g.get("form_checked") and not valid(field.data):
            raise StaleForm
