"""More mail in an hour than anybody meant is held where people see it, until one decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from lms import clock
from lms.db import db, uuid7
from lms.messages import brake
from lms.messages.models import Message
from tests import factories
from tests.messages.conftest import send
from tests.messages.test_queue import queue, state

pytestmark = pytest.mark.usefixtures("letters")


@pytest.fixture
def administrator(as_person):
    person = factories.person("Ada", "Min")
    factories.grant(person, "administrator")
    return as_person(person)


def past(counts: list[int], *, kind: str = "test") -> None:
    """So many messages went in each of the last hours before this one."""
    person = factories.person()
    rows = [
        {
            "id": uuid7(), "person_id": person.id, "kind": kind, "subject": "s", "body": "b",
            "template_key": "t", "state": "sent", "dedupe_key": str(uuid7()),
            "not_before": clock.now(), "sent_at": clock.now() - timedelta(hours=ago + 1, minutes=5),
        }
        for ago, count in enumerate(counts)
        for _ in range(count)
    ]  # fmt: skip
    db.session.execute(insert(Message), rows)


def waiting(count: int) -> None:
    """So many messages are due."""
    person = factories.person()
    rows = [
        {
            "id": uuid7(), "person_id": person.id, "kind": "test", "subject": "s", "body": "b",
            "template_key": "t", "state": "queued", "dedupe_key": str(uuid7()),
            "not_before": clock.now(),
        }
        for _ in range(count)
    ]  # fmt: skip
    db.session.execute(insert(Message), rows)


def held() -> int:
    return db.session.scalar(
        select(func.count()).select_from(Message).where(Message.state == "held")
    )


def test_what_is_over_the_limit_waits_for_a_person_who_releases_it_and_sign_in_does_not(
    session, make_app, administrator, letters
):
    app = make_app(mail_brake=3)
    person = factories.person()
    messages = [queue(person) for _ in range(4)]
    sign_in = queue(person, kind="sign-in")
    send(app)
    assert {state(m) for m in messages} == {"held"}
    assert state(sign_in) == "sent"
    assert "4 messages stopped: more in an hour than usual" in administrator.get("/home").text
    page = administrator.get("/messages?state=stopped").text
    assert "4 messages were stopped. More than 3 messages in an hour." in page
    assert administrator.press("/messages", "Release 4 messages").status_code == 303
    send(app)
    assert {state(m) for m in messages} == {"sent"}
    assert "stopped" not in administrator.get("/home").text


def test_what_was_stopped_can_be_cancelled_as_a_whole(session, make_app, administrator, letters):
    app = make_app(mail_brake=3)
    messages = [queue(factories.person()) for _ in range(4)]
    by_hand = queue(factories.person())
    send(app)
    session.get_one(Message, by_hand).stopped_at = None
    assert administrator.press("/messages", "Cancel 4 messages").status_code == 303
    send(app)
    assert {state(m) for m in messages} == {"cancelled"}
    assert state(by_hand) == "held"
    assert letters.all() == []


def test_messages_held_by_hand_and_messages_that_were_stopped_are_let_go_apart(
    session, make_app, administrator
):
    app = make_app(mail_brake=3)
    by_hand = queue(factories.person())
    assert administrator.press(f"/messages/{by_hand}", "Hold").status_code == 303
    stopped = [queue(factories.person()) for _ in range(4)]
    send(app)
    assert administrator.press("/messages", "Release it").status_code == 303
    assert state(by_hand) == "queued"
    assert {state(m) for m in stopped} == {"held"}


def test_a_coordinator_lets_go_only_what_is_in_their_place(session, make_app, as_person):
    app = make_app(mail_brake=1)
    here, there = factories.locality(), factories.locality()
    mine = queue(factories.person(), locality_ids=[here.id])
    other = queue(factories.person(), locality_ids=[there.id])
    send(app)
    priya = factories.person("Priya")
    factories.grant(priya, "coordinator", scope_kind="locality", scope_id=str(here.id))
    assert as_person(priya).press("/messages", "Release 1 message").status_code == 303
    assert (state(mine), state(other)) == ("queued", "held")


def test_messages_that_come_in_small_runs_are_counted_by_the_hour(session, make_app, frozen):
    app = make_app(mail_brake=10)
    frozen("2027-03-04 09:30")
    waiting(8)
    send(app)
    frozen("2027-03-04 09:50")
    waiting(3)
    send(app)
    assert held() == 3
    frozen("2027-03-04 10:40")
    waiting(3)
    send(app)
    assert held() == 3


def test_ten_times_the_usual_number_of_an_hour_is_stopped_below_the_limit(session, caplog):
    past([12] * 30)
    assert brake.usual(clock.now()) == 12
    waiting(121)
    brake.stop()
    assert held() == 121
    assert session.scalar(select(Message.last_error).where(Message.state == "held").limit(1)) == (
        "More than 120 messages in an hour, where 12 are usual"
    )
    assert "121 messages wait for a person" in caplog.text


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ([12] * 30, 120),  # ten times, and not one more
        ([1] * 30, 100),  # a small site that books two whole courses
        ([30] * 30, 290),
    ],
)
def test_less_than_ten_times_the_usual_number_goes(session, before, now):
    past(before)
    waiting(now)
    brake.stop()
    assert held() == 0


def test_a_small_site_is_asked_above_the_floor_alone(session):
    past([1] * 30)
    waiting(101)
    brake.stop()
    assert held() == 101


def test_a_new_site_has_the_fixed_limit_alone(session):
    past([1] * (brake.HOURS_KNOWN - 1))
    assert brake.usual(clock.now()) is None
    waiting(300)
    brake.stop()
    assert held() == 0


def test_neither_one_large_day_nor_sign_ins_nor_old_mail_make_the_usual_larger(session, frozen):
    frozen("2027-02-01 12:00")
    past([900] * 30)
    frozen("2027-03-04 12:00")
    past([400] + [2] * 29)
    past([400] * 30, kind="sign-in")
    assert brake.usual(clock.now()) == 2
