"""Sessions added to a cohort and taken off it, the numbers people know them by, their trainers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import select

from courses.models import Place, Session, SessionTrainer
from courses.queries import cohorts
from courses.services import booking, cancelling, changing, edits, register, schedule
from courses.services.cancelling import NOWHERE, Fate
from courses.services.edits import Edit, SessionEdit
from courses.services.telling import Told
from lms import clock
from lms.db import Complaint, Complaints, db, uuid7
from lms.errors import Conflict
from lms.messages.models import Message
from lms.people.models import Person
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import DAY, World

AsPerson = Callable[[Person], PageClient]
LATER = date(2027, 3, 4)


def booked(world: World, number: int = 1) -> list[Person]:
    people = [make.person(given_name=f"Amara {n}") for n in range(number)]
    ids = [one.id for one in people]
    booking.book_many(world.cohort.id, ids, source="coordinator", by=world.coordinator)
    return people


def another(world: World, day: date = LATER, start: time = time(9, 30), **more: Any) -> SessionEdit:
    """A further session in the usual room with the usual trainer."""
    made = SessionEdit(
        id=uuid7(),
        component_id=world.sessions[0].component_id,
        start=clock.at(day, start),
        end=clock.at(day, time(start.hour + 3, start.minute)),
        venue_id=world.room.id,
        link="",
        trainer_ids=(world.trainer.id,),
    )
    return replace(made, **more)


def edited(world: World, change: Callable[[Edit], Edit]) -> Told:
    facts = cohorts.facts(world.cohort.id)
    changing.propose(world.cohort.id, change(edits.current(facts)), by=world.coordinator)
    return changing.apply(world.cohort.id, by=world.coordinator)


def adding(*sessions: SessionEdit) -> Callable[[Edit], Edit]:
    return lambda edit: replace(edit, sessions=(*edit.sessions, *sessions))


def sent(kind: str, to: Person | None = None) -> list[Message]:
    rows = select(Message).where(Message.kind == f"courses.{kind}").order_by(Message.id)
    return [one for one in db.session.scalars(rows) if to is None or one.person_id == to.id]


def form_of(day: date, prefix: str = "added", **more: str) -> dict[str, str]:
    parts = {"day": str(day.day), "month": str(day.month), "year": str(day.year)}
    typed = {f"{prefix}-day-{name}": value for name, value in parts.items()}
    return typed | {f"{prefix}-{name}": value for name, value in more.items()}


def test_an_added_session_has_a_place_for_everybody_a_trainer_and_a_room(world: World) -> None:
    booked(world, 3)
    new = another(world)

    told = edited(world, adding(new))

    assert told == Told(people=3, trainers=1)
    places = db.session.scalars(select(Place).where(Place.session_id == new.id)).all()
    assert [place.is_booked for place in places] == [True] * 3
    teaching = select(SessionTrainer.trainer_id).where(SessionTrainer.session_id == new.id)
    assert db.session.scalars(teaching).all() == [world.trainer.id]
    held = cohorts.facts(world.cohort.id).held
    assert [one.number for one in held] == [1, 2, 3]


def test_people_read_what_is_new_and_get_it_into_their_calendar(world: World) -> None:
    (amara,) = booked(world)

    edited(world, adding(another(world)))

    (message,) = sent("changed", amara)
    assert (
        "New: session 3: Thursday 4 March 2027, 9:30am to 12:30pm, Stevenage Library, Room 2, "
        "Sam Ellery"
    ) in message.body
    assert message.ical is not None
    assert message.ical["method"] == "REQUEST"
    assert len(message.ical["entries"]) == 3


def test_an_added_session_that_somebody_booked_cannot_come_to_is_refused_by_name_and_time(
    world: World,
) -> None:
    (amara,) = booked(world)
    other = make.cohort(None, world.place, code="TC-03")
    make.session(other, LATER)
    make.booking(other, amara)

    with pytest.raises(
        Complaints, match=r"Amara 0 .* is booked on .* \(TC-03\) on Thursday 4 March"
    ):
        edited(world, adding(another(world)))
    assert len(cohorts.facts(world.cohort.id).sessions) == 2


def test_the_database_refuses_a_room_taken_after_the_review_and_nothing_is_kept(
    world: World,
) -> None:
    booked(world)
    facts = cohorts.facts(world.cohort.id)
    edit = adding(another(world))(edits.current(facts))
    changing.propose(world.cohort.id, edit, by=world.coordinator)
    theirs = make.cohort(world.edition, world.place, code="BE-77")
    make.session(theirs, LATER, venue_id=world.room.id)

    with pytest.raises(Complaints, match="already booked"), db.session.begin_nested():
        changing.apply(world.cohort.id, by=world.coordinator)
    assert len(db.session.scalars(select(Place)).all()) == 2


def test_a_new_session_may_not_run_into_another_of_the_cohort(world: World) -> None:
    with pytest.raises(Complaints, match="Session 3 begins before session 1 ends, at 12:30pm"):
        edited(world, adding(another(world, DAY, time(12, 0))))


def test_a_new_session_is_to_come(world: World) -> None:
    with pytest.raises(Complaints, match="Choose a later date"):
        edited(world, adding(another(world, date(2027, 1, 7))))


def test_a_session_of_a_part_that_the_course_does_not_have_is_refused(world: World) -> None:
    stranger = make.component(make.edition())
    with pytest.raises(Conflict):
        edited(world, adding(another(world, component_id=stranger.id)))


def test_a_session_is_added_on_the_page_and_shown_before_it_is_saved(
    world: World, as_person: AsPerson
) -> None:
    booked(world)
    browser, at = as_person(world.priya), f"/cohorts/{world.cohort.id}/edit"

    step = browser.press(at, **form_of(LATER, venue=str(world.room.id), trainers=str(world.sam.id)))
    review = browser.get(step.location).get_data(as_text=True)
    again = browser.get(at).get_data(as_text=True)
    done = browser.press(step.location, "Save and tell 1 person and 1 trainer")

    assert "To 1 person who is booked" in review
    assert "To Sam Ellery, who trains" in review
    assert "New: session 3: Thursday 4 March 2027, 9:30am to 12:30pm" in review
    assert "Session 3 (new)" in again
    assert done.status_code == 303
    assert len(cohorts.facts(world.cohort.id).held) == 3


def test_a_new_session_is_left_out_again_before_anything_happens(
    world: World, as_person: AsPerson
) -> None:
    browser, at = as_person(world.priya), f"/cohorts/{world.cohort.id}/edit"
    browser.press(at, **form_of(LATER, venue=str(world.room.id)))

    step = browser.press(at, **{"sessions-2-cancelled": "yes"})
    page = browser.get(step.location).get_data(as_text=True)

    assert "Nothing is different." in page


def test_a_new_session_without_its_date_is_asked_for_it_and_what_was_typed_is_kept(
    world: World, as_person: AsPerson
) -> None:
    page = as_person(world.priya).press(
        f"/cohorts/{world.cohort.id}/edit",
        **{"added-venue": "online", "added-link": "https://meet.example.org/talk"},
    )

    text = page.get_data(as_text=True)
    assert page.status_code == 422
    assert '<a href="#added-day-day">Enter the date</a>' in text
    assert 'value="https://meet.example.org/talk"' in text


def test_a_clash_of_a_new_session_stands_at_its_own_field(
    world: World, as_person: AsPerson
) -> None:
    theirs = make.cohort(world.edition, world.place, code="BE-77")
    make.session(theirs, LATER, venue_id=world.room.id)

    page = as_person(world.priya).press(
        f"/cohorts/{world.cohort.id}/edit", **form_of(LATER, venue=str(world.room.id))
    )

    assert page.status_code == 422
    assert '<a href="#added-venue">Stevenage Library, Room 2 is already booked' in (
        page.get_data(as_text=True)
    )


def test_a_session_keeps_its_number_and_its_register_when_dates_change_places(
    world: World, as_person: AsPerson
) -> None:
    def late(edit: Edit) -> Edit:
        first, second = edit.sessions
        day = date(2027, 3, 11)
        moved = replace(first, start=clock.at(day, time(9, 30)), end=clock.at(day, time(12, 30)))
        return replace(edit, sessions=(moved, second))

    edited(world, late)

    facts = cohorts.facts(world.cohort.id)
    assert [(one.number, one.id) for one in facts.held] == [
        (2, world.sessions[1].id),
        (1, world.sessions[0].id),
    ]
    assert facts.session(1).id == world.sessions[0].id
    assert facts.called(facts.session(1)) == "session 1"
    page = as_person(world.priya).get(f"/cohorts/{world.cohort.id}/sessions/1/register")
    assert "Register: Thursday 11 March 2027" in page.get_data(as_text=True)


def test_a_cancelled_session_leaves_the_numbers_of_the_others_as_they_were(world: World) -> None:
    edited(world, adding(another(world)))
    edited(
        world,
        lambda edit: replace(
            edit, sessions=(replace(edit.sessions[0], cancelled=True), *edit.sessions[1:])
        ),
    )

    facts = cohorts.facts(world.cohort.id)
    assert [facts.called(one) for one in facts.held] == ["session 2", "session 3"]


def test_sessions_are_numbered_by_their_dates_when_a_cohort_is_published(world: World) -> None:
    later, sooner = date(2027, 4, 8), date(2027, 4, 1)
    made = schedule.start(world.course.id, world.edition.id, by=world.coordinator)
    part, who = world.sessions[0].component_id, (world.trainer.id,)
    planned = [
        schedule.Planned(part, "", day, time(9, 30), time(12, 30), world.room.id, "", who)
        for day in (later, sooner)
    ]
    schedule.set_places(made, planned, by=world.coordinator)
    schedule.set_numbers(made, capacity=5, minimum=None, last_day=None, by=world.coordinator)
    schedule.publish(made, by=world.coordinator)

    held = cohorts.facts(made).held
    assert [(one.number, clock.london(one.start).date()) for one in held] == [
        (1, sooner),
        (2, later),
    ]


def test_a_session_with_marks_is_not_cancelled(
    world: World, frozen: Callable[[str], object]
) -> None:
    booked(world)
    frozen("2027-02-18 09:00")
    register.mark_rest_present(world.sessions[0].id, by=world.coordinator)

    with pytest.raises(Complaints, match="Session 1 has been held"):
        edited(
            world,
            lambda edit: replace(
                edit, sessions=(replace(edit.sessions[0], cancelled=True), edit.sessions[1])
            ),
        )


def test_a_trainer_hears_of_a_changed_session_with_their_calendar(world: World) -> None:
    def later(edit: Edit) -> Edit:
        one, two = edit.sessions
        moved = replace(one, start=clock.at(DAY, time(10)), end=clock.at(DAY, time(13)))
        return replace(edit, sessions=(moved, two))

    told = edited(world, later)

    (message,) = sent("trainer_changed", world.sam)
    assert told == Told(people=0, trainers=1)
    assert message.subject == "Changed: Brief Encounters (BE-01), which you train"
    assert "Session 1: was Thursday 18 February 2027, 9:30am to 12:30pm, now " in message.body
    assert message.ical is not None
    assert (message.ical["method"], message.ical["sequence"]) == ("REQUEST", 1)


def test_trainers_who_take_turns_get_what_leaves_and_what_enters_their_calendars(
    world: World,
) -> None:
    dele = make.person("Dele", "Okonjo")
    other = make.trainer(dele)

    def handed(edit: Edit) -> Edit:
        one, two = edit.sessions
        return replace(edit, sessions=(replace(one, trainer_ids=(other.id,)), two))

    edited(world, handed)

    (off,), (on,), (kept,) = (
        sent("trainer_released", world.sam),
        sent("trainer_added", dele),
        sent("trainer_changed", world.sam),
    )
    first = f"session-{world.sessions[0].id}"
    assert off.ical is not None
    assert off.ical["method"] == "CANCEL"
    assert [entry["uid"].partition("@")[0] for entry in off.ical["entries"]] == [first]
    assert on.ical is not None
    assert [entry["uid"].partition("@")[0] for entry in on.ical["entries"]] == [first]
    assert kept.ical is not None
    assert len(kept.ical["entries"]) == 1


def test_a_trainer_whose_session_is_cancelled_is_not_told_that_somebody_else_has_it(
    world: World,
) -> None:
    edited(
        world,
        lambda edit: replace(
            edit, sessions=(edit.sessions[0], replace(edit.sessions[1], cancelled=True))
        ),
    )

    (message,) = sent("trainer_released", world.sam)
    assert "will not take place" in message.body
    assert "You no longer train" not in message.body
    assert sent("trainer_changed") == []


def test_trainers_hear_of_a_cancelled_cohort_and_the_page_shows_it_before(
    world: World, as_person: AsPerson
) -> None:
    booked(world)
    browser, at = as_person(world.priya), f"/cohorts/{world.cohort.id}/cancel"

    step = browser.press(at, reason="The room is flooded", fate=NOWHERE)
    review = browser.get(step.location).get_data(as_text=True)
    assert sent("trainer_cancelled") == []
    browser.press(step.location, "Cancel this cohort")

    assert "To Sam Ellery, who trains" in review
    assert "The room is flooded" in review
    (message,) = sent("trainer_cancelled", world.sam)
    assert message.ical is not None
    assert message.ical["method"] == "CANCEL"
    assert message.ical["sequence"] > 0
    assert len(message.ical["entries"]) == 2


def test_a_message_shown_before_is_the_message_that_is_sent(
    world: World, as_person: AsPerson
) -> None:
    booked(world)
    browser, at = as_person(world.priya), f"/cohorts/{world.cohort.id}/edit"
    step = browser.press(at, **{"sessions-1-cancelled": "yes", "bring": "A pencil"})

    review = browser.get(step.location).get_data(as_text=True)
    browser.press(step.location)

    for one in (*sent("session_cancelled"), *sent("changed"), *sent("trainer_released")):
        assert one.subject in review
    assert "Bring: A pencil" in review


def test_nobody_is_told_twice_when_a_cohort_is_cancelled_twice(world: World) -> None:
    for _ in range(2):
        cancelling.cancel(world.cohort.id, reason="Snow", fate=Fate(NOWHERE), by=world.coordinator)

    assert len(sent("trainer_cancelled")) == 1


def test_the_edit_page_costs_the_same_with_two_sessions_and_with_six(
    world: World, as_person: AsPerson, count_queries: Any
) -> None:
    browser, at = as_person(world.priya), f"/cohorts/{world.cohort.id}/edit"

    def cost() -> int:
        browser.get(at)
        with count_queries() as seen:
            browser.press(at, bring="A pencil")
        return len(seen)

    before = cost()
    for week in range(4):
        day = date(2027, 3, 4 + 7 * week)
        make.teaches(world.trainer, make.session(world.cohort, day, venue_id=world.room.id))

    assert cost() == before


def test_a_rule_of_the_database_is_said_in_words_when_two_press_at_once(world: World) -> None:
    (amara,) = booked(world)
    facts = cohorts.facts(world.cohort.id)
    changing.propose(
        world.cohort.id, adding(another(world))(edits.current(facts)), by=world.coordinator
    )
    before = cohorts.facts(world.cohort.id)
    edit = edits.proposed(before)
    assert edit is not None
    other = make.cohort(None, world.place, code="TC-03")
    make.session(other, LATER)
    make.booking(other, amara)

    with (
        pytest.raises(Complaint, match=r"is booked on .* \(TC-03\)"),
        db.session.begin_nested(),
    ):
        changing._change_sessions(before, edit, world.coordinator)
    assert len(db.session.scalars(select(Session.id)).all()) == 3
