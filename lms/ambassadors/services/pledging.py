"""Pledges: made with their check-ins, put in other words, weighed, taken back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from lms import audit, clock
from lms.ambassadors import checkpoints
from lms.ambassadors.codes import MONTHS, MOST_OBJECTIVES, STRENGTHS, WEIGHTS
from lms.ambassadors.models import Ambassador, CheckIn, Objective, ObjectiveWording, Pledge
from lms.ambassadors.services import letters
from lms.ambassadors.services.letters import CHECK_IN, Letter
from lms.ambassadors.services.words import refuse_family_details
from lms.contracts import Actor
from lms.db import Complaint, Complaints, crash_point, db
from lms.errors import Conflict, NotFound
from lms.events import ObjectiveReworded, PledgeMade, publish
from lms.messages import services as messages
from lms.people import links
from lms.web import words

OPEN = ("scheduled", "due")
"""States of a check-in that is still to be answered."""


class AlreadyPledged(Exception):
    """There is a live pledge already, perhaps from the press a moment ago."""


@dataclass(frozen=True)
class NewWords:
    """An objective in somebody's own words, how they will know, and by when in months."""

    text: str
    by_months: int
    known_when: str = ""


def make_pledge(
    ambassador_id: uuid.UUID,
    objectives: Sequence[NewWords],
    *,
    strength: int,
    share: bool,
    by: Actor,
) -> uuid.UUID:
    """Keep a pledge and plan its three check-ins; its id. Two presses at once make one.

    Raises `AlreadyPledged`, `Conflict` for who is no ambassador now, complaints for words.
    """
    _check(objectives, strength)
    ambassador = db.session.scalar(
        select(Ambassador).where(Ambassador.id == ambassador_id).with_for_update()
    )
    if ambassador is None:
        raise NotFound
    if ambassador.state != "active":
        raise Conflict
    if _live(ambassador_id) is not None:
        raise AlreadyPledged
    pledge = Pledge(
        ambassador_id=ambassador_id,
        strength=strength,
        shared_with_manager=share,
        made_at=clock.now(),
    )
    db.session.add(pledge)
    db.session.flush()
    for position, said in enumerate(objectives, 1):
        _keep_objective(pledge.id, position, said, by)
    plan = checkpoints.plan(clock.london(pledge.made_at).date())
    for point in plan:
        db.session.add(CheckIn(pledge_id=pledge.id, **vars(point)))
    db.session.flush()
    crash_point("pledge.made")
    _confirm(ambassador, pledge, len(objectives), plan, by)
    audit.write("pledged", "pledge", pledge.id, by=by, after={"objectives": len(objectives)})
    publish(PledgeMade(by, ambassador_id, ambassador.person_id, pledge.id))
    return pledge.id


def _check(objectives: Sequence[NewWords], strength: int) -> None:
    if not 1 <= len(objectives) <= MOST_OBJECTIVES:
        raise Complaint("objectives-0-text", "Write what you will do")
    if strength not in STRENGTHS:
        raise Complaint("strength", "Choose how committed you feel")
    wrong = [
        Complaint(f"objectives-{place}-{name}", text)
        for place, said in enumerate(objectives)
        for name, text in _missing(said)
    ]
    if wrong:
        raise Complaints(*wrong)
    refuse_family_details(
        {
            f"objectives-{place}-{name}": getattr(said, name)
            for place, said in enumerate(objectives)
            for name in ("text", "known_when")
        }
    )


def _missing(said: NewWords) -> list[tuple[str, str]]:
    wrong = [] if said.text.strip() else [("text", "Write what you will do")]
    return wrong + ([] if said.by_months in MONTHS else [("by_months", "Choose by when")])


def _live(ambassador_id: uuid.UUID) -> uuid.UUID | None:
    return db.session.scalar(
        select(Pledge.id).where(Pledge.ambassador_id == ambassador_id, Pledge.state == "live")
    )


def _keep_objective(pledge_id: uuid.UUID, position: int, said: NewWords, by: Actor) -> None:
    objective = Objective(pledge_id=pledge_id, position=position)
    db.session.add(objective)
    db.session.flush()
    db.session.add(_wording(objective.id, said, by))


def _wording(objective_id: uuid.UUID, said: NewWords, by: Actor) -> ObjectiveWording:
    return ObjectiveWording(
        objective_id=objective_id,
        text=said.text,
        known_when=said.known_when,
        by_months=said.by_months,
        by_id=by.person_id,
        by_label=by.name,
    )


def _confirm(
    ambassador: Ambassador,
    pledge: Pledge,
    objectives: int,
    plan: Sequence[checkpoints.Checkpoint],
    by: Actor,
) -> None:
    """Write the confirmation; the link to the pledge lives as long as the pledge is asked about."""
    until = clock.start_of(plan[-1].due_on + checkpoints.LINK_LASTS)
    link = letters.own_link(ambassador.id, ambassador.person_id, until=until)
    values = {
        "date": words.date(pledge.made_at),
        "objectives": objectives,
        "strength": pledge.strength,
        "shared": pledge.shared_with_manager,
        "due": [words.date(point.due_on) for point in plan],
    }
    letter = Letter(
        ambassador.id,
        "pledge",
        "pledged",
        f"pledge:{pledge.id}:made",
        ("pledge", pledge.id),
        values,
        {"pledge": (link, "ambassadors.pledge")},
    )
    letters.write([letter], by=by)


def reword(objective_id: uuid.UUID, said: NewWords, *, by: Actor) -> None:
    """Put an objective of a live pledge in other words; the earlier ones stay with their date.

    The same words again change nothing.
    """
    wrong = [Complaint(name, text) for name, text in _missing(said)]
    if wrong:
        raise Complaints(*wrong)
    refuse_family_details({"text": said.text, "known_when": said.known_when})
    ambassador = _of_objective(objective_id)
    now = _newest(objective_id)
    if (now.text, now.known_when, now.by_months) == (said.text, said.known_when, said.by_months):
        return
    db.session.add(_wording(objective_id, said, by))
    db.session.flush()
    audit.write("reworded", "objective", objective_id, by=by)
    publish(ObjectiveReworded(by, ambassador.id, ambassador.person_id, objective_id))


def weigh(objective_id: uuid.UUID, weight: int, *, by: Actor) -> None:
    """Say how much an objective counts beside the others of its pledge."""
    if weight not in WEIGHTS:
        raise Complaint("weight", "Choose how much it counts")
    _of_objective(objective_id)
    db.session.execute(
        update(Objective)
        .where(Objective.id == objective_id)
        .values(weight=weight, updated_at=clock.now())
    )
    audit.write("weighed", "objective", objective_id, by=by, after={"weight": weight})


def share(pledge_id: uuid.UUID, *, shared: bool, by: Actor) -> None:
    """Share a pledge with the manager, or no longer."""
    db.session.execute(
        update(Pledge)
        .where(Pledge.id == pledge_id)
        .values(shared_with_manager=shared, updated_at=clock.now())
    )
    audit.write("shared", "pledge", pledge_id, by=by, after={"with_manager": shared})


def _of_objective(objective_id: uuid.UUID) -> Ambassador:
    """Whose objective it is; its pledge is held and is live."""
    row = db.session.execute(
        select(Pledge, Ambassador)
        .join(Objective, Objective.pledge_id == Pledge.id)
        .join(Ambassador, Ambassador.id == Pledge.ambassador_id)
        .where(Objective.id == objective_id)
        .with_for_update(of=Pledge)
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.Pledge.state != "live":
        raise Conflict
    whose: Ambassador = row.Ambassador
    return whose


def _newest(objective_id: uuid.UUID) -> ObjectiveWording:
    return db.session.scalars(
        select(ObjectiveWording)
        .where(ObjectiveWording.objective_id == objective_id)
        .order_by(ObjectiveWording.at.desc(), ObjectiveWording.id.desc())
        .limit(1)
    ).one()


def withdraw(pledge_id: uuid.UUID, *, by: Actor) -> None:
    """Take a live pledge back: what is still to be asked is cancelled, nothing is deleted."""
    if end(pledge_id, "withdrawn", by=by):
        audit.write("withdrew", "pledge", pledge_id, by=by)


def end(pledge_id: uuid.UUID, state: str, *, by: Actor, at: datetime | None = None) -> bool:
    """Bring a live pledge to an end and cancel what is still to be asked; whether it was live."""
    now = at or clock.now()
    ended = db.session.scalars(
        update(Pledge)
        .where(Pledge.id == pledge_id, Pledge.state == "live")
        .values(state=state, ended_at=now, updated_at=now)
        .returning(Pledge.id)
    ).all()
    if not ended:
        return False
    cancelled = db.session.scalars(
        update(CheckIn)
        .where(CheckIn.pledge_id == pledge_id, CheckIn.state.in_(OPEN))
        .values(state="cancelled", updated_at=now)
        .returning(CheckIn.id)
    ).all()
    if cancelled:
        links.revoke(object_ids=cancelled, purpose=CHECK_IN)
        why = "the pledge has ended"
        messages.cancel_about("check_in", cancelled, by=by, why=why)
    return True
