"""Answers to check-ins: kept once, changed with their history, never overwritten.

The views call it for the holder of a personal link and for whoever has signed in.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import aliased

from lms import audit, clock
from lms.ambassadors import checkpoints, codes
from lms.ambassadors.codes import BARRIERS, HELPS, OUTCOMES
from lms.ambassadors.models import (
    Ambassador,
    CheckIn,
    CheckInOutcome,
    Objective,
    Pledge,
)
from lms.ambassadors.services import pledging
from lms.ambassadors.services.words import refuse_family_details
from lms.contracts import Actor
from lms.db import Complaint, Complaints, crash_point, db
from lms.errors import NotFound
from lms.events import CheckInLogged, publish
from lms.messages import services as messages
from lms.people import links

LAST = codes.MONTHS[-1]


class AlreadyAnswered(Exception):
    """It has been answered since this form was opened."""


class NotOpen(Exception):
    """It takes no answer: not yet, not any more, or the pledge was taken back."""


@dataclass(frozen=True)
class Reply:
    """How the objectives go, by their ids (outcome, and the goal scale where it was used)."""

    outcomes: Mapping[uuid.UUID, tuple[str, int | None]]
    obstacles: Sequence[str] = ()
    helped: Sequence[str] = ()
    support: int | None = None
    no_manager: bool = False
    sentence: str = ""
    fields: Mapping[uuid.UUID, str] = field(default_factory=dict)
    """The form's field for each objective, for complaints."""


# -- answering -----------------------------------------------------------------------------------


def answer(check_in_id: uuid.UUID, reply: Reply, *, by: Actor, seen: str = "") -> None:
    """Keep the answers; those of an earlier one stay as history.

    `seen` is the stamp of the answer that the form was opened on ("" for none): of two presses at
    once one is kept and the other raises `AlreadyAnswered`. `NotOpen` where none is taken.
    """
    check_in = db.session.scalar(select(CheckIn).where(CheckIn.id == check_in_id).with_for_update())
    if check_in is None:
        raise NotFound
    if check_in.state not in ("due", "answered") or clock.today() >= check_in.closes_on:
        raise NotOpen
    if seen != stamp(check_in):
        raise AlreadyAnswered
    _check(check_in, reply)
    now = clock.now()
    if check_in.answered_at is None:
        check_in.answered_at, check_in.is_late = now, _is_late(check_in)
    else:
        check_in.changed_at = now
    check_in.state = "answered"
    check_in.obstacles, check_in.helped = (
        _known(reply.obstacles, BARRIERS),
        _known(reply.helped, HELPS),
    )
    check_in.manager_support = None if reply.no_manager else reply.support
    check_in.no_manager, check_in.sentence = reply.no_manager, reply.sentence
    _keep_outcomes(check_in_id, reply)
    db.session.flush()
    crash_point("check_in.answered")
    _done(check_in, by)


def stamp(check_in: CheckIn) -> str:
    """What a form carries to say which answer it was opened on; "" before there is one."""
    moment = check_in.changed_at or check_in.answered_at
    return moment.isoformat() if moment else ""


def _known(chosen: Sequence[str], codes: Mapping[str, str]) -> list[str]:
    return [code for code in codes if code in chosen]


def _is_late(check_in: CheckIn) -> bool:
    return clock.today() > checkpoints.in_time_until(check_in.invited_at, check_in.due_on)


def _check(check_in: CheckIn, reply: Reply) -> None:
    wrong = []
    for asked in check_in.wording or ():
        key = uuid.UUID(asked["objective_id"])
        outcome, goal = reply.outcomes.get(key, ("", None))
        if outcome not in OUTCOMES or goal not in (None, -2, -1, 0, 1, 2):
            text = f"Choose how your objective {asked['position']} is going"
            wrong.append(Complaint(reply.fields.get(key, ""), text))
    if wrong:
        raise Complaints(*wrong)
    refuse_family_details({"sentence": reply.sentence})


def _keep_outcomes(check_in_id: uuid.UUID, reply: Reply) -> None:
    """Add what is new or has changed; nothing said before is overwritten."""
    held = {row.objective_id: row for row in current_outcomes([check_in_id])}
    for objective_id, (outcome, goal) in reply.outcomes.items():
        before = held.get(objective_id)
        if before and (before.outcome, before.goal) == (outcome, goal):
            continue
        db.session.add(
            CheckInOutcome(
                check_in_id=check_in_id,
                objective_id=objective_id,
                outcome=outcome,
                goal=goal,
                replaces_id=before.id if before else None,
            )
        )


def current_outcomes(check_in_ids: Sequence[uuid.UUID]) -> Sequence[CheckInOutcome]:
    """The outcomes of check-ins that nobody has replaced, in the order of the objectives."""
    later = aliased(CheckInOutcome)
    return db.session.scalars(
        select(CheckInOutcome)
        .join(Objective, Objective.id == CheckInOutcome.objective_id)
        .where(
            CheckInOutcome.check_in_id.in_(check_in_ids),
            ~select(later.id).where(later.replaces_id == CheckInOutcome.id).exists(),
        )
        .order_by(Objective.position)
    ).all()


def _done(check_in: CheckIn, by: Actor) -> None:
    """What follows an answer: no more reminders, the last one ends the pledge."""
    if by.link:
        links.use(by.link.link_id)
    messages.cancel_about("check_in", [check_in.id], by=by, why="they have answered")
    verb = "changed their answer to" if check_in.changed_at else "answered"
    audit.write(verb, "check_in", check_in.id, by=by, after={"months": check_in.months})
    if check_in.months == LAST:
        pledging.end(check_in.pledge_id, "finished", by=by)
    whose = db.session.execute(
        select(Ambassador.id, Ambassador.person_id)
        .join(Pledge, Pledge.ambassador_id == Ambassador.id)
        .where(Pledge.id == check_in.pledge_id)
    ).one()
    publish(CheckInLogged(by, whose.id, whose.person_id, check_in.id))
