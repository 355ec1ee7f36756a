"""Names typed all in capitals, or all in small letters, as they are usually written.

Forms and imports ask it about new names; a name that is stored already is never touched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PARTICLES = re.compile(
    "al|af|ap|bin|binti|da|das|de|del|della|den|der|di|do|dos|du|el|ibn|la|le|lo|te|ten|ter|van|"
    "von|zu|zum"
)
_CELTIC = re.compile("(mc)(.{2,})|(mac)(.{3,})")
_INITIALS = re.compile("[^AEIOUY]{1,3}|.J")
_ORDINALS = ("II", "III", "IV")
_PARTS = re.compile("([^\\s'’.-]+)")


ODD = "A name in capitals or in small letters throughout"
TOLD = (
    "The name was typed in capitals or in small letters throughout. Change it if it should stand so"
)


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
    """The usual spelling; None for a single word, and for capitals and small letters as they are.

    A family name alone in capitals ("OKAFOR, Amara") is a custom of lists and is changed; a given
    name alone in capitals ("JP Morgan") may be initials and stays. Mc, Mac and particles (van, de)
    differ from family to family and are not sure.
    """
    whole = f"{given} {family}"
    if not given or not family:
        return None
    if not (_is_small(whole) or family.isupper()):
        return None
    if _is_small(given):
        first = _given(given.upper())
    else:
        first = _given(given) if given.isupper() else given
    made = Spelling(first, *_family(family))
    return made if (made.given, made.family) != (given, family) else None


def _is_small(text: str) -> bool:
    """Whether it is in small letters throughout, and capitals would lead back to it."""
    return text.islower() and text.upper().lower() == text


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
        is_particle = pieces[place + 1 : place + 2] == [" "] and _PARTICLES.fullmatch(word)
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
