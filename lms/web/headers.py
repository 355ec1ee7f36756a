"""What every response says to the browser: what may run, who may frame it, who may keep it.

`init_app` adds the headers after each request; link pages are kept by nobody.
"""

from __future__ import annotations

from flask import Flask, Response, g, request

from lms.contracts import NOBODY, Actor
from lms.web.context import nonce, settings

YEAR = 31_536_000
POLICY = (
    "default-src 'self'",
    "script-src 'self' 'nonce-{nonce}'",
    "style-src 'self'",
    "img-src 'self' data:",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    # "no-referrer" would make browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def init_app(app: Flask) -> None:
    """Add the headers to every response, errors and files included."""
    app.after_request(add)


def add(response: Response) -> Response:
    """The headers of this response."""
    response.headers.update(FIXED)
    response.headers["Content-Security-Policy"] = "; ".join(POLICY).format(nonce=nonce())
    if settings().https:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    if request.endpoint == "static" and response.status_code in (200, 206, 304):
        # Built files carry their content's hash in their name, so they never change.
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        return response
    if is_link_page():
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "no-store"
    elif "Cache-Control" not in response.headers:
        # The Back button still works from a page that must be asked for again.
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def is_link_page() -> bool:
    """Whether the address is a secret: a personal link or a route that takes a token."""
    actor: Actor = g.get("actor", NOBODY)
    return actor.link is not None or "token" in (request.view_args or {})
