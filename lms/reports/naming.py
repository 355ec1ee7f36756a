"""Figures named in braces inside words: "{paired} of {attended}".

Disclosure control asks which are named; the writing of documents puts them in.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_NAME = re.compile(r"\{([^{}\s]+)\}")
_ASIDE = re.compile(r"\s*\([^()]*\)")


def named(text: str) -> list[str]:
    """The keys that words name, each once."""
    return list(dict.fromkeys(_NAME.findall(text)))


def filled(text: str, said: Callable[[str], str]) -> str:
    """The words with each figure as it is said."""
    return _NAME.sub(lambda found: said(found[1]), text)


def without(text: str, missing: Callable[[str], bool]) -> str:
    """The words without the asides, in round brackets, that name a figure which is missing."""

    def keep(found: re.Match[str]) -> str:
        return "" if any(missing(key) for key in named(found[0])) else found[0]

    return _ASIDE.sub(keep, text)
