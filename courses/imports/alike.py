"""Whether two names of organisations are probably one: word by word, not letter by letter.

Pure: `known` asks before an import makes a new organisation. Names of one kind share most of their
letters ("East Herts Council", "West Herts Council"), so it is the words of their own that count.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lms.spreadsheets.headings import plain


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_LONG = {
    "bc": "borough council",
    "cc": "county council",
    "dc": "district council",
    "mbc": "borough council",
    "ce": "anglican",
    "cofe": "anglican",
    "rc": "catholic",
    "roman": "",
    "ft": "foundation trust",
    "st": "saint",
    "sch": "school",
    "jmi": "junior infant",
    "jm": "junior",
    "pri": "primary",
    "sec": "secondary",
    "uni": "university",
    "dept": "department",
    "ctr": "centre",
    "center": "centre",
    "centres": "centre",
    "practice": "surgery",
    "medical": "surgery",
    "nurseries": "nursery",
    "libraries": "library",
    "academies": "academy",
    "families": "family",
    "churches": "church",
    "hants": "hampshire",
    "oxon": "oxfordshire",
    "northants": "northamptonshire",
    "salop": "shropshire",
    "limited": "",
    "ltd": "",
    "cic": "",
    "cio": "",
    "plc": "",
    "the": "",
    "and": "",
    "of": "",
    "for": "",
    "in": "",
    "at": "",
    "s": "",
}
"""Words as they are compared: short forms in full, and what says nothing left away."""
_KINDS = _listed(
    "academy anglican authority borough catholic centre charity child children church city college "
    "community county council department district early family foundation general group health "
    "help hospital hub infant junior library nhs nursery parish partnership police preschool "
    "primary saint school secondary service surgery team town trust university"
)
"""Words that say what an organisation is, and not which one."""
_APART = _listed(
    "north south east west northern southern eastern western central mid upper lower great greater "
    "little old new"
)
"""Words of which one more makes a place another place."""


@dataclass(frozen=True)
class _Name:
    """A name as it is compared: its words, and what is worked out of them once.

    `initials` are what it is shortened to ("HCC"); `begin` the letters that its words begin with,
    `own_begin` those of the words of its own.
    """

    words: tuple[str, ...]
    joined: str
    initials: frozenset[str]
    begin: frozenset[str]
    own_begin: frozenset[str]


def nearest(text: str, names: Iterable[str]) -> str | None:
    """The name that the text probably means; None where all are plainly different."""
    found = [name for name in names if alike(text, name)]
    return max(found, key=lambda name: _ratio(text, name)) if found else None


def alike(text: str, name: str) -> bool:
    """Whether somebody should be asked if these are one organisation."""
    ours, theirs = _read(text), _read(name)
    if not ours.words or not theirs.words:
        return False
    if ours.joined == theirs.joined or _is_short_for(ours, theirs) or _is_short_for(theirs, ours):
        return True
    if ours.begin.isdisjoint(theirs.own_begin):
        return False
    left, shared, more = list(theirs.words), [], []
    for word in ours.words:
        match = next((other for other in left if _same(word, other)), None)
        if match is None:
            more.append(word)
        else:
            left.remove(match)
            shared.append(match)
    own = any(word not in _KINDS for word in shared)
    return own and _may_differ_by(more, left, shared)


def _may_differ_by(more: list[str], left: list[str], shared: list[str]) -> bool:
    """Of two names that share words of their own one may say more, but not each something else."""
    extra = more or left
    if (more and left) or any(word in _APART or _numbered(word) for word in extra):
        return False
    # "Hertfordshire" alone may be anybody there, "Hertfordshire Council" is the county's.
    return len(shared) > 1 or bool(more) or all(word in _KINDS for word in left)


@lru_cache(maxsize=20_000)
def _read(name: str) -> _Name:
    spelt = f" {plain(name)} "
    for phrase in (" church of england ", " c of e "):
        spelt = spelt.replace(phrase, " cofe ")
    full = " ".join(_LONG.get(word, word) for word in spelt.split()).split()
    words = tuple(word.removesuffix("s") if len(word) > 3 else word for word in full)
    return _Name(
        words,
        "".join(words),
        frozenset("".join(word[0] for word in words if word != leave) for leave in ("", "nhs")),
        frozenset(word[0] for word in words),
        frozenset(word[0] for word in words if word not in _KINDS),
    )


def _same(one: str, other: str) -> bool:
    """Whether two words are one: short for it ("Herts"), or with a slip of the pen."""
    if one == other:
        return True
    if one[0] != other[0] or _numbered(one) or _numbered(other) or {one, other} & _APART:
        return False
    short, long = sorted((one, other), key=len)
    if {one, other} <= _KINDS:
        return False
    shire = long.endswith("shire") and len(short) > 2 and long.startswith(short)
    return shire or (len(short) > 5 and _one_slip(short, long))


def _one_slip(short: str, long: str) -> bool:
    """One letter too many, another letter, or two changed about."""
    at = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(long) == len(short) + 1:
        return short[at:] == long[at + 1 :]
    if len(long) != len(short):
        return False
    turned = short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
    return turned or short[at + 1 :] == long[at + 1 :]


def _is_short_for(one: _Name, other: _Name) -> bool:
    """Whether one is the other's initials, "HCC" or, leaving the NHS out, "HCT"."""
    return len(one.words) == 1 and len(one.joined) > 2 and one.joined in other.initials


def _numbered(word: str) -> bool:
    return any(map(str.isdigit, word))


def _ratio(text: str, name: str) -> float:
    return difflib.SequenceMatcher(None, plain(text), plain(name)).ratio()
