"""Takes a name in one cell apart: "O’NEILL, Siân", "Dr Jane van der Berg", "李小龍".

`lines` calls it; the parts are kept exactly as they were written.
"""

from __future__ import annotations

import re

from lms.web.forms import clean

_SPACES = re.compile(r"[\s\u00a0]+")
_TITLE = re.compile(
    r"(mr|mrs|ms|miss|mx|dr|prof|professor|rev|revd|sgt|sergeant|insp|pc|ps|cllr|sir|dame)\.?",
    re.IGNORECASE,
)
_PARTICLES = re.compile(
    r"al|af|ap|bin|binti|da|das|de|del|della|den|der|di|do|dos|du|el|ibn|la|le|lo|st\.?|te|ten|ter|"
    r"van|von|y|zu|zum",
    re.IGNORECASE,
)


def squeezed(text: str) -> str:
    """One space between words, nothing that cannot be seen at the ends."""
    return _SPACES.sub(" ", text.strip(clean.UNSEEN_AT_ENDS))


def split(name: str, *, family_first: bool = False) -> tuple[str, str]:
    """Given and family name; one word alone is the given name.

    A comma always stands after the family name. A title in front is left out.
    """
    text = squeezed(name)
    family, comma, given = (part.strip() for part in text.partition(","))
    if comma:
        return _untitled(given), _untitled(family)
    words = _untitled(text).split(" ")
    if len(words) < 2:
        return words[0], ""
    if family_first:
        return " ".join(words[1:]), words[0]
    start = len(words) - 1
    while start > 1 and _PARTICLES.fullmatch(words[start - 1]):
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


def _untitled(text: str) -> str:
    first, space, rest = text.partition(" ")
    return rest if space and _TITLE.fullmatch(first) else text
