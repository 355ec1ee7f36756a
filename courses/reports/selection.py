"""How reports of this room may be split, and of where and when they speak.

Each of them calls it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from courses.queries import tallies
from courses.queries.tallies import Line
from lms import clock
from lms.contracts import ReportQuery
from lms.reports import drafting
from lms.reports.handed_in.queries import Delivery

BREAKDOWNS = (
    ("course", "By course"),
    ("cohort", "By cohort"),
    ("job", "By job"),
    ("place", "By place"),
)


def spoken_of(
    query: ReportQuery, lines: Sequence[Line], rows: Sequence[Delivery] = ()
) -> tuple[str, str, date | None]:
    """The place and period of the counts in words, and their last day."""
    days = [clock.london(line.ended_at).date() for line in lines]
    first = min([*days, *(row.starts_on for row in rows)], default=None)
    last = max([*days, *(row.ends_on for row in rows)], default=None)
    places = [*(line.locality for line in lines), *(row.place for row in rows)]
    known = [place for place in places if place != tallies.UNKNOWN]
    return drafting.place_of(query, known), drafting.period_of(query, first, last), last
