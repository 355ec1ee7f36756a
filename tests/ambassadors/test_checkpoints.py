"""Checkpoints are calendar months: across year ends, leap years and the clocks' changes."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms import clock
from lms.ambassadors import checkpoints
from lms.ambassadors.codes import MONTHS

DAYS = st.dates(date(1990, 1, 1), date(2120, 12, 31))
WALL = st.times()


@given(DAYS)
def test_there_are_three_each_on_the_pledges_day_or_the_last_of_the_month(made: date) -> None:
    plan = checkpoints.plan(made)
    assert tuple(point.months for point in plan) == MONTHS
    for point in plan:
        months = (point.due_on.year - made.year) * 12 + point.due_on.month - made.month
        assert months == point.months
        last = calendar.monthrange(point.due_on.year, point.due_on.month)[1]
        assert point.due_on.day == min(made.day, last)


@given(DAYS)
def test_each_closes_when_the_next_falls_due_and_the_last_after_sixty_days(made: date) -> None:
    first, second, last = checkpoints.plan(made)
    assert first.due_on < first.closes_on == second.due_on
    assert second.due_on < second.closes_on == last.due_on
    assert last.closes_on == last.due_on + timedelta(days=60)


@given(DAYS, WALL)
def test_the_day_is_londons_whatever_the_hour(day: date, wall: time) -> None:
    """A pledge half an hour after midnight in summer was made the day before in UTC."""
    instant = clock.at(day, wall)
    shown = clock.london(instant)
    assert checkpoints.plan(shown.date())[0].due_on == clock.add_months(shown.date(), 1)
    assert isinstance(instant, datetime)
    assert clock.exists(day, wall) == (shown.time() == wall.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("made", "due"),
    [
        ("2027-01-31", ["2027-02-28", "2027-04-30", "2027-07-31"]),
        ("2028-01-31", ["2028-02-29", "2028-04-30", "2028-07-31"]),
        ("2028-02-29", ["2028-03-29", "2028-05-29", "2028-08-29"]),
        ("2027-08-31", ["2027-09-30", "2027-11-30", "2028-02-29"]),
        ("2026-11-30", ["2026-12-30", "2027-02-28", "2027-05-30"]),
        ("2027-12-15", ["2028-01-15", "2028-03-15", "2028-06-15"]),
    ],
)
def test_month_ends_and_year_ends_are_where_they_are(made: str, due: list[str]) -> None:
    plan = checkpoints.plan(date.fromisoformat(made))
    assert [point.due_on.isoformat() for point in plan] == due


@given(DAYS, st.integers(0, 200))
def test_reminders_are_never_early_and_never_more_than_two(asked: date, days: int) -> None:
    due = checkpoints.reminders_due(asked, asked + timedelta(days=days))
    assert due == (0 if days < 7 else 1 if days < 14 else 2)
