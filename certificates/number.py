"""Certificate numbers: eleven random characters and a check character, as people type them.

Crockford's base 32 has no I, L, O or U. The check is a Reed-Solomon one over the field of 32
elements, so that every single slip and every swap of two characters is caught.
"""

from __future__ import annotations

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
_MISREAD = str.maketrans("OIL", "011")


def new() -> str:
    """A new number of twelve characters: 55 random bits, so that nobody can walk the register."""
    drawn = [secrets.randbelow(32) for _ in range(LENGTH - 1)]
    return "".join(ALPHABET[value] for value in [*drawn, _times_x(_sum(drawn))])


def read(typed: str) -> str | None:
    """The number somebody typed, or None when it cannot be one.

    Lower case, spaces, hyphens and dots are forgiven; O is read as 0, I and L as 1.
    """
    number = re.sub(r"[\s.\-‐‑–—]+", "", typed[:100]).upper().translate(_MISREAD)  # noqa: RUF001
    if len(number) != LENGTH or not set(number) <= set(ALPHABET):
        return None
    return number if _sum([ALPHABET.index(character) for character in number]) == 0 else None


def _sum(values: list[int]) -> int:
    """The polynomial with these coefficients at x, in GF(32) (Horner's rule)."""
    total = 0
    for value in values:
        total = _times_x(total) ^ value
    return total


def _times_x(value: int) -> int:
    """Multiplication by x modulo x^5 + x^2 + 1, which is primitive: x has order 31."""
    return (value << 1) ^ (0b100101 if value & 0b10000 else 0)
