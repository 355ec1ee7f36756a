"""A pledge is kept once with its check-ins, put in other words with its history, and taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from lms import clock
from lms.ambassadors import jobs
from lms.ambassadors.models import CheckIn, Objective, ObjectiveWording, Pledge
from lms.ambassadors.services import pledging
from lms.ambassadors.services.pledging import AlreadyPledged, NewWords
from lms.contracts import SYSTEM
from lms.db import Complaint, Complaints, db
from lms.errors import Conflict
from lms.messages.models import Message
from lms.people.models import PersonalLink
from lms.records import AuditEntry
from lms.testing import Frozen
from tests.ambassadors import making
from tests.ambassadors.making import WORDS, World, pledged, world

pytestmark = pytest.mark.usefixtures("session")
SARAH = "ask my client Sarah every week"


@pytest.fixture
def herts(session: object) -> World:
    return world()


def check_ins(of: Pledge) -> list[CheckIn]:
    found = select(CheckIn).where(CheckIn.pledge_id == of.id).order_by(CheckIn.months)
    return list(db.session.scalars(found))


def test_a_pledge_is_kept_with_its_words_and_its_three_days(herts: World, frozen: Frozen) -> None:
    frozen("2027-08-31 10:00")
    made = pledged(making.ambassador(herts), share=True)
    assert (made.state, made.strength, made.shared_with_manager) == ("live", 4, True)
    said = db.session.scalars(
        select(ObjectiveWording).join(Objective).order_by(Objective.position)
    ).all()
    assert [(one.text, one.known_when, one.by_months) for one in said] == [
        (words.text, words.known_when, words.by_months) for words in WORDS
    ]
    assert [(one.due_on.isoformat(), one.state) for one in check_ins(made)] == [
        ("2027-09-30", "scheduled"),
        ("2027-11-30", "scheduled"),
        ("2028-02-29", "scheduled"),
    ]


def test_a_pledge_made_after_midnight_in_summer_counts_from_that_day(
    herts: World, frozen: Frozen
) -> None:
    moment = frozen("2027-07-31 00:30")
    assert moment.date().isoformat() == "2027-07-30"  # in UTC
    made = pledged(making.ambassador(herts))
    assert check_ins(made)[0].due_on.isoformat() == "2027-08-31"


def test_the_confirmation_names_days_and_strength_and_none_of_the_words(
    herts: World, frozen: Frozen
) -> None:
    frozen("2027-03-02 10:00")
    pledged(making.ambassador(herts), share=True)
    letter = db.session.scalars(select(Message).where(Message.kind == "pledge")).one()
    assert letter.subject == "Your pledge of 2 March 2027"
    for said in ("two things", "4 of 5", "2 April 2027, 2 June 2027 and 2 September 2027",
                 "and your manager"):  # fmt: skip
        assert said in letter.body
    for words in WORDS:
        assert words.text not in letter.subject + letter.body


def test_the_link_to_the_pledge_lives_as_long_as_it_is_asked_about(
    herts: World, frozen: Frozen
) -> None:
    frozen("2027-03-02 10:00")
    of = making.ambassador(herts)
    pledged(of)
    link = db.session.scalars(
        select(PersonalLink).where(PersonalLink.purpose == "ambassador")
    ).one()
    assert link.expires_at is not None
    assert clock.london(link.expires_at).date().isoformat() == "2027-11-01"


def test_a_second_pledge_waits_until_the_first_has_ended(herts: World) -> None:
    of = making.ambassador(herts)
    first = pledged(of)
    with pytest.raises(AlreadyPledged):
        pledged(of)
    pledging.withdraw(first.id, by=SYSTEM)
    assert pledged(of).state == "live"


def test_only_an_ambassador_pledges(herts: World) -> None:
    of = making.invited(herts)
    with pytest.raises(Conflict):
        pledged(of)


@pytest.mark.parametrize(
    ("words", "field", "says"),
    [
        ([], "objectives-0-text", "Write what you will do"),
        ([NewWords(" ", 1)], "objectives-0-text", "Write what you will do"),
        ([WORDS[0], NewWords("visit schools", 2)], "objectives-1-by_months", "Choose by when"),
        ([WORDS[0], NewWords(SARAH, 1)], "objectives-1-text", "looks like somebody's name"),
        ([NewWords("visit", 1, "at SG1 2AB")], "objectives-0-known_when", "looks like an address"),
    ],
)
def test_what_is_wrong_with_a_pledge_is_said_at_its_field(
    herts: World, words: list[NewWords], field: str, says: str
) -> None:
    of = making.ambassador(herts)
    with pytest.raises((Complaint, Complaints)) as caught:
        pledged(of, words)
    error = caught.value
    [one] = error.complaints if isinstance(error, Complaints) else [error]
    assert one.field == field
    assert says in one.text


def test_a_familys_detail_is_neither_stored_nor_audited(herts: World) -> None:
    of = making.ambassador(herts)
    with pytest.raises(Complaints):
        pledged(of, [NewWords(SARAH, 1)])
    assert db.session.scalars(select(Pledge)).all() == []
    held = db.session.execute(
        text("select coalesce(string_agg(t::text, ''), '') from audit_entry t")
    )
    assert "Sarah" not in held.scalar_one()


def test_rewording_keeps_the_earlier_words_with_their_date(herts: World, frozen: Frozen) -> None:
    frozen("2027-03-02 10:00")
    made = pledged(making.ambassador(herts))
    objective = db.session.scalars(select(Objective).order_by(Objective.position)).first()
    assert objective is not None
    frozen("2027-03-20 10:00")
    pledging.reword(objective.id, NewWords("ask at the first visit", 3), by=SYSTEM)
    pledging.reword(objective.id, NewWords("ask at the first visit", 3), by=SYSTEM)
    said = db.session.scalars(
        select(ObjectiveWording)
        .where(ObjectiveWording.objective_id == objective.id)
        .order_by(ObjectiveWording.at)
    ).all()
    assert [(one.text[:12], clock.london(one.at).day) for one in said] == [
        ("ask about th", 2),
        ("ask at the f", 20),
    ]
    assert len(check_ins(made)) == 3


def test_new_words_with_a_familys_detail_leave_the_old_ones(herts: World) -> None:
    pledged(making.ambassador(herts))
    objective = db.session.scalars(select(Objective)).first()
    assert objective is not None
    with pytest.raises(Complaints):
        pledging.reword(objective.id, NewWords(SARAH, 1), by=SYSTEM)
    assert len(db.session.scalars(select(ObjectiveWording)).all()) == len(WORDS)


def test_a_pledge_taken_back_is_asked_about_no_more_and_not_deleted(
    herts: World, frozen: Frozen
) -> None:
    frozen("2027-03-02 10:00")
    made = pledged(making.ambassador(herts))
    frozen("2027-04-02 10:00")
    jobs.tick()
    making.answered(made, 1, "fully", "partly")
    pledging.withdraw(made.id, by=SYSTEM)
    db.session.expire_all()
    assert [one.state for one in check_ins(made)] == ["answered", "cancelled", "cancelled"]
    assert made.state == "withdrawn"
    assert len(db.session.scalars(select(ObjectiveWording)).all()) == len(WORDS)
    frozen("2027-06-02 10:00")
    jobs.tick()
    assert [one.state for one in check_ins(made)] == ["answered", "cancelled", "cancelled"]


def test_the_words_of_an_ended_pledge_stay_as_they_are(herts: World) -> None:
    made = pledged(making.ambassador(herts))
    objective = db.session.scalars(select(Objective)).first()
    pledging.withdraw(made.id, by=SYSTEM)
    assert objective is not None
    with pytest.raises(Conflict):
        pledging.reword(objective.id, NewWords("something else", 1), by=SYSTEM)


def test_the_trail_says_who_did_what_without_words(herts: World) -> None:
    pledged(making.ambassador(herts))
    verbs = db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.at)).all()
    assert {"invited", "accepted", "pledged"} <= set(verbs)
