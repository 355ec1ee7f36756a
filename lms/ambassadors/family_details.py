"""Finds what looks like a family's detail in somebody's own words, so that it is never kept.

Services refuse with it and reviewers see marks made with it; it reads nothing but the text. It is
built to be right about what people write of their work ("the 6 to 8 week visit", "10 families",
"the meeting on 12 March 2027"): a warning that is often wrong is soon not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

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


# -- names ---------------------------------------------------------------------------------------

WHO = (
    r"(?:clients?|patients?|famil(?:y|ies)|mums?|mummy|mothers?|dads?|daddy|fathers?|parents?"
    r"|couples?|bab(?:y|ies)|child|children|toddlers?|sons?|daughters?|girls?|boys?|pupils?"
    r"|students?|service users?|husbands?|wife|wives|(?:his|her|their) (?:partner|ex)"
    r"|girlfriends?|boyfriends?|grandmothers?|grandfathers?|grandparents?|teenagers?|siblings?"
    r"|brothers?|sisters?|step(?:mum|dad|father|mother|son|daughter)s?|wom[ae]n|lady|ladies"
    r"|gentlem[ae]n)"
)
WORD = r"[^\W\d_][\w'’-]*"
CALLED = re.compile(
    rf"\b{WHO},? (?:(?:who|that) (?:is|was) |is |was )?(?P<verb>called|named) (?=(?P<name>{WORD}))"
)
BESIDE = re.compile(rf"\b{WHO} (?=(?P<name>{WORD}))")
AFTER_COMMA = re.compile(rf"\b(?:my|our|My|Our) {WHO}, (?P<name>{WORD})")
IS_ONE = re.compile(rf"(?<!\w)(?P<name>{WORD})(?: is| was|,? \() ?(?:my|our) {WHO}\b")
THE_FAMILY = re.compile(rf"\bthe (?P<name>{WORD}) (?:family|household)\b(?! \w*?[\w-])")
TITLED = re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Master)\.? (?:and Mrs\.? )?(?P<name>{WORD})")

# Words that begin with a capital and are nobody's name.
NOT_NAMES = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june
    july august september october november december easter christmas ramadan eid diwali summer
    autumn winter spring today tomorrow yesterday now then when while once after before since
    sometimes often usually also finally first next recently this that these those it he she they
    we you who which what here there everyone everybody someone nobody each every all both early
    help hub hubs centre centres service services team teams group groups support solutions
    safeguarding nurse nurses partnership partnerships court courts worker workers practitioner
    practitioners champion champions network networks programme programmes project projects course
    courses clinic clinics school schools nursery health visitor visitors visit visits midwife
    midwives social police council county relate relationship relationships tavistock oneplusone
    brief encounters english welsh scottish irish british polish romanian bengali urdu punjabi
    arabic somali turkish french spanish portuguese ukrainian asian african european zoom skype
    internet facebook whatsapp plan plans record records review reviews assessment assessments
    conference conferences meeting meetings protection need needs matters talk time
    """.split()  # noqa: SIM905 (a hundred words, read as words)
)
SPOKEN = frozenset({"me", "in", "us", "back", "to", "for", "on", "about", "after", "and", "again"})
"""What follows "called" where it means a telephone call."""


def _is_name(word: str) -> bool:
    """Whether a word looks like a name: a capital and small letters, and not known as else."""
    plain = re.split(r"['’]s?$", word)[0]
    letters = [sign for sign in plain if sign.isalpha()]
    return (
        len(letters) > 1
        and word[0].isupper()
        and not all(sign.isupper() for sign in letters)
        and plain.lower() not in NOT_NAMES
    )


def _names(text: str) -> Iterator[Detail]:
    for pattern in (BESIDE, AFTER_COMMA, IS_ONE, THE_FAMILY, TITLED):
        for found in pattern.finditer(text):
            if _is_name(found["name"]):
                yield _detail(NAME, text, found.start(), max(found.end(), found.end("name")))
    for found in CALLED.finditer(text):
        lower = found["verb"] == "named" and found["name"] not in SPOKEN
        if _is_name(found["name"]) or lower:
            yield _detail(NAME, text, found.start(), found.end("name"))


# -- dates of birth ------------------------------------------------------------------------------

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
DATE = (
    rf"(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|\d{{4}}-\d{{1,2}}-\d{{1,2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {MONTH}(?:,? \d{{2,4}})?"
    rf"|{MONTH},? \d{{4}}|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?|(?:19|20)\d\d\b)"
)
BORN = re.compile(
    r"\b(?:born|birthday|date of birth|birth ?date|d\.? ?o\.? ?b\b\.?)"
    rf"[\s:,(-]*(?:(?:on|in|is|was|the)\b[\s:]*){{0,3}}{DATE}",
    re.IGNORECASE,
)

# -- addresses, telephones, e-mail, NHS numbers --------------------------------------------------

POSTCODE = re.compile(
    r"\b(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d{1,2}|\d[A-HJKPSTUW]|[A-HK-Y]\d[ABEHMNPRVWXY])"
    r" ?(?!\d(?:st|nd|rd|th)\b)\d[ABD-HJLNP-UW-Z]{2})\b",
    re.IGNORECASE,
)
STREET = re.compile(
    r"\b\d{1,4}[a-zA-Z]?,? (?:[A-Z][\w'’-]+ ){0,2}"
    r"(?!(?:Family|Crown|County|High|Magistrates['’]?) Court)[A-Z][\w'’-]+ "
    r"(?:Road|Rd|Street|St|Avenue|Ave|Lane|Close|Drive|Way|Crescent|Court|Place"
    r"|Gardens|Terrace|Grove|Mews|Square|Walk|Row|Rise)\b"
)
FLAT = re.compile(r"\b[Ff]lat \d{1,3}[a-zA-Z]?\b")
PHONE = re.compile(
    r"(?<![\w.])(?:(?:\+|00)44[ -]?(?:\(0\)[ -]?)?\d{2,5}|\(?0\d{2,4}\)?)(?:[ -]?\d{3,8}){1,3}\b"
)
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
TEN_DIGITS = re.compile(r"(?<![\w.])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\w])")
NHS_NUMBER = re.compile(r"\bNHS (?:number|no\.?|num)\W{0,3}(?:is |was )?\d(?:[ -]?\d){5,}", re.I)


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
    partial(_matches, BIRTH, BORN),
    partial(_matches, ADDRESS, POSTCODE),
    partial(_matches, ADDRESS, STREET),
    partial(_matches, ADDRESS, FLAT),
    _nhs_numbers,
    _phones,
    partial(_matches, EMAIL, MAIL),
)
