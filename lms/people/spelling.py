"""Names typed in capitals or in small letters, as they are usually written.

Forms and imports ask it about new names; a name that is stored already is never touched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PARTICLES = re.compile(
    "al|af|ap|bin|binti|da|das|de|del|della|den|der|di|do|dos|du|el|ibn|la|le|lo|te|ten|ter|van|"
    "von|zu|zum"
)
_ARTICLES = ("al", "el")
"""Particles that a hyphen joins to the name: al-Sayed."""
_CELTIC = re.compile("(mc)(.{2,})|(mac)(.{3,})")
_INITIALS = re.compile("[^AEIOUY]{1,3}|.J")
_ORDINALS = ("II", "III", "IV")
_NO_NAME = re.compile(r"[^\w\s'’.\u0300-\u036f-]|\d")
_PARTS = re.compile("([^\\s'’.-]+)")


ODD = "A name in capitals or in small letters"
TOLD = "The name was typed in capitals or in small letters. Change it if it should stand so"


@dataclass(frozen=True)
class Spelling:
    """How a name is usually written; not `sure` where its bearers write it in several ways."""

    given: str
    family: str
    sure: bool

    @property
    def name(self) -> str:
        """Both parts."""
        return f"{self.given} {self.family}".strip()

    @property
    def question(self) -> str:
        """What to ask whoever typed a name that is written in several ways."""
        return f"Is this {self.name}? Type the name as it should stand on a certificate"


def usual(given: str, family: str) -> Spelling | None:
    """The usual spelling; None for a single word, and where both parts stand as usual.

    A part in small letters is changed whatever the other is ("smith, Jane"). A family name alone in
    capitals ("OKAFOR, Amara") is a custom of lists and is changed; a given name alone in capitals
    ("JP Morgan") may be initials and stays. Mc, Mac and particles (van, de) differ from family to
    family and are not sure.
    """
    if not given or not family:
        return None
    first, last, sure = given, family, True
    if family.isupper() or _is_small(family):
        last, sure = _family(family)
        first = _given(given) if given.isupper() else given
    if _is_small(given):
        first = _given(given.upper())
    made = Spelling(first, last, sure)
    return made if (made.given, made.family) != (given, family) else None


def _is_small(text: str) -> bool:
    """Whether these are words in small letters throughout, and capitals would lead back to it."""
    return text.islower() and text.upper().lower() == text and not _NO_NAME.search(text)


def _given(name: str) -> str:
    """Small letters after the first, except where they may be initials: JP, AJ."""
    return " ".join(
        word if _INITIALS.fullmatch(word) else _capitals(word) for word in name.split(" ")
    )


def _family(name: str) -> tuple[str, bool]:
    """The family name, and whether its bearers agree on how to write it."""
    pieces = re.split("([ -])", name)
    sure = True
    for place in range(0, len(pieces), 2):
        word = pieces[place].lower()
        celtic = _CELTIC.fullmatch(word)
        joint = "".join(pieces[place + 1 : place + 2])
        is_particle = (joint == " " and _PARTICLES.fullmatch(word)) or (
            joint == "-" and word in _ARTICLES
        )
        sure = sure and not celtic and not is_particle
        if celtic and celtic[1]:
            pieces[place] = f"Mc{_capitals(celtic[2])}"
        elif is_particle:
            pieces[place] = word
        elif pieces[place] not in _ORDINALS:
            pieces[place] = _capitals(pieces[place])
    return "".join(pieces), sure


def _capitals(word: str) -> str:
    """Capitals at the start, after a hyphen, and after the apostrophe of O'Brien and D'Souza."""
    made: list[str] = []
    for part in _PARTS.split(word):
        before = "".join(made)
        joined = before.endswith(("'", "’")) and len(re.split("[ -]", before)[-1]) != 2
        lower = _lower(part)
        made.append(lower if joined else lower[:1].title() + lower[1:])
    return "".join(made)


def _lower(text: str) -> str:
    """Small letters; the Turkish dotted capital becomes one letter, not two signs."""
    return text.replace("\u0130", "i").lower()
