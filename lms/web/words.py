"""How dates, times, counts and lengths are said, wherever people read them.

Pages use these as Jinja filters; messages, services and reports call them directly.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date as Date
from datetime import datetime, timedelta
from datetime import time as Time
from decimal import ROUND_HALF_UP, Decimal

from lms import clock

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SMALL_BASE = 10
"""A base under this is given as counts only: a percentage of it would sound surer than it is."""


def day_of(value: Date | datetime) -> Date:
    """The London date of an instant; a date is itself."""
    return clock.london(value).date() if isinstance(value, datetime) else value


def date(value: Date | datetime) -> str:
    """'4 March 2027'."""
    day = day_of(value)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def weekday_date(value: Date | datetime) -> str:
    """'Thursday 4 March 2027', for a day on which somebody must turn up."""
    day = day_of(value)
    return f"{WEEKDAYS[day.weekday()]} {date(day)}"


def short_date(value: Date | datetime) -> str:
    """'4 Mar 2027', for tables."""
    day = day_of(value)
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def day_month(value: Date | datetime) -> str:
    """'4 Mar', for the head of a narrow column."""
    return short_date(value).rsplit(" ", 1)[0]


def time(value: Time | datetime) -> str:
    """'9:30am', '9am', 'midday', 'midnight'; an instant is told in London time."""
    wall = clock.london(value).time() if isinstance(value, datetime) else value
    if (wall.hour, wall.minute) in ((0, 0), (12, 0)):
        return "midday" if wall.hour else "midnight"
    minutes = f":{wall.minute:02}" if wall.minute else ""
    return f"{wall.hour % 12 or 12}{minutes}{'am' if wall.hour < 12 else 'pm'}"


def time_range(start: Time | datetime, end: Time | datetime) -> str:
    """'9:30am to 12:30pm'."""
    return f"{time(start)} to {time(end)}"


def date_range(start: Date | datetime, end: Date | datetime) -> str:
    """'4 March 2027', 'from 4 to 11 March 2027', 'from 4 March to 1 April 2027'."""
    first, last = day_of(start), day_of(end)
    if first == last:
        return date(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"from {first.day} to {date(last)}"
    if first.year == last.year:
        return f"from {first.day} {MONTHS[first.month - 1]} to {date(last)}"
    return f"from {date(first)} to {date(last)}"


def datetime_words(value: datetime) -> str:
    """'on 4 March 2027 at 4:40pm'."""
    return f"on {date(value)} at {time(value)}"


def weekday_datetime(value: datetime) -> str:
    """'9:30am on Thursday 4 March 2027', for deadlines and appointments."""
    return f"{time(value)} on {weekday_date(value)}"


def duration(value: int | float | Decimal | timedelta) -> str:
    """Minutes (or a timedelta) as '6 h 10 min', '6 h', '40 min'."""
    hours, minutes = divmod(_minutes(value), 60)
    parts = [f"{hours} h"] if hours else []
    if minutes or not hours:
        parts.append(f"{minutes} min")
    return " ".join(parts)


def hours(value: int | float | Decimal | timedelta) -> str:
    """Minutes (or a timedelta) in full: '6 hours', '2 hours 30 minutes', '40 minutes'."""
    whole, minutes = divmod(_minutes(value), 60)
    parts = [plural(whole, "hour")] if whole else []
    if minutes or not whole:
        parts.append(plural(minutes, "minute"))
    return " ".join(parts)


def clock_duration(value: int | float | Decimal | timedelta) -> str:
    """Minutes (or a timedelta) as '5:35', for a narrow column."""
    hours, minutes = divmod(_minutes(value), 60)
    return f"{hours}:{minutes:02}"


def _minutes(value: int | float | Decimal | timedelta) -> int:
    if isinstance(value, timedelta):
        return round(value.total_seconds() / 60)
    return round(value)


def round_half_up(value: float | Decimal, places: int = 0) -> Decimal:
    """Rounded as people do it: a half goes up."""
    step = Decimal(1).scaleb(-places)
    return Decimal(str(value)).quantize(step, ROUND_HALF_UP)


def percent(part: int, base: int) -> str:
    """'72%', whole, halves up; '' where there is no base."""
    if not base:
        return ""
    return f"{(Decimal(100 * part) / base).quantize(Decimal(1), ROUND_HALF_UP)}%"


def count_of(part: int, base: int, what: str = "") -> str:
    """'41 of 57 who attended (72%)'; without the percentage where the base is under ten."""
    text = f"{number(part)} of {number(base)}" + (f" {what}" if what else "")
    return text if base < SMALL_BASE else f"{text} ({percent(part, base)})"


def number(value: int) -> str:
    """'1,234'."""
    return f"{value:,}"


def plural(count: int, one: str, many: str = "") -> str:
    """'1 person', '3 people': the count and the right word; `many` defaults to `one` and s."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def listing(items: Iterable[str], last: str = "and") -> str:
    """'Amara, Beth and Colin'."""
    words = list(items)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def initials(*names: str) -> str:
    """'A. H.' of 'Amara', 'Hill', for a page that must not name its reader in full."""
    words = [word for name in names for word in name.split()]
    return " ".join(f"{_first_sign(word)}." for word in words)


def _first_sign(word: str) -> str:
    """A word's first letter with its accents."""
    composed = unicodedata.normalize("NFC", word)
    end = 1
    while end < len(composed) and unicodedata.combining(composed[end]):
        end += 1
    return composed[:end].upper()


def certificate_number(value: str) -> str:
    """'7K3M-9QXT-2HVB': the number in fours."""
    return in_fours(re.sub(r"[^0-9A-Za-z]", "", value).upper())


def in_fours(value: str) -> str:
    """Groups of four with hyphens between them."""
    return "-".join(value[i : i + 4] for i in range(0, len(value), 4))


def file_size(size: int) -> str:
    """'48 kB', '1.2 MB'."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{round_half_up(size / 1_000_000, 1)} MB"


def the(name: str) -> str:
    """'the Workforce development team' within a sentence, whether or not the name has its "The"."""
    article, _, rest = name.partition(" ")
    return f"the {rest if article.casefold() == 'the' else name}"


def full_stop(text: str) -> str:
    """'No room.': the text with a full stop, unless it ends as a sentence already."""
    return text if text.rstrip("”’\"')")[-1:] in ("", ".", "!", "?", "…") else f"{text}."


def capital(text: str) -> str:
    """The sentence with its first letter large and the rest as it was."""
    return text[:1].upper() + text[1:]


def mask_email(address: str) -> str:
    """'a…@example.com': enough to know one's own address again."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}…@{domain}" if domain else "…"


FILTERS = {
    "date": date,
    "weekday_date": weekday_date,
    "short_date": short_date,
    "day_month": day_month,
    "time": time,
    "date_range": lambda pair: date_range(*pair),
    "datetime_words": datetime_words,
    "weekday_datetime": weekday_datetime,
    "duration": duration,
    "hours": hours,
    "clock_duration": clock_duration,
    "percent": percent,
    "count_of": count_of,
    "number": number,
    "plural": plural,
    "listing": listing,
    "initials": initials,
    "certificate_number": certificate_number,
    "file_size": file_size,
    "the": the,
    "full_stop": full_stop,
    "capital": capital,
    "mask_email": mask_email,
}
"""The names that templates know; `date_range` takes the pair (first, last)."""
