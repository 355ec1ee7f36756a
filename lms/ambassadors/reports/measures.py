"""Measures of this room: ambassadors in place, what they count by the month, objectives done.

`lms.ambassadors.plugin` offers them to indicators and to other rooms' reports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from lms.ambassadors import codes
from lms.ambassadors.models import Tally
from lms.ambassadors.queries import reported
from lms.ambassadors.reports import pledges
from lms.contracts import Figure, Group, Measure, ReportQuery, Subject
from lms.reports.drafting import Figures


def _in_place(query: ReportQuery) -> Sequence[Figure]:
    figures = Figures()
    key = "ambassadors_in_place"
    return figures.kept(
        figures.count(key, reported.in_place(query), subject=Subject.PEOPLE, measure=key)
    )


def _tallied(key: str, column: object) -> Callable[[ReportQuery], Sequence[Figure]]:
    """The sum of the months' numbers, behind which stand few ambassadors or few of their months."""

    def count(query: ReportQuery) -> Sequence[Figure]:
        figures, tallies = Figures(), reported.tallied(query, column)
        numbers, months = Counter[Group](), Counter[Group]()
        for one in tallies:
            numbers[one.group] += one.number
            months[one.group] += 1
        # Only the months are held against other versions: the same people count in many of them.
        ambassadors = len({one.ambassador for one in tallies})
        whose = figures.count(
            f"{key}_people", {("", "", ""): ambassadors}, subject=Subject.PEOPLE, measure=""
        )
        behind = f"{key}_months"
        figures.count(behind, months, subject=Subject.PEOPLE, measure=behind, behind=whose)
        return figures.kept(
            figures.count(key, numbers, subject=Subject.ANSWERS, measure=key, behind=behind)
        )

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
