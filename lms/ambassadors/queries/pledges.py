"""Pledges with their objectives, words and check-ins, read in a fixed number of queries.

An ambassador's own pages, the board, the story and the manager's panel build on it; who may see
what is for them to ask, and `answers_hidden` says whose answers are never shown to a reader.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from lms import clock
from lms.ambassadors import checkpoints, codes, goal_scale
from lms.ambassadors.models import (
    Ambassador,
    CheckIn,
    CheckInOutcome,
    Objective,
    ObjectiveWording,
    Pledge,
)
from lms.ambassadors.services.check_ins import current_outcomes
from lms.contracts import Actor
from lms.db import db
from lms.people.models import Person


@dataclass(frozen=True)
class Wording:
    """An objective in its own words, from `at` on."""

    text: str
    known_when: str
    by_months: int
    at: datetime
    by: str


@dataclass(frozen=True)
class ObjectiveView:
    """An objective; `wordings` from the first to the one that stands."""

    id: uuid.UUID
    position: int
    weight: int
    wordings: tuple[Wording, ...]

    @property
    def now(self) -> Wording:
        """The words that stand."""
        return self.wordings[-1]

    @property
    def earlier(self) -> tuple[Wording, ...]:
        """The words before them, newest first."""
        return self.wordings[-2::-1]


@dataclass(frozen=True)
class Outcome:
    """How one objective went."""

    position: int
    text: str
    outcome: str
    goal: int | None
    weight: int

    @property
    def words(self) -> str:
        """Not started, Partly done, ..."""
        return codes.OUTCOMES[self.outcome]


@dataclass(frozen=True)
class CheckInView:
    """A check-in with its answers, where the reader may see them."""

    id: uuid.UUID
    pledge_id: uuid.UUID
    months: int
    due_on: date
    closes_on: date
    state: str
    reminders_sent: int
    invited_at: datetime | None
    answered_at: datetime | None
    changed_at: datetime | None
    is_late: bool
    obstacles: tuple[str, ...]
    helped: tuple[str, ...]
    support: int | None
    no_manager: bool
    sentence: str
    outcomes: tuple[Outcome, ...]

    @property
    def is_open(self) -> bool:
        """Whether it can be answered, or changed, today."""
        takes = self.state in ("due", "answered")
        return takes and clock.today() < self.closes_on

    @property
    def waits(self) -> bool:
        """Whether it is asked and not answered, and an answer is taken still."""
        return self.state == "due" and self.is_open

    @property
    def in_time_until(self) -> date:
        """The last day on which an answer is not late."""
        return checkpoints.in_time_until(self.invited_at, self.due_on)

    @property
    def is_overdue(self) -> bool:
        """Whether it waits and an answer would be late by now: `waiting.overdue` for rows."""
        return self.waits and clock.today() > self.in_time_until

    @property
    def days_overdue(self) -> int:
        """Days since it fell due."""
        return (clock.today() - self.due_on).days

    @property
    def t_score(self) -> float | None:
        """Beside what was hoped, where every relevant objective was put on the scale."""
        relevant = [one for one in self.outcomes if one.outcome != "no_longer_relevant"]
        pairs = [(one.goal, one.weight) for one in relevant if one.goal is not None]
        return goal_scale.t_score(pairs) if len(pairs) == len(relevant) else None

    @property
    def in_the_way(self) -> str:
        """What got in the way, in words."""
        return _together([codes.BARRIERS[code] for code in self.obstacles])

    @property
    def what_helped(self) -> str:
        """What helped, in words."""
        return _together([codes.HELPS[code] for code in self.helped])

    @property
    def last_word(self) -> str:
        """Their own sentence in quotation marks, else the first thing that got in the way."""
        if self.sentence:
            return f"“{self.sentence}”"
        return codes.BARRIERS[self.obstacles[0]] if self.obstacles else ""


def _together(answers: Sequence[str]) -> str:
    """Answers as one line: 'My manager; doing it a few times'."""
    later = (one if one.startswith("I ") else one[:1].lower() + one[1:] for one in answers[1:])
    return "; ".join([*answers[:1], *later])


@dataclass(frozen=True)
class PledgeView:
    """A pledge as it stands."""

    id: uuid.UUID
    ambassador_id: uuid.UUID
    state: str
    strength: int
    shared: bool
    made_at: datetime
    ended_at: datetime | None
    objectives: tuple[ObjectiveView, ...]
    check_ins: tuple[CheckInView, ...]

    @property
    def commitment(self) -> str:
        """'4 of 5: I am determined'."""
        return f"{self.strength} of 5: {codes.STRENGTHS[self.strength]}"

    def check_in(self, months: int) -> CheckInView | None:
        """The check-in after so many months."""
        return next((one for one in self.check_ins if one.months == months), None)


def of_ambassadors(
    ambassador_ids: Sequence[uuid.UUID], *, answers: bool = True
) -> dict[uuid.UUID, list[PledgeView]]:
    """Every pledge of these ambassadors, newest first, in four queries however many.

    Without `answers` the check-ins say only whether they were answered.
    """
    pledges = db.session.scalars(
        select(Pledge)
        .where(Pledge.ambassador_id.in_(ambassador_ids))
        .order_by(Pledge.made_at.desc(), Pledge.id.desc())
    ).all()
    ids = [pledge.id for pledge in pledges]
    objectives, check_ins = _objectives(ids), _check_ins(ids)
    outcomes = _outcomes(check_ins, objectives) if answers else {}
    found: dict[uuid.UUID, list[PledgeView]] = {key: [] for key in ambassador_ids}
    for pledge in pledges:
        found[pledge.ambassador_id].append(
            PledgeView(
                id=pledge.id,
                ambassador_id=pledge.ambassador_id,
                state=pledge.state,
                strength=pledge.strength,
                shared=pledge.shared_with_manager,
                made_at=pledge.made_at,
                ended_at=pledge.ended_at,
                objectives=tuple(objectives.get(pledge.id, ())),
                check_ins=tuple(
                    _view(row, outcomes.get(row.id, ()), answers)
                    for row in check_ins
                    if row.pledge_id == pledge.id
                ),
            )
        )
    return found


def answers_hidden(actor: Actor) -> ColumnElement[bool]:
    """Ambassadors whose answers this reader never sees: those whose manager they are."""
    managed = select(Person.id).where(Person.manager_id == actor.person_id)
    hidden: ColumnElement[bool] = Ambassador.person_id.in_(managed)
    return hidden


def _objectives(pledge_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[ObjectiveView]]:
    rows = db.session.execute(
        select(Objective, ObjectiveWording)
        .join(ObjectiveWording, ObjectiveWording.objective_id == Objective.id)
        .where(Objective.pledge_id.in_(pledge_ids))
        .order_by(Objective.pledge_id, Objective.position, ObjectiveWording.at, ObjectiveWording.id)
    )
    said: dict[Objective, list[Wording]] = defaultdict(list)
    for objective, row in rows:
        said[objective].append(
            Wording(row.text, row.known_when, row.by_months, row.at, row.by_label)
        )
    found: dict[uuid.UUID, list[ObjectiveView]] = defaultdict(list)
    for one, wordings in said.items():
        found[one.pledge_id].append(
            ObjectiveView(one.id, one.position, one.weight, tuple(wordings))
        )
    return found


def _check_ins(pledge_ids: Sequence[uuid.UUID]) -> Sequence[CheckIn]:
    return db.session.scalars(
        select(CheckIn)
        .where(CheckIn.pledge_id.in_(pledge_ids))
        .order_by(CheckIn.pledge_id, CheckIn.months)
    ).all()


def _outcomes(
    check_ins: Sequence[CheckIn], objectives: Mapping[uuid.UUID, list[ObjectiveView]]
) -> dict[uuid.UUID, list[Outcome]]:
    known = {one.id: one for several in objectives.values() for one in several}
    asked = {row.id: _texts(row.wording) for row in check_ins}
    found: dict[uuid.UUID, list[Outcome]] = defaultdict(list)
    for row in current_outcomes([one.id for one in check_ins if one.answered_at]):
        found[row.check_in_id].append(_outcome(row, known[row.objective_id], asked))
    return found


def _texts(wording: Sequence[Mapping[str, Any]] | None) -> dict[uuid.UUID, str]:
    return {uuid.UUID(one["objective_id"]): one["text"] for one in wording or ()}


def _outcome(
    row: CheckInOutcome,
    objective: ObjectiveView,
    asked: Mapping[uuid.UUID, Mapping[uuid.UUID, str]],
) -> Outcome:
    """The words are those that were asked about, whatever they became later."""
    text = asked[row.check_in_id].get(row.objective_id, "")
    return Outcome(objective.position, text, row.outcome, row.goal, objective.weight)


def _view(row: CheckIn, outcomes: Sequence[Outcome], answers: bool) -> CheckInView:
    return CheckInView(
        id=row.id,
        pledge_id=row.pledge_id,
        months=row.months,
        due_on=row.due_on,
        closes_on=row.closes_on,
        state=row.state,
        reminders_sent=row.reminders_sent,
        invited_at=row.invited_at,
        answered_at=row.answered_at,
        changed_at=row.changed_at,
        is_late=row.is_late,
        obstacles=tuple(row.obstacles) if answers else (),
        helped=tuple(row.helped) if answers else (),
        support=row.manager_support if answers else None,
        no_manager=row.no_manager if answers else False,
        sentence=row.sentence if answers else "",
        outcomes=tuple(outcomes),
    )


def seen_by(actor: Actor, ambassador_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[PledgeView]]:
    """Pledges as the team reads them: without the answers of those whose manager the reader is."""
    hidden = set(
        db.session.scalars(
            select(Ambassador.id).where(Ambassador.id.in_(ambassador_ids), answers_hidden(actor))
        )
    )
    found = of_ambassadors([key for key in ambassador_ids if key not in hidden])
    return found | (of_ambassadors(list(hidden), answers=False) if hidden else {})
