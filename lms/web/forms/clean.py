"""What people type, made safe to keep: one spelling, no characters that nobody can see.

Form fields call these; importers and the command line may too. Each raises `ValueError` with a
part of a sentence that follows the name of the field.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time

from lms.web.words import MONTHS

UNSEEN_AT_ENDS = " \t\r\n\f\v\u00a0\u200b\u2060\ufeff\u00ad\u3000"
DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Overrides and isolates, which can make a text read other than it is."""
MARKS_IN_A_ROW = 8
EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{2,59})"
)
YEARS = range(1900, 2201)
"""Any other is a slip, and its neighbours are no dates at all."""
NO_YEAR = "must have a year between 1900 and 2200"
LONGEST_EMAIL = 254
LIKE_EMAIL = "Enter an e-mail address in the correct format, like name@example.com"


def text(raw: str, *, lines: bool = False) -> str:
    """Trimmed (no-break spaces too) and in Unicode's composed form; `lines` keeps line breaks.

    Raises ValueError for control and direction characters, lost bytes and piled-up accents.
    """
    if lines:
        raw = raw.replace("\r\n", "\n").replace("\r", "\n")
    value = unicodedata.normalize("NFC", raw.strip(UNSEEN_AT_ENDS))
    allowed = "\n\t" if lines else ""
    for sign in value:
        category = unicodedata.category(sign)
        if (category in ("Cc", "Cs", "Co") and sign not in allowed) or _is_no_character(sign):
            raise ValueError("has a character in it that cannot be kept. Type it again")
        if sign in "\ufffd\u200b\u2060\ufeff\u2028\u2029":
            raise ValueError("has a character in it that cannot be read. Type it again")
    if DIRECTION.search(value):
        raise ValueError("has a hidden sign in it that turns the writing round. Type it again")
    if _piled_up(value):
        raise ValueError("has too many accents on one letter. Type it again")
    return value


def _is_no_character(sign: str) -> bool:
    """Unicode's 66 code points that stand for nothing (a sign newer than this Python does)."""
    return 0xFDD0 <= ord(sign) <= 0xFDEF or ord(sign) & 0xFFFE == 0xFFFE


def _piled_up(value: str) -> bool:
    run = 0
    for sign in value:
        run = run + 1 if unicodedata.combining(sign) else 0
        if run > MARKS_IN_A_ROW:
            return True
    return False


def shown(raw: str) -> str:
    """What was typed, as it can be shown again: what cannot be sent in a page is left out."""
    return "".join(c for c in raw if c in "\n\t\r" or _can_be_shown(c))


def _can_be_shown(sign: str) -> bool:
    return unicodedata.category(sign) not in ("Cc", "Cs") and not _is_no_character(sign)


def email(raw: str) -> str:
    """An address in lower case; `mailto:` and spaces around it are taken away.

    Raises ValueError with the whole sentence to show.
    """
    value = raw.strip(UNSEEN_AT_ENDS).lower().removeprefix("mailto:").strip()
    local = value.partition("@")[0]
    if len(value) > LONGEST_EMAIL or len(local) > 64 or not EMAIL.fullmatch(value):
        raise ValueError(LIKE_EMAIL)
    return value


def whole_number(raw: str) -> int:
    """`18`, `+18`, `−3`, `1,000`; ASCII digits only, at most 18 of them."""
    value = raw.strip(UNSEEN_AT_ENDS).replace("\u2212", "-")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+", value, re.ASCII):
        value = value.replace(",", "")
    if not re.fullmatch(r"[+-]?\d{1,18}", value, re.ASCII):
        raise ValueError("must be a whole number")
    return int(value)


def month(raw: str) -> int | None:
    """1 to 12 from `3`, `03`, `March` or `Mar`; None when it is no month."""
    value = raw.strip(UNSEEN_AT_ENDS).lower()
    if re.fullmatch(r"\d{1,2}", value, re.ASCII):
        return int(value) if 1 <= int(value) <= 12 else None
    for number, name in enumerate(MONTHS, start=1):
        if len(value) >= 3 and name.lower().startswith(value):
            return number
    return None


def day(raw: str) -> date:
    """A date written in one piece: `4 March 2027`, `04/03/2027` (day first), `2027-03-04`."""
    value = raw.strip(UNSEEN_AT_ENDS)
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", value, re.ASCII)
    if iso:
        return _real(int(iso[1]), int(iso[2]), int(iso[3]))
    said = re.fullmatch(r"(\d{1,2})[ /.-]+([A-Za-z]+|\d{1,2})[ /.,-]+(\d{4})", value, re.ASCII)
    if said:
        return _real(int(said[3]), month(said[2]) or 0, int(said[1]))
    raise ValueError("must be a real date")


def _real(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise ValueError("must be a real date") from None
    if year not in YEARS:
        raise ValueError(NO_YEAR)
    return found


CLOCK = re.compile(r"(\d{1,2})(?:([:.]?)(\d{2}))?\s*([ap]\.?m\.?)?", re.ASCII)
FIRST_BARE_HOUR = 7
"""A lone 9 is nine in the morning; a lone 2 may be either."""


def wall_time(raw: str) -> time:
    """`9:30am`, `9.30 am`, `9am`, `9`, `09:30`, `14:00`, `1430`, `midday`, `noon`, `midnight`."""
    value = raw.strip(UNSEEN_AT_ENDS).lower()
    if value in ("midday", "noon", "12 noon", "12 midday"):
        return time(12)
    if value in ("midnight", "12 midnight"):
        return time(0)
    found = CLOCK.fullmatch(value)
    if not found:
        raise ValueError("must be a time, like 9:30am")
    hour, minute, half = int(found[1]), int(found[3] or 0), (found[4] or "")[:1]
    if half and not 1 <= hour <= 12:
        raise ValueError("must be a real time, like 9:30am")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59:
        raise ValueError("must be a real time, like 9:30am")
    if not half and not found[2] and len(value) < 4 and hour < FIRST_BARE_HOUR:
        raise ValueError("must say whether it is am or pm, like 2pm")
    return time(hour, minute)
