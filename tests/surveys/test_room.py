"""The code in the room: who names an address answers, reads nothing, and cannot try them all."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from lms.db import db
from lms.people import links
from surveys.models import Assignment, Submission
from surveys.queries import respondent
from surveys.services import answering
from surveys.views import room as rooms
from tests import factories as make
from tests.ambassadors import making
from tests.surveys.world import World, asked, five, path, world

AMARA = "amara@health.example"


@pytest.fixture
def w(session, frozen) -> World:
    """A course on its first morning, and somebody who booked with an address."""
    frozen("2027-03-01 09:00")
    made = world(begins=date(2027, 3, 11))
    make.address(made.people[0], AMARA)
    frozen("2027-03-11 08:00")
    return made


@pytest.fixture
def room(w) -> str:
    return f"/r/{w.cohort.code.lower()}"


def word_of(client, page: str) -> str:
    return client.get(page).text.split('name="csrf_token" value="')[1].split('"')[0]


def half_finished(w: World) -> Assignment:
    """What Amara is asked before the course; she has chosen one answer behind her own link."""
    one = asked(w, "pre")
    assert answering.keep_draft(one.id, respondent.get(one.id).items, {"helping": 3})
    return one


def draft_of(one: Assignment) -> dict | None:
    return db.session.scalar(select(Assignment.draft).where(Assignment.id == one.id))


def test_who_comes_by_the_code_sees_nothing_that_was_kept_behind_the_persons_own_link(
    client, w, room
):
    one = half_finished(w)
    found = client.press(room, "Open my survey", email=AMARA).location
    for address in (found, f"{found}?via=link", f"{found}."):
        page = client.get(address).text
        assert page.count(" checked") == 0
        assert "You have begun already: the link in your message has what you chose" in page
    assert client.get(path(one)).text.count(" checked") == 1


def test_the_pages_behind_the_code_hold_no_other_link_of_the_persons(client, w, room):
    own = path(half_finished(w))
    role = links.grant(
        "ambassador",
        person_id=w.people[0].id,
        object_id=making.invited(making.world(), w.people[0]).id,
        expires_at=None,
    )
    theirs = (own.removeprefix("/s/"), links.token(role))
    found = client.press(room, "Open my survey", email=AMARA).location
    before = client.get(found).text
    client.press(found, "Send my answers", **five(2))
    pages = [before, client.get(found).text, client.get(f"{found}/thanks").text]
    assert not [token for token in theirs for page in pages if token in page]
    assert theirs[1] in client.get(f"{own}/thanks").text


def test_what_was_kept_stays_until_somebody_in_the_room_sends(client, w, room):
    one = half_finished(w)
    found = client.press(room, "Open my survey", email=AMARA).location
    kept = client.post(
        f"{found}/draft",
        data={"q-helping": "1"},
        headers={"X-CSRF-Token": word_of(client, found), "X-Asked-By": "script"},
    )
    assert kept.status_code == 404
    assert draft_of(one) == {"helping": 3}
    assert client.press(found, "Send my answers", **five(2)).status_code == 303
    assert draft_of(one) is None
    assert db.session.scalars(select(Submission.channel)).all() == ["qr"]
    assert "You have already answered" in client.get(path(one)).text


def test_the_links_of_a_booking_that_ends_end_for_the_room_too(client, w, room):
    found = client.press(room, "Open my survey", email=AMARA).location
    links.revoke(object_ids=[asked(w, "pre").id])
    assert client.get(found).status_code == 410


def test_a_place_from_which_many_addresses_are_tried_is_told_nothing_more(
    client, w, room, monkeypatch
):
    monkeypatch.setattr(rooms, "MISSES", 3)
    for number in range(3):
        assert tried(client, room, f"guess{number}@health.example") == 422
    assert tried(client, room, "guess3@health.example") == 429
    assert tried(client, room.upper().replace("/R/", "/r/"), AMARA) == 429
    assert tried(client, room, AMARA, place="192.0.2.7") == 303


def test_a_class_that_comes_from_one_place_is_not_counted_as_guessing(client, w, room, monkeypatch):
    monkeypatch.setattr(rooms, "MISSES", 3)
    assert tried(client, room, "amra@health.example") == 422
    for _ in range(8):
        assert tried(client, room, AMARA) == 303
    assert tried(client, room, "amara@heath.example") == 422


def tried(client, room: str, address: str, *, place: str = "127.0.0.1") -> int:
    data = {"csrf_token": word_of(client, room), "email": address}
    return client.post(room, data=data, environ_base={"REMOTE_ADDR": place}).status_code
