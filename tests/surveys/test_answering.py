"""A respondent's way: the link, the questions, the draft, the one sending, the closed doors."""

from __future__ import annotations

import re
import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import undefer

from courses.models import Place
from lms import clock
from lms.contracts import NOBODY, Item
from lms.db import db, rollback, unit_of_work
from lms.messages.models import Message
from lms.people import links
from lms.testing.client import in_own_context, keep
from lms.web.context import settings
from surveys.models import Assignment, Submission, Wave
from surveys.queries import respondent
from surveys.services import answering, assigning, opening
from tests import factories as make
from tests.surveys.world import FIVE, asked, five, path, world


def submissions():
    return db.session.scalars(select(Submission).options(undefer(Submission.answers))).all()


def test_opening_the_link_changes_nothing_and_shows_no_name(session, client):
    w = world()
    page = client.get(path(asked(w, "pre")))
    assert page.status_code == 200
    assert b"A. O." in page.data
    assert b"Okafor" not in page.data
    assert page.headers["Cache-Control"] == "no-store"
    assert asked(w, "pre").state == "open"


def test_five_answers_are_kept_once_with_the_score_of_the_primary_question(session, client):
    w = world()
    answer = client.press(path(asked(w, "pre")), "Send my answers", **five(4))
    assert answer.status_code == 303
    [kept] = submissions()
    assert kept.answers == dict.fromkeys(
        ("identifying", "knowledge", "asking", "helping", "signposting"), 4
    )
    assert kept.score == 4
    assert kept.channel == "link"
    assert not kept.is_late


def test_a_second_sending_is_told_that_it_is_answered_and_keeps_the_first(session, client):
    w = world()
    address = path(asked(w, "pre"))
    word = client.get(address).get_data(as_text=True).split('name="csrf_token" value="')[1]
    first = {"csrf_token": word.split('"')[0], **five(2)}
    client.post(address, data=first)
    again = client.post(address, data=first | five(5))
    page = again.get_data(as_text=True).partition("You have already answered")[2]
    assert "Answers cannot be changed once they are sent." in page
    assert page.count("mailto:") == 3  # whom to tell: of the answers, of a stranger's page, below
    assert [kept.score for kept in submissions()] == [2]


def test_questions_left_empty_are_asked_for_once_and_may_stay_empty(session, client):
    w = world()
    address = path(asked(w, "pre"))
    some = {k: v for k, v in five().items() if k != "q-asking"}
    page = client.press(address, "Send my answers", **some)
    assert page.status_code == 422
    assert "You left 1 question" in page.get_data(as_text=True)
    assert page.get_data(as_text=True).count(" checked") == 4
    assert submissions() == []
    word = page.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    client.post(address, data=some | {"left": "send", "csrf_token": word})
    [kept] = submissions()
    assert "asking" not in kept.answers


def test_each_question_left_empty_is_asked_for_in_its_own_words(session, client):
    w = world()
    sent = client.press(path(asked(w, "pre")), "Send my answers")
    summary = re.findall(r'<a href="#q-\w+">\s*([^<]+?)\s*</a>', sent.text)
    assert len(set(summary)) == len(FIVE)
    assert all(line.startswith("Choose how ") for line in summary)
    assert any("comfortable you feel helping a parent" in line for line in summary)


@pytest.mark.parametrize("bad", ["6", "2.5", "0", "<script>", "٣"])
def test_an_answer_that_was_not_offered_is_refused_in_words(session, client, bad):
    w = world()
    page = client.post(path(asked(w, "pre")), data=five() | {"q-helping": bad})
    assert page.status_code == 422
    assert "Choose one of the answers shown" in page.get_data(as_text=True)
    assert submissions() == []


def test_answers_to_questions_that_are_not_asked_are_ignored(session, client):
    w = world()
    client.post(
        path(asked(w, "pre")), data=five() | {"q-appropriate": "5", "role": "administrator"}
    )
    [kept] = submissions()
    assert set(kept.answers) == {"identifying", "knowledge", "asking", "helping", "signposting"}


def test_a_half_finished_page_comes_back_with_what_was_chosen(session, client):
    w = world()
    address = path(asked(w, "pre"))
    kept = client.post(
        f"{address}/draft",
        data={"q-helping": "3"},
        headers={"X-CSRF-Token": _word(client, address)},
    )
    assert kept.status_code == 204
    page = client.get(address).get_data(as_text=True)
    assert page.count(" checked") == 1
    client.press(address, "Send my answers", **five())
    assert (
        db.session.scalar(
            select(func.count()).select_from(Assignment).where(Assignment.draft.is_not(None))
        )
        == 0
    )


def test_the_job_is_asked_once_and_only_of_whom_we_do_not_know_it(session, client):
    w = world()
    job = make.profession("Health visitor")
    w.people[0].profession_id = None
    w.bookings[0].profession_id = None
    db.session.flush()
    address = path(asked(w, "pre"))
    assert "What is your job?" in client.get(address).get_data(as_text=True)
    client.press(address, "Send my answers", **five(), profession=str(job.id))
    db.session.refresh(w.people[0])
    db.session.refresh(w.bookings[0])
    assert w.people[0].profession_id == job.id
    assert w.bookings[0].profession_label == "Health visitor"


def test_before_closes_half_an_hour_into_the_course_and_marks_late_answers(session, client, frozen):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 11))
    frozen("2027-03-11 09:45")
    client.press(path(asked(w, "pre")), "Send my answers", **five())
    assert [kept.is_late for kept in submissions()] == [True]
    frozen("2027-03-11 10:01")
    page = client.get(path(asked(w, "pre"))).get_data(as_text=True)
    assert "You have already answered" in page


def test_a_closed_survey_says_so_plainly(session, client, frozen):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 11))
    frozen("2027-03-11 10:01")
    page = client.get(path(asked(w, "pre"))).get_data(as_text=True)
    assert "This survey has closed" in page
    assert "You can still come to the course" in page


def test_a_form_opened_before_the_closing_is_taken_half_an_hour_longer(session, client, frozen):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 11))
    one = asked(w, "pre")
    frozen("2027-03-11 09:58")
    stamp = answering.opened_stamp(one.id)
    frozen("2027-03-11 10:20")
    opening.close_due()
    answering.submit(one.id, {"helping": 3}, by=NOBODY, stamp=stamp)
    assert [kept.is_late for kept in submissions()] == [True]


def test_a_form_opened_before_the_link_key_changed_is_taken_half_an_hour_longer(
    session, app, make_app, frozen
):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 11))
    one = asked(w, "pre").id
    frozen("2027-03-11 09:58")
    stamp = answering.opened_stamp(one)
    keep()
    frozen("2027-03-11 10:20")
    retired = settings().link_key.get_secret_value()
    other = make_app(link_key="another key, long enough")
    with other.app_context(), pytest.raises(answering.Closed), unit_of_work():
        answering.submit(one, {"helping": 3}, by=NOBODY, stamp=stamp)
    rotated = make_app(link_key="another key, long enough", link_key_fallbacks=(retired,))
    with rotated.app_context():
        assert answering.opened_stamp(one) != stamp
        with unit_of_work():
            answering.submit(one, {"helping": 3}, by=NOBODY, stamp=stamp)
        assert [kept.is_late for kept in submissions()] == [True]


def test_answers_that_come_too_late_are_shown_to_copy_and_not_kept(session, client, frozen):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 11))
    address = path(asked(w, "pre"))
    page = client.get(address).get_data(as_text=True)
    word = page.split('name="csrf_token" value="')[1].split('"')[0]
    stamp = page.split('name="opened" value="')[1].split('"')[0]
    frozen("2027-03-11 11:00")
    sent = client.post(address, data=five(5) | {"csrf_token": word, "opened": stamp})
    assert sent.status_code == 422
    assert "Very comfortable" in sent.get_data(as_text=True)
    assert submissions() == []


def test_the_page_about_the_course_follows_and_may_be_skipped(session, client, frozen):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 2))
    _was_there(w)
    frozen("2027-03-23 12:15")
    opening.open_due(w.cohort.id)
    address = path(asked(w, "post"))
    sent = client.press(address, "Send my answers", **five())
    assert sent.location.endswith("/more")
    more = client.get(sent.location).get_data(as_text=True)
    assert "ambassador" in more
    client.press(sent.location, "Send", **{"q-keep_or_change": "More time to practise"})
    assert {tuple(kept.answers) for kept in submissions()} >= {("keep_or_change",)}
    assert "You have already answered" in client.get(address).get_data(as_text=True)


def test_the_page_of_thanks_says_the_next_date_of_who_is_booked_on_one(session, client, frozen):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 2))
    _was_there(w)
    frozen("2027-03-23 12:45")
    opening.open_due(w.cohort.id)
    address = path(asked(w, "post"))
    client.press(address, "Send my answers", **five())
    thanks = client.get(f"{address}/thanks").text
    assert "If you have met the rule for a certificate" in thanks
    other = make.cohort(state="published")
    make.session(other, date(2027, 4, 8))
    make.booking(other, w.people[0])
    thanks = client.get(f"{address}/thanks").text
    assert "Your next date is Thursday 8 April 2027" in thanks
    assert "If you have met the rule" not in thanks


def test_the_survey_months_later_takes_as_long_on_its_page_as_its_message_says(
    session, client, frozen
):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 2))
    _was_there(w)
    later = asked(w, "follow_up")
    frozen((clock.london(later.opens_at) + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M"))
    opening.open_due(w.cohort.id)
    [mail] = db.session.scalars(select(Message).where(Message.subject_id == later.id))
    assert "About 2 minutes" in mail.body
    page = client.get(path(asked(w, "follow_up"))).text
    assert "About 2 minutes" in page
    assert "90 seconds" not in page


@pytest.fixture
def more(session, client, frozen):
    """The page about the course, for somebody who has answered the five questions."""
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 2))
    _was_there(w)
    frozen("2027-03-23 12:15")
    opening.open_due(w.cohort.id)
    return client.press(path(asked(w, "post")), "Send my answers", **five()).location


def test_a_familys_detail_in_own_words_is_refused_and_the_page_keeps_all_that_was_typed(
    client, more, caplog
):
    typed = {"q-keep_or_change": "My client Sarah found it hard", "q-length": "right"}
    refused = client.press(more, "Send", **typed)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "looks like somebody&#39;s name. We never keep families&#39; details" in page
    assert "My client Sarah found it hard</textarea>" in page
    assert page.count(" checked") == 1
    assert "Sarah" not in caplog.text
    for table in ("surveys_submission", "surveys_assignment", "audit_entry"):
        held = db.session.execute(text(f"select string_agg(t::text, '') from {table} t"))
        assert "Sarah" not in (held.scalar_one() or "")
    client.press(more, "Send", **typed | {"q-keep_or_change": "More time to practise"})
    assert {"keep_or_change": "More time to practise", "length": "right"} in [
        kept.answers for kept in submissions()
    ]


def test_a_draft_keeps_what_was_chosen_beside_own_words_that_were_refused(session):
    one = asked(world(), "pre")
    items = [*respondent.get(one.id).items, Item("why", "text", "Why?")]
    sent = {"helping": ["3"], "why": ["My client Sarah asked"]}
    assert answering.keep_draft(one.id, items, answering.read(items, sent).answers)
    assert db.session.scalar(select(Assignment.draft).where(Assignment.id == one.id)) == {
        "helping": 3
    }


def test_cancelling_a_booking_withdraws_the_link_and_asks_no_more(session, client):
    w = world()
    address = path(asked(w, "pre"))
    assigning.void([w.bookings[0].id])
    assert client.get(address).status_code == 410
    assert asked(w, "pre").state == "void"


def test_a_link_for_something_else_opens_no_survey(session, client):
    w = world()
    other = links.grant(
        "booking",
        person_id=w.people[0].id,
        object_id=asked(w, "pre").id,
        expires_at=clock.now() + timedelta(days=1),
    )
    assert client.get(f"/s/{links.token(other)}").status_code == 404


def test_two_phones_sending_at_once_leave_one_submission(session, app):
    w = world()
    one = asked(w, "pre").id
    start = threading.Barrier(2)
    said: list[str] = []

    def send(value: int) -> None:
        with app.app_context():
            start.wait(10)
            try:
                with unit_of_work():
                    answering.submit(one, {"helping": value}, by=NOBODY)
                said.append("kept")
            except answering.AlreadyAnswered:
                said.append("already")
            finally:
                rollback()
                db.session.remove()

    def race() -> None:
        threads = [threading.Thread(target=send, args=(value,)) for value in (1, 5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)

    in_own_context(race)
    assert sorted(said) == ["already", "kept"]
    assert len(submissions()) == 1


def test_the_wave_of_a_course_that_was_surveyed_after_only_has_no_before(session):
    w = world(design="after_only")
    kinds = db.session.scalars(select(Wave.kind).where(Wave.cohort_id == w.cohort.id)).all()
    assert set(kinds) == {"post"}


def _word(client, address: str) -> str:
    page = client.get(address).get_data(as_text=True)
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def _was_there(w) -> None:
    last = db.session.scalars(
        select(Place).where(
            Place.booking_id == w.bookings[0].id, Place.session_id == w.sessions[-1].id
        )
    ).one()
    make.attendance(last)
