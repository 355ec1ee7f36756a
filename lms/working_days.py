"""Working days in England: Monday to Friday without bank holidays, and deadlines that end at 5pm.

Messages ask when they may go, the queue until when a place is held, scheduling which days to flag.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lms import clock

FILE = Path(__file__).with_name("bank_holidays.yaml")
FIVE = time(17)
"""When a working day ends for those who wait for an answer."""


def is_working_day(day: date) -> bool:
    """Whether offices are open: neither a weekend nor a bank holiday."""
    return day.weekday() < 5 and not bank_holiday(day)


def bank_holiday(day: date) -> str:
    """The bank holiday's name ("early May"), "" for any other day."""
    known: Mapping[date, str] = _file()["days"]
    in_file = min(known).year <= day.year and day <= reaches()
    return (known if in_file else _by_rule(day.year)).get(day, "")


def reaches() -> date:
    """The last day that the file of bank holidays knows; later ones go by rule."""
    last: date = _file()["reaches"]
    return last


def next_working_day(day: date) -> date:
    """The first working day after this one."""
    return add_working_days(day, 1)


def add_working_days(day: date, days: int) -> date:
    """`days` working days later, earlier if negative; with 0 the day itself, whatever it is."""
    step = timedelta(days=1 if days >= 0 else -1)
    left = abs(days)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def deadline(start: datetime, days: int, at: time = FIVE) -> datetime:
    """5pm in London on the working day `days` after the day of `start`, as a UTC instant."""
    return clock.at(add_working_days(clock.london(start).date(), days), at)


@cache
def _file() -> Mapping[str, Any]:
    known: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return known


# -- beyond the file -----------------------------------------------------------------------------


@cache
def _by_rule(year: int) -> Mapping[date, str]:
    """The usual bank holidays of a year; a proclaimed one cannot be known."""
    easter = easter_sunday(year)
    found = {
        _next_weekday(date(year, 1, 1)): "New Year",
        easter - timedelta(days=2): "Good Friday",
        easter + timedelta(days=1): "Easter Monday",
        monday_on_or_after(date(year, 5, 1)): "early May",
        monday_on_or_after(date(year, 5, 25)): "spring",
        monday_on_or_after(date(year, 8, 25)): "summer",
    }
    christmas = _next_weekday(date(year, 12, 25))
    boxing = _next_weekday(max(date(year, 12, 26), christmas + timedelta(days=1)))
    return found | {christmas: "Christmas", boxing: "Boxing Day"}


def easter_sunday(year: int) -> date:
    """Easter of the western churches, by the anonymous Gregorian computus (Meeus 1991)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    step = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * step) // 451
    month, day = divmod(h + step - 7 * m + 114, 31)
    return date(year, month, day + 1)


def monday_on_or_after(day: date) -> date:
    """The first Monday from this day on."""
    return day + timedelta(days=-day.weekday() % 7)


def _next_weekday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= 5 else day
