"""E-mail addresses as they are kept: one spelling, one address, nothing hidden in it.

Services and importers call `cleaned`; an address is a way to reach somebody, never who they are.
"""

from __future__ import annotations

from lms.db import Complaint
from lms.web.forms import clean

LIKE_EMAIL = clean.LIKE_EMAIL
IN_USE = (
    "Somebody has this e-mail address already. Search for it, or leave the address out if they "
    "share a mailbox"
)


def cleaned(raw: str | None, field: str = "email") -> str | None:
    """The address in lower case without `mailto:`; None when there is none.

    Raises a `Complaint` on `field` for anything that is not exactly one address.
    """
    if raw is None or not raw.strip(clean.UNSEEN_AT_ENDS):
        return None
    try:
        return clean.email(raw)
    except ValueError as error:
        raise Complaint(field, str(error)) from None
