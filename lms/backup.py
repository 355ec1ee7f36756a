"""Copies of the database, by the `pg_dump` that comes with the embedded PostgreSQL.

`lms backup` and the supervisor (before an upgrade) call it; no system package is needed.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from lms import clock, embedded
from lms.settings import Settings

KEPT = 10
"""Copies made before upgrades that are kept; those made by hand are never removed."""


class BackupError(RuntimeError):
    """The copy could not be made; the message says why."""


def dump(settings: Settings, name: str = "backup", to: Path | None = None) -> Path:
    """Write the whole database to one file that `pg_restore` reads, owner-only; returns its path.

    The file appears under its name only when it is whole. Without `to` it goes to the instance
    folder. Raises `BackupError`.
    """
    folder = settings.instance / "backups"
    if to is None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A file's name is for the machine's keeper and wants the real time, whatever day is shown.
        stamp = clock.real(clock.now()).strftime("%Y%m%dT%H%M%SZ")
        to = folder / f"{name}-{stamp}.dump"
    fresh = to.with_name(f"{to.name}.part")
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    url = make_url(settings.owner_database_url or settings.database_url)
    # The password goes by the environment, where no other user of the machine can read it.
    address = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    ).render_as_string()
    made = subprocess.run(
        [embedded.binary("pg_dump"), "--format=custom", f"--file={fresh}", f"--dbname={address}"],
        env=os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {}),
        capture_output=True,
        text=True,
    )
    if made.returncode != 0:
        fresh.unlink(missing_ok=True)
        raise BackupError(f"pg_dump could not copy the database: {made.stderr.strip()}")
    fresh.replace(to)
    for old in sorted(folder.glob("before-upgrade-*.dump"))[:-KEPT]:
        old.unlink()
    return to
