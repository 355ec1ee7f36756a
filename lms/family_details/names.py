"""Where somebody's name stands in a text: beside a word for people, after Mrs, before "family".

A name is a word with a capital that is not known as something else, or a common first name with or
without. Each pattern has a rule that says whether what it found is somebody; repetitions have
bounds, so that reading takes as long as the text is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from lms.family_details.words import (
    FIRST_NAMES,
    NO_NAME_FOLLOWS,
    NOT_NAMES,
    PEOPLE,
    PLURALS,
    TITLES_BEGIN_WITH,
    WORK,
)

# -- what patterns are made of ---------------------------------------------------------------------

SPACE = r"[^\S\n]{1,3}"
WORD = r"[^\W\d_][\w'’-]{0,40}"
QUOTE = r"[\"'“‘]?"
IS = rf"(?:['’]s|{SPACE}(?:is|was|are|were))"
ONE = "|".join(
    (
        *PEOPLE,
        "service[ -]user",
        "young person",
        "(?:year|month|week|day)[ -]old",
        "fiancée?",
        "(?:his|her|their) (?:ex-)?(?:partner|ex)",
    )
)
MANY = "|".join((*(PLURALS.get(one, f"{one}s") for one in PEOPLE), "service[ -]users"))
THEM = rf"(?:(?P<one>{ONE}|one of (?:my|our|the|their|his|her) (?:{MANY}))|(?P<many>{MANY}))\b"
# "mum of two", "a client of mine", "mother-in-law"
MORE = (
    r"[ -](?:(?:of|with)[ -](?:one|two|three|four|five|six|\d)|of (?:mine|ours)|to[ -]be"
    r"|in[ -]law)\b"
)
# "client Sarah"; "client: Sarah", "client (Sarah"; "the client is Sarah", "mum of Jack";
# "the client's name is Sarah"
GAP = (
    rf"(?P<gap>(?:['’]s?)?{SPACE}(?:(?:first|last|full|real) )?names?(?:{IS}|:)?{SPACE}"
    rf"|{SPACE}(?:is|was|are|were|of){SPACE}|(?:{SPACE})?(?:[:=,(–—]|-(?=\s))(?:{SPACE})?|{SPACE})"
)

# -- the patterns ----------------------------------------------------------------------------------

BESIDE = re.compile(
    rf"\b(?:(?P<every>(?:every|each|any|no|all){SPACE}(?:(?:new|young|single|other){SPACE})?)"
    r"(?!(?:his|her|their|one)\b)"
    rf"|(?P<mine>(?:my|our|his|her|their){SPACE}))?{THEM}(?:{MORE})?{GAP}{QUOTE}(?=(?P<name>{WORD})"
    rf"(?:(?:,|{SPACE}(?:and|&)){SPACE}(?P<other>{WORD})|(?P<ends>[,.;!?)]|$))?)",
    re.IGNORECASE,
)
# "a mum called Beth", "the baby's called Olly", "a boy who is named tom"
CALLED = re.compile(
    rf"\b{THEM}(?:{MORE})?{IS}?,?(?:{SPACE}(?:who|that){IS}?)?{SPACE}(?P<verb>called|named){SPACE}"
    rf"{QUOTE}(?=(?P<name>{WORD}))",
    re.IGNORECASE,
)
NAME_IS = re.compile(
    rf"\b(?:his|her|their|whose) (?:(?:first|last|full|real) )?names?{IS}{SPACE}{QUOTE}"
    rf"(?P<name>{WORD})",
    re.IGNORECASE,
)
# "Sarah is my client", "Sarah (my client)", "Sarah (client)", "Sarah, a mum of two,"
IS_ONE = re.compile(
    rf"(?<![\w'’-])(?P<name>{WORD})(?P<gap>{IS}{SPACE}|(?:{SPACE})?[,(–—-](?:{SPACE})?)"
    rf"(?P<whose>(?:my|our|the|an?|another){SPACE})?(?:{ONE})\b(?P<more>{MORE})?"
    rf"(?=(?:{SPACE}(?P<next>{WORD}))?)",
    re.IGNORECASE,
)
WHOSE_KIN = re.compile(
    rf"(?<![\w'’-])(?P<name>[^\W\d_][\w-]{{0,40}})['’]s{SPACE}(?:mum|mummy|mother|dad|daddy|father"
    r"|husband|wife|baby|son|daughter|sister|brother|girlfriend|boyfriend)\b",
    re.IGNORECASE,
)
THE_FAMILY = re.compile(
    rf"\bthe{SPACE}(?:{WORD}{SPACE})?(?P<name>{WORD}){SPACE}(?:family|household)\b(?!-)"
    rf"(?=(?:{SPACE}(?P<next>{WORD}))?)",
    re.IGNORECASE,
)
# "Miss" and "Master" want their capital and a name's: one is a verb, the other begins many words.
TITLED = re.compile(
    rf"(?<![\w'’-])(?:(?P<title>(?i:mrs?|mx)|Ms|ms)\.?"
    rf"(?:(?:{SPACE})?(?:and|or|&|/)(?:{SPACE})?(?i:mr?s)\.?)?|Miss|Master){SPACE}"
    rf"(?:[A-Z]\.?{SPACE})?(?P<name>{WORD})"
)
NO_SURNAME = frozenset({"and", "or", "teams", "word", "excel", "office", "outlook", "forms"})


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where names stand, each with the words by which it was told, in no order."""
    for pattern, is_somebody in _RULES:
        for found in pattern.finditer(text):
            if is_somebody(found):
                yield found.start(), max(found.end(), found.end("name"))


# -- words -----------------------------------------------------------------------------------------

USUAL = NOT_NAMES | WORK | {*PEOPLE, *PLURALS.values()}
LIKE_WORK = re.compile(r"(?:tion|sion|ment|ship|ness|olog(?:y|ist)|ap(?:y|ist))s?$")


def is_usual(word: str) -> bool:
    """Whether a word is known as something else than a name, however it is written."""
    low = _plain(word).lower().partition("-")[0]
    return bool({low, low.removesuffix("s")} & USUAL) or LIKE_WORK.search(low) is not None


def _is_name(word: str) -> bool:
    """Whether it looks like a name: a common one, or with a capital and not usual."""
    return _is_known(word) or (_has_capital(word) and not is_usual(word))


def _is_known(word: str) -> bool:
    """Whether it is a common first name, with or without its accents and capital."""
    signs = unicodedata.normalize("NFKD", _plain(word).lower())
    return "".join(sign for sign in signs if not unicodedata.combining(sign)) in FIRST_NAMES


def _has_capital(word: str) -> bool:
    """Whether it begins with one (or is in a script that has none) and is no abbreviation."""
    letters = [sign for sign in _plain(word) if sign.isalpha()]
    short_for = "".join(letters).removesuffix("s").isupper()
    return len(letters) > 1 and not word[0].islower() and not short_for


def _is_work(word: str | None) -> bool:
    low = _plain(word or "").lower()
    return low in WORK or low.removesuffix("s") in WORK


def _plain(word: str) -> str:
    return re.split(r"['’]s?$", word)[0]


# -- whether what was found is somebody ------------------------------------------------------------

Found = re.Match[str]


def _beside(found: Found) -> bool:
    """ "Every client Sarah refers" is about a colleague, and "families Priya sees" may be."""
    name, other, gap = found["name"], found["other"], found["gap"].strip().lower()
    if found["every"]:
        return False
    if found["many"]:
        return other is not None and _is_name(name) and _is_name(other)
    in_a_row = gap == "," and not (found["mine"] or found["ends"] or other)
    if gap == "of" or in_a_row or _begins_title(found):
        return _is_known(name)
    return _is_name(name)


def _begins_title(found: Found) -> bool:
    """Whether a word for people has its capital as the first of a title, not of a sentence."""
    who, at = found["one"], found.start("one")
    before = found.string[max(0, at - 4) : at].rstrip(" \t\"'“‘(*")
    begins_sentence = before[-1:] in ("", ".", "!", "?", ":", "\n", "-", "•")
    return who.istitle() and who.lower() in TITLES_BEGIN_WITH and not begins_sentence


def _called(found: Found) -> bool:
    name, named = found["name"], found["verb"].lower() == "named"
    return _is_name(name) or (named and name.islower() and name not in NO_NAME_FOLLOWS)


def _is_one(found: Found) -> bool:
    """ "Hatfield is our family hub" is not, and where anything may come first it must be known."""
    gap, whose = found["gap"].strip().lower(), (found["whose"] or "").strip().lower()
    if _is_work(found["next"]):
        return False
    if whose in ("my", "our") and gap != ",":
        return _is_name(found["name"])
    told = gap in (",", "(", "-", "–", "—") or whose == "the" or (whose and found["more"])
    return bool(told) and _is_known(found["name"])


def _titled(found: Found) -> bool:
    name = found["name"]
    if found["title"] is None:
        return _is_name(name)
    usual = is_usual(name) if name.islower() else name.lower() in NO_SURNAME
    return len(name) > 1 and not usual


_RULES: tuple[tuple[re.Pattern[str], Callable[[Found], bool]], ...] = (
    (BESIDE, _beside),
    (CALLED, _called),
    (NAME_IS, lambda found: _is_name(found["name"])),
    (IS_ONE, _is_one),
    (WHOSE_KIN, lambda found: _is_known(found["name"])),
    (THE_FAMILY, lambda found: _is_name(found["name"]) and not _is_work(found["next"])),
    (TITLED, _titled),
)
