"""Make the secrets of an instance once, in a file only its owner can read.

Set-up and the supervisor call it; `Settings` reads the file after the environment.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

NAMES = ("LMS_SECRET_KEY", "LMS_LINK_KEY")


def make(path: Path) -> bool:
    """Write new random secrets to `path` unless it is there; True when they were made now."""
    if path.exists():
        return False
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{name}={secrets.token_urlsafe(48)}\n" for name in NAMES)
    try:
        os.link(fresh, path)  # refuses when another start was quicker: its secrets stand
    except FileExistsError:
        return False
    finally:
        fresh.unlink()
    return True
