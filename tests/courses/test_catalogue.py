"""The catalogue: following the plugins, being searched, and what a course's page says."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from courses.models import Component, Course, Edition
from courses.queries import catalogue
from courses.queries import waiting as waiting_list
from courses.services import booking, waiting
from courses.services import catalogue as service
from lms.contracts import SYSTEM
from lms.db import db
from lms.events import Upgraded, publish
from lms.people.models import Person
from lms.registry import current_registry
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import TEMPLATE, World, oneself

AsPerson = Callable[[Person], PageClient]


@pytest.fixture
def shipped(session: Any) -> None:
    """The courses of the bundled plugins, as an upgrade brings them in."""
    publish(Upgraded(SYSTEM))


def slugs(found: list[catalogue.CourseCard]) -> set[str]:
    return {card.slug for card in found}


def test_an_upgrade_brings_in_every_course_with_its_formats_and_parts(shipped: None) -> None:
    kept = set(db.session.scalars(select(Course.key)))

    assert kept == set(current_registry().courses)
    found = catalogue.get("brief-encounters")
    assert found.editions[0].title == "Four sessions"
    assert {edition.format for edition in found.editions} == {"workshop", "blended", "e-learning"}
    assert all(edition.components for edition in found.editions)


def test_a_second_upgrade_changes_nothing(shipped: None) -> None:
    def rows() -> list[Any]:
        return [
            db.session.execute(select(table.id, table.updated_at).order_by(table.id)).all()
            for table in (Course, Edition, Component)
        ]

    before = rows()
    service.synchronise()

    assert rows() == before


def test_a_course_whose_plugin_has_gone_stays_readable_and_is_not_offered(
    session: Any, client: PageClient
) -> None:
    make.course(key="gone:old-course", slug="old-course", provider_key="gone", title="Old course")
    service.synchronise()

    page = client.get("/courses/old-course")

    assert db.session.scalar(select(Course.state).where(Course.slug == "old-course")) == (
        "provider_gone"
    )
    assert "This course is not offered any more" in page.get_data(as_text=True)
    assert "old-course" not in slugs(catalogue.search())


def test_a_changed_template_counts_its_version_up(shipped: None) -> None:
    course = db.session.scalars(select(Course).where(Course.slug == "think-couple")).one()
    course.template = course.template | {"summary": "Something else"}
    db.session.flush()

    service.synchronise()

    assert course.template_version == 2
    assert course.template["summary"] != "Something else"


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("you, me and baby too", "me-you-and-baby-too"),
        ("BRIEF", "brief-encounters"),
        ("mediation", "parents-at-war"),
        ("tavistock conflict", "couple-conflict"),
    ],
)
def test_courses_are_found_by_title_other_name_summary_and_provider(
    shipped: None, words: str, slug: str
) -> None:
    assert slug in slugs(catalogue.search(words))


@pytest.mark.parametrize("words", ["%", "_", "\\", "'; drop table courses_course;--"])
def test_signs_that_mean_something_elsewhere_find_nothing(shipped: None, words: str) -> None:
    assert catalogue.search(words) == []


def test_a_tier_of_one_format_counts_for_the_course(shipped: None) -> None:
    assert "brief-encounters" in slugs(catalogue.search(tiers=["foundation"]))
    assert "couple-conflict" not in slugs(catalogue.search(tiers=["foundation"]))


def test_a_job_narrows_the_list(shipped: None) -> None:
    assert slugs(catalogue.search(professions=["midwife"])) < slugs(catalogue.search())


def test_a_search_that_finds_nothing_says_how_to_go_on(shipped: None, client: PageClient) -> None:
    page = client.get("/courses?q=juggling").get_data(as_text=True)

    assert "No course matches ‘juggling’." in page
    assert f"see all {catalogue.number()} courses" in page


def test_a_courses_page_tells_nobody_in_particular_what_it_is_and_who_helps(
    shipped: None, client: PageClient
) -> None:
    page = client.get("/courses/brief-encounters").get_data(as_text=True)

    assert "This course talks about domestic abuse. You can step out at any time." in page
    assert "0808 2000 247" in page
    assert "No dates yet." in page


def test_a_courses_page_tells_a_trainee_where_they_stand(
    shipped: None, as_person: AsPerson
) -> None:
    amara = make.person()
    first = db.session.scalars(
        select(Edition).join(Course).where(Course.slug == "brief-encounters")
    ).first()
    done = make.cohort(first, make.locality())
    make.completion(make.booking(done, amara))

    page = as_person(amara).get("/courses/parents-at-war").get_data(as_text=True)

    assert "You need to have finished" in page
    assert "You finished Brief Encounters on" in page


def test_places_that_waiting_people_will_get_are_not_offered_to_others(world: World) -> None:
    for _ in range(2):
        waits = make.person()
        waiting.join(world.course.id, waits.id, by=oneself(waits), told=False)

    dates = catalogue.dates_of(world.course.id)
    assert waiting_list.free_for_all(dates) == {world.cohort.id: 3}


def test_a_date_that_has_begun_is_not_offered(
    world: World, frozen: Callable[[str], object]
) -> None:
    frozen("2027-02-18 09:30")

    assert catalogue.dates_of(world.course.id) == []


def test_the_next_date_with_a_place_is_the_one_green_button_of_a_trainees_course_page(
    world: World, as_person: AsPerson
) -> None:
    full = make.cohort(world.edition, world.place, code="BE-00", capacity=1)
    make.session(full, make.hours(date(2027, 2, 11)))
    make.booking(full)
    amara = make.person()
    browser = as_person(amara)

    page = browser.get("/courses/brief-encounters").get_data(as_text=True)
    booking.book_oneself(world.cohort.id, amara.id, by=oneself(amara))
    booked = browser.get("/courses/brief-encounters").get_data(as_text=True)
    staff = as_person(world.priya).get("/courses/brief-encounters").get_data(as_text=True)

    assert f'<a class="govuk-button" href="/cohorts/{world.cohort.id}/place"' in page
    assert "Book Thursday 18 February 2027, Hertfordshire" in page
    (wait,) = re.findall(r'<button[^>]*class="([^"]*)"[^>]*>Join the waiting list', page)
    assert "govuk-button--secondary" in wait
    assert "Book Thursday" not in booked
    assert "Book Thursday" not in staff


def test_no_green_button_books_a_date_that_would_be_refused(
    world: World, as_person: AsPerson
) -> None:
    make.course(key="oneplusone:first", slug="first", title="Think Couple")
    world.course.template = TEMPLATE | {"follow_on_of": "oneplusone:first"}

    page = as_person(make.person()).get("/courses/brief-encounters").get_data(as_text=True)

    assert "Book Thursday" not in page
