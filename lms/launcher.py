"""Become another program that ends when the one that started it does, even by `kill -9`.

The supervisor and the embedded database start their children by `command(...)`; this file is run
by its path, so it imports nothing but the standard library.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1


def command(argv: Sequence[str], *, end_by: signal.Signals, user: str | None = None) -> list[str]:
    """The command line that runs `argv` and sends it `end_by` when the caller's thread is gone."""
    return [
        *(sys.executable, "-I", "-S", os.path.abspath(__file__)),
        *(end_by.name, user or "-", str(os.getpid()), *argv),
    ]


def die_with_parent(end_by: signal.Signals, parent: int) -> None:
    """Ask the kernel for `end_by` at the parent's death, and leave if it is gone already.

    Other systems than Linux have no such call: there a killed parent leaves its children.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, int(end_by), 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        raise SystemExit(1)


def become(user: str) -> None:
    """Give up root for good: groups, group, user."""
    import pwd  # absent on systems without users

    entry = pwd.getpwnam(user)
    os.initgroups(user, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def main(argv: Sequence[str]) -> None:
    """`SIGNAL USER PARENT PROGRAM ...`; the signal is asked for last, as setuid forgets it."""
    end_by, user, parent, *program = argv
    if user != "-":
        become(user)
    die_with_parent(signal.Signals[end_by], int(parent))
    os.execvp(program[0], program)  # noqa: S606 (no shell is the point)


if __name__ == "__main__":
    main(sys.argv[1:])
