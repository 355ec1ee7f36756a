"""Venues: who may describe one, and where people read how they get there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from courses.models import Venue
from courses.queries import venues
from courses.services import booking
from courses.services import cohorts as life
from courses.services import venues as service
from courses.services.venues import Described
from lms.db import Complaint, db
from lms.errors import NotFound
from lms.messages.models import Message
from lms.people.models import Person
from lms.records import AuditEntry
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import World

AsPerson = Callable[[Person], PageClient]
TOLD: dict[str, Any] = {
    "step_free": "Lift to the first floor",
    "parking": "Free behind the library",
    "map_url": "https://maps.example.org/?q=library&z=9",
}


def test_what_is_said_of_a_venue_stands_wherever_people_look_for_the_way(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    browser, amara = as_person(world.priya), make.person()
    at = f"/venues/{world.room.id}"
    booking.book_many(world.cohort.id, [amara.id], source="coordinator", by=world.coordinator)

    saved = browser.press(at, **TOLD, address="Southgate")
    frozen("2027-02-11 08:00")
    life.send_joining()

    assert saved.location == "/venues"
    own = as_person(amara).get(f"/cohorts/{world.cohort.id}/place").get_data(as_text=True)
    cockpit = as_person(world.sam).get(f"/cohorts/{world.cohort.id}").get_data(as_text=True)
    sessions = (
        as_person(world.priya).get(f"/cohorts/{world.cohort.id}/sessions").get_data(as_text=True)
    )
    for page in (own, cockpit, sessions):
        assert "Lift to the first floor" in page
        assert "Free behind the library" in page
        assert 'href="https://maps.example.org/?q=library&amp;z=9">See it on a map</a>' in page
    joining = db.session.scalars(
        select(Message.body).where(Message.kind == "courses.joining")
    ).one()
    assert "Step-free access: Lift to the first floor" in joining
    assert "Map: https://maps.example.org/?q=library&z=9" in joining


def test_a_map_is_a_link_that_can_be_opened(world: World, as_person: AsPerson) -> None:
    page = as_person(world.priya).press(f"/venues/{world.room.id}", map_url="javascript:alert(1)")

    assert page.status_code == 422
    assert "Link to a map must begin with https://" in page.get_data(as_text=True)


def test_who_opened_the_page_before_somebody_else_saved_is_shown_what_stands_now(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    at, browser = f"/venues/{world.room.id}", as_person(world.priya)
    opened = venues.get(world.coordinator, world.room.id).version
    frozen("2027-02-01 09:05")
    browser.press(at, parking="Free behind the library")

    refused = browser.press(at, parking="3 blue badge bays", seen=opened)
    page = refused.get_data(as_text=True)
    saved = browser.press(at, parking="3 blue badge bays")

    assert refused.status_code == 409
    assert "Someone else changed this venue at 9:05am" in page
    assert "Parking is now Free behind the library. What you gave is kept here" in page
    assert saved.location == "/venues"
    held = select(Venue.parking).where(Venue.id == world.room.id)
    assert db.session.scalar(held) == "3 blue badge bays"
    trail = select(AuditEntry.verb).where(AuditEntry.subject_type == "courses_venue")
    assert db.session.scalars(trail).all() == ["changed", "changed"]


def test_two_who_say_different_things_of_a_venue_both_have_their_say(
    world: World, as_person: AsPerson
) -> None:
    at, browser = f"/venues/{world.room.id}", as_person(world.priya)
    opened = venues.get(world.coordinator, world.room.id).version
    browser.press(at, parking="Free behind the library")

    refused = browser.press(at, step_free="Level entrance", parking="", seen=opened)
    page = refused.get_data(as_text=True)

    assert refused.status_code == 409
    assert "Parking is now Free behind the library" in page
    assert "What you gave is kept here" not in page
    assert 'value="Free behind the library"' in page
    assert 'value="Level entrance"' in page


def test_saving_what_stands_there_changes_nothing_and_is_not_in_the_trail(
    world: World, as_person: AsPerson
) -> None:
    saved = as_person(world.priya).press(f"/venues/{world.room.id}", parking="")

    assert saved.location == "/venues"
    trail = select(AuditEntry.id).where(AuditEntry.subject_type == "courses_venue")
    assert db.session.scalars(trail).all() == []


def test_two_venues_of_a_place_have_different_names(world: World) -> None:
    make.venue(name="Hall", locality_id=world.place.id)
    seen = venues.get(world.coordinator, world.room.id).version

    with pytest.raises(Complaint, match="of this name already"):
        service.change(world.room.id, Described("HALL"), seen=seen, by=world.coordinator)

    assert db.session.scalar(select(Venue.name).where(Venue.id == world.room.id)) != "HALL"


def test_another_places_venue_is_not_there(world: World) -> None:
    theirs = make.venue(name="Hall", locality_id=make.locality("Luton").id)

    with pytest.raises(NotFound):
        service.change(theirs.id, Described("Ours"), seen="", by=world.coordinator)
