"""Days on which training is hard: weekends, bank holidays, usual school holidays in England.

School holidays differ by place and year, so scheduling only flags them; nobody is refused.
"""

from __future__ import annotations

from datetime import date, timedelta

from lms.web import words


def flag(day: date) -> str:
    """Why a day may not suit, as a sentence; "" for an ordinary one."""
    said = words.weekday_date(day)
    if day.weekday() >= 5:
        return f"{said} is at the weekend"
    if name := bank_holidays(day.year).get(day):
        return f"{said} is a bank holiday ({name})"
    if in_school_holidays(day):
        return f"{said} is in the school holidays of most places"
    return ""


def bank_holidays(year: int) -> dict[date, str]:
    """England's bank holidays of a year by rule (a proclaimed one is not known here)."""
    easter = easter_sunday(year)
    found = {
        _next_weekday(date(year, 1, 1)): "New Year",
        easter - timedelta(days=2): "Good Friday",
        easter + timedelta(days=1): "Easter Monday",
        _monday_on_or_after(date(year, 5, 1)): "early May",
        _monday_on_or_after(date(year, 5, 25)): "spring",
        _monday_on_or_after(date(year, 8, 25)): "summer",
    }
    christmas = _next_weekday(date(year, 12, 25))
    boxing = _next_weekday(max(date(year, 12, 26), christmas + timedelta(days=1)))
    return found | {christmas: "Christmas", boxing: "Boxing Day"}


def in_school_holidays(day: date) -> bool:
    """Whether most schools in England are usually closed: half-terms, Easter, summer, Christmas."""
    easter = easter_sunday(day.year)
    spring = _monday_on_or_after(date(day.year, 5, 25))
    autumn = _monday_on_or_after(date(day.year, 10, 25))
    winter = _monday_on_or_after(date(day.year, 2, 13))
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


def _monday_on_or_after(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _next_weekday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= 5 else day
