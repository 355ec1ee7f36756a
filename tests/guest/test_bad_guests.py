"""A booking stands whatever a guest does at hearing of it, and the guest is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, text

from courses.models import Booking, Cohort
from courses.services import booking
from lms import containment
from lms import db as door
from lms.db import db
from lms.plugins import PluginError
from lms.registry import current_registry
from lms.testing import Database
from lms.testing.client import PageClient
from lms.web.opening import LmsFlask
from tests import factories as make
from tests.courses import conftest as courses
from tests.guest import bad

MakeApp = Callable[..., LmsFlask]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time limits in small, so that the tests need not wait for them."""
    monkeypatch.setattr(containment, "SECONDS", 0.5)
    monkeypatch.setattr(containment, "INTERRUPTED_AFTER", 1.2)
    monkeypatch.setattr("lms.envelope.GUEST_STATEMENT_TIMEOUT", "500ms")


def database_for(guest: object, new_database: Callable[[], Database]) -> Database | None:
    """One of its own for the guest that has a table."""
    if not isinstance(guest, bad.Breaker):
        return None
    made = new_database()
    with made.connect() as admin:
        admin.execute(guest.table)
        admin.execute("grant all on breaker_twin to public")
    return made


@pytest.mark.parametrize("guest", bad.EVERY, ids=lambda guest: f"{guest.name} {guest.fault}")
def test_a_booking_stands_and_the_guest_is_named(
    guest: bad.Bad,
    make_app: MakeApp,
    new_database: Callable[[], Database],
    frozen: Callable[[str], object],
) -> None:
    frozen("2027-02-01 09:00")
    app = make_app(plugins=[guest], on=database_for(guest, new_database))
    with app.app_context():
        world = courses.build()
        amara = make.person("Amara", "Okafor", organisation_id=make.organisation().id)
        door.commit()
        booking.book_many(world.cohort.id, [amara.id], source="coordinator", by=world.coordinator)
        door.commit()
        db.session.expunge_all()
        assert db.session.scalars(select(Booking.state)).all() == ["booked"]
        assert db.session.scalar(text("select count(*) from courses_place")) == 2
        assert db.session.scalars(select(Cohort.code)).all() == ["BE-01"]
        assert db.session.scalar(text("select count(*) from messages_message")) == 1
        troubles = [(one.plugin, one.hook) for one in current_registry().troubles]
        assert troubles == [(guest.name, "lms_on_event")]
        door.rollback()
        db.session.remove()


def test_the_plugins_page_names_the_guest_and_what_it_did(
    make_app: MakeApp, as_somebody: Callable[..., PageClient], frozen: Callable[[str], object]
) -> None:
    frozen("2027-02-01 09:00")
    app = make_app(plugins=[bad.Thrower("raises")])
    with app.app_context():
        world = courses.build()
        admin = make.person("Ada", "Minister")
        make.grant(admin, "administrator")
        booking.book_many(
            world.cohort.id, [make.person().id], source="coordinator", by=world.coordinator
        )
        door.commit()
        browser = as_somebody(app, admin)
        page = browser.get("/plugins").text
        todo = browser.get("/home").text
        db.session.remove()
    assert "thrower" in page
    assert "ZeroDivisionError" in page
    assert "thrower" in todo


def test_a_page_stands_with_a_panel_that_fails_and_todos_without_end(
    make_app: MakeApp, as_somebody: Callable[..., PageClient], frozen: Callable[[str], object]
) -> None:
    frozen("2027-02-01 09:00")
    app = make_app(plugins=[bad.Thrower("raises"), bad.Dawdler("loops")])
    with app.app_context():
        world = courses.build()
        door.commit()
        browser = as_somebody(app, world.priya)
        cohort = browser.get(f"/cohorts/{world.cohort.id}")
        home = browser.get("/home")
        troubles = {(one.plugin, one.hook) for one in current_registry().troubles}
        db.session.remove()
    assert cohort.status_code == home.status_code == 200
    assert "BE-01" in cohort.text
    assert "could not be shown" in cohort.text
    assert ("dawdler", "lms_todos") in troubles
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in home.text
    assert "<script>alert(1)" not in home.text


def test_a_guest_that_wants_to_be_asked_before_every_page_stops_the_start(
    make_app: MakeApp,
) -> None:
    with pytest.raises(PluginError, match="Plugin intruder adds to every page"):
        make_app(plugins=[bad.Intruder()])
