"""What the web kernel knows of the request at hand: the settings, the nonce, the reference.

Every module of the web kernel asks here; rooms need only `lms.web`.
"""

from __future__ import annotations

import secrets
from typing import cast

from flask import current_app, g, request

from lms.db import uuid7
from lms.settings import Settings

SETTINGS = "lms_settings"


def settings() -> Settings:
    """The settings of the current application."""
    return cast(Settings, current_app.extensions[SETTINGS])


def nonce() -> str:
    """The one word that lets this response's own scripts run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return cast(str, g.nonce)


def reference() -> str:
    """This request's reference, on its error page and in the log; sorts by time, is short."""
    if "reference" not in g:
        digits = uuid7().hex.upper()
        g.reference = f"{digits[4:8]}-{digits[8:12]}-{digits[-4:]}"
    return cast(str, g.reference)


def wants_json() -> bool:
    """Whether the page's script asks, which shows our sentence itself."""
    return request.headers.get("X-Asked-By") == "script"
