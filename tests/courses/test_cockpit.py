"""The cohort's page and the list: what stands there, what comes next, at a constant cost."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from courses.models import BookingChange
from courses.models import Place as Seat
from courses.queries.register import lines
from courses.services import booking, cancelling, register, waiting
from courses.services.cancelling import Fate
from courses.services.cohorts import record
from courses.services.register import NewMark
from lms import clock
from lms.contracts import SYSTEM, Actor, Panel, Place
from lms.db import db
from lms.events import RegisterMarked, publish
from lms.messages.models import Message
from lms.people import links as people_links
from lms.people.models import Person
from lms.records import AuditEntry
from lms.registry import Failed, Registry
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import DAY, World, oneself

AsPerson = Callable[[Person], PageClient]


def book(world: World, number: int) -> list[Any]:
    employer = make.organisation(locality_id=world.place.id)
    people = [make.person(organisation_id=employer.id).id for _ in range(number)]
    return booking.book_many(
        world.cohort.id, people, source="coordinator", by=world.coordinator, told=False
    )


def mark(world: World, number: int, mark: str) -> None:
    session = world.sessions[number]
    for place in db.session.query(Seat).filter_by(session_id=session.id):
        make.attendance(place, mark)


def cost(count_queries: Any, browser: PageClient, path: str) -> int:
    browser.get(path)
    with count_queries() as seen:
        assert browser.get(path).status_code == 200
    return len(seen)


@pytest.mark.parametrize(
    "path",
    ["", "?show=attention", "/sessions", "/history", "/messages", "/pack", "/book"],
)
def test_a_cohorts_page_costs_the_same_with_two_people_and_with_twelve(
    world: World, as_person: AsPerson, count_queries: Any, path: str
) -> None:
    world.cohort.capacity = 20
    browser = as_person(world.priya)
    book(world, 2)
    before = cost(count_queries, browser, f"/cohorts/{world.cohort.id}{path}")
    book(world, 10)

    assert cost(count_queries, browser, f"/cohorts/{world.cohort.id}{path}") == before


@pytest.mark.parametrize("path", ["/cohorts", "/courses", "/courses/brief-encounters", "/home"])
def test_a_list_costs_the_same_with_one_cohort_and_with_eight(
    world: World, as_person: AsPerson, count_queries: Any, path: str
) -> None:
    browser = as_person(world.priya)
    before = cost(count_queries, browser, path)
    for _ in range(7):
        cohort = make.cohort(world.edition, world.place)
        make.session(cohort, DAY)
        make.booking(cohort)

    assert cost(count_queries, browser, path) == before


def test_the_button_of_the_day_changes_with_time(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    book(world, 2)
    at, browser = f"/cohorts/{world.cohort.id}", as_person(world.priya)

    assert "Add people" in browser.get(at).get_data(as_text=True)
    frozen("2027-02-18 09:00")
    browser = as_person(world.priya)
    page = browser.get(at).get_data(as_text=True)
    assert "Next: session 1 of 2, Thursday 18 February 2027, 9:30am" in page
    assert f'href="{at}/sessions/1/register"' in page
    frozen("2027-02-19 09:00")
    page = as_person(world.priya).get(at).get_data(as_text=True)
    assert "Mark the register of session 1 of 2" in page
    mark(world, 0, "present")
    page = as_person(world.priya).get(at).get_data(as_text=True)
    assert "Next: session 2 of 2" in page


def test_near_the_course_what_another_room_wants_done_comes_before_a_free_place(
    world: World,
    as_person: AsPerson,
    frozen: Callable[[str], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def asked(_: Registry, place: Place, *__: object) -> tuple[list[Panel], list[Failed]]:
        values = {"cohort_id": world.cohort.id, "count": 2}
        wanted = Panel("2 people have not answered", "courses/approvals_panel.html", values)
        return ([wanted] if place is Place.COHORT_NEXT else []), []

    book(world, 2)
    monkeypatch.setattr(Registry, "panels", asked)
    at = f"/cohorts/{world.cohort.id}"

    early = as_person(world.priya).get(at).get_data(as_text=True)
    frozen("2027-02-14 09:00")
    near = as_person(world.priya).get(at).get_data(as_text=True)
    world.cohort.minimum = 3
    db.session.flush()
    below = as_person(world.priya).get(at).get_data(as_text=True)

    assert "2 people have not answered" not in early
    assert "Add people" in early
    assert "2 people have not answered" in near
    assert "Next: session 1 of 2, Thursday 18 February 2027, 9:30am" in near
    assert "Add people" not in near
    assert "Add people" in below


def test_no_button_opens_a_register_before_its_day_or_adds_people_after_the_course_has_begun(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    book(world, 2)
    frozen("2027-02-18 13:00")
    mark(world, 0, "present")
    frozen("2027-02-21 09:00")

    page = as_person(world.priya).get(f"/cohorts/{world.cohort.id}").get_data(as_text=True)

    assert "Next: session 2 of 2, Thursday 25 February 2027, 9:30am" in page
    assert "Its register can be marked from Thursday 25 February 2027" in page
    assert "Open register" not in page
    assert "Add people" not in page


def test_the_page_says_who_changed_what_last_in_a_sentence(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    book(world, 2)
    browser, at = as_person(world.priya), f"/cohorts/{world.cohort.id}"
    booked = browser.get(at).get_data(as_text=True)
    frozen("2027-02-25 12:41")
    sam = Actor(world.sam.id, "Sam Ellery")
    made = register.mark_rest_present(world.sessions[1].id, by=sam)
    marked = as_person(world.priya).get(at).get_data(as_text=True)
    frozen("2027-02-25 12:45")
    register.take_back_rest(world.sessions[1].id, made[0], by=sam)
    taken_back = as_person(world.priya).get(at).get_data(as_text=True)

    assert "Last change: Priya Nair booked Amara Okafor" in booked
    assert "Last change: Sam Ellery marked session 2 on 25 February 2027 at 12:41pm" in marked
    assert "Sam Ellery took back a mark of session 2 on 25 February 2027" in taken_back


def test_the_caption_has_no_dot_where_nothing_follows(world: World, as_person: AsPerson) -> None:
    def caption() -> str:
        page = as_person(world.priya).get(f"/cohorts/{world.cohort.id}").get_data(as_text=True)
        return page.split('<span class="govuk-caption-l">')[1].split("<strong")[0].strip()

    assert caption() == "BE-01 · OnePlusOne"
    world.course.template = {**world.course.template, "provider_name": ""}
    db.session.flush()
    assert caption() == "BE-01"


def test_who_cannot_complete_any_more_is_named_with_the_reason(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    world.cohort.rule = {
        "components": [
            {"key": "workshop", "title": "Workshop", "kind": "workshop", "required_minutes": 300}
        ]
    }
    ids = book(world, 2)
    frozen("2027-02-18 13:00")
    first, second = db.session.query(Seat).filter_by(session_id=world.sessions[0].id)
    make.attendance(first, "absent")
    make.attendance(second, "present")
    publish(RegisterMarked(world.coordinator, world.cohort.id, world.sessions[0].id, tuple(ids)))

    page = as_person(world.priya).get(f"/cohorts/{world.cohort.id}?show=attention")

    text = page.get_data(as_text=True)
    assert "Needs attention (1)" in text
    assert "missed session 1; Workshop: 0 min attended, 5 h needed" in text
    assert "Offer another date" in text


def test_staff_book_somebody_found_by_name(world: World, as_person: AsPerson) -> None:
    employer = make.organisation(locality_id=world.place.id)
    amara = make.person("Amara", "Okafor", organisation_id=employer.id)
    browser, at = as_person(world.priya), f"/cohorts/{world.cohort.id}"

    found = browser.get(f"{at}/book?q=okafor").get_data(as_text=True)
    done = browser.press(f"{at}/book/{amara.id}", "Book Amara Okafor")

    assert f"{at}/book/{amara.id}" in found
    assert done.location == at
    page = browser.get(at).get_data(as_text=True)
    assert "Amara Okafor is booked. The confirmation waits ten minutes." in page
    assert "People (1)" in page


def test_staff_send_somebody_the_link_to_book_themselves_once(
    world: World, as_person: AsPerson, client: PageClient
) -> None:
    employer = make.organisation(locality_id=world.place.id)
    amara = make.person("Amara", "Okafor", organisation_id=employer.id)
    browser, at = as_person(world.priya), f"/cohorts/{world.cohort.id}/book/{amara.id}"

    for _ in range(2):
        browser.press(at, "Send them the link to book")

    (sent,) = db.session.query(Message).filter_by(person_id=amara.id)
    assert sent.subject == "Book your place: Brief Encounters, 18 Feb 2027"
    assert "Priya Nair would like you to come to Brief Encounters." in sent.body
    link = people_links.url(uuid.UUID(sent.links["place"])).removeprefix("http://localhost")
    assert client.press(link, "Book my place", needs="").status_code == 303


def test_staff_add_somebody_new_with_four_answers(world: World, as_person: AsPerson) -> None:
    browser, at = as_person(world.priya), f"/cohorts/{world.cohort.id}"

    step = browser.press(
        f"{at}/book/new", "Continue", given_name="Colin", family_name="Marsh", email=""
    )
    done = browser.press(step.location, "Book Colin Marsh")

    assert done.location == at
    assert "Colin Marsh" in browser.get(at).get_data(as_text=True)


def test_booking_past_somebody_who_waits_needs_a_reason_in_the_history(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    world.cohort.capacity = 1
    employer = make.organisation(locality_id=world.place.id)
    first, second = (make.person(organisation_id=employer.id) for _ in range(2))
    for minute, one in enumerate((first, second)):
        frozen(f"2027-02-01 09:0{minute}")
        make.waiting(world.cohort, one)
    browser, at = as_person(world.priya), f"/cohorts/{world.cohort.id}"

    refused = browser.press(f"{at}/book/{second.id}", reason="")
    done = browser.press(f"{at}/book/{second.id}", reason="Her team needs it in March")

    assert refused.status_code == 422
    assert "1 person before them in the queue fits this date" in refused.get_data(as_text=True)
    assert done.status_code == 303
    history = browser.get(f"{at}/history").get_data(as_text=True)
    assert "Her team needs it in March" in history


def test_the_first_who_waits_is_booked_without_a_reason(world: World, as_person: AsPerson) -> None:
    world.cohort.capacity = 1
    employer = make.organisation(locality_id=world.place.id)
    first = make.person(organisation_id=employer.id)
    waiting.join(world.course.id, first.id, by=oneself(first), told=False)

    done = as_person(world.priya).press(f"/cohorts/{world.cohort.id}/book/{first.id}")

    assert done.status_code == 303


def test_home_asks_for_what_goes_wrong_if_nobody_acts(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    book(world, 1)
    world.cohort.minimum = 4
    bare = make.cohort(world.edition, world.place, code="BE-08")
    make.session(bare, make.hours(DAY))
    frozen("2027-02-10 09:00")
    page = as_person(world.priya).get("/home").get_data(as_text=True)

    assert "Brief Encounters (BE-08) has no venue" in page
    assert "Brief Encounters (BE-01) is below its minimum" in page
    assert "1 of the 4 it needs" in page
    frozen("2027-02-17 14:00")
    waits = make.person()
    waiting.join(world.course.id, waits.id, by=oneself(waits), told=False)
    page = as_person(world.priya).get("/home").get_data(as_text=True)
    assert "Brief Encounters (BE-01): 4 places free" in page
    assert "1 person waits for the course" in page
    frozen("2027-02-18 13:00")
    page = as_person(world.priya).get("/home").get_data(as_text=True)
    assert "Mark the register: Brief Encounters (BE-01), Thursday 18 February 2027" in page


def test_the_roster_is_downloaded_with_its_reason_in_the_audit_trail(
    world: World, as_person: AsPerson
) -> None:
    book(world, 2)
    answer = as_person(world.priya).press(
        f"/cohorts/{world.cohort.id}/roster", "Download", reason="the day", form="csv"
    )

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert len(answer.get_data(as_text=True).splitlines()) >= 3
    entry = db.session.query(AuditEntry).filter_by(verb="downloaded people").one()
    assert entry.after == {"rows": 2, "reason": "the day", "format": "csv"}


def test_a_hundred_and_one_people_stand_on_two_pages(world: World, as_person: AsPerson) -> None:
    world.cohort.capacity = 200
    book(world, 101)
    browser, at = as_person(world.priya), f"/cohorts/{world.cohort.id}"

    assert "Showing 1 to 100 of 101 people" in browser.get(at).get_data(as_text=True)
    assert "Showing 101 to 101 of 101 people" in browser.get(f"{at}?page=2").get_data(as_text=True)


@pytest.mark.parametrize(
    ("fate", "became"),
    [
        ("cohort", "2 people were moved to Thursday 4 March 2027 (BE-02)"),
        ("waiting", "2 people lost their places; 2 of them wait for the course now"),
        ("nowhere", "2 people lost their places"),
    ],
)
def test_a_cancelled_cohort_says_who_cancelled_it_why_and_what_became_of_the_people(
    world: World, as_person: AsPerson, fate: str, became: str
) -> None:
    other = make.cohort(world.edition, world.place, code="BE-02")
    make.session(other, make.hours(date(2027, 3, 4)))
    make.wave(world.cohort)
    book(world, 2)
    to = Fate("cohort", other.id) if fate == "cohort" else Fate(fate)
    cancelling.cancel(world.cohort.id, reason="Snow", fate=to, by=world.coordinator)

    page = as_person(world.priya).get(f"/cohorts/{world.cohort.id}").get_data(as_text=True)

    assert "Priya Nair cancelled this cohort on 1 February 2027 at 9am" in page
    assert "Reason: Snow" in page
    assert became in page
    assert "Before survey" not in page
    assert "Surveys" not in page


def test_the_history_speaks_of_people_and_not_of_states(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    def last() -> str:
        page = as_person(world.priya).get(f"/cohorts/{world.cohort.id}").get_data(as_text=True)
        return page.split("Last change: ")[1].split("</p>")[0]

    asked = make.booking(world.cohort, make.person("Amara", "Okafor"), state="requested")
    frozen("2027-02-01 09:01")
    changed = BookingChange(booking_id=asked.id, to_state="requested", by_label="Amara Okafor")
    make.keep(changed)
    assert last() == "Amara Okafor asked for a place on 1 February 2027 at 9:01am"
    frozen("2027-02-01 09:02")
    record(world.cohort.id, "scheduled", "published", by=world.coordinator)
    assert last().startswith("Priya Nair published the cohort")
    frozen("2027-02-01 09:03")
    record(world.cohort.id, "published", "running", by=SYSTEM)
    assert last().startswith("The cohort began")


def test_what_happened_at_the_same_moment_stands_in_its_order(
    world: World, as_person: AsPerson
) -> None:
    (booked,) = book(world, 1)
    booking.cancel(booked, why="Ill", by=world.coordinator)

    page = as_person(world.priya).get(f"/bookings/{booked}").get_data(as_text=True)

    assert page.index("booked → cancelled") < page.index(">booked<")


def test_why_somebody_was_absent_and_how_early_they_left_is_said_in_words(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    book(world, 2)
    frozen("2027-02-18 13:00")
    one, two = (row.place_id for row in lines(world.sessions[0].id))
    left = NewMark(two, "left_early", left_at=clock.at(date(2027, 2, 18), time(12)))
    register.save(
        world.sessions[0].id, [NewMark(one, "absent", reason="unknown"), left], by=world.coordinator
    )
    browser, at = as_person(world.priya), f"/cohorts/{world.cohort.id}"

    assert "Left early 30 min" in browser.get(at).get_data(as_text=True)
    history = browser.get(f"{at}/history").get_data(as_text=True)
    assert "Not known" in history
    assert ">unknown<" not in history


def test_at_the_weekend_this_week_is_the_week_that_comes(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    frozen("2027-02-13 09:00")

    page = as_person(world.priya).get("/home").get_data(as_text=True)

    assert "This week" in page
    assert "Thursday 18 February 2027" in page.split("This week")[1].split("Coming up")[0]
    assert "Open cohort" in page


def test_a_trainer_opens_the_register_on_its_day_and_before_that_the_roster(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    make.assignment(make.wave(world.cohort), make.booking(world.cohort), state="submitted")
    frozen("2027-02-15 09:00")
    before = as_person(world.sam).get("/home").get_data(as_text=True)
    frozen("2027-02-18 08:45")
    on_the_day = as_person(world.sam).get("/home").get_data(as_text=True)

    assert "Open roster" in before
    assert "Open register" not in before
    assert "Before survey answered: 1 of 1" in before
    assert "Open register" in on_the_day


def test_what_is_late_is_overdue(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    book(world, 1)
    frozen("2027-02-18 13:00")
    same_day = as_person(world.priya).get("/home").get_data(as_text=True)
    frozen("2027-02-20 13:00")
    later = as_person(world.priya).get("/home").get_data(as_text=True)

    assert "by 18 Feb 2027" in same_day
    assert "overdue since 18 Feb 2027" in later
