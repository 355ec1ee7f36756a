"""Our own access log: one line a request, with the route's pattern and never its path.

`init_app` hooks it in; a path may hold a personal link's token, a pattern cannot.
"""

from __future__ import annotations

import logging
import time

from flask import Flask, Response, g, request

log = logging.getLogger("lms.access")


def init_app(app: Flask) -> None:
    """Log every request's method, pattern, status, milliseconds and reference."""
    app.before_request(_start)
    app.after_request(_write)


def _start() -> None:
    g.started = time.perf_counter()


def _write(response: Response) -> Response:
    started = g.get("started")
    taken = (time.perf_counter() - started) * 1000 if started else 0
    pattern = request.url_rule.rule if request.url_rule else "(none)"
    log.info(
        "%s %s %d %.0f ms%s",
        request.method if request.method.isalpha() else "?",
        pattern,
        response.status_code,
        taken,
        f" {g.reference}" if "reference" in g else "",
    )
    return response
