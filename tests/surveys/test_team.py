"""What the team sees: who has answered and never what, the table from five pairs, paper, time."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from courses.models import Place
from courses.services import booking, cancelling
from courses.services.cancelling import Fate
from lms import clock
from lms.contracts import NOBODY, SYSTEM
from lms.db import db
from lms.records import AuditEntry
from surveys import analysis
from surveys.models import Assignment, Submission, Wave
from surveys.queries import team
from surveys.services import answering, assigning, opening
from tests import factories as make
from tests.surveys.world import FIVE, asked, five, wave, world


@pytest.fixture
def coordinator(session):
    priya = make.person("Priya", "Nair")
    make.grant(priya, "coordinator")
    return priya


def answer(w, kind: str, number: int, value: int) -> None:
    """One person's answers in a wave, straight through the service."""
    one = asked(w, kind, number)
    db.session.execute(
        update(Assignment)
        .where(Assignment.id == one.id)
        .values(state="open", opens_at=clock.now() - timedelta(days=1), closes_at=None)
    )
    db.session.expire_all()
    answering.submit(one.id, dict.fromkeys(FIVE, value), by=NOBODY)


def answered_both(w, pairs: int, before: int = 2, after: int = 4) -> None:
    for number in range(pairs):
        answer(w, "pre", number, before)
        answer(w, "post", number, after)


def test_the_page_names_who_has_not_answered_and_nobodys_answers(session, coordinator, as_person):
    w = world(people=3)
    answer(w, "pre", 0, 5)
    page = as_person(coordinator).get(f"/cohorts/{w.cohort.id}/surveys/{wave(w, 'pre').id}")
    words = page.get_data(as_text=True)
    assert w.people[0].family_name not in words
    assert w.people[1].family_name in words
    assert "1 of 3 booked have answered" in words
    assert "Very comfortable" not in words


def test_after_the_last_session_the_cohorts_page_asks_to_remind_those_who_have_not_answered(
    session, coordinator, as_person, frozen
):
    frozen("2027-02-01 09:00")
    w = world(begins=date(2027, 2, 18), people=2)
    frozen("2027-03-11 14:00")
    for place in db.session.scalars(select(Place)):
        make.attendance(place)
    opening.open_due(w.cohort.id)
    page = as_person(coordinator).get(f"/cohorts/{w.cohort.id}").get_data(as_text=True)
    assert "2 people have not answered the after survey" in page
    assert "Remind those who have not answered" in page
    answer(w, "post", 0, 4)
    answer(w, "post", 1, 4)
    page = as_person(coordinator).get(f"/cohorts/{w.cohort.id}").get_data(as_text=True)
    assert "All 4 registers are saved" in page


def test_the_table_is_shown_from_five_pairs_on_and_not_before(
    session, coordinator, as_person, frozen
):
    frozen("2027-03-01 09:00")
    w = world(people=5)
    answered_both(w, 4)
    frozen("2027-03-02 09:00")
    browser = as_person(coordinator)
    page = browser.get(f"/cohorts/{w.cohort.id}/surveys").get_data(as_text=True)
    assert "Shown when 5 people have answered both" in page
    answer(w, "pre", 4, 2)
    answer(w, "post", 4, 4)
    frozen("2027-03-03 09:00")
    page = as_person(coordinator).get(f"/cohorts/{w.cohort.id}/surveys").get_data(as_text=True)
    assert "5 people answered both times" in page
    assert "2.00" in page
    assert "4.00" in page


def test_the_table_moves_by_days_so_that_no_single_form_can_be_watched(session, frozen):
    frozen("2027-03-01 09:00")
    w = world(people=6)
    answered_both(w, 5)
    frozen("2027-03-02 09:00")
    answer(w, "pre", 5, 1)
    answer(w, "post", 5, 1)
    assert analysis.before_and_after(w.cohort.id).pairs == 5
    frozen("2027-03-03 00:01")
    assert analysis.before_and_after(w.cohort.id).pairs == 6


def test_fewer_than_five_of_a_place_are_not_what_a_report_of_the_other_leaves_over(
    session, coordinator, as_person, frozen
):
    frozen("2027-03-01 09:00")
    w = world(people=7)
    places = [make.locality(), make.locality()]
    for number, one in enumerate(w.bookings):
        one.locality_id = places[number > 5].id
    answered_both(w, 7)
    frozen("2027-03-02 09:00")
    table = analysis.before_and_after(w.cohort.id)
    assert (table.pairs, table.left_out) == (6, 1)
    assert {row.n for row in table.rows} == {6}
    page = as_person(coordinator).get(f"/cohorts/{w.cohort.id}/surveys").get_data(as_text=True)
    assert "1 more person is not counted here: fewer than 5 came from their place." in page


def test_only_people_who_answered_both_times_are_in_the_change(session, frozen):
    frozen("2027-03-01 09:00")
    w = world(people=7)
    answered_both(w, 5)
    answer(w, "pre", 5, 1)
    answer(w, "post", 6, 1)
    frozen("2027-03-02 09:00")
    table = analysis.before_and_after(w.cohort.id)
    assert table.pairs == 5
    helping = next(row for row in table.rows if row.construct == "helping")
    assert (helping.n, helping.before_top, helping.after_top) == (5, 0, 5)
    assert (helping.before_mean, helping.after_mean) == (2, 4)
    assert helping.before == (0, 5, 0, 0, 0)


def test_a_cohort_asked_only_afterwards_shows_levels_and_no_change(
    session, coordinator, as_person, frozen
):
    frozen("2027-03-01 09:00")
    w = world(people=5, design="after_only")
    for number in range(5):
        answer(w, "post", number, 4)
    frozen("2027-03-02 09:00")
    page = as_person(coordinator).get(f"/cohorts/{w.cohort.id}/surveys").get_data(as_text=True)
    assert "not how much they changed" in page
    assert "Mean before" not in page


def test_paper_answers_are_marked_as_keyed_in_and_by_whom(session, coordinator, as_person):
    w = world()
    one = asked(w, "pre")
    sent = as_person(coordinator).press(
        f"/surveys/paper/{one.id}", "Keep these answers", **{f"q-{key}": "3" for key in FIVE}
    )
    assert sent.status_code == 303
    [kept] = db.session.scalars(select(Submission)).all()
    assert (kept.channel, kept.keyed_by_id) == ("paper", coordinator.id)
    assert db.session.scalars(
        select(AuditEntry.verb).where(AuditEntry.subject_id == one.id)
    ).all() == ["survey.keyed_in"]


def test_paper_cannot_replace_what_was_answered(session, coordinator, as_person):
    w = world()
    answer(w, "pre", 0, 5)
    sent = as_person(coordinator).get(f"/surveys/paper/{asked(w, 'pre').id}")
    assert sent.status_code == 303
    assert [kept.score for kept in db.session.scalars(select(Submission))] == [5]


def test_paper_is_not_asked_for_before_the_survey_opens(session, coordinator, as_person):
    w = world()
    page = as_person(coordinator).get(f"/surveys/paper/{asked(w, 'post').id}")
    assert page.status_code == 200
    assert "This survey is not open yet. It opens" in page.text
    assert "Keep the paper until then" in page.text
    assert "Keep these answers" not in page.text


def test_paper_that_can_no_longer_be_kept_stays_on_the_page_with_what_to_do(
    session, coordinator, as_person
):
    w = world()
    one = asked(w, "pre")
    browser, address = as_person(coordinator), f"/surveys/paper/{one.id}"
    word = browser.get(address).text.split('name="csrf_token" value="')[1].split('"')[0]
    assigning.void([w.bookings[0].id])
    sent = browser.post(address, data=five(4) | {"csrf_token": word})
    assert sent.status_code == 422
    assert "The answers were not kept" in sent.text
    assert "is not booked any more" in sent.text
    assert len(re.findall(r'value="4"[^>]* checked', sent.text)) == len(FIVE)
    assert db.session.scalars(select(Submission)).all() == []
    assert "Keep these answers" not in browser.get(address).text


def test_another_authoritys_coordinator_finds_no_surveys_here(session, as_person):
    w = world()
    elsewhere = make.person("Joan")
    make.grant(elsewhere, "coordinator", "locality", make.locality().id)
    browser = as_person(elsewhere)
    assert browser.get(f"/cohorts/{w.cohort.id}/surveys").status_code == 404
    assert browser.get(f"/surveys/paper/{asked(w, 'pre').id}").status_code == 404


def test_more_time_opens_a_closed_survey_with_a_reason(session, coordinator, as_person, frozen):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 2))
    frozen("2027-03-20 09:00")
    opening.close_due()
    assert asked(w, "pre").state == "closed"
    browser, page = as_person(coordinator), f"/cohorts/{w.cohort.id}/surveys/{wave(w, 'pre').id}"
    assert browser.press(page, "Open the survey again", days="7").status_code == 422
    browser.press(page, "Open the survey again", days="7", reason="Forms never reached the room")
    again = asked(w, "pre")
    assert again.state == "open"
    assert clock.london(again.closes_at).date() == date(2027, 3, 27)


def test_comments_are_read_without_names_and_only_from_five_on(
    session, coordinator, as_person, frozen
):
    frozen("2027-03-01 09:00")
    w = world(people=5)
    for number in range(5):
        answer(w, "post", number, 4)
        one = asked(w, "post", number, second=True)
        one.state, one.closes_at = "open", None
        db.session.flush()
        page = f"/cohorts/{w.cohort.id}/surveys"
        before = as_person(coordinator).get(page).get_data(as_text=True)
        assert "Comment number" not in before
        answering.submit(one.id, {"keep_or_change": f"Comment number {number}"}, by=NOBODY)
    today = as_person(coordinator).get(page).get_data(as_text=True)
    assert "Comment number" not in today, "who sees a form come in would know whose it is"
    frozen("2027-03-02 09:00")
    after = as_person(coordinator).get(f"/cohorts/{w.cohort.id}/surveys").get_data(as_text=True)
    assert after.count("Comment number") == 5
    assert w.people[0].family_name not in after


def test_comments_of_fewer_than_five_people_are_not_shown_however_many_they_are(
    session, coordinator, as_person, frozen
):
    frozen("2027-03-01 09:00")
    w = world(people=3)
    asked_once = wave(w, "post", second=True)
    make.keep(
        Wave(
            cohort_id=w.cohort.id,
            instrument_id=asked_once.instrument_id,
            kind="then_test",
            is_second=True,
            anchor="last_session",
        )
    )
    assigning.assign(w.cohort.id, [booking.id for booking in w.bookings])
    for number in range(3):
        for kind in ("post", "then_test"):
            one = asked(w, kind, number, second=True)
            one.state, one.opens_at, one.closes_at = "open", clock.now(), None
            db.session.flush()
            answering.submit(one.id, {"keep_or_change": f"Comment of {kind}"}, by=NOBODY)
    frozen("2027-03-02 09:00")
    page = as_person(coordinator).get(f"/cohorts/{w.cohort.id}/surveys").get_data(as_text=True)
    assert "Comment of" not in page


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_download_of_all_that_is_held_gives_answers_to_nobody_but_the_person(
    session, coordinator, as_person, form
):
    w = world()
    answer(w, "pre", 0, 5)
    page = f"/people/{w.people[0].id}/held"
    theirs = as_person(coordinator).press(page, file=form, reason="asked").get_data(as_text=True)
    assert "Survey pre: Brief Encounters" in theirs
    assert "Only the person can download it" in theirs
    assert "Very comfortable" not in theirs
    own = as_person(w.people[0]).press(page, file=form).get_data(as_text=True)
    assert "Very comfortable" in own


@pytest.mark.parametrize("kind", ["pre", "follow_up"])
def test_a_survey_that_has_not_closed_gets_no_more_time_and_does_not_end_earlier(
    session, coordinator, as_person, frozen, kind
):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 20))
    before = asked(w, kind).closes_at
    page = f"/cohorts/{w.cohort.id}/surveys/{wave(w, kind).id}"
    sent = as_person(coordinator).post(f"{page}/extend", data={"days": "1", "reason": "Too early"})
    assert sent.status_code == 422
    assert "has not closed" in sent.get_data(as_text=True)
    assert (asked(w, kind).closes_at, wave(w, kind).closes_at) == (before, before)


def test_more_time_for_the_survey_after_asks_nobody_who_was_not_there(
    session, coordinator, as_person, frozen
):
    frozen("2027-03-01 09:00")
    w = world(begins=date(2027, 3, 2))
    frozen("2027-06-01 09:00")
    opening.close_due()
    page = f"/cohorts/{w.cohort.id}/surveys/{wave(w, 'post').id}"
    as_person(coordinator).press(page, "Open the survey again", days="7", reason="Late forms")
    assert asked(w, "post").state == "closed"


def test_who_gave_up_their_place_is_counted_no_more_though_they_answered(
    session, coordinator, as_person
):
    w = world(people=3)
    answer(w, "pre", 0, 5)
    answer(w, "pre", 1, 5)
    booking.cancel(w.bookings[0].id, why="cannot come", by=SYSTEM)
    browser = as_person(coordinator)
    assert "1 of 2 booked" in browser.get(f"/cohorts/{w.cohort.id}/surveys").text
    [column] = team.before_columns([w.cohort.id])
    assert column.cells[w.cohort.id] == "1 of 2"
    before = next(one for one in team.answered_columns(w.cohort.id) if one.title == "Before")
    assert before.foot == "1/2"


def test_answers_after_are_counted_of_those_who_attended_and_of_nobody_else(
    session, coordinator, as_person, frozen
):
    frozen("2027-02-01 09:00")
    w = world(begins=date(2027, 2, 18), people=3)
    frozen("2027-03-11 14:00")
    marks = ["present", "present", "absent"]
    for one, mark in zip(w.bookings, marks, strict=True):
        for place in db.session.scalars(select(Place).where(Place.booking_id == one.id)):
            make.attendance(place, mark)
    answer(w, "post", 0, 4)
    answer(w, "post", 2, 4)
    page = as_person(coordinator).get(f"/cohorts/{w.cohort.id}/surveys/{wave(w, 'post').id}")
    assert "1 of 2 who attended have answered" in page.text
    after = next(one for one in team.answered_columns(w.cohort.id) if one.title == "After")
    assert after.foot == "1/2"


def test_who_answered_in_the_room_before_its_register_is_marked_was_there(session, frozen):
    frozen("2027-02-01 09:00")
    w = world(begins=date(2027, 2, 18), people=2)
    frozen("2027-03-11 12:15")
    answer(w, "post", 0, 4)
    after = next(one for one in team.answered_columns(w.cohort.id) if one.title == "After")
    assert after.foot == "1/1"


def test_a_survey_that_is_not_open_yet_says_when_it_opens_and_counts_nobody(
    session, coordinator, as_person, frozen
):
    frozen("2027-02-01 09:00")
    w = world(begins=date(2027, 2, 18), people=2)
    page = as_person(coordinator).get(f"/cohorts/{w.cohort.id}/surveys/{wave(w, 'post').id}").text
    assert re.search(r"It opens at \S+ on Thursday 11 March 2027\.", page)
    assert "0 of" not in page
    assert "It closes" not in page


def test_a_cancelled_course_counts_nobodys_answers(session, coordinator, as_person):
    w = world(people=2)
    cancelling.cancel(w.cohort.id, reason="too few people", fate=Fate("nowhere"), by=SYSTEM)
    browser = as_person(coordinator)
    for page in ("", "/surveys", f"/surveys/{wave(w, 'pre').id}"):
        assert "0 of 0" not in browser.get(f"/cohorts/{w.cohort.id}{page}").text


def test_a_mean_that_ends_in_a_half_goes_up(session, coordinator, as_person, frozen):
    frozen("2027-03-01 09:00")
    w = world(people=8)
    for number in range(8):
        answer(w, "pre", number, 4 if number == 0 else 3)
        answer(w, "post", number, 4)
    frozen("2027-03-02 09:00")
    page = as_person(coordinator).get(f"/cohorts/{w.cohort.id}/surveys").text
    assert "3.13" in page
    assert "3.12" not in page
