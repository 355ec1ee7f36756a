"""The list of cohorts: what stands in its rows, where one without sessions stands, other rooms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from markupsafe import Markup

from courses.services import booking, cancelling
from courses.services.cancelling import NOWHERE, Fate
from lms import clock
from lms.people.models import Person
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import World

AsPerson = Callable[[Person], PageClient]


def online(world: World, **columns: Any) -> Any:
    """A cohort that people do online, in their own time."""
    edition = make.edition(world.course, format="e-learning", title="E-learning only")
    make.component(edition, kind="e-learning")
    return make.cohort(edition, world.place, **({"code": "BE-10"} | columns))


@pytest.mark.parametrize(
    ("state", "group"), [("published", "coming"), ("running", "running"), ("closed", "finished")]
)
def test_a_cohort_without_sessions_is_listed_with_when_it_can_be_done(
    world: World, as_person: AsPerson, state: str, group: str
) -> None:
    online(world, state=state, closes_at=clock.at(date(2027, 3, 1), time(23, 59)))

    page = as_person(world.priya).get(f"/cohorts?group={group}").get_data(as_text=True)

    assert "BE-10" in page
    assert "Online, any time, until 1 Mar 2027" in page
    assert "No dates yet" not in page


def test_a_cancelled_cohort_is_listed_with_the_dates_it_was_to_have(
    world: World, as_person: AsPerson
) -> None:
    cancelling.cancel(world.cohort.id, reason="Snow", fate=Fate(NOWHERE), by=world.coordinator)

    page = as_person(world.priya).get("/cohorts?group=cancelled").get_data(as_text=True)

    assert "18 Feb 2027 to 25 Feb 2027" in Markup(page).striptags()


def test_whoever_does_a_course_online_finds_it_on_their_home_page_until_it_is_done(
    world: World, as_person: AsPerson
) -> None:
    amara = make.person()
    held = make.booking(online(world, state="running"), amara)

    before = as_person(amara).get("/home").get_data(as_text=True)
    make.completion(held)
    after = as_person(amara).get("/home").get_data(as_text=True)

    assert "Online, in your own time" in before
    assert "Online, in your own time" not in after


def test_a_course_done_online_can_be_found_until_its_last_day_to_book(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    online(world, state="running", closes_at=clock.at(date(2027, 3, 1), time(23, 59)))

    def page() -> str:
        return as_person(world.priya).get("/courses/brief-encounters").get_data(as_text=True)

    assert "Any time, online, book by 1 March 2027" in page()
    frozen("2027-03-02 09:00")
    assert "Any time, online" not in page()


def test_the_list_says_how_many_have_answered_the_survey_before(
    world: World, as_person: AsPerson
) -> None:
    other = make.cohort(world.edition, world.place, code="BE-02")
    wave, second = make.wave(world.cohort), make.wave(world.cohort, is_second=True)
    states = ("submitted", "open", "open", "void")
    for state in states:
        held = make.booking(world.cohort)
        make.assignment(wave, held, state=state)
        make.assignment(second, held, state="submitted")

    page = as_person(world.priya).get("/cohorts").get_data(as_text=True)

    assert "Places taken" in page
    assert "Before survey answered" in page
    assert "1 of 3" in page
    assert other.code in page


def test_columns_of_other_rooms_cost_the_same_with_one_cohort_and_with_eight(
    world: World, as_person: AsPerson, count_queries: Any
) -> None:
    browser = as_person(world.priya)

    def cost() -> int:
        browser.get("/cohorts")
        with count_queries() as seen:
            assert browser.get("/cohorts").status_code == 200
        return len(seen)

    make.assignment(make.wave(world.cohort), make.booking(world.cohort))
    before = cost()
    for _ in range(7):
        cohort = make.cohort(world.edition, world.place)
        make.assignment(make.wave(cohort), make.booking(cohort))

    assert cost() == before


@pytest.mark.parametrize("page", ["/cohorts/{cohort}/cancel", "/bookings/{booking}/move"])
def test_choosing_another_date_costs_the_same_with_one_date_and_with_six(
    world: World, as_person: AsPerson, count_queries: Any, page: str
) -> None:
    person = make.person(organisation_id=make.organisation(locality_id=world.place.id).id)
    (held,) = booking.book_many(
        world.cohort.id, [person.id], source="coordinator", by=world.coordinator, told=False
    )
    browser = as_person(world.priya)
    at = page.format(cohort=world.cohort.id, booking=held)

    def cost() -> int:
        browser.get(at)
        with count_queries() as seen:
            assert browser.get(at).status_code == 200
        return len(seen)

    def dates(number: int) -> None:
        for week in range(number):
            cohort = make.cohort(world.edition, world.place)
            make.session(cohort, date(2027, 4, 1 + week))

    dates(1)
    before = cost()
    dates(5)

    assert cost() == before


def test_a_date_of_another_place_is_not_offered_to_people_of_a_cancelled_one(
    world: World, as_person: AsPerson
) -> None:
    make.booking(world.cohort)
    for place, code in ((world.place, "BE-20"), (make.locality("Luton"), "BE-21")):
        make.session(make.cohort(world.edition, place, code=code), date(2027, 4, 1))

    page = as_person(world.priya).get(f"/cohorts/{world.cohort.id}/cancel").get_data(as_text=True)

    assert "BE-20" in page
    assert "BE-21" not in page


def test_the_list_is_narrowed_by_place_and_months_in_the_address_and_says_what_is_not_there(
    world: World, as_person: AsPerson
) -> None:
    gateshead = make.locality("Gateshead")
    make.grant(world.priya, "coordinator", "locality", gateshead.id)
    for code, where, day in (
        ("BE-30", world.place, date(2027, 4, 8)),
        ("BE-31", gateshead, date(2027, 6, 3)),
    ):
        make.session(make.cohort(world.edition, where, code=code), day)
    browser = as_person(world.priya)

    def codes(query: str) -> set[str]:
        page = browser.get(f"/cohorts?{query}").get_data(as_text=True)
        return {code for code in ("BE-01", "BE-30", "BE-31") if f">{code}<" in page}

    assert codes("") == {"BE-01", "BE-30", "BE-31"}
    assert codes("from=2027-04") == {"BE-30", "BE-31"}
    assert codes("from=2027-03&to=2027-05") == {"BE-30"}
    assert codes(f"place={gateshead.id}") == {"BE-31"}
    page = browser.get(f"/cohorts?place={gateshead.id}&from=2027-03&to=2027-05").get_data(
        as_text=True
    )
    assert "No coming cohorts in Gateshead from March 2027 to May 2027." in page
    assert "Clear filters" in page
    assert '<option value="2027-03" selected>' in page


def test_only_places_and_months_that_somebody_reaches_can_be_chosen(
    world: World, as_person: AsPerson
) -> None:
    luton = make.locality("Luton")
    make.session(make.cohort(world.edition, luton), date(2027, 9, 9))

    page = as_person(world.priya).get("/cohorts").get_data(as_text=True)

    assert "Luton" not in page
    assert "September 2027" not in page


def test_without_sessions_a_cohort_is_in_the_months_in_which_it_can_be_booked(
    world: World, as_person: AsPerson
) -> None:
    online(world, closes_at=clock.at(date(2027, 3, 1), time(23, 59)))
    make.session(make.cohort(world.edition, world.place), date(2027, 5, 6))
    browser = as_person(world.priya)

    assert "BE-10" in browser.get("/cohorts?from=2027-03").get_data(as_text=True)
    assert "BE-10" not in browser.get("/cohorts?from=2027-04").get_data(as_text=True)


def test_a_closed_cohort_has_finished_for_people(world: World, as_person: AsPerson) -> None:
    world.cohort.state = "closed"
    browser = as_person(world.priya)

    listed = browser.get("/cohorts?group=finished").get_data(as_text=True)
    page = browser.get(f"/cohorts/{world.cohort.id}").get_data(as_text=True)

    for shown in (listed, page):
        assert ">Finished</strong>" in shown
        assert ">Closed</strong>" not in shown


def test_scheduling_begins_with_choosing_a_course(world: World, as_person: AsPerson) -> None:
    browser = as_person(world.priya)

    assert 'href="/courses?for=schedule"' in browser.get("/cohorts").get_data(as_text=True)
    page = browser.get("/courses?for=schedule").get_data(as_text=True)
    plain = as_person(make.person()).get("/courses?for=schedule").get_data(as_text=True)

    assert "Choose a course to schedule" in page
    assert "/courses/brief-encounters/cohorts/new" in page
    assert "Choose a course to schedule" not in plain
