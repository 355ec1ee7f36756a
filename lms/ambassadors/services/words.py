"""Refusing families' details in whatever people write here, before it is stored, logged or audited.

Every service of the room that takes somebody's own words calls it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lms import family_details
from lms.db import Complaint, Complaints


def refuse_family_details(texts: Mapping[str, str], *, allowed: Iterable[str] = ()) -> None:
    """Raise a complaint for each text, by its field, in which a family's detail seems to stand."""
    found = [
        Complaint(field, family_details.said(detail))
        for field, text in texts.items()
        if (detail := family_details.find(text, allowed=allowed))
    ]
    if found:
        raise Complaints(*found)
