"""Bookings counted by the finest groups that reports tell apart: cohort, place and job.

Reports of this room build their tables from these lines, and the room above joins its answers to
the same bookings. The database counts; nobody's row leaves it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, DateTime, ScalarSelect, Select, Text, and_, cast, func, select

from courses import access
from courses.models import Booking, Cohort, CohortLocality, Course, Edition
from courses.queries import outcomes
from lms import clock
from lms.ambassadors.queries import recruits
from lms.contracts import Actor, Group, ReportQuery
from lms.db import db
from lms.people.models import Locality, Profession
from lms.reports.drafting import months

UNKNOWN = "Not known"


@dataclass(frozen=True)
class Line:
    """The bookings of one cohort, place and job: how many came how far."""

    cohort_id: uuid.UUID
    code: str
    ended_at: datetime
    course_key: str
    course: str
    locality_id: uuid.UUID | None
    locality: str
    profession_id: uuid.UUID | None
    profession: str
    invited: int
    enrolled: int
    starts: int
    retained: int
    milestones: int
    completed: int
    ambassadors: int

    @property
    def group(self) -> Group:
        """What the line is counted under."""
        return (str(self.cohort_id), str(self.locality_id or ""), str(self.profession_id or ""))


def lines(query: ReportQuery) -> list[Line]:
    """What became of the bookings of cohorts that are over, within the actor's reach and filters.

    Cohorts count by the day on which they end, so that nobody is counted before they could stay.
    """
    booking = facts(query).add_columns(
        outcomes.enrolled().label("enrolled"),
        outcomes.starts().label("starts"),
        outcomes.retained().label("retained"),
        and_(outcomes.retained(), outcomes.completed()).label("milestones"),
        outcomes.completed().label("completed"),
        and_(outcomes.completed(), Booking.id.in_(recruits.recruited())).label("ambassadors"),
    )
    each = booking.where(outcomes.ended_at() <= query.as_of).subquery()
    kept: list[Any] = [column for column in each.c if column.name in KEPT]
    counted = [func.count().filter(each.c[name]) for name in STAGES]
    rows: Iterable[Any] = db.session.execute(
        select(*kept, func.count(), *counted).group_by(*kept).order_by(each.c.code, *kept)
    )
    return [Line(*row) for row in rows]


KEPT = (
    "cohort_id", "code", "ended_at", "course_key", "course",
    "locality_id", "locality", "profession_id", "profession",
)  # fmt: skip
STAGES = ("enrolled", "starts", "retained", "milestones", "completed", "ambassadors")


TOOK_PART = "took_part"
"""Who came or answered afterwards: a measure of the room above, beside whose counts ours stand."""
WITHIN: Mapping[str, tuple[str, ...]] = {
    "enrolled": ("invited",),
    "starts": (TOOK_PART, "enrolled", "invited"),
    "retained": ("starts", TOOK_PART, "enrolled", "invited"),
    "completed": ("starts", TOOK_PART, "enrolled", "invited"),
    "milestones": ("completed", "retained", "starts", TOOK_PART, "enrolled", "invited"),
    "ambassadors": ("completed", "starts", TOOK_PART, "enrolled", "invited"),
}
"""How far people came, and how far these had come before."""


def facts(query: ReportQuery) -> Select[Any]:
    """A row for each booking that the actor may count and the filters leave, with its groups."""
    place = place_of()
    ended = outcomes.ended_at()
    return (
        select(
            Booking.id.label("booking_id"),
            Cohort.id.label("cohort_id"),
            Cohort.code.label("code"),
            ended.label("ended_at"),
            Course.key.label("course_key"),
            Course.title.label("course"),
            place.label("locality_id"),
            func.coalesce(Locality.name, UNKNOWN).label("locality"),
            Booking.profession_id.label("profession_id"),
            func.coalesce(Profession.name, UNKNOWN).label("profession"),
        )
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .outerjoin(Locality, Locality.id == place)
        .outerjoin(Profession, Profession.id == Booking.profession_id)
        .where(*conditions(query), *within(query, ended))
    )


def conditions(query: ReportQuery) -> list[ColumnElement[bool]]:
    """Reach, places, courses and cohorts of a question, over bookings and their cohorts."""
    found = [
        access.counted(query.actor),
        Cohort.state.not_in(("draft", "scheduled", "cancelled")),
        Booking.state != "moved",
    ]
    if query.localities:
        found.append(access.booked_from(query.localities))
    if query.courses:
        found.append(Course.key.in_(query.courses))
    if query.cohorts:
        found.append(Cohort.id.in_(query.cohorts))
    return found


def within(query: ReportQuery, moment: Any) -> list[ColumnElement[bool]]:
    """The period of a question, whole London days, over any moment."""
    found = []
    if query.start:
        found.append(moment >= clock.start_of(query.start))
    if query.end:
        found.append(moment < clock.start_of(query.end + timedelta(days=1)))
    return found


def place_of() -> ColumnElement[Any]:
    """Where somebody's employer is, as it was at booking; else the one place of the cohort."""
    return func.coalesce(Booking.locality_id, _only_place())


def _only_place() -> ScalarSelect[Any]:
    first = func.min(cast(CohortLocality.locality_id, Text))
    return (
        select(cast(first, Booking.locality_id.type))
        .where(CohortLocality.cohort_id == Cohort.id)
        .having(func.count() == 1)
        .correlate(Cohort)
        .scalar_subquery()
    )


def still_running(query: ReportQuery) -> int:
    """How many cohorts of the question have begun and are not over."""
    running = (
        select(func.count(func.distinct(Cohort.id)))
        .select_from(Booking)
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(
            *conditions(query),
            Cohort.state.in_(("running", "finished")),
            func.coalesce(outcomes.ended_at() > query.as_of, True),
        )
    )
    return db.session.scalar(running) or 0


def nothing(query: ReportQuery) -> str:
    """Why a question found nobody, and where and when the nearest data are."""
    anywhere = replace(query, start=None, end=None, localities=(), courses=(), cohorts=())
    each = facts(anywhere).where(outcomes.ended_at() <= query.as_of).subquery()
    last = db.session.execute(
        select(each.c.locality, func.min(each.c.ended_at), func.max(each.c.ended_at))
        .group_by(each.c.locality)
        .order_by(func.max(each.c.ended_at).desc(), each.c.locality)
        .limit(1)
    ).first()
    if last is None:
        return "No finished cohorts yet, so reports have nothing to count."
    place, first, end = last
    when = months(clock.london(first).date(), clock.london(end).date())
    return f"No cohort matches. The nearest data: {place}, {when}."


def latest(actor: Actor) -> date | None:
    """The last day on which a cohort ended that the actor may count."""
    ended = outcomes.ended_at()
    last = db.session.scalar(
        select(func.max(ended, type_=DateTime(timezone=True))).where(
            Cohort.state.in_(("finished", "closed")),
            ended <= clock.now(),
            select(Booking.id)
            .where(Booking.cohort_id == Cohort.id, access.counted(actor))
            .exists(),
        )
    )
    return clock.london(last).date() if last else None


# -- shaping


def tally(found: Iterable[Line], of: Callable[[Line], int]) -> dict[Group, int]:
    """A count split by its finest groups, without those that are nothing."""
    groups: dict[Group, int] = {}
    for line in found:
        if number := of(line):
            groups[line.group] = groups.get(line.group, 0) + number
    return groups


def split(found: Iterable[Line], by: str) -> list[tuple[str, list[Line]]]:
    """The lines under each course, cohort, place or job, in the order of their names."""
    name = BY[by]
    parts: dict[str, list[Line]] = {}
    for line in found:
        parts.setdefault(name(line), []).append(line)
    return sorted(parts.items(), key=lambda part: (part[0] == UNKNOWN, part[0].casefold()))


BY: Mapping[str, Callable[[Line], str]] = {
    "course": lambda line: line.course,
    "cohort": lambda line: f"{line.course}, {line.code}",
    "place": lambda line: line.locality,
    "job": lambda line: line.profession,
}


def last_day(found: Iterable[Line]) -> date | None:
    """The London date on which the last of the cohorts ended."""
    return max((clock.london(line.ended_at).date() for line in found), default=None)
