"""Whether the port is free, who holds it if not, and whether the site answers on it.

Called by the supervisor before and after it starts the web.
"""

from __future__ import annotations

import socket
import time
import urllib.error
import urllib.request

import psutil

from lms.supervisor.errors import ServeError

PATIENCE = 12.0
OURS = "gunicorn_conf"
"""What the command line of a web process of ours holds: it is ending and lets go in a moment."""


def check(host: str, port: int) -> None:
    """Refuse a port that somebody else has, naming them."""
    deadline = time.monotonic() + PATIENCE
    while (holder := _holder(host, port)) is not None:
        if OURS not in holder or time.monotonic() > deadline:
            raise ServeError(
                f"The port {port} is taken by {holder}: stop that, or choose another by LMS_PORT."
            )
        time.sleep(0.1)


def answers(host: str, port: int) -> bool:
    """Whether HTTP is spoken there; any answer will do."""
    try:
        urllib.request.urlopen(f"http://{_reachable(host)}:{port}/", timeout=30).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _reachable(host: str) -> str:
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 (compared, not bound)
    return everywhere.get(host, f"[{host}]" if ":" in host else host)


def _holder(host: str, port: int) -> str | None:
    """Who listens on the port, as `pid 12 (name)`, or None when it is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise ServeError(f"The port {port} is not ours to use: set LMS_PORT.") from None
        except OSError:
            return _listener(port)
    return None


def _listener(port: int) -> str:
    try:
        found = [
            each.pid
            for each in psutil.net_connections("tcp")
            if each.status == psutil.CONN_LISTEN and each.laddr and each.laddr.port == port
        ]
        process = psutil.Process(next(pid for pid in found if pid))
        return f"pid {process.pid} ({' '.join(process.cmdline())[:200]})"
    except (StopIteration, psutil.Error):
        return "another program"
