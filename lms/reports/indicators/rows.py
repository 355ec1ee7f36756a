"""An indicator as it is handed in, before it is kept, and the fields of its form.

The form and the page give it to services.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lms.versions import Values

HERE = "here"
NUMBERS = {"count": ("number",), "percentage": ("part", "whole"), "change": ("before", "after")}
"""The fields of each kind that comes from elsewhere."""


@dataclass(frozen=True)
class LineRow:
    """An indicator to be kept: a measure's key, or with "" a kind and its numbers."""

    title: str
    measure: str
    kind: str
    first: int | None
    second: int | None
    source: str
    starts_on: date | None
    ends_on: date | None

    @property
    def values(self) -> Values:
        """It as the fields of its form."""
        kind = HERE if self.measure else self.kind
        numbers = dict.fromkeys(name for names in NUMBERS.values() for name in names)
        given = zip(NUMBERS.get(kind, ()), (self.first, self.second), strict=False)
        return {
            "title": self.title,
            "kind": kind,
            "measure": self.measure,
            **numbers,
            **dict(given),
            "source": self.source,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
        }
