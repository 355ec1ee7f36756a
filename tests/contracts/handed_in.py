"""What was handed in to reports in the programme of the contracts: a row of each kind."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from lms.people.models import Locality, Organisation
from lms.reports.models import DeliveryCount, HeadcountTarget, Indicator, IndicatorSet
from tests import factories as make


def ids(place: Locality, employer: Organisation) -> dict[str, UUID]:
    """By the names that addresses give them."""
    count = make.keep(
        DeliveryCount(
            locality_id=place.id,
            project="Arguing Better",
            starts_on=date(2021, 10, 1),
            ends_on=date(2024, 2, 27),
            projects_started=13,
            clients_enrolled=41,
            clients_starts=34,
            retained=28,
            milestones=22,
            milestone_base="retained",
            source="Annual report",
            by_label="Priya Nair",
        )
    )
    headcount = make.keep(
        HeadcountTarget(
            organisation_id=employer.id,
            profession_id=make.profession().id,
            on_date=date(2027, 3, 1),
            number=12,
            source="Staff list",
            by_label="Priya Nair",
        )
    )
    ours = make.keep(IndicatorSet(title="Ours", locality_id=place.id, by_label="Priya Nair"))
    line = make.keep(
        Indicator(set_id=ours.id, position=1, title="Visits", kind="count", source="Website")
    )
    return {
        "count_id": count.id,
        "headcount_id": headcount.id,
        "set_id": ours.id,
        "line_id": line.id,
    }
