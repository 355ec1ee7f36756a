"""Working days leave out weekends and bank holidays, and a deadline is 5pm in London."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from dateutil.easter import easter
from hypothesis import given
from hypothesis import strategies as st

from lms import clock, working_days

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@given(DAYS, st.integers(-60, 60))
def test_working_days_go_back_the_way_they_came(day: date, days: int) -> None:
    there = working_days.add_working_days(day, days)
    if days:
        assert working_days.is_working_day(there)
    if working_days.is_working_day(day):
        assert working_days.add_working_days(there, -days) == day


@pytest.mark.parametrize(
    ("day", "days", "there"),
    [
        (date(2027, 3, 5), 1, date(2027, 3, 8)),  # over a weekend
        (date(2027, 3, 25), 1, date(2027, 3, 30)),  # over Easter
        (date(2026, 12, 24), 2, date(2026, 12, 30)),  # Boxing Day is on the Monday
        (date(2027, 12, 24), 1, date(2027, 12, 29)),  # both days of Christmas are moved
        (date(2027, 12, 31), 1, date(2028, 1, 4)),  # New Year is on the Monday
        (date(2027, 3, 30), -1, date(2027, 3, 25)),
        (date(2027, 3, 6), 1, date(2027, 3, 8)),  # from a Saturday
    ],
)
def test_weekends_and_bank_holidays_are_passed_over(day: date, days: int, there: date) -> None:
    assert working_days.add_working_days(day, days) == there


def test_a_deadline_is_five_in_london_in_winter_and_in_summer() -> None:
    # Thursday before Easter, two working days on: Wednesday, and the clocks have changed on Sunday.
    start = datetime(2027, 3, 25, 16, 30, tzinfo=UTC)
    assert working_days.deadline(start, 2) == datetime(2027, 3, 31, 16, tzinfo=UTC)
    start = datetime(2027, 1, 12, 9, tzinfo=UTC)
    assert working_days.deadline(start, 2) == datetime(2027, 1, 14, 17, tzinfo=UTC)
    assert working_days.deadline(start, 1, time(12)) == datetime(2027, 1, 13, 12, tzinfo=UTC)


def test_the_day_of_a_deadline_counts_from_the_day_in_london() -> None:
    # Half past midnight on Wednesday in London is still Tuesday in UTC.
    start = datetime(2027, 6, 15, 23, 30, tzinfo=UTC)
    assert working_days.deadline(start, 1) == datetime(2027, 6, 17, 16, tzinfo=UTC)


@pytest.mark.parametrize("year", range(2024, 2033))
def test_each_year_has_its_eight_bank_holidays_on_weekdays(year: int) -> None:
    days = [date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), _end(year))]
    found = {day: name for day in days if (name := working_days.bank_holiday(day))}
    assert len(found) == len(set(found.values())) == 8
    assert all(day.weekday() < 5 for day in found)
    assert {found[day] for day in found if day.weekday() == 0} >= {
        *("Easter Monday", "early May", "spring", "summer")
    }
    assert date.fromordinal(easter(year).toordinal() + 1) in found
    assert date.fromordinal(easter(year).toordinal() - 2) in found


def _end(year: int) -> int:
    return date(year + 1, 1, 1).toordinal()


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Has the file of bank holidays with one more line."""

    def add(line: str) -> None:
        longer = tmp_path / "bank_holidays.yaml"
        longer.write_text(f"{working_days.FILE.read_text()}  {line}\n")
        monkeypatch.setattr(working_days, "FILE", longer)
        working_days._file.cache_clear()

    yield add
    monkeypatch.undo()
    working_days._file.cache_clear()


def test_a_proclaimed_day_in_the_file_counts(listed: Callable[[str], None]) -> None:
    assert working_days.is_working_day(date(2028, 5, 8))
    listed("2028-05-08: the Coronation")
    assert not working_days.is_working_day(date(2028, 5, 8))
    assert working_days.next_working_day(date(2028, 5, 5)) == date(2028, 5, 9)


def test_a_deadline_is_an_instant_for_the_database() -> None:
    assert working_days.deadline(clock.now(), 2).tzinfo is UTC
