"""Who is trained: everybody once, with the job and employer of their last completed booking.

The report of coverage and the measures of this room count by it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from courses.models import Booking, Cohort, Completion, Course, Edition
from courses.queries import tallies
from lms.ambassadors.queries import recruits
from lms.contracts import Group, ReportQuery
from lms.db import db
from lms.people.models import Locality, Organisation, Profession


@dataclass(frozen=True)
class Trained:
    """People of one employer and job who completed a course, in one cohort last: how many."""

    cohort_id: uuid.UUID
    locality_id: uuid.UUID | None
    locality: str
    profession_id: uuid.UUID | None
    profession: str
    organisation_id: uuid.UUID | None
    organisation: str
    people: int
    ambassadors: int

    @property
    def group(self) -> Group:
        """What they are counted under."""
        return (str(self.cohort_id), str(self.locality_id or ""), str(self.profession_id or ""))


def trained(query: ReportQuery) -> list[Trained]:
    """Everybody who completed one of the courses within the period, counted once."""
    place = tallies.place_of()
    later = aliased(Completion)
    people = (
        select(
            Booking.person_id,
            Cohort.id.label("cohort_id"),
            place.label("locality_id"),
            func.coalesce(Locality.name, tallies.UNKNOWN).label("locality"),
            Booking.profession_id,
            func.coalesce(Profession.name, tallies.UNKNOWN).label("profession"),
            Booking.organisation_id,
            func.coalesce(Organisation.name, tallies.UNKNOWN).label("organisation"),
            Booking.person_id.in_(recruits.active()).label("is_ambassador"),
        )
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .join(Completion, Completion.booking_id == Booking.id)
        .outerjoin(Locality, Locality.id == place)
        .outerjoin(Profession, Profession.id == Booking.profession_id)
        .outerjoin(Organisation, Organisation.id == Booking.organisation_id)
        .where(
            *tallies.conditions(query),
            *tallies.within(query, Completion.at),
            Completion.at <= query.as_of,
            Completion.verdict == "completed",
            ~select(later.id).where(later.replaces_id == Completion.id).exists(),
        )
        .ext(distinct_on(Booking.person_id))
        .order_by(Booking.person_id, Completion.at.desc(), Booking.id)
        .subquery()
    )
    kept: list[Any] = [c for c in people.c if c.name not in ("person_id", "is_ambassador")]
    rows: Iterable[Any] = db.session.execute(
        select(*kept, func.count(), func.count().filter(people.c.is_ambassador)).group_by(*kept)
    )
    return [Trained(*row) for row in rows]
