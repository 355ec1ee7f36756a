"""Who trained whom as a tree: counted from the register, with confidence from five pairs on.

Courses answer `lms_trainings`, surveys answer `lms_confidence`; this room draws the tree.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from html import unescape

import pytest

from courses.models import Booking, Cohort
from lms.ambassadors.models import Ambassador
from lms.ambassadors.queries import trainers
from lms.contracts import SYSTEM
from lms.db import db
from lms.people.models import Person
from lms.registry import current_registry
from lms.testing import Frozen
from lms.testing.client import PageClient
from surveys.models import Submission
from tests import factories as make
from tests.ambassadors import making
from tests.ambassadors.making import World, world

AsPerson = Callable[[Person], PageClient]
pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def herts(session: object, frozen: Frozen) -> World:
    frozen("2027-03-02 10:00")
    return world()


def trained(by: Person, *people: Person, mark: str = "present") -> list[Booking]:
    """A cohort that somebody taught, with these people marked."""
    cohort = make.cohort()
    at = make.session(cohort)
    make.teaches(make.trainer(by, provider_key=f"p-{making.uuid7()}"), at)
    made = [make.booking(cohort, person) for person in people]
    for booking in made:
        [place] = db.session.query(make.Place).filter_by(booking_id=booking.id)
        make.attendance(place, mark)
    return made


def person_of(of: Ambassador) -> Person:
    return db.session.get_one(Person, of.person_id)


def surveyed(bookings: list[Booking], before: int, after: int) -> None:
    """Everybody answered before and after, yesterday."""
    asks = make.instrument()
    cohort = db.session.get_one(Cohort, bookings[0].cohort_id)
    for kind, score in (("pre", before), ("post", after)):
        wave = make.wave(cohort, asks, kind=kind)
        for booking in bookings:
            asked = make.assignment(wave, booking, state="submitted")
            make.keep(
                Submission(
                    assignment_id=asked.id,
                    instrument_id=asks.id,
                    answers={},
                    score=Decimal(score),
                    submitted_at=make.clock.now() - make.timedelta(days=2),
                )
            )


def test_courses_say_who_was_at_whose_sessions(herts: World) -> None:
    sam, amara, colin = make.person("Sam"), make.person(), make.person()
    [booking] = trained(sam, amara)
    trained(sam, colin, mark="absent")
    [training] = current_registry().trainings([sam.id])
    assert (training.trainer_id, training.person_id, training.booking_id) == (
        sam.id,
        amara.id,
        booking.id,
    )
    assert current_registry().trainings([amara.id]) == []


def test_surveys_say_how_confidence_changed_from_five_pairs_on(herts: World) -> None:
    sam = make.person("Sam")
    few = trained(sam, *(make.person() for _ in range(4)))
    surveyed(few, 2, 4)
    [said] = current_registry().confidence([one.id for one in few])
    assert (said.pairs, said.before, said.after) == (4, None, None)
    more = trained(make.person(), *(make.person() for _ in range(5)))
    surveyed(more, 2, 4)
    [said] = current_registry().confidence([one.id for one in more])
    assert (said.pairs, said.before, said.after) == (5, 2.0, 4.0)


def test_a_tree_counts_people_by_trainer_and_by_generation(herts: World) -> None:
    dilys = making.ambassador(herts)
    femi = herts.person("Femi")
    first = trained(person_of(dilys), femi, *(make.person() for _ in range(4)))
    trained(femi, make.person(), make.person())
    surveyed(first, 2, 3)
    tree = trainers.tree(herts.coordinator)
    [root] = tree.roots
    assert (root.ambassador_id, root.people, root.cohorts, root.reached) == (dilys.id, 5, 1, 7)
    [below] = root.trained
    assert (below.name, below.people) == ("Femi Rowe", 2)
    assert [(one.trainers, one.people, one.pairs, one.before) for one in tree.generations] == [
        (1, 5, 5, 2.0),
        (1, 2, 0, None),
    ]


def test_two_who_trained_each_other_are_no_endless_tree(herts: World) -> None:
    dilys, femi = making.ambassador(herts), making.ambassador(herts, herts.person("Femi"))
    trained(person_of(dilys), person_of(femi))
    trained(person_of(femi), person_of(dilys))
    tree = trainers.tree(herts.coordinator)
    assert len(tree.roots) == 1
    assert len(tree.roots[0].trained) == 1


def test_a_trainer_of_another_place_has_no_name_here(herts: World) -> None:
    dilys = making.ambassador(herts)
    stranger = make.person("Stranger")
    trained(person_of(dilys), stranger)
    trained(stranger, make.person())
    [root] = trainers.tree(herts.coordinator).roots
    assert root.trained[0].name == trainers.ELSEWHERE
    assert trainers.tree(world("Essex").coordinator).roots == ()


def test_whoever_was_trained_by_an_ambassador_has_them_as_mentor(herts: World) -> None:
    dilys, femi = making.ambassador(herts), herts.person("Femi")
    [booking] = trained(person_of(dilys), femi)
    making.volunteered(femi, booking.id, herts.place)
    making.completed(femi, booking.id, herts.place)
    new = db.session.query(Ambassador).filter_by(person_id=femi.id).one()
    making.recruiting.accept(new.id, role_version=1, by=SYSTEM)
    assert new.mentor_id == dilys.id


def test_the_page_has_a_list_and_then_a_table(herts: World, as_person: AsPerson) -> None:
    browser = as_person(herts.priya)
    assert "No ambassador has trained others yet" in browser.get("/ambassadors/trainers").text
    dilys, femi = making.ambassador(herts), herts.person("Femi")
    trained(person_of(dilys), femi)
    trained(femi, make.person())
    page = unescape(browser.get("/ambassadors/trainers").text)
    assert page.index(
        "trained 1 person in 1 cohort, 2 including the people that those trained"
    ) < page.index("<table")
    assert "Shown once 5 people have answered both times" in page
