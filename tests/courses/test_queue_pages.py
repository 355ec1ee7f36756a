"""Pages of the queue: staff's, one's own, and a place that is held."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import select, update

from courses.models import Booking, Offer, Waiting, WaitingMove
from courses.queries import offers, queue
from courses.services import booking, links, waiting
from courses.services.queue import answering, jobs, pairs
from lms import clock
from lms.db import db
from lms.messages.models import Message
from lms.people import links as people_links
from lms.people.models import Person
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import TEMPLATE, World, oneself

AsPerson = Callable[[Person], PageClient]
Frozen = Callable[[str], datetime]
RULES = [{"key": "under_covered", "points": 20, "words": "nobody of their job has been"}]


@pytest.fixture
def queued(world: World, frozen: Frozen) -> list[Person]:
    """Three who wait for a date that one person fills; the last has points."""
    world.course.template = TEMPLATE | {"queue": RULES}
    world.cohort.capacity = 1
    make.booking(world.cohort, make.person("Hassan", "Holder"))
    employer = make.organisation("Herts Community NHS", locality_id=world.place.id)
    job = make.profession("Midwife")
    people = []
    for minute, name in enumerate(("Amara", "Beth", "Colin")):
        frozen(f"2027-02-01 09:0{minute}")
        own = {"profession_id": job.id} if name == "Colin" else {}
        people.append(make.person(name, "Okafor", organisation_id=employer.id, **own))
        waiting.join(
            world.course.id, people[-1].id, by=oneself(people[-1]), cohort_id=world.cohort.id
        )
    frozen("2027-02-01 10:00")
    return people


def waiting_id(who: Person) -> uuid.UUID:
    found = db.session.scalar(select(Waiting.id).where(Waiting.person_id == who.id))
    assert found
    return found


def free_it(world: World) -> Offer:
    """The one who has the place gives it up; the offer that follows."""
    held = db.session.scalars(select(Booking).where(Booking.state == "booked")).one()
    booking.give_up(
        world.cohort.id, held.person_id, by=oneself(db.session.get_one(Person, held.person_id))
    )
    return db.session.scalars(select(Offer).where(Offer.state == "open")).one()


def link_to(offer: Offer, who: Person) -> str:
    return f"/o/{people_links.token(links.to_offer(offer.id, who.id, offer.expires_at))}"


def sent_with(page: str, **answers: str) -> dict[str, str]:
    """What the form of a page that is still open sends."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return {"csrf_token": found[1], "needs": "", **answers}


def text(browser: PageClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


# -- staff -----------------------------------------------------------------------------------------


def test_the_queue_shows_the_order_with_reasons_and_points_and_how_it_is_made(
    world: World, queued: list[Person], as_person: AsPerson
) -> None:
    page = text(as_person(world.priya), "/courses/brief-encounters/queue")

    assert page.index("Colin Okafor") < page.index("Amara Okafor") < page.index("Beth Okafor")
    assert "No midwife from Hertfordshire yet +20" in page
    assert "nobody of their job has been: 20" in page
    assert "held for two working days, until 5pm" in page


def test_the_queue_shows_until_when_a_place_is_held(
    world: World, queued: list[Person], as_person: AsPerson
) -> None:
    free_it(world)

    page = text(as_person(world.priya), "/courses/brief-encounters/queue")

    assert "until 5pm on Wednesday 3 February 2027" in page
    assert "Has an offer" in page


def test_the_number_of_queries_of_the_queue_does_not_grow_with_who_waits(
    world: World, queued: list[Person], as_person: AsPerson, count_queries: Callable[[], object]
) -> None:
    browser = as_person(world.priya)
    paths = ("/courses/brief-encounters/queue", f"/cohorts/{world.cohort.id}/offers")
    for path in paths:
        text(browser, path)
        with count_queries() as few:  # type: ignore[attr-defined]
            text(browser, path)
        for _ in range(5):
            waiting.join(world.course.id, make.person().id, by=world.coordinator, told=False)
        with count_queries() as more:  # type: ignore[attr-defined]
            text(browser, path)
        assert len(more) == len(few)


def test_moving_somebody_asks_for_a_place_and_a_reason(
    world: World, queued: list[Person], as_person: AsPerson
) -> None:
    browser = as_person(world.priya)
    path = f"/courses/brief-encounters/queue/{waiting_id(queued[1])}/move"

    assert (
        str(waiting_id(queued[1]))[-8:] in text(browser, path.removesuffix("/move")).split("<dl")[1]
    )
    refused = browser.press(path, place="1", reason="")
    wrong = browser.press(path, place="9", reason="Agreed")
    done = browser.press(path, place="1", reason="Her team starts in March")

    assert refused.status_code == 422
    assert "Enter a reason, which is shown in the history" in refused.get_data(as_text=True)
    assert "Enter a position from 1 to 3" in wrong.get_data(as_text=True)
    assert done.status_code == 303
    assert queue.line(world.course.id)[0].person_id == queued[1].id
    page = text(browser, "/courses/brief-encounters/queue")
    assert "Her team starts in March +20" in page
    assert db.session.scalar(select(WaitingMove.by_label)) == "Priya Nair"


@pytest.mark.parametrize(("what", "more"), [("move", {"place": "1"}), ("let-in", {})])
def test_a_reason_in_the_queue_names_no_family(
    world: World, queued: list[Person], as_person: AsPerson, what: str, more: dict[str, str]
) -> None:
    make.course(key="oneplusone:first", slug="first", title="Think Couple")
    world.course.template = TEMPLATE | {"follow_on_of": "oneplusone:first"}
    path = f"/courses/brief-encounters/queue/{waiting_id(queued[1])}/{what}"

    refused = as_person(world.priya).press(path, reason="She sees the Khan family", **more)

    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "the Khan family&#39; looks like somebody&#39;s name. We never keep" in page
    assert "She sees the Khan family</textarea>" in page
    assert db.session.scalar(select(WaitingMove.id)) is None
    assert db.session.scalar(select(Waiting.id).where(Waiting.waiver.contains("Khan"))) is None


def test_a_person_in_the_queue_shows_which_dates_suit_them_and_why_not(
    world: World, queued: list[Person], as_person: AsPerson
) -> None:
    row = db.session.get_one(Waiting, waiting_id(queued[0]))
    row.editions = [str(make.edition(world.course, title="One day").id)]

    page = text(as_person(world.priya), f"/courses/brief-encounters/queue/{row.id}")

    assert "Does not want this format (Four sessions)" in page
    assert "Comes with" in page


def test_letting_in_pairing_and_taking_off_are_pages_with_one_question(
    world: World, queued: list[Person], as_person: AsPerson
) -> None:
    make.course(key="oneplusone:first", slug="first", title="Think Couple")
    world.course.template = TEMPLATE | {"follow_on_of": "oneplusone:first"}
    browser = as_person(world.priya)
    at = f"/courses/brief-encounters/queue/{waiting_id(queued[0])}"

    assert browser.press(f"{at}/let-in", reason="").status_code == 422
    assert browser.press(f"{at}/let-in", reason="Did it in 2019").status_code == 303
    assert "let in, because: Did it in 2019" in text(browser, at)
    assert browser.press(f"{at}/pair", other=str(waiting_id(queued[1]))).status_code == 303
    assert "Beth Okafor" in text(browser, at)
    assert browser.press(f"{at}/pair", other="nobody").status_code == 303
    assert browser.press(f"{at}/off", "Take off").status_code == 303
    assert browser.get(at).status_code == 404


def test_somebody_from_another_place_is_neither_named_nor_moved(
    world: World, queued: list[Person], as_person: AsPerson
) -> None:
    luton = make.organisation("Luton Council", locality_id=make.locality("Luton").id)
    far = make.person("Farah", "Away", organisation_id=luton.id)
    waiting.join(world.course.id, far.id, by=oneself(far))
    browser = as_person(world.priya)

    page = text(browser, "/courses/brief-encounters/queue")

    assert "Farah" not in page
    assert "Luton" not in page
    assert "Somebody from another place" in page
    at = f"/courses/brief-encounters/queue/{waiting_id(far)}"
    assert browser.get(f"{at}/move").status_code == 404


def test_the_cockpit_offers_as_many_places_as_there_are_people_whom_they_fit(
    world: World, queued: list[Person], as_person: AsPerson
) -> None:
    world.cohort.capacity = 3
    browser, at = as_person(world.priya), f"/cohorts/{world.cohort.id}"

    page = text(browser, at)
    assert "3 wait for this course" in page
    assert "Offer 2 places" in page
    asked = text(browser, f"{at}/offers")
    assert asked.count("Gets an offer") == 2
    assert "held until 5pm on Wednesday 3 February 2027" in asked
    done = browser.press(f"{at}/offers", "Offer 2 places")

    assert done.status_code == 303
    assert len(offers.of_cohort(world.cohort.id)) == 2
    page = text(browser, at)
    assert "2 places held" in page
    assert "Booked 1 of 3" in page


def test_the_review_says_who_will_be_offered_places_and_who_is_passed_over(
    world: World, queued: list[Person], as_person: AsPerson
) -> None:
    luton = make.organisation(locality_id=make.locality("Luton").id)
    queued[0].organisation_id = luton.id
    draft = make.cohort(
        world.edition,
        world.place,
        code="BE-02",
        state="draft",
        template=TEMPLATE,
        draft={},
        capacity=9,
    )

    page = text(as_person(world.priya), f"/cohorts/{draft.id}/review")

    assert "2 people waiting for this course will be offered places in this order" in page
    assert page.index("Colin Okafor") < page.index("Beth Okafor")
    assert "Passed over" in page
    assert "Somebody from another place: does not work in Hertfordshire" in page


def test_home_asks_staff_about_offers_that_lapse_within_a_day(
    world: World, queued: list[Person], as_person: AsPerson, frozen: Frozen
) -> None:
    free_it(world)
    frozen("2027-02-02 18:00")

    page = text(as_person(world.priya), "/home")

    assert "Brief Encounters (BE-01): 1 held place not answered for" in page
    assert "Held until 5pm on Wednesday 3 February 2027" in page


def test_staff_book_somebody_who_has_told_them_yes(
    world: World, queued: list[Person], as_person: AsPerson
) -> None:
    offer = free_it(world)
    browser = as_person(world.priya)
    path = f"/cohorts/{world.cohort.id}/book/{queued[2].id}"

    assert "A place on this date is held for Colin Okafor" in text(browser, path)
    assert browser.press(path, "Book Colin Okafor").status_code == 303

    db.session.refresh(offer)
    assert offer.state == "accepted"


# -- one's own place -------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["by link", "signed in"])
def test_ones_own_place_is_shown_with_reasons_and_nobodys_name(
    world: World, queued: list[Person], client: PageClient, as_person: AsPerson, way: str
) -> None:
    beth = queued[1]
    path = f"/q/{people_links.token(links.to_list(world.course.id, beth.id))}"
    browser = client
    if way == "signed in":
        path, browser = "/courses/brief-encounters/waiting/place", as_person(beth)

    page = text(browser, path)

    assert "You are 3rd of 3 on the waiting list" in page
    assert "You joined on 1 February 2027." in page
    assert "nobody of their job has been (1 person)" in page
    assert "they joined before you (1 person)" in page
    for other in ("Amara", "Colin", "Hassan"):
        assert other not in page
    browser.press(path, answer="leave")
    assert "You are not on the waiting list" in text(browser, path)


def test_a_choice_not_made_changes_nothing(
    world: World, queued: list[Person], client: PageClient
) -> None:
    path = f"/q/{people_links.token(links.to_list(world.course.id, queued[0].id))}"

    refused = client.press(path)

    assert refused.status_code == 422
    assert len(queue.line(world.course.id)) == 3


def test_people_say_which_formats_suit_them_and_are_offered_what_is_free_in_those(
    world: World, queued: list[Person], client: PageClient
) -> None:
    day = make.edition(world.course, key="one-day", title="One day")
    amara = queued[0]
    path = f"/q/{people_links.token(links.to_list(world.course.id, amara.id))}"

    done = client.press(path, "Save what suits me", editions=str(day.id))

    assert done.status_code == 303
    row = queue.of_person(world.course.id, amara.id)
    assert row is not None
    assert row.editions == {day.id}


def test_joining_from_the_course_page_passes_over_dates_that_are_free(
    world: World, as_person: AsPerson
) -> None:
    amara = make.person()

    as_person(amara).press("/courses/brief-encounters", "Join the waiting list")

    row = queue.of_person(world.course.id, amara.id)
    assert row is not None
    assert row.passed == {world.cohort.id}
    assert row.state == "waiting"


def test_waiting_for_a_full_date_is_not_answered_with_an_offer_of_the_dates_named_beside_it(
    world: World, queued: list[Person], as_person: AsPerson
) -> None:
    other = make.cohort(world.edition, world.place, code="BE-02")
    make.session(other, make.hours(date(2027, 4, 8)))
    db.session.execute(update(Waiting).values(availability={"passed": [str(other.id)]}))
    dilys = make.person("Dilys")

    as_person(dilys).press(f"/cohorts/{world.cohort.id}/place", "Join the waiting list")

    row = queue.of_person(world.course.id, dilys.id)
    assert row is not None
    assert (row.state, row.passed) == ("waiting", {other.id})


# -- a place that is held --------------------------------------------------------------------------


def test_opening_the_offers_link_changes_nothing_and_one_button_takes_the_place(
    world: World, queued: list[Person], client: PageClient
) -> None:
    offer = free_it(world)
    path = link_to(offer, queued[2])

    page = text(client, path)
    client.head(path)
    refused = client.press(path, needs="")
    assert "A place is being held for you" in page
    assert "5pm on Wednesday 3 February 2027" in page
    assert "for C. O." in page
    assert "checked" not in page
    assert refused.status_code == 422
    assert "Choose what you would like to do" in refused.get_data(as_text=True)
    assert db.session.scalar(select(Offer.state)) == "open"

    done = client.press(path, answer="take", needs="A ramp")

    assert done.status_code == 303
    assert "You are booked" in text(client, done.location)
    assert "You took this place" in text(client, path)
    assert client.post(path, data=sent_with(page, answer="take")).status_code == 303
    assert db.session.scalar(select(Booking.needs).where(Booking.state == "booked")) == "A ramp"


def test_not_this_date_keeps_the_place_in_the_queue(
    world: World, queued: list[Person], client: PageClient
) -> None:
    offer = free_it(world)
    path = link_to(offer, queued[2])

    client.press(path, answer="not_this")

    page = text(client, path)
    assert "You said no to this date" in page
    assert "You are still on the waiting list, 1st of 2." in page


def test_leaving_the_list_is_said_on_the_offers_page(
    world: World, queued: list[Person], client: PageClient
) -> None:
    path = link_to(free_it(world), queued[2])

    client.press(path, answer="leave")

    assert "You are not on the waiting list any more." in text(client, path)


def test_an_offer_that_has_lapsed_says_when_and_where_one_stands(
    world: World, queued: list[Person], client: PageClient, frozen: Frozen
) -> None:
    offer = free_it(world)
    path = link_to(offer, queued[2])
    open_page = text(client, path)
    message = db.session.scalars(select(Message).where(Message.kind == "courses.offer")).one()
    message.state, message.sent_at = "sent", clock.now()
    frozen("2027-02-03 17:01")
    for _ in jobs.tend():
        pass

    page = text(client, path)
    late = client.post(path, data=sent_with(open_page, answer="take"))

    assert "This offer ended on 3 February 2027 at 5pm" in page
    assert "You are still on the waiting list, 1st of 2." in page
    assert late.status_code == 303
    assert db.session.scalar(select(Booking.id).where(Booking.state == "booked")) is None


def test_a_pair_reads_that_the_other_must_accept_and_never_who_it_is(
    world: World, queued: list[Person], client: PageClient
) -> None:
    world.cohort.capacity = 3
    db.session.flush()
    pairs.make(waiting_id(queued[0]), waiting_id(queued[2]), by=world.coordinator)
    row = db.session.scalars(
        select(Offer).join(Waiting).where(Waiting.person_id == queued[2].id)
    ).one()
    path = link_to(row, queued[2])

    page = text(client, path)
    client.press(path, answer="take")
    after = text(client, path)

    assert "The person who comes with you must also accept." in page
    assert "Amara" not in page
    assert "You said yes" in after
    assert "Take this place" not in after


def test_signed_in_the_page_of_ones_place_shows_the_offer_and_takes_it(
    world: World, queued: list[Person], as_person: AsPerson
) -> None:
    free_it(world)
    browser, path = as_person(queued[2]), f"/cohorts/{world.cohort.id}/place"

    home = text(browser, "/home")
    course = text(browser, "/courses/brief-encounters")
    page = text(browser, path)
    done = browser.press(path, answer="take")

    assert "A place is being held for you: Brief Encounters" in home
    assert "A place is held for you" in course
    assert "A place is being held for you" in page
    assert done.location == path
    assert "You are booked" in text(browser, path)


def test_a_clash_met_on_accepting_is_said_at_the_question(
    world: World, queued: list[Person], client: PageClient
) -> None:
    offer = free_it(world)
    other = make.cohort(None, world.place)
    make.session(other, make.hours(world.sessions[0].during.lower.date()))
    make.booking(other, queued[2])

    refused = client.press(link_to(offer, queued[2]), answer="take")

    assert refused.status_code == 422
    assert "You are booked on another course on Thursday 18 February 2027" in refused.get_data(
        as_text=True
    )


def test_a_link_to_one_offer_opens_no_other_and_answers_for_nobody_else(
    world: World, queued: list[Person], client: PageClient
) -> None:
    offer = free_it(world)
    made = make.personal_link(queued[0], "offer", offer.id)

    assert client.get(f"/o/{people_links.token(made)}").status_code == 404
    wrong = links.to_list(world.course.id, queued[0].id)
    assert client.get(f"/o/{people_links.token(wrong)}").status_code == 404


def test_the_history_of_the_cohort_shows_the_offer_and_its_answer(
    world: World, queued: list[Person], as_person: AsPerson
) -> None:
    offer = free_it(world)
    answering.accept(offer.id, by=oneself(queued[2]))

    page = text(as_person(world.priya), f"/cohorts/{world.cohort.id}/history")

    assert "offered → booked" in page
