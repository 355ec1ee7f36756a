"""A line manager is asked before somebody has a place, and may say yes or no until the course."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from courses.models import Approval, Booking, Cohort, Offer, Waiting
from courses.queries import approving as approvals
from courses.queries import cohorts
from courses.services import approving, booking, cancelling, links, requests, waiting
from courses.services.cancelling import Fate
from courses.services.queue import answering
from courses.services.requests import Approver
from lms.contracts import SYSTEM
from lms.db import Complaint, db, unit_of_work
from lms.errors import Conflict
from lms.events import PersonErased, publish
from lms.messages.models import Message
from lms.people import links as people_links
from lms.people.models import Person, PersonEmail
from lms.people.services import mailboxes
from lms.records import ImportBatch
from lms.testing.client import PageClient, keep
from tests import factories as make
from tests.courses.conftest import World, oneself

Frozen = Callable[[str], object]
AsPerson = Callable[[Person], PageClient]


@pytest.fixture
def asking(world: World) -> World:
    """The programme, with a course that asks for approval."""
    for row in (world.course, world.cohort):
        row.template = {**row.template, "needs_approval": True}
    db.session.flush()
    return world


@pytest.fixture
def mark(asking: World) -> Person:
    return make.person("Mark", "Boss", email="mark@example.org")


@pytest.fixture
def amara(mark: Person) -> Person:
    """Somebody whose manager is on record."""
    return make.person("Amara", "Okafor", manager_id=mark.id)


def ask(world: World, who: Person, **options: Any) -> Approval:
    booking.book_oneself(
        world.cohort.id, who.id, by=oneself(who), approver=Approver(why="To help", **options)
    )
    return approval_of(who)


def approval_of(who: Person) -> Approval:
    found = (
        select(Approval)
        .join(Booking, Booking.id == Approval.booking_id)
        .where(Booking.person_id == who.id)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(found).one()


def states(who: Person) -> list[str]:
    db.session.expire_all()
    found = select(Booking.state).where(Booking.person_id == who.id)
    return list(db.session.scalars(found.order_by(Booking.id)))


def seats(world: World) -> int:
    return db.session.scalar(select(Cohort.seats_taken).where(Cohort.id == world.cohort.id)) or 0


def messages(who: Person, kind: str) -> list[Message]:
    found = select(Message).where(Message.person_id == who.id, Message.kind == f"courses.{kind}")
    return list(db.session.scalars(found.order_by(Message.id)))


def waits(who: Person) -> Waiting | None:
    found = select(Waiting).where(Waiting.person_id == who.id, Waiting.closed_at.is_(None))
    return db.session.scalars(found).one_or_none()


def page_of(found: Approval, world: World) -> str:
    link = links.to_approval(found.id, found.manager_id, cohorts.facts(world.cohort.id))
    return f"/m/{people_links.token(link)}"


# -- asking ----------------------------------------------------------------------------------------


def test_a_request_holds_no_seat_and_asks_the_manager_on_record_once(
    asking: World, amara: Person, mark: Person
) -> None:
    found = ask(asking, amara)
    booking.book_oneself(asking.cohort.id, amara.id, by=oneself(amara), approver=Approver())

    assert states(amara) == ["requested"]
    assert seats(asking) == 0
    assert found.manager_id == mark.id
    (told,) = messages(mark, "approval")
    assert told.subject == "Can Amara Okafor go on Brief Encounters? Answer by 8 Feb"
    assert "from 18 to 25 February 2027, 6 hours of work time." in told.body
    assert "Why: “To help.”" in told.body
    assert "because we have you on record as Amara Okafor’s manager." in told.body
    assert "No place is held until you say yes" in told.body
    assert told.urgency == "now"
    assert messages(amara, "confirmation") == []
    row = db.session.scalars(select(Booking)).one()
    assert (row.needs_approval, row.manager_id) == (True, mark.id)


def test_a_course_that_does_not_ask_books_at_once(world: World) -> None:
    who = make.person()
    booking.book_oneself(world.cohort.id, who.id, by=oneself(who))
    assert states(who) == ["booked"]


def test_a_manager_nobody_knows_is_added_by_the_address_given(asking: World) -> None:
    beth = make.person("Beth")
    found = ask(asking, beth, email="Jo.New@Example.org", given_name="Jo", family_name="New")

    jo = db.session.get_one(Person, found.manager_id)
    assert (jo.given_name, jo.family_name) == ("Jo", "New")
    address = select(PersonEmail.address).where(PersonEmail.person_id == jo.id)
    assert db.session.scalar(address) == "jo.new@example.org"
    assert db.session.get_one(Person, beth.id).manager_id is None


def test_somebody_who_has_the_address_is_asked_and_never_changed(
    asking: World, amara: Person, mark: Person
) -> None:
    other = make.person("Rita", "Real", email="rita@example.org")
    found = ask(asking, amara, email="RITA@example.org", given_name="Not", family_name="Rita")

    assert found.manager_id == other.id
    db.session.expire_all()
    assert (other.given_name, other.family_name) == ("Rita", "Real")
    assert db.session.get_one(Person, amara.id).manager_id == mark.id


@pytest.mark.parametrize(
    ("approver", "field", "said"),
    [
        ({}, "manager_email", "Enter your manager’s e-mail address"),
        ({"email": "beth@example.org"}, "manager_email", "not your own"),
        ({"email": "new@example.org"}, "manager_given_name", "Enter your manager’s first name"),
        ({"email": "a@b@c"}, "manager_email", "Enter an e-mail address in the correct format"),
    ],
)
def test_who_cannot_be_asked_is_an_error_at_the_field(
    asking: World, approver: dict[str, str], field: str, said: str
) -> None:
    beth = make.person("Beth", email="beth@example.org")
    with pytest.raises(Complaint) as refused:
        ask(asking, beth, **approver)
    assert refused.value.field == field
    assert said in refused.value.text
    assert states(beth) == []


def test_nobody_is_asked_at_a_mailbox_that_others_read_or_are_said_to_read(
    asking: World, amara: Person, mark: Person
) -> None:
    beth = make.person("Beth", email=None)
    said = {"kind": "people", "importer_key": "", "file_name": "x.csv", "file_sha256": ""}
    batch = make.keep(ImportBatch(by_label="Priya", **said))
    addresses = {"team@example.org", "mark@example.org"}
    mailboxes.say_shared(addresses, by=asking.coordinator, import_id=batch.id)
    for address in addresses:
        with pytest.raises(Complaint, match="Others read this mailbox too") as refused:
            ask(asking, beth, email=address, given_name="Jo")
        assert refused.value.field == "manager_email"
    with pytest.raises(Complaint, match="Enter your manager"):
        ask(asking, amara)
    mailboxes.decide(mark.id, shared=False, by=SYSTEM)
    assert ask(asking, beth, email="mark@example.org").manager_id == mark.id


def test_a_coordinators_booking_asks_too_and_the_person_is_told(
    asking: World, amara: Person, mark: Person
) -> None:
    booking.book_other(asking.cohort.id, amara.id, by=asking.coordinator)
    assert states(amara) == ["requested"]
    assert len(messages(mark, "approval")) == 1
    (told,) = messages(amara, "requested")
    assert "Priya Nair put you forward" in told.body


def test_a_list_of_people_is_booked_as_it_says(asking: World, amara: Person) -> None:
    booking.book_many(asking.cohort.id, [amara.id], source="import", by=asking.coordinator)
    assert states(amara) == ["booked"]


# -- yes -------------------------------------------------------------------------------------------


def test_yes_gives_the_place_and_confirms_it(asking: World, amara: Person, mark: Person) -> None:
    found = ask(asking, amara)
    approving.answer(found.id, approves=True, by=oneself(mark))
    approving.answer(found.id, approves=True, by=oneself(mark))

    assert states(amara) == ["booked"]
    assert seats(asking) == 1
    (told,) = messages(amara, "confirmation")
    assert told.ical is not None


def test_yes_for_a_full_date_waits_from_the_day_they_asked(
    asking: World, amara: Person, mark: Person, frozen: Frozen
) -> None:
    asking.cohort.capacity = 1
    found = ask(asking, amara)
    frozen("2027-02-02 09:00")
    other = make.person()
    booking.book_many(asking.cohort.id, [other.id], source="import", by=asking.coordinator)
    later = make.person()
    waiting.join(asking.course.id, later.id, by=oneself(later), cohort_id=asking.cohort.id)
    frozen("2027-02-03 09:00")
    approving.answer(found.id, approves=True, by=oneself(mark))

    assert states(amara) == ["withdrawn"]
    place = waits(amara)
    assert place is not None
    assert place.joined_at == approval_of(amara).asked_at
    assert len(messages(amara, "waiting")) == 1
    # The manager's word holds for the place that comes: nobody is asked twice.
    booking.give_up(asking.cohort.id, other.id, by=oneself(other))
    offer = db.session.scalars(select(Offer)).one()
    answering.accept(offer.id, by=oneself(amara))
    assert states(amara) == ["withdrawn", "booked"]
    assert len(messages(mark, "approval")) == 1


def test_people_who_wait_and_fit_go_before_a_request(
    asking: World, amara: Person, mark: Person
) -> None:
    found = ask(asking, amara)
    first = make.person()
    asking.cohort.capacity = 1
    waiting.join(asking.course.id, first.id, by=oneself(first), cohort_id=asking.cohort.id)
    approving.answer(found.id, approves=True, by=oneself(mark))

    assert states(amara) == ["withdrawn"]
    assert states(first) == ["offered"]


def test_yes_is_refused_in_words_while_somebody_is_elsewhere(
    asking: World, amara: Person, mark: Person
) -> None:
    found = ask(asking, amara)
    other = make.cohort(asking.edition, asking.place, code="BE-02", capacity=5)
    make.session(other, date(2027, 2, 18))
    booking.book_many(other.id, [amara.id], source="import", by=asking.coordinator)
    with pytest.raises(Complaint) as refused:
        approving.answer(found.id, approves=True, by=oneself(mark))
    assert refused.value.text == "Amara has another course at that time by now"


# -- no, and second thoughts -----------------------------------------------------------------------


def test_no_needs_a_reason_which_the_one_who_asked_reads(
    asking: World, amara: Person, mark: Person
) -> None:
    found = ask(asking, amara)
    with pytest.raises(Complaint) as refused:
        approving.answer(found.id, approves=False, by=oneself(mark))
    assert refused.value.field == "reason"
    approving.answer(found.id, approves=False, reason="Too few of us", by=oneself(mark))

    assert states(amara) == ["refused"]
    (told,) = messages(amara, "refused")
    assert "Mark Boss declined" in told.body
    assert "Reason: Too few of us" in told.body


def test_the_answer_can_be_changed_both_ways_until_the_course_starts(
    asking: World, amara: Person, mark: Person, frozen: Frozen
) -> None:
    found = ask(asking, amara)
    approving.answer(found.id, approves=False, reason="Not now", by=oneself(mark))
    approving.answer(found.id, approves=True, by=oneself(mark))
    assert states(amara) == ["refused", "booked"]
    approving.answer(found.id, approves=False, reason="After all", by=oneself(mark))
    assert states(amara) == ["refused", "cancelled"]
    told = messages(amara, "refused")
    assert "Reason: After all" in told[-1].body
    assert [bool(one.ical) for one in told] == [False, True]
    approving.answer(found.id, approves=True, by=oneself(mark))
    assert states(amara) == ["refused", "cancelled", "booked"]
    assert seats(asking) == 1

    frozen("2027-02-18 09:31")
    with pytest.raises(Conflict):
        approving.answer(found.id, approves=False, reason="Too late", by=oneself(mark))
    assert states(amara)[-1] == "booked"


def test_no_after_a_full_date_takes_them_off_the_list(
    asking: World, amara: Person, mark: Person
) -> None:
    found = ask(asking, amara)
    asking.cohort.capacity = 1
    make.booking(asking.cohort)
    approving.answer(found.id, approves=True, by=oneself(mark))
    assert waits(amara) is not None
    approving.answer(found.id, approves=False, reason="No", by=oneself(mark))
    assert waits(amara) is None
    assert len(messages(amara, "refused")) == 1


def test_what_was_taken_back_cannot_be_answered_and_the_manager_is_not_written_to(
    asking: World, amara: Person, mark: Person
) -> None:
    found = ask(asking, amara)
    requests.take_back(found.booking_id, by=oneself(amara))
    requests.take_back(found.booking_id, by=oneself(amara))

    assert states(amara) == ["withdrawn"]
    assert messages(mark, "approval")[0].state == "cancelled"
    with pytest.raises(Conflict):
        approving.answer(found.id, approves=True, by=oneself(mark))


def test_a_place_given_up_after_a_yes_is_not_given_back_by_the_manager(
    asking: World, amara: Person, mark: Person
) -> None:
    found = ask(asking, amara)
    approving.answer(found.id, approves=True, by=oneself(mark))
    booking.give_up(asking.cohort.id, amara.id, by=oneself(amara))
    with pytest.raises(Conflict):
        approving.answer(found.id, approves=False, reason="No", by=oneself(mark))


def test_yes_and_taking_back_at_once_leave_one_state(
    asking: World, amara: Person, mark: Person, app: Any
) -> None:
    found = ask(asking, amara)
    approval_id, booking_id = found.id, found.booking_id
    who, boss = oneself(amara), oneself(mark)
    keep()
    barrier = threading.Barrier(2)

    def race(act: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            with app.app_context():
                barrier.wait()
                with suppress(Conflict), unit_of_work():
                    act()

        return run

    acts = (
        lambda: approving.answer(approval_id, approves=True, by=boss),
        lambda: requests.take_back(booking_id, by=who),
    )
    sides = [threading.Thread(target=race(act)) for act in acts]
    for side in sides:
        side.start()
    for side in sides:
        side.join(30)
    assert states(amara) in (["booked"], ["withdrawn"])
    assert seats(asking) == (states(amara) == ["booked"])


# -- a place the queue holds -----------------------------------------------------------------------


@pytest.fixture
def offered(asking: World, amara: Person) -> Offer:
    """A place held for Amara, whose manager has not been asked."""
    waiting.join(asking.course.id, amara.id, by=oneself(amara), cohort_id=asking.cohort.id)
    return db.session.scalars(select(Offer)).one()


def test_taking_an_offered_place_asks_the_manager_and_holds_it_meanwhile(
    asking: World, amara: Person, mark: Person, offered: Offer, frozen: Frozen
) -> None:
    frozen("2027-02-02 10:00")
    answering.accept(offered.id, by=oneself(amara))
    answering.accept(offered.id, by=oneself(amara))

    assert states(amara) == ["offered"]
    assert seats(asking) == 1
    (told,) = messages(mark, "approval")
    assert "The place is held until 5pm on Thursday 4 February 2027." in told.body
    approving.answer(approval_of(amara).id, approves=True, by=oneself(mark))
    assert states(amara) == ["booked"]
    assert waits(amara) is None


def test_no_to_an_offered_place_frees_it_for_the_next(
    asking: World, amara: Person, mark: Person, offered: Offer
) -> None:
    answering.accept(offered.id, by=oneself(amara))
    approving.answer(approval_of(amara).id, approves=False, reason="No", by=oneself(mark))
    assert states(amara) == ["declined"]
    assert waits(amara) is None
    assert seats(asking) == 0
    assert len(messages(amara, "refused")) == 1


# -- the course itself -----------------------------------------------------------------------------


def test_requests_end_with_a_cancelled_date_and_with_its_beginning(
    asking: World, amara: Person, mark: Person, frozen: Frozen
) -> None:
    ask(asking, amara)
    other = make.cohort(asking.edition, asking.place, code="BE-02", template=asking.cohort.template)
    make.session(other, date(2027, 2, 10))
    beth = make.person("Beth", manager_id=mark.id)
    booking.book_oneself(other.id, beth.id, by=oneself(beth))
    cancelling.cancel(asking.cohort.id, reason="No room", fate=Fate("nowhere"), by=SYSTEM)
    assert states(amara) == ["withdrawn"]
    assert "No room" in messages(amara, "request_ended")[0].body
    requests.close_late()
    assert states(beth) == ["requested"]
    frozen("2027-02-10 09:31")
    requests.close_late()
    requests.close_late()
    assert states(beth) == ["withdrawn"]
    assert len(messages(beth, "request_ended")) == 1


def test_an_erased_person_leaves_no_request_and_no_words(
    asking: World, amara: Person, mark: Person
) -> None:
    found = ask(asking, amara)
    publish(PersonErased(SYSTEM, amara.id))
    assert states(amara) == ["withdrawn"]
    db.session.expire_all()
    assert db.session.get_one(Approval, found.id).asked_why == ""


def test_what_was_asked_is_among_what_is_held_about_both(
    asking: World, amara: Person, mark: Person
) -> None:
    ask(asking, amara)
    (hers,) = approvals.personal_data(amara.id)
    assert dict(hers.rows)["Why, in your words"] == "To help"
    (his,) = approvals.personal_data(mark.id)
    assert his.title == "Approvals you were asked for"


# -- pages -----------------------------------------------------------------------------------------


def test_the_page_behind_the_message_chooses_nothing_and_its_button_answers(
    asking: World, amara: Person, mark: Person, client: PageClient
) -> None:
    path = page_of(ask(asking, amara), asking)
    page = client.get(path).get_data(as_text=True)
    client.head(path)
    assert "Can Amara Okafor go on this course?" in page
    assert "6 hours of work time" in page
    assert "checked" not in page
    assert "Cohorts" not in page
    assert states(amara) == ["requested"]
    bare = client.press(path, "Send my answer")
    assert bare.status_code == 422
    assert "Choose Approve or Decline" in bare.get_data(as_text=True)
    without = client.press(path, "Send my answer", answer="decline")
    assert without.status_code == 422
    assert "Enter a reason, which Amara will read" in without.get_data(as_text=True)
    assert states(amara) == ["requested"]

    assert client.press(path, answer="approve", reason="").location == path
    again = client.get(path).get_data(as_text=True)
    assert "You approved this on 1 February 2027." in again
    assert "Change my answer" in again
    assert states(amara) == ["booked"]
    client.press(path, answer="decline", reason="Not now")
    assert "You declined this on 1 February 2027." in client.get(path).get_data(as_text=True)
    assert states(amara) == ["cancelled"]


def test_neither_why_somebody_asks_nor_why_a_manager_declines_tells_of_a_family(
    asking: World, amara: Person, client: PageClient, as_person: AsPerson
) -> None:
    why = "My client Sarah needs help"

    asked = as_person(amara).press(f"/cohorts/{asking.cohort.id}/place", why=why)
    declined = client.press(page_of(ask(asking, amara), asking), answer="decline", reason=why)

    for page in (asked, declined):
        assert page.status_code == 422
        assert "We never keep families" in page.get_data(as_text=True)
    assert states(amara) == ["requested"]


def test_a_managers_link_opens_nothing_else(
    asking: World, amara: Person, client: PageClient
) -> None:
    token = page_of(ask(asking, amara), asking).removeprefix("/m/")
    for purpose in ("b", "q", "s", "c", "o"):
        assert client.get(f"/{purpose}/{token}").status_code == 404
    assert client.get("/home").status_code == 303
    trainee = links.to_cohort(cohorts.facts(asking.cohort.id), [amara.id])[amara.id]
    assert client.get(f"/m/{people_links.token(trainee)}").status_code == 404


def test_the_form_asks_for_the_manager_and_the_page_says_how_it_stands(
    asking: World, client: PageClient, as_person: AsPerson
) -> None:
    beth = make.person("Beth", "Lyons")
    browser = as_person(beth)
    path = f"/cohorts/{asking.cohort.id}/place"
    assert "Your manager is asked first" in browser.get(path).get_data(as_text=True)
    refused = browser.press(path, "Ask for my place", manager_email="")
    assert refused.status_code == 422
    assert "Enter your manager’s e-mail address" in refused.get_data(as_text=True)
    browser.press(
        path, "Ask for my place", manager_email="jo@example.org", manager_given_name="Jo",
        why="To learn",
    )  # fmt: skip
    page = browser.get(path).get_data(as_text=True)
    assert "Your manager has been asked" in page
    assert "No place is held yet" in page
    browser.press(path, "Take my request back")
    assert states(beth) == ["withdrawn"]
    assert "Ask for my place" in browser.get(path).get_data(as_text=True)


def test_nobody_has_managers_written_to_again_and_again(
    asking: World, amara: Person, as_person: AsPerson
) -> None:
    browser = as_person(amara)
    path = f"/cohorts/{asking.cohort.id}/place"
    for _ in range(5):
        browser.press(path, "Ask for my place")
        browser.press(path, "Take my request back")
    assert browser.press(path, "Ask for my place").status_code == 429


def test_an_offer_asks_for_the_manager_on_its_own_page(
    asking: World, offered: Offer, amara: Person, as_person: AsPerson
) -> None:
    browser = as_person(amara)
    path = f"/cohorts/{asking.cohort.id}/place"
    page = browser.get(path).get_data(as_text=True)
    assert "Your manager is asked first" in page
    browser.press(path, "Send my answer", answer="take")
    page = browser.get(path).get_data(as_text=True)
    assert "Your manager has been asked" in page
    assert "A place is held for you until" in page
    browser.press(path, "Take my request back")
    assert states(amara) == ["declined"]
    assert waits(amara) is not None


def test_an_offer_s_link_asks_too_and_takes_back(
    asking: World, offered: Offer, amara: Person, client: PageClient
) -> None:
    made = links.to_offer(offered.id, amara.id, offered.expires_at)
    path = f"/o/{people_links.token(made)}"
    client.press(path, "Send my answer", answer="take")
    assert "Your manager has been asked" in client.get(path).text
    client.press(path, "Take my request back")
    assert states(amara) == ["declined"]
    assert "You said no to this date" in client.get(path).text


def test_the_home_page_of_a_manager_lists_what_to_decide(
    asking: World, amara: Person, mark: Person, as_person: AsPerson
) -> None:
    found = ask(asking, amara)
    browser = as_person(mark)
    page = browser.get("/home").get_data(as_text=True)
    assert "Amara Okafor has asked to go on Brief Encounters" in page
    assert f"/approvals/{found.id}" in page
    browser.press(f"/approvals/{found.id}", answer="approve", reason="")
    assert "has asked to go on" not in browser.get("/home").get_data(as_text=True)
    stranger = make.person()
    assert as_person(stranger).get(f"/approvals/{found.id}").status_code == 404


def test_a_coordinator_sees_who_waits_and_is_reminded_after_five_days(
    asking: World, amara: Person, mark: Person, as_person: AsPerson, frozen: Frozen
) -> None:
    found = ask(asking, amara)
    assert "1 person waits" in as_person(asking.priya).get(f"/cohorts/{asking.cohort.id}").text
    assert "over 5 days old" not in as_person(asking.priya).get("/home").text
    frozen("2027-02-06 09:01")
    browser = as_person(asking.priya)
    assert "Brief Encounters (BE-01): 1 approval over 5 days old" in browser.get("/home").text
    path = f"/cohorts/{asking.cohort.id}/approvals"
    assert "Mark Boss" in browser.get(path).text
    one = f"{path}/{found.id}"
    assert browser.press(one, answer="ask_again").status_code == 303
    assert len(messages(mark, "approval")) == 2
    assert browser.press(one, "Continue").status_code == 422
    bare = browser.press(one, answer="book", reason="")
    assert "Enter a reason" in bare.text
    browser.press(one, answer="book", reason="Agreed by telephone")
    assert states(amara) == ["booked"]
    assert browser.get(one).status_code == 404


def test_a_coordinator_of_another_place_decides_nothing_here(
    asking: World, amara: Person, as_person: AsPerson
) -> None:
    found = ask(asking, amara)
    other = make.person()
    make.grant(other, "coordinator", "locality", make.locality("Gateshead").id)
    browser = as_person(other)
    assert browser.get(f"/cohorts/{asking.cohort.id}/approvals").status_code == 404
    assert browser.get(f"/cohorts/{asking.cohort.id}/approvals/{found.id}").status_code == 404


def test_a_coordinator_books_with_the_managers_address(asking: World, as_person: AsPerson) -> None:
    who = make.person(
        "Beth", "Lyons", organisation_id=make.organisation("NHS", locality_id=asking.place.id).id
    )
    browser = as_person(asking.priya)
    path = f"/cohorts/{asking.cohort.id}/book/{who.id}"
    assert "Their manager is asked first" in browser.get(path).text
    done = browser.press(
        path, "Ask for Beth Lyons", manager_email="jo@example.org", manager_given_name="Jo"
    )
    assert done.status_code == 303
    assert states(who) == ["requested"]
    assert "has been asked and has not answered yet" in browser.get(path).text
