"""Scheduling step by step: drafts are kept, gaps and clashes named, publishing holds rooms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import select, update

from courses.models import Cohort, CohortLocality, Session, SessionTrainer
from courses.queries import catalogue, cohorts, planning, terms
from courses.queries.planning import Planned
from courses.services import schedule
from lms import clock
from lms.contracts import Design, Role, ScopeKind
from lms.db import Complaint, Complaints, db
from lms.messages.models import Message
from lms.people.models import Person, RoleGrant
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import DAY, World, actor

AsPerson = Callable[[Person], PageClient]


def drafted(world: World, *days: date, start: time = time(9, 30), end: time = time(12, 30)) -> Any:
    """A draft that lacks nothing."""
    by = world.coordinator
    made = schedule.start(world.course.id, world.edition.id, by=by)
    part = db.session.scalar(
        select(Session.component_id).where(Session.cohort_id == world.cohort.id)
    )
    sessions = [
        Planned(part, "Workshop", day, start, end, world.room.id, "", (world.trainer.id,))
        for day in days
    ]
    schedule.set_audience(made, [world.place.id], None, by=by)
    schedule.set_places(made, sessions, by=by)
    schedule.set_numbers(made, capacity=12, minimum=None, last_day=None, by=by)
    schedule.set_design(made, Design.PRE_POST, by=by)
    return made


def dates(day: date, number: int = 0) -> dict[str, str]:
    name = f"sessions-{number}"
    return {
        f"{name}-day-day": str(day.day),
        f"{name}-day-month": str(day.month),
        f"{name}-day-year": str(day.year),
        f"{name}-start": "9:30am",
        f"{name}-end": "12:30pm",
    }


def test_a_coordinator_schedules_a_cohort_step_by_step_and_publishes_it(
    world: World, as_person: AsPerson
) -> None:
    browser = as_person(world.priya)
    step = browser.press(
        "/courses/brief-encounters/cohorts/new", edition=str(world.edition.id)
    ).location
    step = browser.press(step, localities=str(world.place.id)).location
    again = browser.press(step, "Repeat weekly, 2 times", fill="weekly", **dates(date(2027, 3, 4)))
    assert again.location == step
    step = browser.press(step, "Continue", fill=None, **dates(date(2027, 3, 4))).location
    step = browser.press(
        step,
        **{
            "sessions-0-venue": str(world.room.id),
            "sessions-0-trainers": str(world.sam.id),
        },
    ).location
    step = browser.press(step, capacity="12", minimum="6").location
    review = browser.press(step, design="pre_post").location

    page = browser.get(review).get_data(as_text=True)
    assert "Thursday 11 March 2027, 9:30am to 12:30pm" in page
    done = browser.press(review, "Publish cohort")

    assert done.status_code == 303
    made = db.session.scalars(select(Cohort).where(Cohort.code == "BE-02")).one()
    assert (made.state, made.capacity, made.minimum) == ("published", 12, 6)
    held = select(Session).where(Session.cohort_id == made.id).order_by(Session.during)
    assert [session.venue_id for session in db.session.scalars(held)] == [world.room.id] * 2
    teaching = select(SessionTrainer.trainer_id).join(Session).where(Session.cohort_id == made.id)
    assert set(db.session.scalars(teaching)) == {world.trainer.id}


def test_a_wrong_answer_keeps_what_was_typed_and_says_what_to_do(
    world: World, as_person: AsPerson
) -> None:
    made = schedule.start(world.course.id, world.edition.id, by=world.coordinator)
    wrong = dates(date(2027, 3, 4)) | {"sessions-0-start": "1pm"}

    page = as_person(world.priya).press(
        f"/cohorts/{made}/schedule/3", "Continue", fill=None, **wrong
    )

    text = page.get_data(as_text=True)
    assert page.status_code == 422
    assert "Start time must be before 12:30pm, when the session ends" in text
    assert 'value="1pm"' in text


def test_the_draft_is_kept_at_each_step(world: World) -> None:
    made = schedule.start(world.course.id, world.edition.id, by=world.coordinator)
    schedule.set_numbers(
        made, capacity=9, minimum=4, last_day=date(2027, 3, 1), by=world.coordinator
    )

    kept = cohorts.get(world.coordinator, made)

    assert (kept.state, kept.capacity, kept.minimum) == ("draft", 9, 4)
    assert kept.closes_at is not None
    assert kept.closes_at.isoformat() == "2027-03-01T23:59:59+00:00"


def test_the_review_names_what_is_missing_with_the_step_that_mends_it(
    world: World, as_person: AsPerson
) -> None:
    made = schedule.start(world.course.id, world.edition.id, by=world.coordinator)

    page = as_person(world.priya).get(f"/cohorts/{made}/review").get_data(as_text=True)

    assert f'href="/cohorts/{made}/schedule/4">Choose a venue for session 1</a>' in page
    assert f'href="/cohorts/{made}/schedule/5">Enter how many places there are</a>' in page


def test_publishing_a_draft_with_gaps_is_refused_and_changes_nothing(
    world: World, as_person: AsPerson
) -> None:
    made = schedule.start(world.course.id, world.edition.id, by=world.coordinator)

    answer = as_person(world.priya).press(f"/cohorts/{made}/review", "Publish cohort")

    assert answer.status_code == 422
    assert db.session.scalar(select(Cohort.state).where(Cohort.id == made)) == "draft"


def test_a_room_that_is_taken_is_refused_by_name_and_time(world: World) -> None:
    made = drafted(world, DAY, start=time(12), end=time(15))

    with pytest.raises(Complaints) as refused:
        schedule.publish(made, by=world.coordinator)

    assert (
        "Stevenage Library, Room 2 is already booked on Thursday 18 February 2027 from 9:30am to "
        "12:30pm for Brief Encounters (BE-01). Choose another room or time"
    ) in [one.text for one in refused.value.complaints]


def test_a_trainer_who_is_taken_is_refused_by_name_and_time(world: World) -> None:
    made = drafted(world, DAY, start=time(12), end=time(15))

    with pytest.raises(Complaints) as refused:
        schedule.publish(made, by=world.coordinator)

    said = [one.text for one in refused.value.complaints]
    assert any(text.startswith("Sam Ellery is training on Thursday 18 February") for text in said)
    assert any(text.endswith("start after 12:30pm") for text in said)


def test_a_clash_with_another_authority_does_not_say_what_it_is(world: World) -> None:
    luton = make.locality("Luton")
    theirs = make.cohort(world.edition, luton, code="BE-77")
    make.session(theirs, make.hours(date(2027, 3, 4)), venue_id=world.room.id)
    made = drafted(world, date(2027, 3, 4))

    with pytest.raises(Complaints) as refused:
        schedule.publish(made, by=world.coordinator)

    (said,) = [one.text for one in refused.value.complaints]
    assert "is taken on Thursday 4 March 2027" in said
    assert "BE-77" not in said


def test_the_database_decides_when_two_publish_for_one_room_at_once(world: World) -> None:
    first, second = (drafted(world, date(2027, 3, 4)) for _ in range(2))
    schedule.publish(first, by=world.coordinator)

    with pytest.raises(Complaints, match="is already booked"), db.session.begin_nested():
        schedule.publish(second, by=world.coordinator)

    assert db.session.scalar(select(Cohort.state).where(Cohort.id == second)) == "draft"


def test_two_cohorts_in_one_room_back_to_back_both_stand(world: World) -> None:
    made = drafted(world, DAY, start=time(12, 30), end=time(15))

    schedule.publish(made, by=world.coordinator)

    assert db.session.scalar(select(Cohort.state).where(Cohort.id == made)) == "published"


def test_several_places_share_a_cohort_and_each_coordinator_sees_it(world: World) -> None:
    luton = make.locality("Luton")
    other = actor(make.person("Femi"), Role.COORDINATOR, ScopeKind.LOCALITY, luton.id)
    made = drafted(world, date(2027, 3, 4))
    schedule.set_audience(made, [world.place.id, luton.id], None, by=world.coordinator)

    schedule.publish(made, by=world.coordinator)

    assert cohorts.get(other, made).place == "Hertfordshire and Luton"


def test_nobody_schedules_for_other_places_alone(world: World) -> None:
    luton = make.locality("Luton")
    made = schedule.start(world.course.id, world.edition.id, by=world.coordinator)

    with pytest.raises(Complaint, match="at least one of your own places"):
        schedule.set_audience(made, [luton.id], None, by=world.coordinator)

    kept = select(CohortLocality.locality_id).where(CohortLocality.cohort_id == made)
    assert db.session.scalars(kept).all() == [world.place.id]


def test_repeating_weekly_keeps_the_wall_time_across_the_change_of_clocks(world: World) -> None:
    one = Planned(world.room.id, "", date(2027, 3, 25), time(9, 30), time(12, 30), None, "", ())

    first, second = schedule.repeat_weekly([one, one])

    assert first.times is not None
    assert second.times is not None
    assert first.times[0].isoformat() == "2027-03-25T09:30:00+00:00"
    assert second.times[0].isoformat() == "2027-04-01T08:30:00+00:00"


def test_a_session_in_the_past_is_a_gap(world: World) -> None:
    made = drafted(world, date(2027, 1, 4))
    facts = cohorts.facts(made)
    edition = catalogue.by_id(facts.course_id).edition(facts.edition_id)

    assert "Session 1 is in the past. Choose a later date" in [
        gap.text for gap in planning.gaps(world.coordinator, facts, edition)
    ]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2027, 3, 6), "at the weekend"),
        (date(2027, 3, 26), "Good Friday"),
        (date(2027, 12, 27), "Christmas"),
        (date(2027, 12, 28), "Boxing Day"),
        (date(2027, 8, 11), "school holidays"),
        (date(2027, 10, 27), "school holidays"),
        (date(2026, 10, 28), "school holidays"),
    ],
)
def test_days_that_may_not_suit_are_flagged(day: date, why: str) -> None:
    assert why in terms.flag(day)


def test_an_ordinary_thursday_is_not_flagged() -> None:
    assert terms.flag(date(2027, 3, 4)) == ""


def chosen(world: World, **more: str) -> dict[str, str]:
    return {
        "sessions-0-venue": str(world.room.id),
        "sessions-0-trainers": str(world.sam.id),
        **more,
    }


def test_a_taken_room_or_trainer_stops_at_its_own_field_and_keeps_what_was_typed(
    world: World, as_person: AsPerson
) -> None:
    made = drafted(world, DAY, start=time(12), end=time(15))
    browser, at = as_person(world.priya), f"/cohorts/{made}/schedule/4"

    page = browser.press(at, "Continue", **chosen(world, **{"new-address": "Southgate"}))

    text = page.get_data(as_text=True)
    assert page.status_code == 422
    assert (
        '<a href="#sessions-0-venue">Stevenage Library, Room 2 is already booked on '
        "Thursday 18 February 2027 from 9:30am to 12:30pm for Brief Encounters (BE-01)."
    ) in text
    assert '<a href="#sessions-0-trainers">Sam Ellery is training on Thursday 18 February' in text
    assert 'value="Southgate"' in text


def test_a_clash_is_said_while_it_is_chosen_and_nothing_is_kept(
    world: World, as_person: AsPerson
) -> None:
    made = drafted(world, DAY, start=time(12), end=time(15))
    kept = cohorts.facts(made).draft
    free = make.venue(name="Hall", locality_id=world.place.id)
    browser, at = as_person(world.priya), f"/cohorts/{made}/schedule/4"
    page = browser.get(at).get_data(as_text=True)
    word = page.split('name="csrf_token" value="')[1].split('"')[0]

    def ask(**answers: str) -> str:
        asked = browser.post(
            at, data=answers, headers={"X-Asked-By": "script", "X-CSRF-Token": word}
        )
        return str(asked.json["texts"]["sessions-0-venue-said"])

    assert "is already booked on Thursday 18 February 2027" in page
    assert "Room 2 is already booked" in ask(**chosen(world))
    assert ask(**{"sessions-0-venue": str(free.id)}) == ""
    assert ask(**{"sessions-0-venue": "no room"}) == ""
    assert cohorts.facts(made).draft == kept


def test_clashes_can_be_asked_for_without_going_on_and_what_is_free_is_kept(
    world: World, as_person: AsPerson
) -> None:
    taken, free = (
        drafted(world, DAY, start=time(12), end=time(15)),
        drafted(world, date(2027, 3, 4)),
    )
    browser = as_person(world.priya)
    refused, kept = (f"/cohorts/{one}/schedule/4" for one in (taken, free))

    clash = browser.press(refused, "Check for clashes", check="yes", **chosen(world))
    fine = browser.press(kept, "Check for clashes", check="yes", **chosen(world))

    assert clash.status_code == 422
    assert "Room 2 is already booked" in clash.get_data(as_text=True)
    assert fine.location == kept
    assert "Nothing is taken" in browser.get(kept).get_data(as_text=True)


def test_who_waits_and_is_at_another_course_at_these_times_is_named_beside_the_choice(
    world: World, as_person: AsPerson
) -> None:
    other = make.cohort(make.edition(), world.place, code="TC-04")
    amara = make.person("Amara", "Okafor")
    make.session(other, date(2027, 3, 4))
    make.booking(other, amara)
    make.waiting(world.cohort, amara)
    made = drafted(world, date(2027, 3, 4))

    page = as_person(world.priya).get(f"/cohorts/{made}/schedule/4").get_data(as_text=True)

    assert "1 person who waits is at another course at these times" in page
    assert "(TC-04) on Thursday 4 March 2027 from 9:30am to 12:30pm" in page


def test_more_places_than_the_room_holds_have_to_be_meant(
    world: World, as_person: AsPerson
) -> None:
    world.room.capacity = 10
    made = drafted(world, date(2027, 3, 4))
    browser, at = as_person(world.priya), f"/cohorts/{made}/schedule/5"
    small = "Stevenage Library, Room 2 holds 10 people, fewer than the 12 places"

    refused = browser.press(at, capacity="12")
    meant = browser.press(at, capacity="12", anyway="yes")

    assert refused.status_code == 422
    assert f'<a href="#capacity">{small}.' in refused.get_data(as_text=True)
    assert meant.status_code == 303
    for page in (f"/cohorts/{made}/schedule/4", f"/cohorts/{made}/review"):
        assert f"{small}." in browser.get(page).get_data(as_text=True)
    assert browser.press(f"/cohorts/{made}/review", "Publish cohort").status_code == 303


def test_a_draft_whose_trainer_has_lost_the_role_says_who_and_is_not_published(
    world: World, as_person: AsPerson
) -> None:
    made = drafted(world, date(2027, 3, 4))
    db.session.execute(
        update(RoleGrant).values(ended_at=clock.now()).where(RoleGrant.person_id == world.sam.id)
    )
    browser = as_person(world.priya)
    said = (
        "Sam Ellery is not a trainer for OnePlusOne any more. Choose another trainer for session 1"
    )

    pressed = browser.press(f"/cohorts/{made}/review", "Publish cohort")
    step = browser.get(f"/cohorts/{made}/schedule/4").get_data(as_text=True)

    assert pressed.status_code == 422
    assert said in pressed.get_data(as_text=True)
    assert f'id="sessions-0-trainers-said" role="status">{said}.' in step
    assert db.session.scalar(select(Cohort.state).where(Cohort.id == made)) == "draft"


def test_dates_that_run_into_one_another_stop_at_their_own_step(
    world: World, as_person: AsPerson
) -> None:
    made = schedule.start(world.course.id, world.edition.id, by=world.coordinator)
    day = date(2027, 3, 4)
    typed = dates(day) | dates(day, 1) | {"sessions-1-start": "midday", "sessions-1-end": "3pm"}

    page = as_person(world.priya).press(
        f"/cohorts/{made}/schedule/3", "Continue", fill=None, **typed
    )

    assert page.status_code == 422
    assert (
        '<a href="#sessions-1-start">Session 2 begins before session 1 ends, at 12:30pm</a>'
        in page.get_data(as_text=True)
    )


def test_a_new_draft_says_what_is_missing_without_calling_it_a_problem_yet(
    world: World, as_person: AsPerson
) -> None:
    made = schedule.start(world.course.id, world.edition.id, by=world.coordinator)
    browser, at = as_person(world.priya), f"/cohorts/{made}/review"

    opened = browser.get(at).get_data(as_text=True)
    pressed = browser.press(at, "Publish cohort").get_data(as_text=True)

    assert "There is a problem" not in opened
    assert "Before you can publish:" in opened
    assert "There is a problem" in pressed


def test_only_who_has_the_role_of_a_trainer_can_be_chosen_and_who_is_chosen_opens_the_register(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    dilys, dele = make.person("Dilys", "Rowe"), make.person("Dele", "Okonjo")
    make.grant(dilys, "trainer", "provider", "oneplusone")
    # Trained here once, and has the role no more.
    make.trainer(dele)
    made = drafted(world, date(2027, 3, 4))
    browser, at = as_person(world.priya), f"/cohorts/{made}/schedule/4"

    page = browser.get(at).get_data(as_text=True)
    browser.press(
        at, **{"sessions-0-venue": str(world.room.id), "sessions-0-trainers": str(dilys.id)}
    )
    browser.press(f"/cohorts/{made}/review", "Publish cohort")
    frozen("2027-03-04 09:00")

    assert "Dilys Rowe" in page
    assert "Dele Okonjo" not in page
    assert as_person(dilys).get(f"/cohorts/{made}").status_code == 200
    assert as_person(dilys).get(f"/cohorts/{made}/sessions/1/register").status_code == 200
    assert "Open register" in as_person(dilys).get("/home").get_data(as_text=True)


def test_who_trains_a_cohort_already_stays_among_the_choices_of_its_change(
    world: World, as_person: AsPerson
) -> None:
    dele = make.person("Dele", "Okonjo")
    make.teaches(make.trainer(dele), world.sessions[1])

    page = as_person(world.priya).get(f"/cohorts/{world.cohort.id}/edit").get_data(as_text=True)

    assert "Dele Okonjo" in page


def test_the_review_shows_every_message_before_it_is_sent_and_publishing_tells_the_trainer(
    world: World, as_person: AsPerson
) -> None:
    made = drafted(world, date(2027, 3, 4))
    waits = make.person("Amara", "Okafor")
    make.waiting(world.cohort, waits)
    browser, at = as_person(world.priya), f"/cohorts/{made}/review"

    page = browser.get(at).get_data(as_text=True)
    browser.press(at, "Publish cohort")

    for said in (
        "To 1 person who waits, at once",
        "To Sam Ellery, who trains, at once",
        "To everybody who books, at once",
        "To everybody booked, five working days before",
    ):
        assert said in page
    assert page.count("[first name]") == 3
    assert "Hello Sam" in page
    told = db.session.scalars(select(Message).where(Message.person_id == world.sam.id)).one()
    assert told.subject.endswith("train Brief Encounters (BE-02)")
    assert told.ical is not None


def test_the_review_keeps_those_passed_over_and_those_without_a_place_apart_and_repeats_nobody(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    made = drafted(world, date(2027, 3, 4))
    schedule.set_numbers(made, capacity=6, minimum=None, last_day=None, by=world.coordinator)
    away = make.organisation(locality_id=make.locality("Luton").id)
    for number in range(8):
        frozen(f"2027-02-01 09:{number:02}")
        employer = {"organisation_id": away.id} if number == 1 else {}
        make.waiting(world.cohort, make.person(f"Number{number}", "One", **employer))

    page = as_person(world.priya).get(f"/cohorts/{made}/review").get_data(as_text=True)

    assert "6 people waiting for this course will be offered places in this order" in page
    assert "See the other 1" in page
    assert "1 person waits on: all places are offered" in page
    passed = page.split("Passed over")[1]
    assert "does not work in Hertfordshire" in passed
    assert "Nobody: everybody may book" not in page


def test_what_is_missing_of_several_sessions_names_the_session(
    world: World, as_person: AsPerson
) -> None:
    browser = as_person(world.priya)
    step = browser.press(
        "/courses/brief-encounters/cohorts/new", edition=str(world.edition.id)
    ).location
    step = browser.press(step, localities=str(world.place.id)).location

    answer = browser.press(step, "Continue", **{"sessions-1-start": ""})

    assert answer.status_code == 422
    summary = answer.get_data(as_text=True).partition("<main")[2].partition("<form")[0]
    assert "Enter when session 2 starts, like 9:30am" in summary
    answer = browser.press(step, "Continue", **{"sessions-1-start": "9:30am"})
    summary = answer.get_data(as_text=True).partition("<main")[2].partition("<form")[0]
    assert "Enter the date of session 1" in summary
    assert "Enter the date of session 2" in summary
