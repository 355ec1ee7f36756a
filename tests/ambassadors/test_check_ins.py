"""Check-ins are asked on their day, reminded of twice, closed in time, answered once."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import select

from lms import clock
from lms.ambassadors import jobs
from lms.ambassadors.models import Ambassador, CheckIn, ObjectiveWording, Pledge
from lms.ambassadors.services import asking, check_ins, pledging
from lms.ambassadors.services.check_ins import AlreadyAnswered, NotOpen
from lms.ambassadors.services.pledging import NewWords
from lms.contracts import SYSTEM
from lms.db import Complaints, db, rollback, unit_of_work
from lms.messages.models import Message
from lms.people import links
from lms.people.models import Person, PersonalLink
from lms.people.services import set_email
from lms.testing import Frozen
from lms.testing.client import in_own_context
from lms.web.opening import LmsFlask
from tests.ambassadors import making
from tests.ambassadors.making import WORDS, World, answered, check_in, pledged, world

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def herts(session: object) -> World:
    return world()


@pytest.fixture
def pledge(herts: World, frozen: Frozen) -> Pledge:
    """Made on 2 March 2027: due on 2 April, 2 June and 2 September."""
    frozen("2027-03-02 10:00")
    return pledged(making.ambassador(herts))


def on(frozen: Frozen, day: str) -> None:
    """The hourly job runs on this day."""
    frozen(f"{day} 10:22")
    jobs.tick()
    db.session.expire_all()


def letters() -> list[str]:
    """Subjects of the messages about check-ins that were not cancelled."""
    return list(
        db.session.scalars(
            select(Message.subject)
            .where(Message.kind == "check-in", Message.state != "cancelled")
            .order_by(Message.id)
        )
    )


# -- asking --------------------------------------------------------------------------------------


def test_nobody_is_asked_before_the_day(pledge: Pledge, frozen: Frozen) -> None:
    on(frozen, "2027-04-01")
    assert letters() == []


def test_on_the_day_one_message_counts_the_objectives_and_quotes_none(
    pledge: Pledge, frozen: Frozen
) -> None:
    on(frozen, "2027-04-02")
    on(frozen, "2027-04-02")
    [letter] = db.session.scalars(select(Message).where(Message.kind == "check-in"))
    assert letter.subject == "One month on: your pledge"
    assert "On 2 March 2027 you wrote down two things you would do" in letter.body
    for words in WORDS:
        assert words.text not in letter.subject + letter.body
    assert check_in(pledge, 1).state == "due"


def test_the_words_that_are_asked_about_are_kept_as_they_stood(
    pledge: Pledge, frozen: Frozen
) -> None:
    first = db.session.scalars(
        select(ObjectiveWording.objective_id).where(ObjectiveWording.text == WORDS[0].text)
    ).one()
    pledging.reword(first, NewWords("ask at the first visit", 3), by=SYSTEM)
    on(frozen, "2027-04-02")
    pledging.reword(first, NewWords("something else again", 3), by=SYSTEM)
    asked = check_in(pledge, 1).wording
    assert asked is not None
    assert [one["text"] for one in asked] == ["ask at the first visit", WORDS[1].text]


def test_the_link_runs_out_sixty_days_after_the_day(pledge: Pledge, frozen: Frozen) -> None:
    on(frozen, "2027-04-02")
    link = db.session.scalars(select(PersonalLink).where(PersonalLink.purpose == "check_in")).one()
    assert link.object_id == check_in(pledge, 1).id
    assert link.expires_at is not None
    assert clock.london(link.expires_at).date() == date(2027, 6, 1)


# -- reminding and closing -------------------------------------------------------------------------


def test_two_reminders_after_seven_and_fourteen_days_and_no_third(
    pledge: Pledge, frozen: Frozen
) -> None:
    for day in ("2027-04-02", "2027-04-08", "2027-04-09", "2027-04-15", "2027-04-16",
                "2027-04-30"):  # fmt: skip
        on(frozen, day)
        on(frozen, day)
    assert letters() == [
        "One month on: your pledge",
        "How is your pledge going?",
        "Last reminder: How is your pledge going?",
    ]
    assert check_in(pledge, 1).reminders_sent == 2


def test_asleep_for_three_weeks_makes_one_reminder_and_not_two(
    pledge: Pledge, frozen: Frozen
) -> None:
    on(frozen, "2027-04-02")
    on(frozen, "2027-04-25")
    on(frozen, "2027-04-25")
    assert letters()[1:] == ["Last reminder: How is your pledge going?"]


def test_asleep_on_the_day_asks_late_and_reminds_only_later(pledge: Pledge, frozen: Frozen) -> None:
    on(frozen, "2027-04-20")
    assert letters() == ["One month on: your pledge"]
    assert check_in(pledge, 1).state == "due"
    on(frozen, "2027-04-27")
    assert letters()[1:] == ["How is your pledge going?"]


def test_the_clock_set_back_an_hour_reminds_nobody_again(pledge: Pledge, frozen: Frozen) -> None:
    on(frozen, "2027-04-02")
    on(frozen, "2027-04-09")
    frozen("2027-04-09 09:22")
    jobs.tick()
    assert len(letters()) == 2


def test_whoever_has_answered_is_not_reminded(pledge: Pledge, frozen: Frozen) -> None:
    on(frozen, "2027-04-02")
    answered(pledge, 1, "partly", "not_started")
    on(frozen, "2027-04-16")
    assert letters() == []


def test_it_closes_when_the_next_falls_due(pledge: Pledge, frozen: Frozen) -> None:
    on(frozen, "2027-04-02")
    on(frozen, "2027-06-01")
    assert check_in(pledge, 1).state == "due"
    on(frozen, "2027-06-02")
    assert check_in(pledge, 1).state == "closed"
    assert check_in(pledge, 3).state == "due"
    with pytest.raises(NotOpen):
        answered(pledge, 1, "fully", "fully")


def test_the_last_closes_after_sixty_days_and_ends_the_pledge(
    pledge: Pledge, frozen: Frozen
) -> None:
    for day in ("2027-04-02", "2027-06-02", "2027-09-02", "2027-10-31"):
        on(frozen, day)
    assert check_in(pledge, 6).state == "due"
    on(frozen, "2027-11-01")
    assert check_in(pledge, 6).state == "closed"
    assert pledge.state == "finished"


def test_a_month_that_nobody_asked_about_closes_without_a_message(
    pledge: Pledge, frozen: Frozen
) -> None:
    on(frozen, "2027-06-02")
    assert check_in(pledge, 1).state == "closed"
    assert letters() == ["Three months on: your pledge"]


def test_reminding_by_hand_writes_once_a_day(pledge: Pledge, frozen: Frozen) -> None:
    on(frozen, "2027-04-02")
    waiting = [check_in(pledge, 1).id]
    assert asking.remind_now(waiting, by=SYSTEM) == 1
    assert asking.remind_now(waiting, by=SYSTEM) == 0
    on(frozen, "2027-04-03")
    assert asking.remind_now(waiting, by=SYSTEM) == 1


def test_nobody_is_reminded_by_hand_after_the_last_reminder(pledge: Pledge, frozen: Frozen) -> None:
    on(frozen, "2027-04-02")
    on(frozen, "2027-04-09")
    on(frozen, "2027-04-16")
    assert check_in(pledge, 1).reminders_sent == 2
    on(frozen, "2027-04-20")
    assert asking.remind_now([check_in(pledge, 1).id], by=SYSTEM) == 0


def test_somebody_who_left_is_reminded_of_nothing(pledge: Pledge, frozen: Frozen) -> None:
    on(frozen, "2027-04-02")
    of = db.session.get_one(Ambassador, pledge.ambassador_id)
    from_hand = asking.remind_now
    of.state, of.ended_at = "left", clock.now()
    assert from_hand([check_in(pledge, 1).id], by=SYSTEM) == 0


@pytest.mark.parametrize("address", ["new@example.org", None])
def test_who_has_another_address_is_asked_again_and_reminded_there(
    pledge: Pledge, frozen: Frozen, address: str | None
) -> None:
    on(frozen, "2027-04-02")
    of = db.session.get_one(Ambassador, pledge.ambassador_id)
    first = making.token(check_in(pledge, 1), "check_in")
    frozen("2027-04-03 12:00")
    set_email(of.person_id, address, by=SYSTEM)
    assert letters() == ["One month on: your pledge"]  # instead of the one that had not gone yet
    assert making.token(check_in(pledge, 1), "check_in") != first
    on(frozen, "2027-04-09")
    assert letters() == ["One month on: your pledge", "How is your pledge going?"]
    assert check_in(pledge, 1).reminders_sent == 1


def test_another_address_before_the_day_or_after_the_answer_asks_nobody(
    pledge: Pledge, frozen: Frozen
) -> None:
    of = db.session.get_one(Ambassador, pledge.ambassador_id)
    set_email(of.person_id, "new@example.org", by=SYSTEM)
    assert letters() == []
    on(frozen, "2027-04-02")
    answered(pledge, 1, "partly", "not_started")
    set_email(of.person_id, "newer@example.org", by=SYSTEM)
    assert letters() == []


def test_a_reminder_brings_another_link_where_the_first_was_withdrawn(
    pledge: Pledge, frozen: Frozen
) -> None:
    on(frozen, "2027-04-02")
    links.revoke_all()
    on(frozen, "2027-04-09")
    assert letters() == ["One month on: your pledge", "How is your pledge going?"]
    assert making.token(check_in(pledge, 1), "check_in")


def test_a_reminder_that_is_not_written_is_not_counted(pledge: Pledge, frozen: Frozen) -> None:
    on(frozen, "2027-04-02")
    of = db.session.get_one(Ambassador, pledge.ambassador_id)
    db.session.get_one(Person, of.person_id).erased_at = clock.now()  # whom no message reaches
    on(frozen, "2027-04-16")
    assert letters() == ["One month on: your pledge"]
    assert check_in(pledge, 1).reminders_sent == 0


# -- answering -----------------------------------------------------------------------------------


def test_an_answer_is_kept_by_objective_with_what_hindered_and_helped(
    pledge: Pledge, frozen: Frozen
) -> None:
    on(frozen, "2027-04-02")
    said = answered(
        pledge, 1, "partly", "fully",
        obstacles=("forms", "time"), helped=("colleagues",), support=2, sentence="It is a start.",
    )  # fmt: skip
    assert said.state == "answered"
    assert not said.is_late
    assert making.outcomes(said) == [("partly", None), ("fully", None)]
    assert (said.obstacles, said.helped) == (["time", "forms"], ["colleagues"])
    assert (said.manager_support, said.sentence) == (2, "It is a start.")


def test_an_answer_after_the_last_reminder_is_kept_and_marked(
    pledge: Pledge, frozen: Frozen
) -> None:
    on(frozen, "2027-04-02")
    on(frozen, "2027-04-17")
    assert check_in(pledge, 1).state == "due"
    assert answered(pledge, 1, "fully", "fully").is_late


def test_the_last_answer_finishes_the_pledge(pledge: Pledge, frozen: Frozen) -> None:
    for day in ("2027-04-02", "2027-06-02", "2027-09-02"):
        on(frozen, day)
    answered(pledge, 6, "fully", "no_longer_relevant")
    db.session.expire_all()
    assert pledge.state == "finished"
    assert check_in(pledge, 6).state == "answered"


def test_a_changed_answer_replaces_the_earlier_and_both_are_kept(
    pledge: Pledge, frozen: Frozen
) -> None:
    on(frozen, "2027-04-02")
    said = answered(pledge, 1, "not_started", "partly")
    on(frozen, "2027-04-20")
    answered(pledge, 1, "fully", "partly", seen=check_ins.stamp(said))
    assert making.outcomes(said) == [("fully", None), ("partly", None)]
    assert len(making.every_outcome(said)) == 3
    assert not said.is_late  # the first answer was in time


def test_a_page_opened_before_another_answer_changes_nothing(
    pledge: Pledge, frozen: Frozen
) -> None:
    on(frozen, "2027-04-02")
    answered(pledge, 1, "fully", "partly")
    with pytest.raises(AlreadyAnswered):
        answered(pledge, 1, "not_started", "not_started")
    assert making.outcomes(check_in(pledge, 1)) == [("fully", None), ("partly", None)]


def test_each_objective_needs_its_tap(pledge: Pledge, frozen: Frozen) -> None:
    on(frozen, "2027-04-02")
    asked = check_in(pledge, 1)
    with pytest.raises(Complaints) as caught:
        check_ins.answer(asked.id, making.reply(pledge, "fully", ""), by=SYSTEM)
    assert [one.text for one in caught.value.complaints] == ["Choose how your objective 2 is going"]


def test_a_sentence_with_a_familys_detail_keeps_nothing(pledge: Pledge, frozen: Frozen) -> None:
    on(frozen, "2027-04-02")
    with pytest.raises(Complaints, match="looks like a date of birth"):
        answered(pledge, 1, "fully", "fully", sentence="The baby was born on 3 May 2026")
    db.session.expire_all()
    assert check_in(pledge, 1).state == "due"
    assert making.every_outcome(check_in(pledge, 1)) == []


def test_nothing_is_taken_before_it_is_asked(pledge: Pledge) -> None:
    with pytest.raises(NotOpen):
        answered(pledge, 1, "fully", "fully")


def test_no_manager_is_an_answer(pledge: Pledge, frozen: Frozen) -> None:
    on(frozen, "2027-04-02")
    said = answered(pledge, 1, "fully", "fully", support=0, no_manager=True)
    assert (said.manager_support, said.no_manager) == (None, True)


# -- two at once -----------------------------------------------------------------------------------


def together(app: LmsFlask, *acts: object) -> list[str]:
    """Run these at the same moment, each in a transaction of its own; what each came to."""
    start, said = threading.Barrier(len(acts)), []

    def run(act: object) -> None:
        with app.app_context():
            start.wait(10)
            try:
                with unit_of_work():
                    act()  # type: ignore[operator]
                said.append("kept")
            except (AlreadyAnswered, pledging.AlreadyPledged) as error:
                said.append(type(error).__name__)
            finally:
                rollback()
                db.session.remove()

    def race() -> None:
        threads = [threading.Thread(target=run, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

    in_own_context(race)
    return sorted(said)


def test_two_phones_answering_at_once_leave_one_answer(
    pledge: Pledge, frozen: Frozen, app: LmsFlask
) -> None:
    on(frozen, "2027-04-02")
    asked = check_in(pledge, 1).id
    first = making.reply(pledge, "fully", "fully")
    second = making.reply(pledge, "not_started", "not_started")
    said = together(
        app,
        lambda: check_ins.answer(asked, first, by=SYSTEM),
        lambda: check_ins.answer(asked, second, by=SYSTEM),
    )
    assert said == ["AlreadyAnswered", "kept"]
    assert len(making.every_outcome(check_in(pledge, 1))) == 2


def test_two_workers_at_once_ask_and_remind_once(
    pledge: Pledge, frozen: Frozen, app: LmsFlask
) -> None:
    frozen("2027-04-02 10:22")
    assert together(app, jobs.tick, jobs.tick) == ["kept", "kept"]
    assert len(letters()) == 1
    frozen("2027-04-09 10:22")
    assert together(app, jobs.tick, jobs.tick) == ["kept", "kept"]
    assert len(letters()) == 2


def test_two_presses_at_once_make_one_pledge(herts: World, app: LmsFlask) -> None:
    of = making.ambassador(herts)
    key, actor = of.id, making.by_link(of)

    def press() -> None:
        pledging.make_pledge(key, WORDS, strength=3, share=False, by=actor)

    assert together(app, press, press) == ["AlreadyPledged", "kept"]
    assert len(db.session.scalars(select(Pledge)).all()) == 1
    assert len(db.session.scalars(select(CheckIn)).all()) == 3


def test_yes_and_finished_at_the_same_moment_invite_once(herts: World, app: LmsFlask) -> None:
    dilys, booking_id, place = herts.person(), making.uuid7(), herts.place
    said = together(
        app,
        lambda: making.volunteered(dilys, booking_id, place),
        lambda: making.completed(dilys, booking_id, place),
    )
    assert said == ["kept", "kept"]
    assert len(db.session.scalars(select(Ambassador)).all()) == 1
