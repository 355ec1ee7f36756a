"""Finds what looks like a family's detail in somebody's own words, so that it is never kept.

Fields and services refuse with it, and reviewers see marks made with it; it reads nothing but the
text. It is built to be right about what people write of their work ("the 6 to 8 week visit", "10
families", "the meeting on 12 March 2027"): a warning that is often wrong is soon not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from lms.family_details import names
from lms.family_details.names import MANY, ONE, SPACE

NAME, BIRTH, ADDRESS, TELEPHONE, EMAIL, NHS = (
    "somebody's name",
    "a date of birth",
    "an address",
    "a telephone number",
    "an e-mail address",
    "an NHS number",
)
CONTACTS = frozenset({ADDRESS, TELEPHONE, EMAIL})
"""What a bulletin or a meeting's place may name: how to reach colleagues and where to go."""
LONGEST_QUOTED = 60


@dataclass(frozen=True)
class Detail:
    """Something that looks like a family's detail: what it looks like, and where it stands."""

    kind: str
    start: int
    end: int
    quoted: str


def find(text: str, *, allowed: Iterable[str] = ()) -> Detail | None:
    """The first detail of a text, but for kinds that are `allowed`; None where there is none."""
    return next(every(text, allowed=allowed), None)


def every(text: str, *, allowed: Iterable[str] = ()) -> Iterator[Detail]:
    """All details of a text in their order; one that stands inside another is not told apart."""
    passed = set(allowed)
    found = sorted(
        (detail for look in _LOOKS for detail in look(text) if detail.kind not in passed),
        key=lambda one: (one.start, -one.end),
    )
    end = 0
    for detail in found:
        if detail.start >= end:
            end = detail.end
            yield detail


def said(detail: Detail) -> str:
    """The sentence for whoever wrote it."""
    return (
        f"'{detail.quoted}' looks like {detail.kind}. We never keep families' details. "
        "Take it out and save again. Your other words are kept"
    )


def _detail(kind: str, text: str, start: int, end: int) -> Detail:
    return Detail(kind, start, end, " ".join(text[start:end].split())[:LONGEST_QUOTED])


def _matches(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[Detail]:
    for found in pattern.finditer(text):
        yield _detail(kind, text, *found.span())


def _names(text: str) -> Iterator[Detail]:
    for span in names.spans(text):
        yield _detail(NAME, text, *span)


# -- dates of birth ------------------------------------------------------------------------------

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
DATE = (
    rf"(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|\d{{4}}-\d{{1,2}}-\d{{1,2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {MONTH}(?:,? \d{{2,4}})?"
    rf"|(?P<year>(?:{MONTH},? )?(?:19|20)\d\d\b)"
    rf"|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?)"
)
# "Babies born in 2027" are everybody's.
ALL = (
    rf"(?:(?:{MANY}|those|all|people|everybody|everyone|anybody|anyone"
    rf"|(?:every|each|any|no){SPACE}(?:{ONE}))"
    rf"(?:{SPACE}(?:who|that|are|is|were|was|all|both|newly|due|or|to|be)){{0,3}}{SPACE})"
)
BORN = re.compile(
    rf"\b(?P<all>{ALL})?(?:born|birthday|date of birth|birth ?date|d\.? ?o\.? ?b\b\.?)"
    rf"[\s:,(-]{{0,6}}(?:(?:on|in|is|was|the)\b[\s:]{{0,6}}){{0,3}}{DATE}",
    re.IGNORECASE,
)


def _births(text: str) -> Iterator[Detail]:
    for found in BORN.finditer(text):
        if not (found["all"] and found["year"]):
            yield _detail(BIRTH, text, *found.span())


# -- addresses, telephones, e-mail, NHS numbers --------------------------------------------------

POSTCODE = re.compile(
    r"\b(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d{1,2}|\d[A-HJKPSTUW]|[A-HK-Y]\d[ABEHMNPRVWXY])"
    r" ?(?!\d(?:st|nd|rd|th)\b)\d[ABD-HJLNP-UW-Z]{2})\b",
    re.IGNORECASE,
)
# "12 High Street", with capitals.
STREETS = r"road|rd|street|avenue|ave|lane|crescent|grove|mews|gardens|terrace"
USUAL_WORDS = r"close|drive|way|court|place|square|walk|row|rise"
CAPITAL = r"[A-Z][\w'’-]{1,30}"
STREET = re.compile(
    rf"\b\d{{1,4}}[a-zA-Z]?,?{SPACE}(?:{CAPITAL}{SPACE}){{0,2}}"
    rf"(?!(?:Family|Crown|County|High|Magistrates['’]?) Court){CAPITAL}{SPACE}"
    rf"(?=[A-Z])(?i:{STREETS}|st|{USUAL_WORDS})\b"
)
# "12 high street", without: one or two words that count nothing and join nothing. Where the last is
# a usual word ("3 clinics close"), nothing comes after it.
NO_STREET = (
    rf"(?:{MANY}|{ONE}|minutes?|mins?|hours?|days?|weeks?|months?|years?|miles?|mph|met(?:er|re)s?"
    r"|times?|people|sessions?|meetings?|visits?|leaflets?|posters?|clinics?|hubs?|schools?|beds?"
    r"|bedrooms?|main|side|busy|one|two|both|community|sensory|front|back|the|an?|and|or|of|in|on|at"
    r"|to|by|for|from|with|off|down|up|along|per|each|every|my|our|your|his|her|their|this|that"
    r"|more|other|either|total|different|steps?)\b"
)
NAMED = rf"(?!{NO_STREET})[^\W\d_][\w'’-]{{1,30}}"
SMALL_STREET = re.compile(
    rf"\b\d{{1,4}}[a-z]?,?{SPACE}(?:{NAMED}{SPACE})?{NAMED}{SPACE}"
    rf"(?:(?:{STREETS})\b|(?:st|{USUAL_WORDS})\b(?=\s*(?:[.,;:)!?\n]|$)))",
    re.IGNORECASE,
)
FLAT = re.compile(r"\bflat \d{1,3}[a-z]?\b", re.IGNORECASE)
PHONE = re.compile(
    r"(?<![\w.])(?:(?:\+|00)44[ \t.-]?(?:\(0\)[ \t.-]?)?\d{2,5}|\(?0\d{2,4}\)?)"
    r"(?:[ \t\xa0./–-]{0,3}\d{3,8}){1,3}\b"
)
MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
TEN_DIGITS = re.compile(r"(?<![\w.])\d{3}[ .-]?\d{3}[ .-]?\d{4}(?![\w])")
NHS_NUMBER = re.compile(r"\bNHS (?:number|no\.?|num)\W{0,3}(?:is |was )?\d(?:[ .-]?\d){5,}", re.I)


def _phones(text: str) -> Iterator[Detail]:
    for found in PHONE.finditer(text):
        digits = re.sub(r"\D", "", found[0].replace("(0)", ""))
        if 10 <= len(re.sub("^(00)?44", "0", digits)) <= 11:
            yield _detail(TELEPHONE, text, *found.span())


def _nhs_numbers(text: str) -> Iterator[Detail]:
    yield from _matches(NHS, NHS_NUMBER, text)
    for found in TEN_DIGITS.finditer(text):
        if _is_nhs_number(re.sub(r"\D", "", found[0])):
            yield _detail(NHS, text, *found.span())


def _is_nhs_number(digits: str) -> bool:
    """Whether the last of ten digits is the check digit of the others (modulus 11)."""
    rest = sum((10 - place) * int(digit) for place, digit in enumerate(digits[:9])) % 11
    return digits[0] != "0" and (11 - rest) % 11 == int(digits[9])


_LOOKS: tuple[Callable[[str], Iterator[Detail]], ...] = (
    _names,
    _births,
    partial(_matches, ADDRESS, POSTCODE),
    partial(_matches, ADDRESS, STREET),
    partial(_matches, ADDRESS, SMALL_STREET),
    partial(_matches, ADDRESS, FLAT),
    _nhs_numbers,
    _phones,
    partial(_matches, EMAIL, MAIL),
)
