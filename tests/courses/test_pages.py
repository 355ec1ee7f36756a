"""The pages of courses and cohorts as people use them, by form and button."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from courses.models import Booking, Place
from courses.queries.bookings import personal_data
from lms.db import db
from lms.people.models import Person
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import World

AsPerson = Callable[[Person], PageClient]


def booked(world: World, *people: Person) -> list[Booking]:
    return [make.booking(world.cohort, one, locality_id=world.place.id) for one in people]


def test_every_page_of_a_cohort_opens(world: World, as_person: AsPerson) -> None:
    employer = make.organisation("Herts Community NHS", locality_id=world.place.id)
    (booking,) = booked(world, make.person("Amara", "Okafor", organisation_id=employer.id))
    browser = as_person(world.priya)
    at = f"/cohorts/{world.cohort.id}"
    pages = (
        "/home",
        "/courses",
        "/courses?q=relationship&tier=introductory",
        "/courses/brief-encounters",
        "/courses/brief-encounters/queue",
        "/courses/brief-encounters/cohorts/new",
        "/cohorts",
        "/cohorts?group=finished",
        at,
        f"{at}?show=attention",
        f"{at}/sessions",
        f"{at}/history",
        f"{at}/messages",
        f"{at}/roster",
        f"{at}/pack",
        f"{at}/edit",
        f"{at}/cancel",
        f"{at}/book",
        f"{at}/book?q=amara",
        f"{at}/book/new",
        f"{at}/book/{booking.person_id}",
        f"/bookings/{booking.id}",
        f"/bookings/{booking.id}/move",
        f"/bookings/{booking.id}/off",
        f"{at}/place",
    )
    for page in pages:
        answer = browser.get(page)
        assert answer.status_code == 200, page


def test_a_persons_page_and_record_hold_their_courses_and_marks(
    world: World, as_person: AsPerson
) -> None:
    employer = make.organisation(locality_id=world.place.id)
    amara = make.person("Amara", "Okafor", organisation_id=employer.id)
    (kept,) = booked(world, amara)
    first = world.sessions[0].id
    make.attendance(db.session.query(Place).filter_by(booking_id=kept.id, session_id=first).one())

    page = as_person(world.priya).get(f"/people/{amara.id}").get_data(as_text=True)
    record = [one for one in personal_data(amara.id) if "Brief Encounters" in one.title]

    assert "Learning record" in page
    assert "BE-01" in page
    assert ("Register of 18 February 2027", "present, 3 h") in record[0].rows


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=%ED%A0%80", "page=-1", "page=99999999", "page=abc", "q=%25", "place={1}",
     "group=evil", "course=x", "q=" + "a" * 5000],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/cohorts", "/courses", "/cohorts/{id}/book", "/cohorts/{id}"])
def test_strange_addresses_are_read_without_a_fault(
    world: World, as_person: AsPerson, path: str, query: str
) -> None:
    answer = as_person(world.priya).get(f"{path.format(id=world.cohort.id)}?{query}")

    assert answer.status_code in (200, 400)
