"""Where the embedded database may live: a private folder on this machine's own disk.

Called by `server` before anything is written.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path

import psutil

from lms.embedded.errors import EmbeddedError
from lms.embedded.system_user import give, uid_of

SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET = 103  # bytes a socket's path may have on every system (Linux allows 107)

NETWORK_DISKS = (
    *("nfs", "cifs", "smb", "afs", "9p", "ceph", "glusterfs", "fuse.sshfs", "fuse.rclone"),
)
SYNCHRONISED = ("onedrive", "dropbox", "google drive", "googledrive", "icloud", "nextcloud")


def refuse_place(folder: Path) -> None:
    """Refuse folders that are emptied at a restart, shared or synchronised: they lose databases."""
    reason = _unsafe(folder)
    if reason:
        raise EmbeddedError(
            f"The database cannot live in {folder}, which is {reason}: "
            "set LMS_INSTANCE to a folder on this machine's own disk."
        )


def _unsafe(folder: Path) -> str | None:
    temporary = {Path(p) for p in ("/tmp", "/var/tmp", "/dev/shm", tempfile.gettempdir())}  # noqa: S108
    if any(folder.is_relative_to(place) for place in temporary):
        return "emptied when the machine restarts"
    if any(word in part.lower() for part in folder.parts for word in SYNCHRONISED):
        return "synchronised with other machines"
    if _filesystem(folder).startswith(NETWORK_DISKS):
        return "on a network disk"
    return None


def _filesystem(folder: Path) -> str:
    holders = [
        (Path(disk.mountpoint), disk.fstype)
        for disk in psutil.disk_partitions(all=True)
        if folder.is_relative_to(disk.mountpoint)
    ]
    return max(holders, key=lambda held: len(held[0].parts), default=(folder, ""))[1]


def make_private(folder: Path) -> None:
    """A folder for its owner's eyes only (root lets the database's own user pass through)."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)


def socket_folder(data: Path, user: str | None) -> Path:
    """The data folder; a private one with a short name where the path is too long for a socket."""
    if len(os.fsencode(data / SOCKET)) <= LONGEST_SOCKET:
        return data
    name = f"golden-thread-{hashlib.sha256(os.fsencode(data)).hexdigest()[:12]}"
    folder = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / name
    folder.mkdir(mode=0o700, exist_ok=True)
    give(folder, user)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077 or found.st_uid != uid_of(user):
        raise EmbeddedError(
            f"{folder} is not ours alone: remove it, or use a shorter LMS_INSTANCE."
        )
    return folder
