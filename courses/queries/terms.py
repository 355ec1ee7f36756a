"""Days on which training is hard: weekends, bank holidays, usual school holidays in England.

School holidays differ by place and year, so scheduling only flags them; nobody is refused.
"""

from __future__ import annotations

from datetime import date, timedelta

from lms.web import words
from lms.working_days import bank_holiday, easter_sunday, monday_on_or_after


def flag(day: date) -> str:
    """Why a day may not suit, as a sentence; "" for an ordinary one."""
    said = words.weekday_date(day)
    if day.weekday() >= 5:
        return f"{said} is at the weekend"
    if name := bank_holiday(day):
        return f"{said} is a bank holiday ({name})"
    if in_school_holidays(day):
        return f"{said} is in the school holidays of most places"
    return ""


def in_school_holidays(day: date) -> bool:
    """Whether most schools in England are usually closed: half-terms, Easter, summer, Christmas."""
    easter = easter_sunday(day.year)
    spring = monday_on_or_after(date(day.year, 5, 25))
    autumn = monday_on_or_after(date(day.year, 10, 25))
    winter = monday_on_or_after(date(day.year, 2, 13))
    weeks = (
        (easter - timedelta(days=9), easter + timedelta(days=7)),
        (spring, spring + timedelta(days=4)),
        (autumn, autumn + timedelta(days=4)),
        (winter, winter + timedelta(days=4)),
        (date(day.year, 7, 23), date(day.year, 8, 31)),
        (date(day.year, 12, 21), date(day.year, 12, 31)),
        (date(day.year, 1, 1), date(day.year, 1, 3)),
    )
    return any(first <= day <= last for first, last in weeks)
