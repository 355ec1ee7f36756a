"""How dates, times, counts and lengths are said."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.web import words
from lms.web.forms import clean

DAY = date(2027, 3, 4)


def test_a_date_is_said_with_its_month_in_full_and_short_in_tables() -> None:
    assert words.date(DAY) == "4 March 2027"
    assert words.weekday_date(DAY) == "Thursday 4 March 2027"
    assert words.short_date(DAY) == "4 Mar 2027"
    assert words.day_month(DAY) == "4 Mar"


def test_an_instant_is_told_in_london_summer_and_winter() -> None:
    winter = datetime(2027, 3, 4, 16, 40, tzinfo=UTC)
    summer = datetime(2027, 7, 4, 23, 30, tzinfo=UTC)
    assert words.datetime_words(winter) == "on 4 March 2027 at 4:40pm"
    assert words.datetime_words(summer) == "on 5 July 2027 at 12:30am"


@pytest.mark.parametrize(
    ("wall", "said"),
    [
        (time(9, 30), "9:30am"),
        (time(9), "9am"),
        (time(12), "midday"),
        (time(0), "midnight"),
        (time(0, 5), "12:05am"),
        (time(12, 5), "12:05pm"),
        (time(23, 59, 59), "11:59pm"),
    ],
)
def test_a_time_is_said_as_people_say_it(wall: time, said: str) -> None:
    assert words.time(wall) == said


@given(st.times().map(lambda t: t.replace(second=0, microsecond=0)))
def test_a_time_that_was_said_reads_back_as_itself(wall: time) -> None:
    assert clean.wall_time(words.time(wall)) == wall


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)))
def test_a_date_that_was_said_reads_back_as_itself(day: date) -> None:
    assert clean.day(words.date(day)) == day
    assert clean.day(words.short_date(day)) == day
    assert clean.day(day.isoformat()) == day


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (date(2027, 3, 4), "4 March 2027"),
        (date(2027, 3, 11), "from 4 to 11 March 2027"),
        (date(2027, 4, 1), "from 4 March to 1 April 2027"),
        (date(2028, 1, 1), "from 4 March 2027 to 1 January 2028"),
    ],
)
def test_a_range_of_dates_says_each_part_once(last: date, said: str) -> None:
    assert words.date_range(DAY, last) == said


def test_a_length_is_said_in_hours_and_minutes() -> None:
    assert words.duration(370) == "6 h 10 min"
    assert words.duration(360) == "6 h"
    assert words.duration(0) == "0 min"
    assert words.duration(timedelta(minutes=40)) == "40 min"
    assert words.clock_duration(335) == "5:35"
    assert words.hours(360) == "6 hours"
    assert words.hours(61) == "1 hour 1 minute"
    assert words.hours(timedelta(minutes=40)) == "40 minutes"


def test_a_number_stands_with_its_base_and_a_small_base_gets_no_percentage() -> None:
    assert words.count_of(41, 57, "who attended") == "41 of 57 who attended (72%)"
    assert words.count_of(3, 9, "booked") == "3 of 9 booked"
    assert words.count_of(5, 10) == "5 of 10 (50%)"
    assert words.count_of(0, 0) == "0 of 0"


@pytest.mark.parametrize(("part", "said"), [(1, "1%"), (5, "3%"), (3, "2%"), (199, "100%")])
def test_halves_of_a_percentage_round_up(part: int, said: str) -> None:
    assert words.percent(part, 200) == said


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_percentage_is_never_more_than_a_half_away(part: int, base: int) -> None:
    said = int(words.percent(part, base).rstrip("%"))
    assert -0.5 < said - 100 * part / base <= 0.5


def test_a_count_takes_the_right_word() -> None:
    assert words.plural(1, "person", "people") == "1 person"
    assert words.plural(1234, "person", "people") == "1,234 people"
    assert words.plural(0, "course") == "0 courses"


def test_a_list_has_its_and_before_the_last() -> None:
    assert words.listing(["Amara"]) == "Amara"
    assert words.listing(["Amara", "Beth", "Colin"]) == "Amara, Beth and Colin"
    assert words.listing([]) == ""


@pytest.mark.parametrize(
    ("name", "said"),
    [("Amara Hill", "A. H."), ("Ó Súilleabháin", "Ó. S."), ("李小龍", "李."), ("", "")],
)
def test_initials_are_the_first_letters_with_their_accents(name: str, said: str) -> None:
    assert words.initials(name) == said


def test_a_certificates_number_is_shown_in_fours_however_it_was_typed() -> None:
    assert words.certificate_number("7k3m 9qxt2hvb") == "7K3M-9QXT-2HVB"


def test_an_address_is_masked_but_its_owner_knows_it_again() -> None:
    assert words.mask_email("amara@example.com") == "a…@example.com"


def test_a_files_size_is_said_in_units_people_know() -> None:
    assert words.file_size(48_200) == "48 kB"
    assert words.file_size(1_250_000) == "1.3 MB"
    assert words.file_size(3) == "1 kB"
