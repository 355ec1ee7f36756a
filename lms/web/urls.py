"""Addresses for messages, calendars, certificates: always from the settings' base address.

Never from the request's Host header, which a visitor chooses.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, current_app
from werkzeug.routing import MapAdapter

from lms.permissions import access_of
from lms.web.context import settings


def external(endpoint: str, **values: object) -> str:
    """The full address of an endpoint, as people outside reach it."""
    return _adapter().build(endpoint, dict(values), force_external=True)


def personal(purpose: str, token: str) -> str:
    """The full address behind a personal link of this purpose."""
    return external(link_endpoints(current_app)[purpose], token=token)


def link_endpoints(app: Flask) -> dict[str, str]:
    """The page that opens for each purpose: the view that answers GET with a token alone."""
    found: dict[str, str] = {}
    for rule in app.url_map.iter_rules():
        access = access_of(app.view_functions.get(rule.endpoint))
        if (
            access
            and access.purpose
            and "GET" in (rule.methods or ())
            and rule.arguments == {"token"}
        ):
            found.setdefault(access.purpose, rule.endpoint)
    return found


def _adapter() -> MapAdapter:
    parts = urlsplit(settings().base_url)
    return current_app.url_map.bind(
        parts.netloc, script_name=parts.path or "/", url_scheme=parts.scheme
    )
