"""The demonstration as it stands on a day: the published numbers, and something of everything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from statistics import mean
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from lms.testing.server import Database

Rows = Callable[..., list[tuple[Any, ...]]]

PAIRED = """
select booking.profession_label, before.answers, after.answers
from courses_cohort as cohort
join courses_booking as booking on booking.cohort_id = cohort.id and booking.state = 'booked'
join courses_cohort_locality as place on place.cohort_id = cohort.id
join people_locality as locality on locality.id = place.locality_id
join courses_edition as edition on edition.id = cohort.edition_id
join courses_course as course on course.id = edition.course_id
join surveys_wave as first on first.cohort_id = cohort.id and first.kind = 'pre'
join surveys_wave as second on second.cohort_id = cohort.id and second.kind = 'post'
  and second.instrument_id = first.instrument_id
join surveys_assignment as a on a.wave_id = first.id and a.booking_id = booking.id
join surveys_assignment as b on b.wave_id = second.id and b.booking_id = booking.id
join surveys_submission as before on before.assignment_id = a.id
join surveys_submission as after on after.assignment_id = b.id
where locality.name = 'Hertfordshire' and course.slug = 'brief-encounters'
  and edition.key <> 'e-learning'
"""
BOOKED = """
select cohort.code, course.slug, locality.name, cohort.state, count(booking.id),
  cohort.capacity, cohort.design
from courses_cohort as cohort
join courses_edition as edition on edition.id = cohort.edition_id
join courses_course as course on course.id = edition.course_id
join courses_cohort_locality as place on place.cohort_id = cohort.id
join people_locality as locality on locality.id = place.locality_id
left join courses_booking as booking on booking.cohort_id = cohort.id and booking.state = 'booked'
where edition.key <> 'e-learning'
group by cohort.id, course.slug, locality.name order by cohort.id
"""


@pytest.fixture
def rows(demonstration: Database) -> Iterator[Rows]:
    """Asks the demonstration's database: `rows("select ...")`."""
    url = make_url(demonstration.app_url).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        connection.read_only = True

        def ask(query: str, *values: Any) -> list[tuple[Any, ...]]:
            return connection.execute(query, values).fetchall()

        yield ask


def top(answers: list[dict[str, int]], question: str) -> int:
    return sum(each[question] >= 4 for each in answers)


def test_confidence_in_hertfordshire_moves_as_it_was_published(rows: Rows) -> None:
    pairs = rows(PAIRED)
    before, after = [row[1] for row in pairs], [row[2] for row in pairs]
    assert len(pairs) == 82
    assert (top(before, "helping"), top(after, "helping")) == (28, 68)  # 34 % and 83 %
    assert (top(before, "knowledge"), top(after, "knowledge")) == (37, 75)  # 45 % and 91 %


def test_early_years_staff_gain_most_then_health_visitors_then_gps(rows: Rows) -> None:
    gains = defaultdict(list)
    for job, before, after in rows(PAIRED):
        gains[job].append(mean(after.values()) - mean(before.values()))
    early, visitors, gps = (
        mean(gains[job]) for job in ("Early years practitioner", "Health visitor", "GP")
    )
    assert early > visitors > gps > 0


def test_as_many_were_trained_as_the_sources_say(rows: Rows) -> None:
    over: dict[tuple[str, str], list[int]] = defaultdict(list)
    to_come: dict[str, int] = defaultdict(int)
    for _, course, place, state, booked, capacity, _ in rows(BOOKED):
        if state in ("finished", "closed"):
            over[course, place].append(booked)
        elif state == "published":
            to_come[course] += capacity
    assert over["brief-encounters", "Hertfordshire"] == [20] * 5
    assert sum(over["parents-at-war", "Hertfordshire"]) == 60
    assert to_come["parents-at-war"] == 60
    assert sum(over["think-couple", "Gateshead"]) == 57
    assert over["brief-encounters", "Essex"] == [27]
    assert over["me-you-and-baby-too", "Luton"] == [23]


def test_sixty_four_of_a_hundred_would_become_ambassadors(rows: Rows) -> None:
    keen = """
    select count(*) from surveys_submission as said
    join surveys_assignment as asked on asked.id = said.assignment_id
    join courses_booking as booking on booking.id = asked.booking_id
    where said.answers ->> 'ambassador' = 'interested' and booking.locality_label = 'Hertfordshire'
    """
    assert rows(keen) == [(64,)]


def test_one_day_lost_its_forms_and_one_group_is_too_small_to_publish(rows: Rows) -> None:
    designs = {code: design for code, *_, design in rows(BOOKED)}
    assert [code for code, design in designs.items() if design == "after_only"] == ["TC-02"]
    kinds = """
    select distinct wave.kind from surveys_wave as wave
    join courses_cohort as cohort on cohort.id = wave.cohort_id where cohort.code = 'TC-02'
    """
    assert rows(kinds) == [("post",)]
    small = """
    select count(*) from surveys_submission as said
    join surveys_assignment as asked on asked.id = said.assignment_id
    join surveys_wave as wave on wave.id = asked.wave_id and not wave.is_second
    join courses_cohort as cohort on cohort.id = wave.cohort_id
    where cohort.code = 'CC-01' and wave.kind = 'pre'
    """
    assert rows(small) == [(4,)]


def test_one_cohort_came_late(rows: Rows) -> None:
    late = """
    select cohort.code, count(*) from courses_attendance as mark
    join courses_place as place on place.id = mark.place_id
    join courses_session as session on session.id = place.session_id
    join courses_cohort as cohort on cohort.id = session.cohort_id
    where mark.mark = 'late' group by cohort.code order by count(*) desc limit 1
    """
    assert rows(late) == [("BE-02", 6)]
    story = "select why from courses_cohort_change as c join courses_cohort on courses_cohort.id ="
    said = rows(f"{story} c.cohort_id where code = 'BE-02' and why like '%%lorry%%'")
    assert len(said) == 1


def test_two_registers_were_corrected_and_what_hung_on_one_followed(rows: Rows) -> None:
    corrected = """
    select cohort.code, old.mark, new.mark, new.why <> '', booking.id
    from courses_attendance as new
    join courses_attendance as old on old.id = new.replaces_id
    join courses_place as place on place.id = new.place_id
    join courses_booking as booking on booking.id = place.booking_id
    join courses_cohort as cohort on cohort.id = booking.cohort_id order by cohort.code
    """
    found = rows(corrected)
    assert [row[:4] for row in found] == [
        ("BE-05", "absent", "late", True),
        ("BE-07", "absent", "late", True),
    ]
    verdicts = "select verdict from courses_completion where booking_id = %s order by at"
    assert rows(verdicts, found[0][4]) == [("not_completed",), ("completed",)]
    certificates = "select state from certificates_certificate where booking_id = %s"
    assert rows(certificates, found[0][4]) == [("issued",)]


def test_two_surveys_are_half_answered_one_of_them_chloes(rows: Rows) -> None:
    begun = """
    select person.given_name = 'Chloe', wave.kind, asked.state,
      (select count(*) from jsonb_object_keys(asked.draft))
    from surveys_assignment as asked join surveys_wave as wave on wave.id = asked.wave_id
    join people_person as person on person.id = asked.person_id
    where asked.draft is not null order by wave.kind
    """
    assert rows(begun) == [(True, "post", "open", 3), (False, "pre", "open", 3)]


def test_there_is_something_of_every_state_to_look_at(rows: Rows) -> None:
    states = {row[0] for row in rows("select distinct state from courses_cohort")}
    assert states == {"draft", "published", "running", "closed", "cancelled"}
    marks = {row[0] for row in rows("select distinct mark from courses_attendance")}
    assert marks == {"present", "late", "left_early", "absent"}
    full = "select code from courses_cohort where state = 'published' and seats_taken = capacity"
    assert len(rows(full)) == 2
    waiting = dict(
        rows(
            "select course.slug, count(*) from courses_waiting as waiting"
            " join courses_course as course on course.id = waiting.course_id"
            " where waiting.state = 'waiting' group by 1"
        )
    )
    assert waiting["brief-encounters"] == 6
    assert waiting["parents-at-war"] >= 3
    assert rows("select count(*) from courses_offer where state = 'open'") == [(1,)]
    assert rows("select count(*) from ambassadors_ambassador where state = 'active'") == [(64,)]
    answered = {row[0] for row in rows("select distinct months from ambassadors_check_in"
                                       " where state = 'answered'")}  # fmt: skip
    assert answered == {1, 3, 6}
    verdicts = {row[0] for row in rows("select distinct verdict from courses_completion")}
    assert verdicts == {"completed", "not_completed", "not_yet"}


def test_every_certificate_of_the_past_can_be_downloaded(rows: Rows) -> None:
    states = dict(rows("select state, count(*) from certificates_certificate group by state"))
    assert states["issued"] > 250
    assert "failed" not in states
    files = rows("select count(*) from certificates_certificate_file")
    assert files == [(states["issued"],)]


def test_days_long_over_have_their_cost_and_those_of_the_last_weeks_not_yet(rows: Rows) -> None:
    costs = """
    select coalesce(cohort.costs_pence, 0) > 0, max(upper(session.during)) < '2027-01-23'
    from courses_cohort as cohort join courses_session as session on session.cohort_id = cohort.id
    where cohort.state in ('finished', 'closed') group by cohort.id
    """
    told = rows(costs)
    assert all(entered == long_over for entered, long_over in told)
    assert {entered for entered, _ in told} == {True, False}


def test_this_week_has_sessions_a_register_waits_and_a_survey_closes(rows: Rows) -> None:
    week = "select count(*) from courses_session where holds and during && tstzrange(%s, %s)"
    assert rows(week, "2027-03-08", "2027-03-15")[0][0] >= 3
    unmarked = """
    select cohort.code from courses_session as session
    join courses_cohort as cohort on cohort.id = session.cohort_id
    where session.holds and upper(session.during) between '2027-02-22' and '2027-03-09'
      and not exists (select from courses_place as place
        join courses_attendance as mark on mark.place_id = place.id
        where place.session_id = session.id)
    """
    assert len(rows(unmarked)) == 1
    closing = """
    select count(*) from surveys_assignment
    where state = 'open' and closes_at between '2027-03-09' and '2027-03-13'
    """
    assert rows(closing)[0][0] > 0


def test_nobody_could_be_reached_by_mistake(rows: Rows) -> None:
    real = "select count(*) from people_person_email where address::text not like '%%.example'"
    assert rows(real) == [(0,)]


def test_messages_were_sent_when_they_fell_due(rows: Rows) -> None:
    late = """
    select count(*) from messages_message
    where state = 'sent' and sent_at - not_before not between '0' and '5 minutes'
    """
    assert rows(late) == [(0,)]
    waiting = "select state, count(*) from messages_message where state <> 'sent' group by state"
    assert set(dict(rows(waiting))) <= {"queued", "held", "merged", "cancelled"}


def test_no_job_is_left_over_but_those_of_the_time_to_come(rows: Rows) -> None:
    past = (
        "select task_name from procrastinate_jobs where scheduled_at is null or scheduled_at < %s"
    )
    assert rows(past, "2027-03-09 06:59+00") == []


def test_nothing_is_dated_later_than_the_morning_it_is_seen_from(rows: Rows) -> None:
    for table in ("audit_entry", "courses_booking", "surveys_submission", "messages_message"):
        assert rows(f"select count(*) from {table} where created_at > '2027-03-09 07:05+00'") == [
            (0,)
        ], table
