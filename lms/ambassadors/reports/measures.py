"""Measures of this room: ambassadors in place, what they count by the month, objectives done.

`lms.ambassadors.plugin` offers them to indicators and to other rooms' reports.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lms.ambassadors import codes
from lms.ambassadors.models import Tally
from lms.ambassadors.queries import reported
from lms.ambassadors.reports import pledges
from lms.contracts import Figure, Measure, ReportQuery, Subject
from lms.reports.drafting import Figures


def _in_place(query: ReportQuery) -> Sequence[Figure]:
    figures = Figures()
    key = "ambassadors_in_place"
    return figures.kept(
        figures.count(key, reported.in_place(query), subject=Subject.PEOPLE, measure=key)
    )


def _tallied(key: str, column: object) -> Callable[[ReportQuery], Sequence[Figure]]:
    """The sum of the months' numbers: things, not persons."""

    def count(query: ReportQuery) -> Sequence[Figure]:
        figures = Figures()
        return figures.kept(figures.things(key, reported.tallied(query, column), key))

    return count


def _fully_done(query: ReportQuery) -> Sequence[Figure]:
    figures = Figures()
    last = codes.MONTHS[-1]
    _, _, (objectives, *parts) = pledges.counts(figures, reported.pledges(query), last)
    fully = parts[list(codes.OUTCOMES).index("fully")]
    return figures.kept(figures.share(fully, objectives))


BY_MONTH = "As ambassadors count them month by month; months that nobody counted are not in it."
MEASURES = (
    Measure(
        "ambassadors_in_place",
        "Ambassadors in place, wherever they were trained",
        "People who accepted the role within the period and are ambassadors now.",
        _in_place,
    ),
    Measure(
        "ambassador_conversations",
        "Conversations that ambassadors had with parents",
        BY_MONTH,
        _tallied("ambassador_conversations", Tally.conversations),
    ),
    Measure(
        "referrals_to_counselling",
        "Referrals to counselling by ambassadors",
        BY_MONTH,
        _tallied("referrals_to_counselling", Tally.to_counselling),
    ),
    Measure(
        "referrals_to_mediation",
        "Referrals to mediation by ambassadors",
        BY_MONTH,
        _tallied("referrals_to_mediation", Tally.to_mediation),
    ),
    Measure(
        "pledges_done",
        "Objectives fully done at six months, of those reported on",
        f"Of pledges made within the period. {pledges.SELF_REPORTED}",
        _fully_done,
        kind="percentage",
        of="objectives_all_6",
    ),
)
