"""Fifty people press for the last places at once; replies get lost; processes die."""

from __future__ import annotations

import multiprocessing
import re
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import func, select

from courses.models import Booking, BookingChange, Cohort, Place
from courses.queries import offers, queue, waiting
from courses.services import booking
from lms import db as door
from lms.app import create_app
from lms.db import db
from lms.messages.models import Message
from lms.people.models import Person
from lms.settings import Settings
from lms.testing.client import PageClient
from lms.web.opening import LmsFlask
from tests import factories as make
from tests.courses.conftest import World, oneself

AsPerson = Callable[[Person], PageClient]
PEOPLE, PLACES = 50, 5


def opened(browser: PageClient, path: str) -> dict[str, str]:
    """Open the page; what its form carries."""
    page = browser.get(path).get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return {"csrf_token": found[1], "needs": ""}


def pressing(browser: PageClient, path: str, ready: threading.Barrier) -> tuple[int, str]:
    """Open the page, wait for everybody, press."""
    form = opened(browser, path)
    ready.wait(60)
    answer = browser.post(path, data=form)
    return answer.status_code, answer.get_data(as_text=True)


def test_fifty_press_for_five_places_and_five_get_one_each(
    world: World, as_person: AsPerson
) -> None:
    path = f"/cohorts/{world.cohort.id}/place"
    browsers = [as_person(make.person()) for _ in range(PEOPLE)]
    cohort_id = world.cohort.id
    door.commit()
    ready = threading.Barrier(PEOPLE)

    with ThreadPoolExecutor(PEOPLE) as pool:
        answers = list(pool.map(lambda one: pressing(one, path, ready), browsers))

    assert Counter(status for status, _ in answers) == {303: PLACES, 422: PEOPLE - PLACES}
    refused = [text for status, text in answers if status == 422]
    assert all("Someone took the last place while you were on this page" in t for t in refused)
    booked = select(func.count()).select_from(Booking).where(Booking.state == "booked")
    assert db.session.scalar(booked) == PLACES
    assert db.session.scalar(select(Cohort.seats_taken).where(Cohort.id == cohort_id)) == PLACES
    assert db.session.scalar(select(func.count()).select_from(Message)) == PLACES


def test_the_rest_join_the_queue_all_at_once_and_places_go_down_it_in_order(
    world: World, as_person: AsPerson
) -> None:
    people = {one.id: one for one in (make.person() for _ in range(PEOPLE))}
    browsers = [(as_person(one), one.id) for one in people.values()]
    cohort_id, course_id = world.cohort.id, world.course.id
    path = f"/cohorts/{cohort_id}/place"
    door.commit()
    ready, again = threading.Barrier(PEOPLE), threading.Barrier(PEOPLE - PLACES)

    def press(browser: PageClient) -> int:
        if pressing(browser, path, ready)[0] == 303:
            return 0
        form = opened(browser, path)
        again.wait(60)
        return browser.post(f"{path}/wait", data=form).status_code

    with ThreadPoolExecutor(PEOPLE) as pool:
        answers = list(pool.map(lambda one: press(one[0]), browsers))

    assert Counter(answers) == {0: PLACES, 303: PEOPLE - PLACES}
    line = [one.person_id for one in queue.line(course_id)]
    in_, waits = {who for who in people if who not in line}, set(line)
    assert (len(in_), len(line), len(waits)) == (PLACES, PEOPLE - PLACES, PEOPLE - PLACES)
    places = [waiting.position(course_id, who) for who in line]
    assert [one.nth for one in places if one] == list(range(1, len(line) + 1))
    gives_up = [people[who] for who in list(in_)[:3]]
    with ThreadPoolExecutor(3) as pool:
        browsers_up = [as_person(one) for one in gives_up]
        pool_path = f"{path}/change"
        list(pool.map(lambda one: one.press(pool_path, answer="give_up"), browsers_up))
    held = [one.person_id for one in offers.of_cohort(cohort_id)]
    assert sorted(held) == sorted(line[:3])
    assert db.session.scalar(select(Cohort.seats_taken).where(Cohort.id == cohort_id)) == PLACES


def test_pressing_again_after_a_lost_reply_is_one_booking_and_the_same_answer(
    world: World, as_person: AsPerson
) -> None:
    amara = make.person()
    browser, path = as_person(amara), f"/cohorts/{world.cohort.id}/place"

    form = opened(browser, path)

    first = browser.post(path, data=form)
    again = browser.post(path, data=form)

    assert (first.status_code, first.location) == (again.status_code, again.location)
    assert db.session.scalar(select(func.count()).select_from(Booking)) == 1
    assert db.session.scalar(select(func.count()).select_from(Message)) == 1


def test_a_cohort_cancelled_while_the_page_was_open_books_nobody(
    world: World, as_person: AsPerson
) -> None:
    amara = make.person()
    browser, path = as_person(amara), f"/cohorts/{world.cohort.id}/place"
    form = opened(browser, path)
    world.cohort.state = "cancelled"
    door.commit()

    answer = browser.post(path, data=form)

    assert answer.status_code == 410
    assert db.session.scalar(select(func.count()).select_from(Booking)) == 0


def die_booking(settings: dict[str, Any], cohort_id: Any, person_id: Any) -> None:
    """Book in a process of its own, which dies where `LMS_CRASH_AT` says."""
    app = create_app(Settings(**settings))
    with app.app_context(), door.unit_of_work():
        person = db.session.get_one(Person, person_id)
        booking.book_oneself(cohort_id, person_id, by=oneself(person))


def test_a_process_that_dies_in_the_middle_of_a_booking_leaves_nothing_behind(
    world: World, app: LmsFlask, settings: Settings, monkeypatch: Any
) -> None:
    amara = make.person()
    known = {"cohort_id": world.cohort.id, "person_id": amara.id}
    door.commit()
    monkeypatch.setenv("LMS_CRASH_AT", "booking.made")
    fork = multiprocessing.get_context("spawn")

    process = fork.Process(target=die_booking, args=(settings.model_dump(), *known.values()))
    process.start()
    process.join(60)
    monkeypatch.delenv("LMS_CRASH_AT")

    assert process.exitcode == -9
    for table in (Booking, BookingChange, Place, Message):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0
    assert db.session.scalar(select(Cohort.seats_taken)) == 0
    booking.book_oneself(*known.values(), by=oneself(amara))
    assert db.session.scalar(select(Cohort.seats_taken)) == 1
