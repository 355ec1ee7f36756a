"""Reads e-mail addresses as people leave them in cells, and says what is wrong with the others.

`assessing` calls it; nothing is mended without the person who imports.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lms.web.forms import clean

_ONE = re.compile(r"[^\s<>;,|/()]+@[^\s<>;,|/()]+")
_TWIN = str.maketrans(
    "\u0430\u0441\u0435\u0456\u0458\u043e\u0440\u0455\u0443\u0445\u0501\u04bb\u051b\u051d"
    "\u03bf\u03b1\u03bd\u0391\u0392\u0395\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a7",
    "aceijopsuxdhqwoavabehikmnoptx",
)
"""Cyrillic and Greek letters that look like ours."""


@dataclass(frozen=True)
class Address:
    """An address as it will be kept, or why it cannot be and what was probably meant."""

    email: str = ""
    wrong: str = ""
    guess: str = ""


def read(cell: str) -> Address:
    """One cell. Empty is an address of nobody, which is allowed."""
    text = cell.strip(clean.UNSEEN_AT_ENDS).strip(";,.").strip()
    if not text:
        return Address()
    found = list(dict.fromkeys(one.strip(".").lower() for one in _ONE.findall(text)))
    if len(found) > 1 and text.count("@") > 1:
        return Address(wrong="More than one address in the cell", guess=_valid(found[0]))
    if len(text) > clean.LONGEST_EMAIL:
        return Address(wrong=f"An address of more than {clean.LONGEST_EMAIL} characters")
    inside = re.search(r"<([^<>]+)>\s*$", text)
    address = _valid(inside[1] if inside else text)
    if address:
        return Address(email=address)
    if strange := _strange(text):
        return Address(wrong=strange, guess=_valid(text.translate(_TWIN)))
    return Address(wrong="Not an e-mail address", guess=_mended(text))


def slips(emails: Iterable[str]) -> dict[str, str]:
    """Domains that stand once or twice and are one letter away from a frequent one: it by it."""
    counts = Counter(email.partition("@")[2] for email in emails)
    often = [domain for domain, count in counts.items() if count >= 3]
    rare = [domain for domain, count in counts.items() if count <= 2]
    return {
        domain: other
        for domain in rare
        for other in often
        if counts[other] >= 3 * counts[domain] and _one_letter(domain, other)
    }


def _valid(text: str) -> str:
    try:
        return clean.email(text)
    except ValueError:
        return ""


def _mended(text: str) -> str:
    """The obvious slips put right, if that makes an address."""
    tidy = re.sub(r"@+", "@", re.sub(r"\s+", "", text)).replace(",", ".")
    tidy = re.sub(r"\.{2,}", ".", tidy).replace("(at)", "@").replace("[at]", "@")
    return _valid(tidy)


def _strange(text: str) -> str:
    letter = next((sign for sign in text if ord(sign) > 127 and sign.isalpha()), "")
    if not letter:
        return ""
    if letter.translate(_TWIN) != letter:
        name = unicodedata.name(letter, "another alphabet").split()[0].title()
        return f"A {name} letter that looks like ours: “{letter}”"
    return f"A letter that addresses do not have: “{letter}”"


def _one_letter(one: str, other: str) -> bool:
    """Whether one letter changed, added, left out or two swapped makes one of the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, that = one[start:], other[start:]
    swapped = len(rest) > 1 and len(that) > 1 and rest[:2] == that[1::-1] and rest[2:] == that[2:]
    return swapped or rest[1:] == that[1:] or rest[1:] == that or rest == that[1:]
