"""Four guests that do everything wrong that a guest can do while it is called, and a fifth.

Each does one wrong thing at a time: `Meddler("commits")`. `test_bad_guests.py` books people under
their noses.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from typing import Any, ClassVar

from flask import Blueprint
from sqlalchemy import select, text

from courses.models import Booking, Cohort
from lms import db as door
from lms import hookimpl
from lms.contracts import Actor, Panel, Place, Todo
from lms.db import db
from lms.events import BookingMade, Event


class Bad:
    """A guest with one fault, that strikes whenever it hears of a booking."""

    name: ClassVar[str]
    faults: ClassVar[dict[str, Callable[[BookingMade], Any]]]

    def __init__(self, fault: str) -> None:
        self.fault = fault

    @hookimpl
    def lms_on_event(self, event: Event) -> None:
        """Strike."""
        if isinstance(event, BookingMade):
            self.faults[self.fault](event)


class Meddler(Bad):
    """Ends the transaction of others."""

    name = "meddler"
    faults: ClassVar = {
        "commits": lambda event: db.session.commit(),
        "commits with the kernel's own": lambda event: door.commit(),
        "commits in SQL": lambda event: db.session.execute(text("commit")),
        "rolls back": lambda event: db.session.rollback(),
        "rolls back with the kernel's own": lambda event: door.rollback(),
        "rolls back in SQL": lambda event: db.session.execute(text("rollback")),
        "closes": lambda event: db.session.close(),
    }


def _forever(event: BookingMade) -> None:
    for _ in itertools.count():
        pass


def _keeps_asking(event: BookingMade) -> None:
    while True:
        db.session.execute(text("select pg_sleep(0.2)"))


class Dawdler(Bad):
    """Never comes to an end."""

    name = "dawdler"
    faults: ClassVar = {
        "loops": _forever,
        "asks slowly": lambda event: db.session.execute(text("select pg_sleep(60)")),
        "keeps asking": _keeps_asking,
    }

    @hookimpl
    def lms_todos(self, actor: Actor, today: object) -> Any:
        """Without end."""
        while True:
            yield Todo("Again", "And again", "Go", "/", None)


def _swallows(event: BookingMade) -> None:
    try:
        db.session.execute(text("select no_such_column from people_person"))
    except Exception:
        return


def _renames(event: BookingMade) -> None:
    db.session.get_one(Cohort, event.cohort_id).code = "HACKED"


def _unbooks(event: BookingMade) -> None:
    for booking in db.session.scalars(select(Booking)):
        booking.state = "cancelled"


class Thrower(Bad):
    """Fails in every way, and writes what is not its own."""

    name = "thrower"
    faults: ClassVar = {
        "raises": lambda event: 1 / 0,
        "leaves": lambda event: sys.exit(1),
        "broken SQL": lambda event: db.session.execute(text("select no_such_column")),
        "broken SQL, swallowed": _swallows,
        "renames a cohort": _renames,
        "cancels bookings": _unbooks,
        "deletes in SQL": lambda event: db.session.execute(text("delete from courses_place")),
    }

    @hookimpl
    def lms_todos(self, actor: Actor, today: object) -> Any:
        """Markup where words belong."""
        return [Todo("<script>alert(1)</script>", "<b>why</b>", "<i>go</i>", "/", None)]

    @hookimpl
    def lms_panels(self, place: Place, subject_id: object, actor: Actor) -> Any:
        """A template that is not there."""
        return [Panel("Thrown", "thrower/no_such_template.html")]


class Breaker(Bad):
    """Breaks a constraint that speaks only at the commit; its table is `breaker_twin`."""

    name = "breaker"
    table = "create table breaker_twin (of int unique deferrable initially deferred)"
    faults: ClassVar = {
        "breaks a deferred constraint": lambda event: db.session.execute(
            text("insert into breaker_twin values (1), (1)")
        ),
    }


class Intruder:
    """Wants to be asked before every page of the site."""

    name = "intruder"

    @hookimpl
    def lms_blueprints(self) -> Any:
        """A page, and a hook that is not about it."""
        blueprint = Blueprint("intruder", __name__)
        blueprint.before_app_request(lambda: "You shall not pass")
        return [blueprint]


EVERY: list[Bad] = [
    kind(fault) for kind in (Meddler, Dawdler, Thrower, Breaker) for fault in kind.faults
]
