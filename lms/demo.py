"""The demonstration programme: built once, and only in a database made for it.

`lms demo` calls `build`; what there is to see, the plugins build through `lms_demonstration`.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, text

from lms import clock
from lms.contracts import SYSTEM
from lms.db import db
from lms.events import Upgraded, publish
from lms.people.demo import is_demo
from lms.people.models import Person
from lms.registry import current_registry


class DemoError(RuntimeError):
    """Why there is no demonstration here, in a sentence."""


def build(today: date | None = None, seed: int = 1) -> bool:
    """Build it in the transaction at hand, as seen from `today`; False when it is there already.

    Raises `DemoError` in a database that was not made for it, as that may hold people.
    """
    if not is_demo():
        raise DemoError(
            "This database was not made for the demonstration and may hold people: nothing was "
            "changed. Choose another LMS_INSTANCE or DATABASE_URL."
        )
    if db.session.scalar(select(Person.id).limit(1)) is not None:
        return False
    # One long transaction, in which certificates are printed while the database waits.
    db.session.execute(text("set local idle_in_transaction_session_timeout = 0"))
    db.session.execute(text("set local statement_timeout = 0"))
    publish(Upgraded(by=SYSTEM))
    if not current_registry().demonstrate(today or clock.today(), seed):
        raise DemoError("LMS_SAFE_MODE or LMS_DISABLED_PLUGINS leaves the demonstration out.")
    return True
