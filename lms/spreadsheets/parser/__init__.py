"""Turns the bytes of an upload into cells of text, inside a child process with hard limits.

Only `lms.spreadsheets.reading` starts it, as a package of its own (hence the relative imports):
no other part of the product is loaded, so it starts quickly and has nothing to give away.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import resource
import signal
import sys

from . import kinds
from .cells import Refused

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 10

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000


def confine() -> None:
    """Give up memory, time, files and the network before the first byte of the file is read."""
    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 32,
    }
    for what, most in limits.items():
        # A limit that this system does not know, or that is lower already, is left as it is.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if libc.unshare(_CLONE_NEWNET) != 0:  # allowed to root, and to others where they may
            libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def main() -> None:
    """Read the file from standard input and answer one JSON object on standard output."""
    confine()
    try:
        answer: dict[str, object] = {"sheets": kinds.parse(sys.stdin.buffer.read())}
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    json.dump(answer, sys.stdout)
