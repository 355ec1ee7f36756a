"""Puts the web kernel into an application: settings of Flask, templates, errors, headers, pages.

`create_app` calls `init_app` once, after the rooms' pages are registered.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.settings import Settings
from lms.web import access_log, chrome, errors, headers, jinja, site

LARGEST_UPLOAD = 5 * 1024 * 1024
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def init_app(app: Flask) -> None:
    """Make the application answer with our pages, errors and headers."""
    known: Settings = app.extensions["lms_settings"]
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_UPLOAD + 512 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=5000,
        TRUSTED_HOSTS=_hosts(known),
        **_cookie(known),
    )
    if known.proxies:
        count = known.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count, x_port=count, x_prefix=count
        )
    jinja.init_app(app)
    chrome.init_app(app)
    errors.init_app(app)
    headers.init_app(app)
    access_log.init_app(app)
    app.register_blueprint(site.blueprint)


def _hosts(known: Settings) -> list[str]:
    """Host names that are answered; any other is refused before anything reads it."""
    own = urlsplit(known.base_url).hostname or known.host
    return list(known.trusted_hosts or dict.fromkeys((own, *LOOPBACK)))


def _cookie(known: Settings) -> dict[str, object]:
    """The one cookie, locked to this host and path as far as the address allows."""
    secure = known.https if known.cookie_secure is None else known.cookie_secure
    path = urlsplit(known.base_url).path.rstrip("/") or "/"
    prefix = ("__Host-" if path == "/" else "__Secure-") if secure else ""
    return {
        "APPLICATION_ROOT": path,
        "SESSION_COOKIE_NAME": f"{prefix}lms",
        "SESSION_COOKIE_PATH": path,
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
    }
