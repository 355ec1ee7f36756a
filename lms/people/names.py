"""How people's names are kept, sorted and said.

Services clean names with these before they are stored; lists sort by `sort_key`.
"""

from __future__ import annotations

import unicodedata

from lms.db import Complaint
from lms.web import words
from lms.web.forms import clean

LONGEST = 200


def sort_key(given_name: str, family_name: str) -> str:
    """Family name then given name, casefolded and without accents: the order of every list.

    Made in Python because the embedded server has no ICU collation and would sort by byte.
    """
    return folded(f"{family_name} {given_name}")


def folded(text: str) -> str:
    """Casefolded and without accents, for sorting and for finding."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).strip()


def holds(name: str, typed: str) -> bool:
    """Whether a name has every word that was typed: "oneill" finds Siân O’Neill."""
    known, wanted = (
        "".join(c for c in folded(text) if c.isalnum() or c.isspace()) for text in (name, typed)
    )
    return all(word in known for word in wanted.split())


def cleaned(raw: str, field: str, words_for_it: str) -> str:
    """One part of a name as it is stored; a `Complaint` on `field` where it cannot be."""
    try:
        name = clean.text(raw)
    except ValueError as error:
        raise Complaint(field, f"{words_for_it} {error}") from None
    if len(name) > LONGEST:
        raise Complaint(field, f"{words_for_it} must be {LONGEST} characters or fewer")
    return name


GONE = "Somebody no longer held"
"""Who is called so: people who were erased, or taken back with the import that added them."""


def full(given_name: str, family_name: str) -> str:
    """'Amara Okafor'."""
    return f"{given_name} {family_name}".strip()


def initials(given_name: str, family_name: str) -> str:
    """'A. O.', for a page that must not name its reader in full."""
    return words.initials(given_name, family_name)
