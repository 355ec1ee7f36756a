"""Rows without a place join the waiting list, and are offered nothing until undo is not silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from courses.models import Booking, Cohort, OfferDecision, Waiting
from courses.queries import cohorts, offers, queue
from courses.queries import waiting as waiting_list
from courses.services import booking, waiting
from courses.services.queue import jobs
from lms.db import Complaint, db
from lms.messages.models import Message
from lms.people.models import Person
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import TEMPLATE, World, oneself
from tests.courses.importing import file_of, people, upload

AsPerson = Callable[[Person], PageClient]
Frozen = Callable[[str], object]
Jobs = Callable[[], None]
UNDO = "their import can still be undone"


@pytest.fixture
def priya(world: World, as_person: AsPerson) -> PageClient:
    """The coordinator's browser; jobs are on the list."""
    make.profession("Health visitor", code="health-visitor")
    return as_person(world.priya)


@pytest.fixture
def other(world: World) -> Cohort:
    """Another date of the course with one free place; the world's own is full."""
    world.cohort.capacity = 1
    booking.book_many(
        world.cohort.id, [make.person().id], source="coordinator", by=world.coordinator, told=False
    )
    made = make.cohort(world.edition, world.place, code="BE-02", capacity=1, template=TEMPLATE)
    make.session(made, date(2027, 3, 18))
    return made


def import_two(world: World, priya: PageClient) -> str:
    """Two rows without a place, put on the waiting list at 9am; the page of what happened."""
    address = upload(priya, world.cohort.id, file_of(people(2)))
    priya.press(address, "Save answers", save="yes", full_2="wait")
    priya.press(address, "Add 2 people", add="2")
    return address


def states() -> list[str]:
    return list(db.session.scalars(select(Waiting.state).order_by(Waiting.joined_at, Waiting.id)))


def test_nobody_of_an_import_is_offered_a_place_until_its_undo_would_not_be_silent(
    world: World, priya: PageClient, other: Cohort, frozen: Frozen
) -> None:
    import_two(world, priya)
    assert states() == ["waiting", "waiting"]
    decision = db.session.scalars(select(OfferDecision)).one()
    assert [line["passed"] for line in decision.listed] == [UNDO, UNDO]
    frozen("2027-02-01 09:09")
    list(jobs.tend())
    assert not offers.of_cohort(other.id)
    frozen("2027-02-01 09:10")
    first = queue.line(world.course.id)[0]
    list(jobs.tend())
    assert [one.person_id for one in offers.of_cohort(other.id)] == [first.person_id]


def test_undo_within_ten_minutes_takes_them_off_the_list_and_out_of_people_untold(
    world: World, priya: PageClient, other: Cohort, frozen: Frozen, run_jobs: Jobs
) -> None:
    address = import_two(world, priya)
    promise = "from 9:10am on 1 February 2027 on. Undo before then and nobody is told"
    assert promise in priya.get(address).text
    frozen("2027-02-01 09:08")
    priya.press(address, "Undo this import")
    run_jobs()
    assert states() == ["withdrawn", "withdrawn"]
    assert not db.session.scalars(select(Booking).where(Booking.cohort_id == other.id)).all()
    assert set(db.session.scalars(select(Message.state))) == {"cancelled"}
    assert "Nobody called ‘Surname’" in priya.get("/people?q=Surname").text


def test_who_waits_behind_an_import_is_offered_the_place_and_the_decision_says_why(
    world: World, priya: PageClient, other: Cohort, frozen: Frozen
) -> None:
    import_two(world, priya)
    frozen("2027-02-01 09:05")
    later = make.person()
    waiting.join(world.course.id, later.id, by=oneself(later), told=False)
    assert [one.person_id for one in offers.of_cohort(other.id)] == [later.id]
    decision = db.session.scalars(
        select(OfferDecision).order_by(OfferDecision.created_at.desc())
    ).first()
    assert decision is not None
    assert [line["passed"] for line in decision.listed] == [UNDO, UNDO, ""]


def test_a_place_that_an_import_waits_for_is_nobody_elses_to_book_meanwhile(
    world: World, priya: PageClient, other: Cohort
) -> None:
    import_two(world, priya)
    stranger = make.person()
    assert waiting_list.free_for_all([cohorts.facts(other.id)])[other.id] == 0
    with pytest.raises(Complaint):
        booking.book_oneself(other.id, stranger.id, by=oneself(stranger))


def test_undo_after_ten_minutes_offers_no_place_to_whom_it_takes_off_the_list(
    world: World, priya: PageClient, other: Cohort, frozen: Frozen, run_jobs: Jobs
) -> None:
    address = import_two(world, priya)
    frozen("2027-02-01 09:10")
    list(jobs.tend())
    first, second = db.session.scalars(select(Waiting).order_by(Waiting.state)).all()
    assert (first.state, second.state) == ("offered", "waiting")
    priya.press(address, "Undo this import")
    run_jobs()
    assert states() == ["withdrawn", "withdrawn"]
    held = db.session.scalars(select(Booking).where(Booking.cohort_id == other.id)).all()
    assert [one.person_id for one in held] == [first.person_id]
    assert held[0].state == "lapsed"


def test_who_waited_before_an_import_waits_after_its_undo(
    world: World, priya: PageClient, other: Cohort
) -> None:
    other.state = "draft"
    amara = make.person("Person", "Surname0", email="person0@import.example")
    waiting.join(world.course.id, amara.id, by=oneself(amara), told=False)
    address = import_two(world, priya)
    priya.press(address, "Undo this import")
    assert [one.person_id for one in queue.line(world.course.id)] == [amara.id]
