"""How often something may be tried: counted in the database, by account, address or link.

Signing in, asking for a new link and the code in the room call `hit` before they look anything
up; `refuse` before and `hit` after count only what failed. The count stands in a short
transaction of its own, so that it outlives a refused request; `lms.jobs` forgets it.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import Connection, func, insert, select, text

from lms import clock
from lms.db import apart, uuid7
from lms.errors import TooMany
from lms.records import RateEvent


def hit(key: str, limit: int, per: timedelta) -> bool:
    """Count one try of `key` and return True; raise `TooMany` when it is one too many.

    `key` says what and whose ("sign-in:someone@example.com"); only its hash is stored. A refused
    try is not counted, so that waiting helps.
    """
    hashed = hashlib.sha256(key.encode()).digest()
    with apart() as connection:
        # Tries of one key come one after the other, or two at once would both be the last.
        connection.execute(
            text("select pg_advisory_xact_lock(:number)"),
            {"number": int.from_bytes(hashed[:8], signed=True)},
        )
        _refuse(connection, hashed, limit, per)
        values = {"id": uuid7(), "key_hash": hashed, "at": clock.now()}
        connection.execute(insert(RateEvent).values(values))
    return True


def refuse(key: str, limit: int, per: timedelta) -> None:
    """Raise `TooMany` where another try of `key` would be one too many; nothing is counted."""
    with apart() as connection:
        _refuse(connection, hashlib.sha256(key.encode()).digest(), limit, per)


def _refuse(connection: Connection, hashed: bytes, limit: int, per: timedelta) -> None:
    now = clock.now()
    tries, oldest = connection.execute(
        select(func.count(), func.min(RateEvent.at)).where(
            RateEvent.key_hash == hashed, RateEvent.at > now - per
        )
    ).one()
    if tries >= limit:
        raise TooMany((oldest or now) + per)
