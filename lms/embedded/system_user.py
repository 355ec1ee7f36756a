"""The unprivileged user that PostgreSQL runs as when we are root, which it refuses to be.

Called by `server` and `places`; an ordinary user needs none of it.
"""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

from lms.embedded.errors import EmbeddedError

SYSTEM_USER = "lms_postgres"


def system_user() -> str | None:
    """The unprivileged user the server runs as when we are root; made where it is missing."""
    if os.geteuid() != 0:
        return None
    if _lookup(SYSTEM_USER) is None:
        made = subprocess.run(
            [
                "useradd",
                "--system",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
                SYSTEM_USER,
            ],
            capture_output=True,
            text=True,
        )
        if _lookup(SYSTEM_USER) is None:  # not by the return code: another start may have won
            raise EmbeddedError(
                f"PostgreSQL does not run as root and the user {SYSTEM_USER} could not be made "
                f"({made.stderr.strip()}): make it, or run as an ordinary user."
            )
    return SYSTEM_USER


def _lookup(user: str) -> int | None:
    import pwd  # absent on systems without users

    try:
        return pwd.getpwnam(user).pw_uid
    except KeyError:
        return None


def uid_of(user: str | None) -> int | None:
    return os.geteuid() if user is None else _lookup(user)


def give(folder: Path, user: str | None) -> None:
    uid = uid_of(user)
    if user is not None and uid is not None:
        os.chown(folder, uid, -1, follow_symlinks=False)


def let_through(data: Path, programs: Path) -> None:
    """Let the server's own user reach its data and programs: the right to pass, not to list."""
    for folder in (*data.parents, programs, *programs.parents):
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
    if not (programs / "bin" / "postgres").stat().st_mode & stat.S_IROTH:
        subprocess.run(["chmod", "-R", "go+rX", str(programs)], check=True)
