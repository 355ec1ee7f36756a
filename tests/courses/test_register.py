"""The register: marks kept with who and when, corrections, two people at once, walk-ins."""

from __future__ import annotations

import threading
from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from courses.models import Attendance, Booking, Place
from courses.queries import register as queries
from courses.services import register
from courses.services.register import Changed, NewMark
from lms.contracts import Actor
from lms.db import Complaints, db, rollback, unit_of_work
from lms.errors import NotFound
from lms.people.names import holds
from lms.testing.client import in_own_context
from tests import factories as make

DAY = date(2027, 3, 18)


@pytest.fixture
def room(session, frozen):
    """A session on the day, four people, a coordinator; it is 9:40, ten minutes in."""
    frozen("2027-03-18 09:40")
    priya = make.person("Priya", "Nair")
    make.grant(priya, "coordinator")
    cohort = make.cohort(state="running")
    one = make.session(cohort, DAY)
    people = [make.person(name, "Lyons") for name in ("Amara", "Beth", "Colin", "Dilys")]
    bookings = [make.booking(cohort, person) for person in people]
    places = [
        db.session.scalars(select(Place.id).where(Place.booking_id == b.id)).one() for b in bookings
    ]
    return SimpleNamespace(
        cohort=cohort,
        session=one,
        people=people,
        bookings=bookings,
        places=places,
        priya=priya,
        by=Actor(priya.id, "Priya Nair"),
        sam=Actor(None, "Sam Ellery"),
        page=f"/cohorts/{cohort.id}/sessions/1/register",
    )


def marks(room) -> dict[str, str]:
    return {
        line.name: line.mark.mark if line.mark else "" for line in queries.lines(room.session.id)
    }


def test_a_register_is_kept_with_minutes_and_who_marked_it(room, as_person):
    a, b, c, d = room.places
    sent = as_person(room.priya).press(
        room.page,
        "Save register",
        **{
            f"mark-{a}": "present",
            f"mark-{b}": "late",
            f"arrived-{b}": "9.55am",
            f"mark-{c}": "left_early",
            f"left-{c}": "11:30",
            f"mark-{d}": "absent",
            f"reason-{d}": "unwell",
        },
    )
    assert sent.status_code == 303
    lines = {line.place_id: line.mark for line in queries.lines(room.session.id)}
    assert [lines[p].minutes for p in room.places] == [180, 155, 120, 0]
    assert lines[d].reason == "unwell"
    assert {mark.by for mark in lines.values()} == {"Priya Nair"}


def test_saving_a_register_again_says_that_all_marks_were_kept_already(room, as_person):
    priya, present = as_person(room.priya), {f"mark-{one}": "present" for one in room.places[:3]}
    priya.press(room.page, "Save register", **present)
    assert "Register saved: 3 marks changed" in priya.get(room.page).text
    priya.press(room.page, "Save register")
    again = priya.get(room.page).text
    assert "All marks were kept already" in again
    assert "1 person has no mark yet." in again


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter when Beth Lyons arrived, like 9:50am"),
        ("8:00am", "must be between 9:30am and 12:30pm"),
        ("half past", "The time must be a time, like 9:30am"),
    ],
)
def test_a_late_mark_needs_a_time_within_the_session(room, as_person, typed, said):
    _, beth, *_ = room.places
    page = as_person(room.priya).press(
        room.page, "Save register", **{f"mark-{beth}": "late", f"arrived-{beth}": typed}
    )
    assert page.status_code == 422
    assert said in page.get_data(as_text=True)
    assert marks(room)["Beth Lyons"] == ""


def test_each_tap_is_kept_and_an_unfinished_one_does_not_hold_up_the_others(room, as_person):
    a, b, *_ = room.places
    browser = as_person(room.priya)
    answer = browser.post(
        room.page,
        data={f"mark-{a}": "present", f"mark-{b}": "late"},
        headers={"X-Asked-By": "script", "X-CSRF-Token": _word(browser, room.page)},
    )
    assert answer.status_code == 200
    assert answer.json["errors"] == {f"arrived-{b}": "Enter when Beth Lyons arrived, like 9:50am"}
    assert answer.json["says"] == "Not saved yet: Beth Lyons"
    assert answer.json["texts"]["register-counts"].startswith("Here 1")
    assert marks(room)["Amara Lyons"] == "present"


def test_the_rest_can_be_marked_present_at_once(room, as_person):
    register.save(room.session.id, [NewMark(room.places[0], "absent")], by=room.by)
    as_person(room.priya).press(room.page, "Mark the 3 unmarked as present")
    assert sorted(marks(room).values()) == ["absent", "present", "present", "present"]


def test_marking_the_rest_is_undone_from_its_banner(room, as_person):
    register.save(room.session.id, [NewMark(room.places[0], "absent")], by=room.by)
    browser = as_person(room.priya)
    page = browser.press(room.page, "Mark the 3 unmarked as present").location
    undone = browser.press(page, "Undo")

    assert undone.status_code == 303
    assert sorted(marks(room).values()) == ["", "", "", "absent"]
    assert "3 marks taken back" in browser.get(page).get_data(as_text=True)
    past = browser.get(f"{room.page}/history").get_data(as_text=True)
    assert past.count("Mark taken back") == 3
    assert past.count("Marked with the rest as present") == 3


def test_undoing_the_rest_leaves_what_somebody_else_changed_since(room):
    made = register.mark_rest_present(room.session.id, by=room.by)
    beth = {line.place_id: line.mark for line in queries.lines(room.session.id)}[room.places[1]]
    register.save(room.session.id, [NewMark(room.places[1], "absent", seen=beth.id)], by=room.sam)

    assert register.take_back_rest(room.session.id, made[0], by=room.by) == (3, 1)
    assert marks(room)["Beth Lyons"] == "absent"
    assert register.take_back_rest(room.session.id, made[0], by=room.by) == (0, 4)


def test_an_undo_takes_back_its_own_press_and_no_other(room, frozen):
    first = register.mark_rest_present(room.session.id, by=room.by)
    frozen("2027-03-18 09:45")
    later = make.booking(room.cohort, make.person("Femi", "Lyons"))
    place = db.session.scalars(select(Place.id).where(Place.booking_id == later.id)).one()
    single = register.save(room.session.id, [NewMark(place, "present")], by=room.by)
    one = queries.lines(room.session.id)[-1].mark.id

    assert single == [later.id]
    with pytest.raises(NotFound):
        register.take_back_rest(room.session.id, one, by=room.by)
    assert register.take_back_rest(room.session.id, first[0], by=room.by) == (4, 0)
    assert marks(room)["Femi Lyons"] == "present"


def test_whoever_changes_a_mark_that_was_taken_back_meanwhile_is_told(room, as_person):
    made = register.mark_rest_present(room.session.id, by=room.sam)
    amara = room.places[0]
    seen = str(queries.lines(room.session.id)[0].mark.id)
    register.take_back_rest(room.session.id, made[0], by=room.sam)

    page = as_person(room.priya).press(
        room.page, "Save register", **{f"seen-{amara}": seen, f"mark-{amara}": "absent"}
    )

    assert page.status_code == 409
    assert "Someone else took marks back in this register" in page.get_data(as_text=True)


def test_a_person_whose_mark_was_taken_back_is_marked_again(room, as_person):
    made = register.mark_rest_present(room.session.id, by=room.by)
    register.take_back_rest(room.session.id, made[0], by=room.by)

    as_person(room.priya).press(room.page, "Save register", **{f"mark-{room.places[0]}": "absent"})

    assert marks(room)["Amara Lyons"] == "absent"


def test_a_name_is_found_and_what_was_marked_before_is_kept(room, as_person):
    browser = as_person(room.priya)
    pressed = {"look": "yes", "find": "DILYS", f"mark-{room.places[0]}": "present"}
    found = browser.post(room.page, data=pressed | {"csrf_token": _word(browser, room.page)})
    page = browser.get(found.location).get_data(as_text=True)

    assert marks(room)["Amara Lyons"] == "present"
    assert 'data-name="Dilys Lyons">' in page
    assert page.count('Lyons" hidden>') == 3
    assert "1 of 4 shown" in page
    assert holds("Siân O’Neill", "oneill SIAN")
    nobody = browser.get(f"{room.page}?find=zz").get_data(as_text=True)
    assert "Nobody called “zz”" in nobody


def test_saving_the_same_page_again_changes_nothing(room, as_person):
    browser = as_person(room.priya)
    browser.press(room.page, "Save register", **{f"mark-{room.places[0]}": "present"})
    browser.press(room.page, "Save register", **{f"mark-{room.places[0]}": "present"})
    assert len(db.session.scalars(select(Attendance)).all()) == 1


def test_a_correction_keeps_the_old_mark_as_history(room, as_person):
    register.save(room.session.id, [NewMark(room.places[0], "absent")], by=room.sam)
    as_person(room.priya).press(room.page, "Save register", **{f"mark-{room.places[0]}": "present"})
    past = [(one.mark, one.by, one.replaced) for one in queries.history(room.session.id)]
    assert past == [("present", "Priya Nair", False), ("absent", "Sam Ellery", True)]
    page = as_person(room.priya).get(f"{room.page}/history").get_data(as_text=True)
    assert "Replaced since" in page


def test_a_mark_that_somebody_else_changed_meanwhile_is_not_overwritten(room, as_person):
    register.save(room.session.id, [NewMark(room.places[0], "absent")], by=room.sam)
    stale = {f"seen-{room.places[0]}": "", f"mark-{room.places[0]}": "present"}
    page = as_person(room.priya).press(room.page, "Save register", **stale)
    assert page.status_code == 409
    assert "Someone else changed this register at 9:40am (Sam Ellery, 1 mark)" in (
        page.get_data(as_text=True)
    )
    assert marks(room)["Amara Lyons"] == "absent"


def test_a_page_that_was_open_long_leaves_marks_it_did_not_touch_alone(room):
    first = register.save(room.session.id, [NewMark(room.places[0], "present")], by=room.sam)
    seen = queries.lines(room.session.id)[0].mark.id
    register.save(room.session.id, [NewMark(room.places[0], "absent", seen=seen)], by=room.sam)
    kept = register.save(
        room.session.id,
        [NewMark(room.places[0], "present", seen=seen), NewMark(room.places[1], "present")],
        by=room.by,
    )
    assert first == [room.bookings[0].id]
    assert kept == [room.bookings[1].id]
    assert marks(room)["Amara Lyons"] == "absent"


def test_two_trainers_marking_one_person_at_once_make_one_mark_and_one_question(room, app):
    start = threading.Barrier(2)
    said: list[str] = []
    session_id, place = room.session.id, room.places[0]

    def mark(value: str, by: Actor) -> None:
        with app.app_context():
            start.wait(10)
            try:
                with unit_of_work():
                    register.save(session_id, [NewMark(place, value)], by=by)
                said.append("kept")
            except Changed:
                said.append("told")
            finally:
                rollback()
                db.session.remove()

    def race() -> None:
        both = [("present", room.by), ("absent", room.sam)]
        threads = [threading.Thread(target=mark, args=one) for one in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)

    in_own_context(race)
    assert sorted(said) == ["kept", "told"]
    assert len(db.session.scalars(select(Attendance)).all()) == 1


def test_after_its_day_a_correction_needs_a_reason_and_a_first_mark_does_not(room, frozen):
    register.save(room.session.id, [NewMark(room.places[0], "absent")], by=room.by)
    seen = queries.lines(room.session.id)[0].mark.id
    frozen("2027-03-19 09:00")
    change = [NewMark(room.places[0], "present", seen=seen)]
    with pytest.raises(Complaints, match="Enter why you correct"):
        register.save(room.session.id, change, by=room.by)
    register.save(room.session.id, change, by=room.by, why="Was in the other room")
    register.save(room.session.id, [NewMark(room.places[1], "present")], by=room.by)
    assert queries.history(room.session.id)[1].why == "Was in the other room"


def test_somebody_of_another_session_cannot_be_marked_here(room):
    other = make.session(room.cohort, date(2027, 3, 25))
    stranger = make.place(room.bookings[0], other)
    with pytest.raises(LookupError):
        register.save(room.session.id, [NewMark(stranger.id, "present")], by=room.by)


def test_someone_who_is_here_is_added_booked_and_present(room, as_person):
    sent = as_person(room.priya).press(
        f"{room.page}/add",
        "Add and mark as present",
        given_name="Femi",
        family_name="Adeyemi",
        email="femi@police.example",
    )
    assert sent.status_code == 303
    assert marks(room)["Femi Adeyemi"] == "present"


def test_a_walk_in_whose_address_we_hold_is_that_person_and_keeps_their_name(room, as_person):
    known = make.person("Oluwafemi", "Adeyemi", email="femi@police.example")
    as_person(room.priya).press(
        f"{room.page}/add",
        "Add and mark as present",
        given_name="Femi",
        family_name="ADEYEMI",
        email="FEMI@police.example",
    )
    booked = db.session.scalars(select(Booking).where(Booking.person_id == known.id)).all()
    assert len(booked) == 1
    assert marks(room)["Oluwafemi Adeyemi"] == "present"


def test_nobody_learns_a_name_by_trying_addresses_at_a_walk_in(room, as_person):
    make.person("Oluwafemi", "Adeyemi", email="femi@police.example")
    page = as_person(room.priya).press(
        f"{room.page}/add",
        "Add and mark as present",
        given_name="Any",
        family_name="Body",
        email="femi@police.example",
    )
    assert page.status_code == 422
    assert "Adeyemi" not in page.get_data(as_text=True)
    assert len(marks(room)) == 4


def test_a_register_is_not_marked_before_its_day(room, as_person, frozen):
    frozen("2027-03-17 23:59")
    with pytest.raises(Complaints, match="can be marked from Thursday 18 March 2027"):
        register.save(room.session.id, [NewMark(room.places[0], "present")], by=room.by)
    page = as_person(room.priya).get(room.page).get_data(as_text=True)
    assert "can be marked from Thursday 18 March 2027" in page
    assert "Save register" not in page


def test_a_trainer_marks_the_sessions_they_teach_and_no_others(room, as_person):
    sam = make.person("Sam", "Ellery")
    make.grant(sam, "trainer", "provider", "oneplusone")
    assert as_person(sam).get(room.page).status_code == 404
    make.teaches(make.trainer(sam), room.session)
    page = as_person(sam).get(room.page)
    assert page.status_code == 200
    assert "@example" not in page.get_data(as_text=True)


def test_the_number_of_queries_does_not_grow_with_the_people(room, as_person, count_queries):
    browser = as_person(room.priya)
    browser.get(room.page)
    with count_queries() as few:
        browser.get(room.page)
    for _ in range(12):
        make.booking(room.cohort, make.person())
    db.session.flush()
    with count_queries() as many:
        assert browser.get(room.page).status_code == 200
    assert len(many) == len(few)


def _word(browser, page: str) -> str:
    text = browser.get(page).get_data(as_text=True)
    return text.split('name="csrf_token" value="')[1].split('"')[0]


def test_the_button_for_the_others_follows_the_marks_as_they_are_tapped(room, as_person):
    browser = as_person(room.priya)

    def tap(*places):
        answer = browser.post(
            room.page,
            data={f"mark-{place}": "present" for place in places},
            headers={"X-Asked-By": "script", "X-CSRF-Token": _word(browser, room.page)},
        )
        return answer.json["texts"]["mark-rest"]

    assert (
        '<span id="mark-rest">Mark the 4 unmarked as present</span>' in browser.get(room.page).text
    )
    assert tap(room.places[0]) == "Mark the 3 unmarked as present"
    assert tap(*room.places) == "Everybody has a mark"


def test_saving_says_how_many_have_no_mark_yet(room, as_person):
    browser = as_person(room.priya)

    browser.press(room.page, "Save register", **{f"mark-{room.places[0]}": "present"})
    first = browser.get(room.page).text
    browser.press(room.page, "Save register", **{f"mark-{p}": "present" for p in room.places})
    last = browser.get(room.page).text

    assert "3 people have no mark yet." in first
    assert "no mark yet" not in last


def test_somebody_who_left_early_is_asked_for_a_time_before_the_end(room):
    with pytest.raises(Complaints, match="left, like 12:10pm"):
        register.save(room.session.id, [NewMark(room.places[0], "left_early")], by=room.by)
