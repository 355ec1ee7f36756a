"""The form of what a cohort cost."""

from __future__ import annotations

import re
from decimal import Decimal

from lms import web
from lms.web.forms import clean

LARGEST = 1_000_000


class PoundsField(web.TextField):
    """An amount in pounds, kept in pence; None when left empty."""

    inputmode = "decimal"
    nothing = None

    def read(self, raw: str) -> int | None:
        """The pence of "1,200", "£1200" or "1200.50"."""
        typed = raw.strip(clean.UNSEEN_AT_ENDS).removeprefix("£").replace(",", "").strip()
        if not typed:
            return None
        if not re.fullmatch(r"\d{1,9}(\.\d\d)?", typed, re.ASCII):
            raise ValueError("must be an amount in pounds, like 1,200 or 1,200.50")
        pence = int(Decimal(typed) * 100)
        if pence > LARGEST * 100:
            raise ValueError(f"must be £{LARGEST:,} or less")
        return pence

    def written(self, value: int) -> str:
        """'1200.50', '1200'."""
        pounds, pence = divmod(value, 100)
        return f"{pounds}.{pence:02}" if pence else str(pounds)


class CostForm(web.VersionedForm):
    """What everything about the dates cost."""

    costs_pence = PoundsField(
        "What did it cost, in pounds?",
        width=10,
        hint="Trainers, rooms, material and catering together. Leave empty if it is not known.",
    )
