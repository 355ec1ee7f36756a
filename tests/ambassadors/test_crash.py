"""A pledge, what it is asked and who takes it over: whole or not at all, and asked about once."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import func, select

from lms.ambassadors import jobs
from lms.ambassadors.models import Ambassador, CheckIn, Handover, Pledge
from lms.ambassadors.services import check_ins, leaving, pledging
from lms.contracts import SYSTEM
from lms.db import db
from lms.messages.models import Message
from lms.settings import Settings
from lms.testing import Frozen
from tests.ambassadors import making
from tests.ambassadors.making import WORDS, World, by_link, check_in, pledged, world
from tests.dying import killed_doing

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def herts(session: object, frozen: Frozen) -> World:
    frozen("2027-03-02 10:00")
    return world()


def count(table: type[object]) -> int:
    """How many rows there are."""
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def asked() -> int:
    """How many messages ask about a pledge or remind of it."""
    letters = select(func.count()).where(Message.kind == "check-in", Message.state != "cancelled")
    return db.session.scalar(letters) or 0


def test_a_process_that_dies_while_a_pledge_is_made_keeps_none_of_it(
    herts: World, settings: Settings
) -> None:
    dilys = making.ambassador(herts)
    letters = count(Message)
    pledge = partial(
        pledging.make_pledge, dilys.id, WORDS, strength=4, share=False, by=by_link(dilys)
    )
    killed_doing(settings, "pledge.made", pledge)
    assert (count(Pledge), count(CheckIn), count(Message)) == (0, 0, letters)
    pledge()
    assert (count(Pledge), count(CheckIn), count(Message)) == (1, 3, letters + 1)


def test_a_worker_that_dies_while_it_asks_has_asked_nobody_and_the_next_asks_once(
    herts: World, settings: Settings, frozen: Frozen
) -> None:
    pledge = pledged(making.ambassador(herts))
    frozen("2027-04-02 10:22")
    killed_doing(settings, "check_in.asked", jobs.tick)
    assert (check_in(pledge, 1).state, asked()) == ("scheduled", 0)
    jobs.tick()
    jobs.tick()
    assert (check_in(pledge, 1).state, asked()) == ("due", 1)


def test_a_process_that_dies_while_an_answer_is_kept_leaves_it_to_be_given(
    herts: World, settings: Settings, frozen: Frozen
) -> None:
    pledge = pledged(making.ambassador(herts))
    frozen("2027-04-02 10:22")
    jobs.tick()
    due = check_in(pledge, 1)
    answer = partial(check_ins.answer, due.id, making.reply(pledge, "fully", "partly"), by=SYSTEM)
    killed_doing(settings, "check_in.answered", answer)
    due = check_in(pledge, 1)
    assert (due.state, due.answered_at, making.every_outcome(due)) == ("due", None, [])
    answer()
    assert check_in(pledge, 1).state == "answered"
    assert making.outcomes(due) == [("fully", None), ("partly", None)]


def test_a_process_that_dies_while_somebody_is_handed_on_leaves_them_as_they_were(
    herts: World, settings: Settings
) -> None:
    jo, heir, mentee = (making.ambassador(herts, herts.person(n)) for n in ("Jo", "Al", "Bo"))
    mentee.mentor_id = jo.id
    pledge = pledged(jo)
    hand_on = partial(leaving.hand_on, jo.id, heir.id, by=herts.coordinator)
    killed_doing(settings, "ambassador.handed_on", hand_on)
    assert set(db.session.scalars(select(Ambassador.state))) == {"active"}
    assert (mentee.mentor_id, pledge.state, count(Handover)) == (jo.id, "live", 0)
    hand_on()
    db.session.expire_all()
    assert (mentee.mentor_id, pledge.state, count(Handover)) == (heir.id, "handed_on", 1)


def test_a_clock_that_was_a_day_ahead_asks_once_and_reminds_no_more_often(
    herts: World, frozen: Frozen
) -> None:
    pledged(making.ambassador(herts))
    for moment, letters in (
        ("2027-04-01 10:22", 0),
        ("2027-04-02 10:22", 1),  # it is still the 1st: the clock was put a day on
        ("2027-04-01 11:22", 1),
        ("2027-04-02 10:22", 1),
        ("2027-04-10 10:22", 2),  # it is the 9th, a week after the day
        ("2027-04-09 11:22", 2),
        ("2027-04-10 10:22", 2),
    ):
        frozen(moment)
        jobs.tick()
        jobs.tick()
        assert (moment, asked()) == (moment, letters)
