"""The pages of courses and cohorts as people use them, by form and button."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from courses.models import Approval, Booking, Place, Waiting
from courses.queries import offers
from courses.queries.bookings import personal_data
from courses.services import booking, links, waiting
from courses.services.queue import answering, pairs
from courses.services.requests import Approver
from lms.db import db
from lms.people import links as people_links
from lms.people.models import Person
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import TEMPLATE, World, oneself
from tests.courses.importing import file_of, people, upload

AsPerson = Callable[[Person], PageClient]


def booked(world: World, *people: Person) -> list[Booking]:
    return [make.booking(world.cohort, one, locality_id=world.place.id) for one in people]


def test_every_page_of_a_cohort_opens(world: World, as_person: AsPerson) -> None:
    employer = make.organisation("Herts Community NHS", locality_id=world.place.id)
    (booking,) = booked(world, make.person("Amara", "Okafor", organisation_id=employer.id))
    browser = as_person(world.priya)
    at = f"/cohorts/{world.cohort.id}"
    pages = (
        "/home",
        "/courses",
        "/courses?q=relationship&tier=introductory",
        "/courses/brief-encounters",
        "/courses/brief-encounters/queue",
        "/courses/brief-encounters/cohorts/new",
        "/cohorts",
        "/cohorts?group=finished",
        at,
        f"{at}?show=attention",
        f"{at}/sessions",
        f"{at}/history",
        f"{at}/messages",
        f"{at}/roster",
        f"{at}/pack",
        f"{at}/edit",
        f"{at}/cancel",
        f"{at}/book",
        f"{at}/book?q=amara",
        f"{at}/book/new",
        f"{at}/book/{booking.person_id}",
        f"/bookings/{booking.id}",
        f"/bookings/{booking.id}/move",
        f"/bookings/{booking.id}/off",
        f"{at}/place",
    )
    for page in pages:
        answer = browser.get(page)
        assert answer.status_code == 200, page


def test_a_persons_page_and_record_hold_their_courses_and_marks(
    world: World, as_person: AsPerson
) -> None:
    employer = make.organisation(locality_id=world.place.id)
    amara = make.person("Amara", "Okafor", organisation_id=employer.id)
    (kept,) = booked(world, amara)
    first = world.sessions[0].id
    make.attendance(db.session.query(Place).filter_by(booking_id=kept.id, session_id=first).one())

    page = said(as_person(world.priya), f"/people/{amara.id}")
    record = [one for one in personal_data(amara.id) if "Brief Encounters" in one.title]

    assert "Learning record" in page
    assert "Brief Encounters BE-01" in page
    assert "From 18 to 25 February 2027" in page
    assert "3 hours" in page
    assert ("Register of 18 February 2027", "present, 3 h") in record[0].rows


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=%ED%A0%80", "page=-1", "page=99999999", "page=abc", "q=%25", "place={1}",
     "group=evil", "course=x", "q=" + "a" * 5000],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/cohorts", "/courses", "/cohorts/{id}/book", "/cohorts/{id}"])
def test_strange_addresses_are_read_without_a_fault(
    world: World, as_person: AsPerson, path: str, query: str
) -> None:
    answer = as_person(world.priya).get(f"{path.format(id=world.cohort.id)}?{query}")

    assert answer.status_code in (200, 400)


def said(browser: PageClient, path: str) -> str:
    """The words of a page."""
    answer = browser.get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def from_here(world: World, *names: str) -> list[Person]:
    employer = make.organisation(locality_id=world.place.id)
    return [make.person(name, "Okafor", organisation_id=employer.id) for name in names]


def paired(world: World) -> list[Person]:
    """Two who come together, with a place held for each."""
    world.cohort.capacity = 2
    two = booked(world, make.person(), make.person())
    amara, beth = from_here(world, "Amara", "Beth")
    for one in (amara, beth):
        waiting.join(world.course.id, one.id, by=oneself(one), told=False)
    rows = [row.id for row in waiting_rows(world)]
    pairs.make(rows[0], rows[1], by=world.coordinator)
    booking.cancel_many([row.id for row in two], why="both ill", by=world.coordinator, told=False)
    return [amara, beth]


def waiting_rows(world: World) -> list[Waiting]:
    found = db.session.query(Waiting).filter_by(course_id=world.course.id)
    return list(found.order_by(Waiting.joined_at, Waiting.id))


def link_to(world: World, who: Person) -> str:
    (held,) = offers.of_person(who.id)
    return f"/o/{people_links.token(links.to_offer(held.id, who.id, held.expires_at))}"


def test_offers_say_for_each_who_waits_why_not_and_show_no_button_that_can_do_nothing(
    world: World, as_person: AsPerson
) -> None:
    for one in from_here(world, "Amara", "Beth"):
        waiting.join(world.course.id, one.id, by=oneself(one), passed=[world.cohort.id], told=False)

    page = said(as_person(world.priya), f"/cohorts/{world.cohort.id}/offers")

    assert page.count("Saw this date free and did not take it") == 2
    assert "None of those who wait can be offered a place on this date" in page
    assert "Offer 2 places" not in page


def test_the_queue_names_with_whom_somebody_comes_and_dates_are_short(
    world: World, as_person: AsPerson
) -> None:
    paired(world)

    page = said(as_person(world.priya), "/courses/brief-encounters/queue")
    answer = as_person(world.priya).get("/courses/brief-encounters/queue")

    assert "Comes with Amara Okafor" in page
    assert "Comes with Beth Okafor" in page
    assert "1 Feb 2027" in page
    assert 'aria-hidden="true">Move</span>' not in answer.get_data(as_text=True)


def test_somebody_with_an_offer_is_being_offered_a_place_and_not_on_the_date_already(
    world: World, as_person: AsPerson
) -> None:
    paired(world)
    row = waiting_rows(world)[0]

    page = said(as_person(world.priya), f"/courses/brief-encounters/queue/{row.id}")

    assert "Is being offered a place on this date" in page
    assert "Has a place on this date already" not in page


def test_who_has_finished_the_course_before_is_not_let_in(
    world: World, as_person: AsPerson
) -> None:
    first = make.course(key="oneplusone:first", slug="first", title="Think Couple")
    world.course.template = TEMPLATE | {"follow_on_of": "oneplusone:first"}
    (amara,) = from_here(world, "Amara")
    before = make.cohort(make.edition(first), world.place, code="TC-01", state="closed")
    make.completion(make.booking(before, amara))
    row = make.waiting(world.cohort, amara)

    page = said(as_person(world.priya), f"/courses/brief-encounters/queue/{row.id}/let-in")

    assert "finished Think Couple on 1 February 2027" in page
    assert "has not finished" not in page
    assert "Why?" not in page


def test_who_said_yes_in_a_pair_reads_when_and_what_comes_next_and_later_why_it_ended(
    world: World, client: PageClient
) -> None:
    amara, beth = paired(world)
    path = link_to(world, amara)
    (mine,), (theirs,) = offers.of_person(amara.id), offers.of_person(beth.id)

    answering.accept(mine.id, by=oneself(amara))
    agreed = said(client, path)
    answering.decline(theirs.id, by=oneself(beth))
    ended = said(client, path)

    assert "You said yes on 1 February 2027 at 9am." in agreed
    assert "The place is yours when they say yes too" in agreed
    assert "Do you want this place?" not in agreed
    assert "Have you changed your mind?" in agreed
    assert "The person who would have come with you cannot come on this date." in ended


def test_on_the_page_of_ones_place_in_the_queue_leaving_is_not_the_green_button(
    world: World, as_person: AsPerson
) -> None:
    make.edition(world.course, title="One day")
    amara = make.person()
    world.cohort.capacity = 1
    make.booking(world.cohort)
    waiting.join(world.course.id, amara.id, by=oneself(amara), told=False)

    page = as_person(amara).get("/courses/brief-encounters/waiting/place").get_data(as_text=True)

    (save,) = re.findall(r'<button[^>]*class="([^"]*)"[^>]*>\s*Save what suits me', page)
    (leave,) = re.findall(r'<button[^>]*class="([^"]*)"[^>]*>\s*Continue', page)
    assert "secondary" not in save
    assert "govuk-button--secondary" in leave
    assert "Which dates suit you" not in page


def test_a_manager_reads_until_when_to_answer_and_that_no_place_is_held_meanwhile(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    for row in (world.course, world.cohort):
        row.template = {**row.template, "needs_approval": True}
    mark = make.person("Mark", "Boss")
    (amara,) = from_here(world, "Amara")
    amara.manager_id = mark.id
    db.session.flush()
    booking.book_oneself(world.cohort.id, amara.id, by=oneself(amara), approver=Approver())
    (asked,) = db.session.query(Approval.id).one()
    approvals = f"/cohorts/{world.cohort.id}/approvals"

    early = said(as_person(mark), f"/approvals/{asked}")
    listed = said(as_person(world.priya), approvals)
    frozen("2027-02-10 09:00")
    late = said(as_person(mark), f"/approvals/{asked}")
    overdue = said(as_person(world.priya), approvals)

    assert "Answer by 5pm on" in early
    assert "No place is held meanwhile" in early
    assert "Overdue" not in listed
    assert "The time to answer was 5pm on" in late
    assert "You can still answer." in late
    assert "Overdue" in overdue


def test_the_breadcrumbs_keep_the_way_back_to_the_cohort_on_a_phone(
    world: World, as_person: AsPerson
) -> None:
    page = as_person(world.priya).get(f"/cohorts/{world.cohort.id}/history").get_data(as_text=True)

    assert "govuk-breadcrumbs__link" in page
    assert "collapse-on-mobile" not in page


def test_an_import_counts_confirmations_that_go_and_shows_a_name_in_capitals_as_it_was_read(
    world: World, as_person: AsPerson
) -> None:
    make.profession("Health visitor", code="health-visitor")
    rows = [*people(2), ("Lyons, Beth", "", "Health visitor", "Herts NHS")]
    capitals = ("MCKAY, DILYS", "mckay@import.example", "Health visitor", "Herts NHS")
    browser = as_person(world.priya)
    address = upload(browser, world.cohort.id, file_of(rows))

    preview = said(browser, address)
    browser.press(address, "Add 3 people", add="3")
    done = said(browser, address)
    asked = said(browser, upload(browser, world.cohort.id, file_of([capitals]), "more.csv"))

    assert "2 confirmations wait" in preview
    assert "1 confirmation for a person without an e-mail address is to be printed" in preview
    assert "2 confirmations go at 9:10am on 1 February 2027" in done
    assert "1 person without an e-mail address gets theirs printed" in done
    assert "DILYS MCKAY" in asked


def test_the_sign_in_sheet_of_the_print_pack_has_room_for_a_signature(
    world: World, as_person: AsPerson
) -> None:
    booked(world, make.person())

    page = as_person(world.priya).get(f"/cohorts/{world.cohort.id}/pack").get_data(as_text=True)

    assert page.count("lms-sign") == 2
