"""Pledges and what was said of them, as reports count them: by month of the pledge, place and job.

`reports` asks; nobody's name, words or manager leaves here, and managers reach nothing of it.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from lms import clock
from lms.ambassadors import goal_scale
from lms.ambassadors.models import (
    Ambassador,
    CheckIn,
    CheckInOutcome,
    Objective,
    Pledge,
    Tally,
)
from lms.contracts import Actor, Group, ReportQuery
from lms.db import db
from lms.people.models import Locality, Person
from lms.reports.access import RELEASE, in_places


@dataclass(frozen=True)
class Said:
    """A check-in that has fallen due, with what was answered by the moment of asking.

    `over` is one that was answered or has closed: nothing more will come.
    """

    months: int
    answered: bool
    over: bool
    late: bool
    obstacles: Sequence[str]
    helped: Sequence[str]
    support: int | None
    outcomes: Sequence[str]
    t_score: float | None


@dataclass(frozen=True, eq=False)
class Reported:
    """A pledge with its check-ins that have fallen due, and the group it is counted under."""

    group: Group
    made_on: date
    place: str
    said: list[Said] = field(default_factory=list)

    def at(self, months: int) -> Said | None:
        """The check-in after so many months, where it has fallen due."""
        return next((one for one in self.said if one.months == months), None)


def pledges(query: ReportQuery) -> list[Reported]:
    """The pledges made in the period and places of a question, within the actor's reach."""
    found = {}
    for row in db.session.execute(_pledges(query)):
        made_on = clock.london(row.made_at).date()
        group = (f"{made_on:%Y-%m}", str(row.locality_id or ""), str(row.profession_id or ""))
        found[row.id] = Reported(group, made_on, row.place or "Not known")
    for pledge_id, said in _said(list(found), query.as_of):
        found[pledge_id].said.append(said)
    return list(found.values())


def _pledges(query: ReportQuery) -> Any:
    statement = (
        select(
            Pledge.id,
            Pledge.made_at,
            Ambassador.locality_id,
            Person.profession_id,
            Locality.name.label("place"),
        )
        .join(Ambassador, Ambassador.id == Pledge.ambassador_id)
        .join(Person, Person.id == Ambassador.person_id)
        .outerjoin(Locality, Locality.id == Ambassador.locality_id)
        .where(*reached(query), Pledge.made_at <= query.as_of, *within(query, Pledge.made_at))
    )
    return statement.order_by(Pledge.made_at, Pledge.id)


def reached(query: ReportQuery) -> list[ColumnElement[bool]]:
    """Ambassadors whom the actor may count (a manager none), in the places of the question."""
    found = [in_places(query.actor, RELEASE, Ambassador.locality_id)]
    if query.localities:
        found.append(Ambassador.locality_id.in_(query.localities))
    return found


def within(query: ReportQuery, moment: Any) -> list[ColumnElement[bool]]:
    """The period of a question over a moment."""
    found: list[ColumnElement[bool]] = []
    if query.start:
        found.append(moment >= clock.start_of(query.start))
    if query.end:
        found.append(moment < clock.start_of(query.end + timedelta(days=1)))
    return found


def latest(actor: Actor) -> date | None:
    """The day of the newest answer within reach."""
    newest = db.session.scalar(
        select(CheckIn.answered_at)
        .join(Pledge, Pledge.id == CheckIn.pledge_id)
        .join(Ambassador, Ambassador.id == Pledge.ambassador_id)
        .where(in_places(actor, RELEASE, Ambassador.locality_id), CheckIn.answered_at.is_not(None))
        .order_by(CheckIn.answered_at.desc())
        .limit(1)
    )
    return clock.london(newest).date() if newest else None


def _said(pledge_ids: Sequence[uuid.UUID], as_of: datetime) -> list[tuple[uuid.UUID, Said]]:
    due = clock.london(as_of).date()
    rows = db.session.scalars(
        select(CheckIn)
        .where(
            CheckIn.pledge_id.in_(pledge_ids),
            CheckIn.due_on <= due,
            CheckIn.state != "cancelled",
        )
        .order_by(CheckIn.pledge_id, CheckIn.months)
    ).all()
    answered = {row.id for row in rows if row.answered_at and row.answered_at <= as_of}
    outcomes = _outcomes(list(answered), as_of)
    return [
        (row.pledge_id, _one(row, row.id in answered, outcomes[row.id], on=due)) for row in rows
    ]


Told = tuple[str, int | None, int]


def _one(row: CheckIn, answered: bool, told: Sequence[Told], *, on: date) -> Said:
    relevant = [(goal, weight) for outcome, goal, weight in told if outcome != "no_longer_relevant"]
    goals = [(goal, weight) for goal, weight in relevant if goal is not None]
    complete = answered and len(goals) == len(relevant)
    return Said(
        months=row.months,
        answered=answered,
        over=answered or row.closes_on <= on,
        late=answered and row.is_late,
        obstacles=row.obstacles if answered else (),
        helped=row.helped if answered else (),
        support=row.manager_support if answered else None,
        outcomes=[outcome for outcome, _, _ in told],
        t_score=goal_scale.t_score(goals) if complete else None,
    )


def _outcomes(
    check_in_ids: Sequence[uuid.UUID], as_of: datetime
) -> defaultdict[uuid.UUID, list[Told]]:
    """What stood at that moment: outcome, goal and weight."""
    later = aliased(CheckInOutcome)
    rows = db.session.execute(
        select(
            CheckInOutcome.check_in_id,
            CheckInOutcome.outcome,
            CheckInOutcome.goal,
            Objective.weight,
        )
        .join(Objective, Objective.id == CheckInOutcome.objective_id)
        .where(
            CheckInOutcome.check_in_id.in_(check_in_ids),
            CheckInOutcome.at <= as_of,
            ~select(later.id)
            .where(later.replaces_id == CheckInOutcome.id, later.at <= as_of)
            .exists(),
        )
    )
    found: defaultdict[uuid.UUID, list[Told]] = defaultdict(list)
    for check_in_id, outcome, goal, weight in rows:
        found[check_in_id].append((outcome, goal, weight))
    return found


def in_place(query: ReportQuery) -> dict[Group, int]:
    """Who is an ambassador at the moment of asking, by the month of accepting, place and job."""
    rows = db.session.execute(
        select(Ambassador.accepted_at, Ambassador.locality_id, Person.profession_id)
        .join(Person, Person.id == Ambassador.person_id)
        .where(
            *reached(query),
            *within(query, Ambassador.accepted_at),
            Ambassador.accepted_at <= query.as_of,
            Ambassador.ended_at.is_(None) | (Ambassador.ended_at > query.as_of),
        )
    )
    found: dict[Group, int] = defaultdict(int)
    for accepted_at, locality_id, profession_id in rows:
        assert accepted_at is not None  # the condition above says so
        month = f"{clock.london(accepted_at):%Y-%m}"
        found[month, str(locality_id or ""), str(profession_id or "")] += 1
    return dict(found)


@dataclass(frozen=True)
class Tallied:
    """What one ambassador counted in one month, and the group that the month is counted under."""

    group: Group
    ambassador: uuid.UUID
    number: int


def tallied(query: ReportQuery, column: Any) -> list[Tallied]:
    """A column of the tallies of the months of a question, without those that count nothing."""
    conditions = [Tally.answered_at <= query.as_of, column > 0]
    if query.start:
        conditions.append(Tally.month >= query.start)
    if query.end:
        conditions.append(Tally.month <= query.end)
    rows = db.session.execute(
        select(Tally.month, Ambassador.locality_id, Person.profession_id, Ambassador.id, column)
        .join(Ambassador, Ambassador.id == Tally.ambassador_id)
        .join(Person, Person.id == Ambassador.person_id)
        .where(*reached(query), *conditions)
    )
    return [
        Tallied((f"{month:%Y-%m}", str(place or ""), str(job or "")), ambassador, number)
        for month, place, job, ambassador, number in rows
    ]
