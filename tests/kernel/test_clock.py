"""Months end where they end, and London's clocks change twice a year."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms import clock

DAYS = st.dates(date(1970, 1, 1), date(2150, 12, 31))
MONTHS = st.integers(-400, 400)
WALL = st.times()


@given(DAYS, MONTHS)
def test_months_later_is_the_same_day_or_the_last_of_its_month(day: date, months: int) -> None:
    later = clock.add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    last = calendar.monthrange(later.year, later.month)[1]
    assert later.day == min(day.day, last)


@given(DAYS, st.integers(0, 36))
def test_checkpoints_counted_from_one_day_keep_their_order(day: date, months: int) -> None:
    assert clock.add_months(day, months) < clock.add_months(day, months + 1)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2027, 8, 31), 3, date(2027, 11, 30)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 12, 15), 1, date(2028, 1, 15)),
        (date(2027, 3, 31), -1, date(2027, 2, 28)),
    ],
)
def test_the_months_people_argue_about(day: date, months: int, later: date) -> None:
    assert clock.add_months(day, months) == later


@given(DAYS, WALL)
def test_a_london_time_that_happens_reads_back_as_it_was(day: date, wall: time) -> None:
    back = clock.london(clock.at(day, wall))
    assert clock.exists(day, wall) is ((back.date(), back.time()) == (day, wall))


@given(DAYS)
def test_a_day_begins_at_midnight_and_has_23_to_25_hours(day: date) -> None:
    begins, ends = clock.start_of(day), clock.start_of(day + timedelta(days=1))
    assert clock.london(begins).date() == day
    assert ends - begins in (timedelta(hours=h) for h in (23, 24, 25))


def test_the_hour_that_march_skips_does_not_exist_and_is_moved_on() -> None:
    day = date(2027, 3, 28)
    assert not clock.exists(day, time(1, 30))
    assert clock.london(clock.at(day, time(1, 30))).time() == time(2, 30)
    assert clock.exists(day, time(0, 59))
    assert clock.exists(day, time(2, 0))


def test_the_hour_that_october_repeats_is_meant_the_first_time() -> None:
    day = date(2027, 10, 31)
    assert clock.exists(day, time(1, 30))
    assert clock.at(day, time(1, 30)) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_a_weekly_session_keeps_its_wall_time_over_the_change() -> None:
    before, after = (clock.at(date(2027, 3, day), time(9, 30)) for day in (22, 29))
    assert after - before == timedelta(days=7, hours=-1)


def test_in_summer_london_has_the_next_day_an_hour_before_utc(
    frozen: Callable[[str], object],
) -> None:
    frozen("2027-07-01 00:30")
    assert clock.today() == date(2027, 7, 1)
    assert clock.now() == datetime(2027, 6, 30, 23, 30, tzinfo=UTC)


def test_another_date_moves_every_instant_by_whole_days(
    frozen: Callable[[str], object], seen_from: Callable[[date | None], None]
) -> None:
    frozen("2027-03-04 09:30")
    seen_from(date(2026, 11, 2))
    assert clock.today() == date(2026, 11, 2)
    assert clock.london(clock.now()).time() == time(9, 30)
    assert clock.real(clock.now()) == datetime(2027, 3, 4, 9, 30, tzinfo=UTC)
    seen_from(None)
    assert clock.today() == date(2027, 3, 4)
