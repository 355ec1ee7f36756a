"""One's own place, by the link in a message or signed in: book, change, give up, wait."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from sqlalchemy import func, select

from courses.models import Booking, Waiting
from courses.queries import cohorts, offers
from courses.services import booking, links, waiting
from courses.services.schedule import end_of_day
from lms.db import db
from lms.people import links as people_links
from lms.people.models import Person
from lms.records import OnceKey
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import TEMPLATE, World, oneself

AsPerson = Callable[[Person], PageClient]


def link_of(world: World, who: Person) -> str:
    made = links.to_cohort(cohorts.facts(world.cohort.id), [who.id])[who.id]
    return f"/b/{people_links.token(made)}"


def number(state: str = "booked") -> int:
    counted = select(func.count()).select_from(Booking).where(Booking.state == state)
    return db.session.scalar(counted) or 0


def test_a_link_shows_and_only_its_button_books(world: World, client: PageClient) -> None:
    path = link_of(world, make.person("Amara", "Okafor"))

    page = client.get(path).get_data(as_text=True)
    client.head(path)

    assert number() == 0
    assert "Book your place" in page
    assert "Thursday 18 February 2027, 9:30am to 12:30pm" in page
    assert "This page is for A. O." in page
    done = client.press(path, "Book my place", needs="A ramp")
    assert done.location == path
    assert number() == 1
    assert "You are booked" in client.get(path).get_data(as_text=True)


def test_the_same_link_gives_the_place_up_and_takes_it_back(
    world: World, client: PageClient
) -> None:
    amara = make.person()
    booking.book_oneself(world.cohort.id, amara.id, by=oneself(amara))
    path = link_of(world, amara)

    client.press(f"{path}/change", answer="give_up")
    assert number() == 0
    page = client.get(path).get_data(as_text=True)
    client.press(path, "Book my place", needs="")

    assert "Book your place" in page
    assert number() == 1


def test_a_scanner_that_sends_the_form_without_a_choice_gives_nothing_up(
    world: World, client: PageClient
) -> None:
    amara = make.person()
    booking.book_oneself(world.cohort.id, amara.id, by=oneself(amara))
    path = f"{link_of(world, amara)}/change"

    answer = client.press(path, "Continue")

    assert answer.status_code == 422
    assert "Choose what you would like to do" in answer.get_data(as_text=True)
    assert number() == 1


def test_a_trainee_changes_to_another_date_by_the_link(world: World, client: PageClient) -> None:
    other = make.cohort(world.edition, world.place, code="BE-02")
    make.session(other, date(2027, 3, 4))
    amara = make.person()
    booking.book_oneself(world.cohort.id, amara.id, by=oneself(amara))

    answer = client.press(f"{link_of(world, amara)}/change", answer=str(other.id))

    assert "Thursday 4 March 2027" in client.get(answer.location).get_data(as_text=True)
    assert (number("moved"), number()) == (1, 1)


def test_who_finds_a_full_date_joins_the_list_from_the_same_page(
    world: World, client: PageClient
) -> None:
    world.cohort.capacity = 1
    make.booking(world.cohort)
    path = link_of(world, make.person())

    page = client.get(path).get_data(as_text=True)
    client.press(path, "Join the waiting list")

    assert "This date is full" in page
    assert db.session.scalar(select(Waiting.cohort_id)) == world.cohort.id
    assert "You are 1st of 1 on the waiting list" in client.get(path).get_data(as_text=True)


def test_the_waiting_lists_link_shows_the_place_and_leaves_it(
    world: World, client: PageClient
) -> None:
    amara = make.person()
    world.cohort.capacity = 1
    make.booking(world.cohort)
    waiting.join(world.course.id, amara.id, by=oneself(amara), told=False)
    path = f"/q/{people_links.token(links.to_list(world.course.id, amara.id))}"

    assert "You are 1st of 1" in client.get(path).get_data(as_text=True)
    client.press(path, answer="leave")

    assert db.session.scalar(select(Waiting.state)) == "withdrawn"
    assert "You are not on the waiting list" in client.get(path).get_data(as_text=True)


def test_a_link_to_the_waiting_list_opens_no_place(world: World, client: PageClient) -> None:
    amara = make.person()
    token = people_links.token(links.to_list(world.course.id, amara.id))

    assert client.get(f"/b/{token}").status_code == 404


def test_a_link_has_run_out_when_the_course_starts(
    world: World, client: PageClient, frozen: Callable[[str], object]
) -> None:
    path = link_of(world, make.person())
    frozen("2027-02-18 09:31")

    assert client.get(path).status_code == 410


def test_the_last_day_to_book_is_over_at_midnight(
    world: World, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    world.cohort.closes_at = end_of_day(date(2027, 2, 10))
    amara, path = make.person(), f"/cohorts/{world.cohort.id}/place"
    frozen("2027-02-10 23:59")
    assert "Book your place" in as_person(amara).get(path).get_data(as_text=True)
    frozen("2027-02-11 00:00")
    page = as_person(amara).get(path).get_data(as_text=True)

    assert "The last day to book was 10 February 2027" in page


def test_the_calendar_file_has_every_session_and_no_one_elses_name(
    world: World, as_person: AsPerson
) -> None:
    amara, other = make.person("Amara"), make.person("Beatrice")
    for one in (amara, other):
        booking.book_oneself(world.cohort.id, one.id, by=oneself(one))

    answer = as_person(amara).get(f"/cohorts/{world.cohort.id}/place/calendar.ics")

    text = answer.get_data(as_text=True)
    assert text.count("BEGIN:VEVENT") == 2
    assert f"session-{world.sessions[0].id}@" in text.replace("\r\n ", "")
    assert "Beatrice" not in text


def test_home_shows_the_next_date_and_the_place_on_the_list(
    world: World, as_person: AsPerson
) -> None:
    amara = make.person()
    booking.book_oneself(world.cohort.id, amara.id, by=oneself(amara))
    other = make.course(title="Think Couple", slug="think-couple")
    waiting.join(other.id, amara.id, by=oneself(amara), told=False)

    page = as_person(amara).get("/home").get_data(as_text=True)

    assert "Thursday 18 February 2027, 9:30am" in page
    assert "Waiting list: Think Couple" in page
    assert "You are 1st of 1" in page


def test_no_personal_link_is_kept_with_what_a_form_was_answered(
    world: World, client: PageClient
) -> None:
    path = link_of(world, make.person())

    booked = client.post(path, data={"needs": "", "once": "anything"})

    assert booked.location == path
    assert db.session.scalars(select(OnceKey.location)).all() == []


def test_date_place_trainer_and_hours_stand_in_rows_of_their_own(
    world: World, client: PageClient
) -> None:
    world.cohort.bring = "Your own laptop"
    page = client.get(link_of(world, make.person())).get_data(as_text=True)

    rows = dict(re.findall(r"<dt[^>]*>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", page))
    assert rows["Session 2"] == "Thursday 25 February 2027, 9:30am to 12:30pm"
    assert rows["Place"] == "Stevenage Library, Room 2"
    assert rows["Bring"] == "Your own laptop"
    assert rows["Trainer"] == "Sam Ellery"
    assert "Lunch" not in rows
    assert rows["Hours"] == "6 hours"


def test_a_course_done_online_is_named_by_how_it_is_done_when_one_changes_to_it(
    world: World, as_person: AsPerson
) -> None:
    edition = make.edition(world.course, format="e-learning", title="E-learning only")
    make.cohort(edition, world.place, code="BE-10", state="running")
    amara = make.person()
    booking.book_oneself(world.cohort.id, amara.id, by=oneself(amara))
    make.booking(world.cohort, locality_id=world.place.id)

    own = as_person(amara).get(f"/cohorts/{world.cohort.id}/place/change").get_data(as_text=True)
    staff = as_person(world.priya).get(f"/cohorts/{world.cohort.id}/cancel").get_data(as_text=True)

    assert "Change to online, in your own time (BE-10)" in own
    assert "Move them to online, in their own time (BE-10)" in staff


def test_who_lacks_the_course_before_is_led_to_it(world: World, as_person: AsPerson) -> None:
    make.course(key="oneplusone:first", slug="first", title="Think Couple")
    world.course.template = TEMPLATE | {"follow_on_of": "oneplusone:first"}

    page = as_person(make.person()).get(f"/cohorts/{world.cohort.id}/place").get_data(as_text=True)

    assert "You cannot book this date" in page
    assert "Do Think Couple first." in page
    assert 'href="/courses/first"' in page


def test_a_full_date_leads_to_ones_place_on_the_waiting_list(
    world: World, as_person: AsPerson
) -> None:
    world.cohort.capacity = 1
    make.booking(world.cohort)
    amara = make.person()
    waiting.join(world.course.id, amara.id, by=oneself(amara), told=False)

    page = as_person(amara).get(f"/cohorts/{world.cohort.id}/place").get_data(as_text=True)

    assert "This date is full" in page
    assert 'href="/courses/brief-encounters/waiting/place"' in page


def test_the_link_of_a_place_given_up_says_when_and_whether_it_has_gone(
    world: World, client: PageClient
) -> None:
    amara = make.person()
    booking.book_oneself(world.cohort.id, amara.id, by=oneself(amara))
    path = link_of(world, amara)
    booking.give_up(world.cohort.id, amara.id, by=oneself(amara))

    free = client.get(path).get_data(as_text=True)
    world.cohort.capacity = 1
    make.booking(world.cohort)
    gone = client.get(path).get_data(as_text=True)

    assert "You gave your place up on 1 February 2027 at 9am. You can take it back" in free
    assert "Your place has gone to somebody else" in gone
    assert "You gave your place up on 1 February 2027 at 9am. It has gone to somebody else" in gone
    assert "Join the waiting list" in gone


def test_who_says_no_to_a_date_signed_in_reads_that_and_where_they_wait(
    world: World, as_person: AsPerson
) -> None:
    amara, path = make.person(), f"/cohorts/{world.cohort.id}/place"
    waiting.join(world.course.id, amara.id, by=oneself(amara), told=False)
    assert offers.open_of(world.cohort.id, amara.id)
    browser = as_person(amara)

    answer = browser.press(path, "Send my answer", answer="not_this")
    page = browser.get(answer.location).get_data(as_text=True)

    assert "You said no to this date" in page
    assert "You answered on 1 February 2027 at 9am. You are still on the waiting list, 1st" in page
    assert "write when a place on another date is free for you" in page
    assert "Have you changed your mind?" in page
    browser.press(path, "Book my place", needs="")
    assert "You said no to this date" not in browser.get(path).get_data(as_text=True)


def test_who_says_no_and_leaves_the_list_signed_in_reads_that(
    world: World, as_person: AsPerson
) -> None:
    amara, path = make.person(), f"/cohorts/{world.cohort.id}/place"
    waiting.join(world.course.id, amara.id, by=oneself(amara), told=False)
    browser = as_person(amara)

    answer = browser.press(path, "Send my answer", answer="leave")

    assert "You are not on the waiting list any more" in browser.get(answer.location).text
