"""Who cannot complete by the register is let in with a reason: counted, named, and never twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from courses.models import Booking, Completion, ComponentCompletion, Place
from courses.queries import completion as verdicts
from courses.queries import register as registers
from courses.services import letting_in, register
from courses.services.register import NewMark
from lms import db as door
from lms.contracts import SYSTEM
from lms.db import Complaint, db, unit_of_work
from lms.people.models import Person
from lms.testing.client import PageClient
from lms.web.opening import LmsFlask
from tests import factories as make
from tests.courses.conftest import World

AsPerson = Callable[[Person], PageClient]
RULE = {
    "components": [
        {"key": "workshop", "title": "Workshop", "kind": "workshop", "required_minutes": 300}
    ]
}


@pytest.fixture
def beth(world: World, frozen: Callable[[str], object]) -> Booking:
    """Beth, of the place, who missed the first of two mornings and came to the second."""
    world.cohort.rule, world.cohort.state = RULE, "running"
    person = make.person("Beth", "Lyons")
    booking = make.booking(world.cohort, person, locality_id=world.place.id)
    frozen("2027-02-25 13:00")
    mark(world, booking, 0, "absent", reason="unwell")
    return booking


def mark(world: World, booking: Booking, number: int, what: str, **more: str) -> None:
    session_id = world.sessions[number].id
    place_id = db.session.scalars(
        select(Place.id).where(Place.booking_id == booking.id, Place.session_id == session_id)
    ).one()
    seen = {one.place_id: one.mark for one in registers.lines(session_id)}[place_id]
    marks = [NewMark(place_id, what, seen=seen.id if seen else None, **more)]  # type: ignore[arg-type]
    register.save(session_id, marks, by=SYSTEM, why="Corrected")


def verdict(booking: Booking) -> verdicts.Standing | None:
    return verdicts.current([booking.id]).get(booking.id)


def test_the_cohorts_page_leads_to_it_and_the_history_says_who_and_why(
    world: World, beth: Booking, as_person: AsPerson
) -> None:
    mark(world, beth, 1, "present")
    browser = as_person(world.priya)
    cohort = browser.get(f"/cohorts/{world.cohort.id}").text
    assert f"/bookings/{beth.id}/let-in" in cohort
    page = browser.get(f"/bookings/{beth.id}/let-in").text
    assert "3 h attended, 5 h needed; missing: 2 h" in page
    why = "Two hours with the trainer, 1 March"
    assert browser.press(f"/bookings/{beth.id}/let-in", reason=why).status_code == 303
    found = verdict(beth)
    assert found
    assert found.verdict == "completed"
    assert found.reasons == ("Workshop: 3 h attended and 2 h let in, 5 h needed",)
    history = browser.get(f"/cohorts/{world.cohort.id}/history").text
    assert "Workshop let in" in history
    assert why in history
    assert "Priya Nair" in history
    assert "Needs attention" not in browser.get(f"/cohorts/{world.cohort.id}").text


def test_a_reason_is_asked_for_and_what_was_typed_is_kept(
    world: World, beth: Booking, as_person: AsPerson
) -> None:
    browser = as_person(world.priya)
    refused = browser.press(f"/bookings/{beth.id}/let-in", reason=" ")
    assert refused.status_code == 422
    assert "Enter why it counts, which is shown in the history" in refused.text
    assert db.session.scalar(select(ComponentCompletion.id)) is None


def test_the_reason_names_no_family(world: World, beth: Booking, as_person: AsPerson) -> None:
    why = "Made up with her client Sarah"
    refused = as_person(world.priya).press(f"/bookings/{beth.id}/let-in", reason=why)
    assert refused.status_code == 422
    assert "looks like somebody&#39;s name" in refused.text
    assert f"{why}</textarea>" in refused.text
    assert db.session.scalar(select(ComponentCompletion.id)) is None


def test_a_register_corrected_afterwards_does_not_take_the_completion_back(
    world: World, beth: Booking
) -> None:
    mark(world, beth, 1, "present")
    letting_in.let_in(beth.id, "Made up by telephone", by=world.coordinator)
    mark(world, beth, 0, "present")
    found = verdict(beth)
    assert found
    assert found.verdict == "completed"


def test_who_can_still_complete_or_has_completed_is_not_let_in(world: World, beth: Booking) -> None:
    carl = make.booking(world.cohort, make.person(), locality_id=world.place.id)
    with pytest.raises(Complaint, match="can still complete"):
        letting_in.let_in(carl.id, "Why not", by=world.coordinator)
    letting_in.let_in(beth.id, "Made up by telephone", by=world.coordinator)
    with pytest.raises(Complaint, match="has completed already"):
        letting_in.let_in(beth.id, "Made up by telephone", by=world.coordinator)


def test_two_who_press_at_once_let_her_in_once(world: World, beth: Booking, app: LmsFlask) -> None:
    booking_id, by = beth.id, world.coordinator
    door.commit()
    start = Barrier(2)

    def press() -> str:
        with app.app_context():
            try:
                start.wait(30)
                with unit_of_work():
                    letting_in.let_in(booking_id, "Made up by telephone", by=by)
            except Complaint as complaint:
                return complaint.text
            finally:
                db.session.remove()
            return "in"

    with ThreadPoolExecutor(2) as pool:
        said = [each.result(60) for each in [pool.submit(press) for _ in range(2)]]
    assert sorted(said) == ["This person has completed already. Nothing was changed", "in"]
    done = select(Completion.id).where(Completion.verdict == "completed")
    assert len(db.session.scalars(done).all()) == 1


def test_who_accredits_counts_what_was_attended_and_nothing_is_kept(
    world: World, beth: Booking
) -> None:
    """Tavistock judges its own course: an authority's word accredits nobody."""
    parts = {
        key: {"key": key, "title": key, "kind": "workshop", "required_minutes": minutes}
        for key, minutes in (("training", 300), ("supervision", 0))
    }
    world.course.key = "tavistock:parents-as-partners-facilitator"
    world.course.provider_key = "tavistock"
    world.cohort.rule = {"components": list(parts.values())}
    for key in parts:
        make.component(world.edition, key=key)
    mark(world, beth, 1, "present")
    with pytest.raises(Complaint, match="provider decides"):
        letting_in.let_in(beth.id, "Made up by telephone", by=world.coordinator)
    assert db.session.scalar(select(ComponentCompletion.id)) is None


def test_a_coordinator_of_another_place_finds_nothing(
    world: World, beth: Booking, as_person: AsPerson
) -> None:
    other = make.person("Martin", "Hollis")
    make.grant(other, "coordinator", "locality", make.locality("Gateshead").id)
    assert as_person(other).get(f"/bookings/{beth.id}/let-in").status_code == 404
