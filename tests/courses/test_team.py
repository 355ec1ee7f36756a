"""A manager's page of their own people: courses and nothing else, of nobody else's team."""

from __future__ import annotations

from collections.abc import Callable

from bs4 import BeautifulSoup

from courses.services import waiting
from lms.people.models import Person
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import World

AsPerson = Callable[[Person], PageClient]


def manager_of(employer_id: object) -> Person:
    made = make.person("Helen", "Marshfield", organisation_id=employer_id)
    make.grant(made, "manager", "organisation", employer_id)
    return made


def rows(page: str) -> dict[str, list[str]]:
    found = BeautifulSoup(page, "lxml").select("tbody tr")
    cells = [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in found]
    return {row[0]: row[1:] for row in cells}


def test_a_manager_sees_what_the_team_has_finished_is_booked_on_and_waits_for(
    world: World, as_person: AsPerson
) -> None:
    employer = make.organisation("Family Centres", locality_id=world.place.id)
    helen = manager_of(employer.id)
    amara = make.person("Amara", "Okafor", organisation_id=employer.id)
    beth = make.person("Beth", "Lyons", organisation_id=employer.id)
    colin = make.person("Colin", "Marsh", manager_id=helen.id)
    make.completion(make.booking(world.cohort, amara))
    make.booking(world.cohort, beth)
    waiting.join(world.course.id, colin.id, by=world.coordinator)

    shown = rows(as_person(helen).get("/team").text)

    assert list(shown) == ["Beth Lyons", "Colin Marsh", "Amara Okafor"]
    assert "Brief Encounters, finished" in shown["Amara Okafor"][1]
    assert shown["Amara Okafor"][2].endswith("–")
    assert shown["Beth Lyons"][2].endswith("Brief Encounters, from 18 Feb 2027")
    assert "Brief Encounters, since" in shown["Colin Marsh"][3]
    assert shown["Colin Marsh"][2].endswith("–")


def test_a_manager_sees_nobody_of_another_team(world: World, as_person: AsPerson) -> None:
    employer = make.organisation("Family Centres", locality_id=world.place.id)
    other = make.organisation("Early Help", locality_id=world.place.id)
    make.person("Dilys", "Rowe", organisation_id=other.id)

    page = as_person(manager_of(employer.id)).get("/team").text

    assert "Dilys" not in page
    assert "Nobody of your team is known here yet" in page


def test_only_managers_have_a_team(world: World, as_person: AsPerson) -> None:
    assert as_person(world.priya).get("/team").status_code == 403
