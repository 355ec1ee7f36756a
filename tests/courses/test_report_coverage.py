"""Who is trained and where the gaps are: people against dated headcounts with their source."""

from __future__ import annotations

from datetime import date

import pytest

from courses.reports import coverage
from lms import clock
from lms.contracts import Actor, Audience, Grant, Role, Scope, ScopeKind
from lms.reports.disclosure import POLICIES, hide
from lms.reports.models import HeadcountTarget
from tests import factories as make
from tests.courses.over import cohort, person
from tests.reporting import ask, consistent, notes, said, table, tables


@pytest.fixture(autouse=True)
def at_a_later_time(session, frozen):
    frozen("2027-08-01 09:00")


@pytest.fixture
def world():
    """Two employers in Blackpool and their midwives and health visitors."""

    class World:
        place = make.locality("Blackpool")
        hospital = make.organisation("Victoria Hospital", locality_id=place.id)
        hub = make.organisation("Talbot Hub", locality_id=place.id)
        midwife, visitor = make.profession("Midwife"), make.profession("Health visitor")

    return World


def headcount(employer, job, number, on_date=date(2027, 3, 1), source="Staff list"):
    return make.keep(
        HeadcountTarget(
            organisation_id=employer.id,
            profession_id=job.id,
            number=number,
            on_date=on_date,
            source=source,
            by_label="Priya Nair",
        )
    )


def train(world, employer, job, number, on=None):
    """So many people of an employer and job who completed."""
    on = on or cohort(sessions=1, place=world.place)
    for _ in range(number):
        person(
            on,
            "present",
            completed=True,
            organisation_id=employer.id if employer else None,
            locality_id=world.place.id,
            profession_id=job.id,
        )
    return on


def build(**filters):
    draft = coverage.build(ask(**filters))
    consistent(draft)
    return draft


def line(draft, name, key="coverage"):
    grid = table(draft, key)
    return [value for (label, _), value in grid.cells.items() if label == name]


def test_trained_people_are_set_against_the_headcount_and_the_cohorts_still_to_hold(world):
    headcount(world.hospital, world.midwife, 50)
    headcount(world.hub, world.visitor, 12)
    train(world, world.hospital, world.midwife, 20)
    train(world, world.hub, world.visitor, 12)
    draft = build()
    assert line(draft, "Midwife") == ["50", "20", "40%", "30", "1.9", "0"]
    assert line(draft, "Health visitor") == ["12", "12", "100%", "0", "0.0", "0"]
    assert line(draft, "All") == ["62", "32", "52%", "30", "1.9", "0"]
    assert said(draft) == [
        "32 of 62 in the headcounts (52%) are trained. Still to train: 30. On average 16.0 people "
        "complete a cohort, so cohorts still to hold: 2."
    ]
    assert notes(draft, "coverage") == ["Headcounts: Staff list (1 March 2027)."]


def test_one_employers_more_fills_no_others_gap(world):
    headcount(world.hospital, world.midwife, 5)
    headcount(world.hub, world.midwife, 10)
    train(world, world.hospital, world.midwife, 12)
    assert line(build(), "Midwife")[:4] == ["15", "12", "80%", "10"]
    by_employer = build(breakdown="organisation")
    assert line(by_employer, "Talbot Hub: Midwife")[:4] == ["10", "0", "0%", "10"]


def test_the_newest_headcount_up_to_the_end_of_the_period_counts(world):
    headcount(world.hub, world.visitor, 10, date(2026, 3, 1))
    headcount(world.hub, world.visitor, 14, date(2027, 3, 1))
    headcount(world.hub, world.visitor, 20, date(2027, 9, 1))
    assert line(build(), "Health visitor")[0] == "14"
    assert line(build(end=date(2026, 12, 31)), "Health visitor")[0] == "10"


def test_people_without_a_headcount_are_told_apart(world):
    headcount(world.hub, world.visitor, 10)
    train(world, world.hub, world.visitor, 4)
    train(world, world.hospital, world.visitor, 3)
    train(world, None, world.midwife, 2)
    draft = build()
    assert tables(draft) == ["coverage", "trained"]
    assert line(draft, "All")[1] == "4"
    assert line(draft, "All", "trained")[0] == "5"
    assert line(draft, "Midwife", "trained")[0] == "2"


def test_who_did_two_courses_counts_once_with_their_last_job(world):
    headcount(world.hub, world.visitor, 10)
    amara = make.person()
    first = cohort(sessions=1, day=date(2027, 1, 5))
    second = cohort(sessions=1, day=date(2027, 2, 5))
    for on, job, day in (
        (first, world.midwife, date(2027, 1, 6)),
        (second, world.visitor, date(2027, 2, 6)),
    ):
        booking = make.booking(on, amara, organisation_id=world.hub.id, profession_id=job.id)
        make.completion(booking, at=clock.start_of(day))
    assert line(build(), "All")[1] == "1"


def test_outside_the_team_few_untrained_are_not_given_away(world):
    headcount(world.hub, world.visitor, 22)
    train(world, world.hub, world.visitor, 20)
    draft = build(audience=Audience.PUBLICATION)
    hidden = hide(draft, POLICIES[Audience.PUBLICATION])
    assert {"all_missing", "all_trained"} <= hidden


def test_headcounts_of_other_places_are_not_counted(world):
    headcount(world.hub, world.visitor, 10)
    elsewhere = make.locality()
    analyst = Actor(
        None, "Ann", (Grant(Role.ANALYST, Scope(ScopeKind.LOCALITY, str(elsewhere.id))),)
    )
    assert coverage.build(ask(analyst)).empty
    assert coverage.build(ask(localities=(elsewhere.id,))).empty
