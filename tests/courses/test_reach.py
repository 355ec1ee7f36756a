"""Who sees what: the coordinator of another authority, a shared cohort, a trainer, a trainee."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from courses.models import CohortLocality, Place
from courses.queries import bookings, cohorts
from courses.services import booking, waiting
from lms.contracts import Role, ScopeKind
from lms.db import db
from lms.errors import NotFound
from lms.messages.models import Message
from lms.people.models import Locality, Person
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import World, actor, oneself

AsPerson = Callable[[Person], PageClient]
PAGES = (
    "",
    "/sessions",
    "/history",
    "/messages",
    "/roster",
    "/pack",
    "/edit",
    "/cancel",
    "/book",
    "/book/new",
    "/review",
    "/schedule/2",
)


def coordinator_of(place: Locality) -> Person:
    made = make.person("Femi", "Adeyemi")
    make.grant(made, "coordinator", "locality", place.id)
    return made


def employed(place: Locality, name: str, **columns: Any) -> Person:
    employer = make.organisation(locality_id=place.id)
    return make.person(name, organisation_id=employer.id, **columns)


@pytest.mark.parametrize("page", PAGES)
def test_a_coordinator_of_another_authority_finds_no_page_of_a_cohort(
    world: World, as_person: AsPerson, page: str
) -> None:
    other = coordinator_of(make.locality("Luton"))

    assert as_person(other).get(f"/cohorts/{world.cohort.id}{page}").status_code == 404


def test_the_list_shows_what_the_pages_show(world: World, as_person: AsPerson) -> None:
    other = coordinator_of(make.locality("Luton"))

    assert "BE-01" in as_person(world.priya).get("/cohorts").get_data(as_text=True)
    assert "BE-01" not in as_person(other).get("/cohorts").get_data(as_text=True)


def test_a_shared_cohort_shows_others_by_name_organisation_and_attendance_only(
    world: World, as_person: AsPerson
) -> None:
    luton = make.locality("Luton")
    db.session.add(CohortLocality(cohort_id=world.cohort.id, locality_id=luton.id))
    theirs = employed(luton, "Lutonia", email="lutonia@luton.example")
    (kept,) = booking.book_many(
        world.cohort.id, [theirs.id], source="coordinator", by=world.coordinator
    )
    seats = db.session.scalars(select(Place).where(Place.booking_id == kept)).all()
    make.attendance(seats[0])
    browser = as_person(world.priya)

    page = browser.get(f"/cohorts/{world.cohort.id}").get_data(as_text=True)

    assert "Lutonia" in page
    assert "Present" in page
    assert "On track" not in page
    for action in ("move", "off"):
        assert browser.get(f"/bookings/{kept}/{action}").status_code == 404
    roster = browser.press(
        f"/cohorts/{world.cohort.id}/roster", "Download", reason="the day", form="csv"
    )
    assert "Lutonia" in roster.get_data(as_text=True)
    assert "lutonia@luton.example" not in roster.get_data(as_text=True)


def test_the_messages_of_a_shared_cohort_are_read_and_printed_by_each_place_for_its_own_people(
    world: World, as_person: AsPerson
) -> None:
    luton = make.locality("Luton")
    db.session.add(CohortLocality(cohort_id=world.cohort.id, locality_id=luton.id))
    # No address: the message is printed with its person's own links on it.
    theirs, ours = employed(luton, "Lutonia", email=None), employed(world.place, "Hertha")
    booking.book_many(
        world.cohort.id, [theirs.id, ours.id], source="coordinator", by=world.coordinator
    )
    browser = as_person(world.priya)
    (kept,) = db.session.scalars(select(Message.id).where(Message.person_id == theirs.id))

    page = browser.get(f"/cohorts/{world.cohort.id}/messages").get_data(as_text=True)

    assert "Hertha" in page
    assert "Lutonia" not in page
    assert browser.get(f"/messages/{kept}").status_code == 404
    assert browser.post(f"/messages/{kept}/sheet").status_code == 404
    lutons = as_person(coordinator_of(luton))
    assert lutons.post(f"/messages/{kept}/sheet").status_code == 200


def test_why_somebody_was_let_in_or_moved_is_told_to_their_own_place_only(
    world: World, as_person: AsPerson
) -> None:
    luton = make.locality("Luton")
    db.session.add(CohortLocality(cohort_id=world.cohort.id, locality_id=luton.id))
    theirs = employed(luton, "Lutonia")
    (kept,) = booking.book_many(
        world.cohort.id,
        [booking.Seat(theirs.id, waiver="Her manager is unwell")],
        source="coordinator",
        by=world.coordinator,
        why="Her manager is unwell",
    )
    pages = (f"/cohorts/{world.cohort.id}/history", f"/bookings/{kept}")

    for page in pages:
        ours = as_person(world.priya).get(page).get_data(as_text=True)
        assert "Lutonia" in ours
        assert "unwell" not in ours
        assert "unwell" in as_person(coordinator_of(luton)).get(page).get_data(as_text=True)


def test_a_trainer_sees_the_people_of_own_sessions_from_14_days_before_to_30_after(
    world: World, frozen: Callable[[str], object]
) -> None:
    sam = actor(world.sam, Role.TRAINER, ScopeKind.PROVIDER, "oneplusone")
    seen = {}
    for day in ("2027-02-04 09:00", "2027-02-05 09:00", "2027-03-27 09:00", "2027-03-28 09:00"):
        frozen(day)
        try:
            seen[day[:10]] = cohorts.get(sam, world.cohort.id).code
        except NotFound:
            seen[day[:10]] = ""

    assert seen == {
        "2027-02-04": "",
        "2027-02-05": "BE-01",
        "2027-03-27": "BE-01",
        "2027-03-28": "",
    }


def test_a_trainer_does_not_see_a_colleagues_cohort(
    world: World, frozen: Callable[[str], object]
) -> None:
    frozen("2027-02-10 09:00")
    colleague = actor(make.person("Alex"), Role.TRAINER, ScopeKind.PROVIDER, "oneplusone")

    with pytest.raises(NotFound):
        cohorts.get(colleague, world.cohort.id)


def test_a_trainers_page_has_no_addresses_and_nothing_to_change(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    frozen("2027-02-10 09:00")
    make.booking(world.cohort, employed(world.place, "Amara", email="amara@herts.example"))
    browser = as_person(world.sam)

    page = browser.get(f"/cohorts/{world.cohort.id}").get_data(as_text=True)

    assert "Amara" in page
    assert "amara@herts.example" not in page
    assert "Cancel cohort" not in page
    for closed in ("/edit", "/cancel", "/book", "/roster", "/messages"):
        assert browser.get(f"/cohorts/{world.cohort.id}{closed}").status_code == 403


def test_a_trainee_sees_nobody_elses_booking(world: World, as_person: AsPerson) -> None:
    theirs = make.booking(world.cohort)
    amara = make.person()

    assert as_person(amara).get(f"/bookings/{theirs.id}").status_code == 403
    with pytest.raises(NotFound):
        bookings.get(oneself(amara), theirs.id)


def test_the_waiting_list_names_no_one_of_another_place(world: World, as_person: AsPerson) -> None:
    luton = employed(make.locality("Luton"), "Lutonia")
    herts = employed(world.place, "Hertha")
    for one in (luton, herts):
        waiting.join(world.course.id, one.id, by=oneself(one), told=False)

    page = as_person(world.priya).get("/courses/brief-encounters/queue").get_data(as_text=True)

    assert "Hertha" in page
    assert "Lutonia" not in page
    assert "Somebody from another place" in page


def test_a_draft_is_nobodys_date(world: World, as_person: AsPerson) -> None:
    draft = make.cohort(world.edition, world.place, state="draft", code="BE-05")

    assert as_person(make.person()).get(f"/cohorts/{draft.id}/place").status_code == 404
    assert "BE-05" not in as_person(make.person()).get("/courses/brief-encounters").get_data(
        as_text=True
    )
