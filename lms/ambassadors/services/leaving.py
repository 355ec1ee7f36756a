"""Leaving: said beforehand, handed on to a colleague, and nothing of it lost."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import delete, select, update

from lms import audit, clock
from lms.ambassadors.models import (
    Ambassador,
    Candidate,
    CaseStudy,
    CheckIn,
    Handover,
    Pledge,
)
from lms.ambassadors.services import letters, pledging, roles
from lms.ambassadors.services.letters import AMBASSADOR, TALLY, Letter
from lms.ambassadors.services.words import refuse_family_details
from lms.contracts import Actor
from lms.db import Complaint, crash_point, db
from lms.errors import Conflict, NotFound
from lms.events import AmbassadorLeft, PersonErased, publish
from lms.messages import services as messages
from lms.people import links
from lms.people.models import Person
from lms.people.names import full
from lms.web import words

NOT_THERE = Complaint("to", "Choose an ambassador who stays")
ERASED = "[erased]"


def say_leaving(ambassador_id: uuid.UUID, on: date | None, *, by: Actor) -> None:
    """Note on which day somebody will leave, or with None that they stay after all."""
    changed = db.session.scalars(
        update(Ambassador)
        .where(Ambassador.id == ambassador_id, Ambassador.state == "active")
        .values(leaves_on=on, leaving_said_at=clock.now() if on else None, updated_at=clock.now())
        .returning(Ambassador.id)
    ).all()
    if not changed:
        raise Conflict
    said = {"leaves_on": on.isoformat() if on else None}
    audit.write("is leaving" if on else "stays", "ambassador", ambassador_id, by=by, after=said)


def hand_on(ambassador_id: uuid.UUID, to_id: uuid.UUID | None, *, why: str = "", by: Actor) -> None:
    """Let an ambassador go, once: pledge and those they look after pass to another, if named.

    The pledge stays as it was made and is asked about no more; whoever takes over sees its words.
    """
    refuse_family_details({"why": why})
    leaver, heir = _both(ambassador_id, to_id)
    moved = db.session.scalars(
        update(Ambassador)
        .where(
            Ambassador.mentor_id == leaver.id,
            Ambassador.state == "active",
            Ambassador.id != to_id,
        )
        .values(mentor_id=to_id, updated_at=clock.now())
        .returning(Ambassador.id)
    ).all()
    if heir and heir.mentor_id == leaver.id:
        heir.mentor_id = leaver.mentor_id
    pledge_id = db.session.scalar(
        select(Pledge.id).where(Pledge.ambassador_id == leaver.id, Pledge.state == "live")
    )
    db.session.add(
        Handover(
            from_id=leaver.id,
            to_id=to_id,
            pledge_id=pledge_id,
            moved=[str(key) for key in moved],
            why=why,
            by_id=by.person_id,
            by_label=by.name,
        )
    )
    _leave(leaver, pledge_id, "handed_on" if heir else "withdrawn", by)
    crash_point("ambassador.handed_on")
    if heir:
        _tell(leaver, heir, pledge_id is not None, len(moved), by)
    after = {"to": str(to_id or ""), "moved": len(moved)}
    audit.write("handed on", "ambassador", leaver.id, by=by, after=after)


def _both(
    ambassador_id: uuid.UUID, to_id: uuid.UUID | None
) -> tuple[Ambassador, Ambassador | None]:
    """Who leaves and who takes over, both held, always in the same order."""
    wanted = {ambassador_id, to_id or ambassador_id}
    rows = db.session.scalars(
        select(Ambassador)
        .where(Ambassador.id.in_(wanted))
        .order_by(Ambassador.id)
        .with_for_update()
    )
    found = {row.id: row for row in rows}
    leaver = found.get(ambassador_id)
    if leaver is None:
        raise NotFound
    if leaver.state != "active":
        raise Conflict
    heir = found.get(to_id) if to_id else None
    if to_id and (heir is None or heir.state != "active" or heir.leaves_on or heir is leaver):
        raise NOT_THERE
    return leaver, heir


def _leave(leaver: Ambassador, pledge_id: uuid.UUID | None, pledge_to: str, by: Actor) -> None:
    if pledge_id:
        pledging.end(pledge_id, pledge_to, by=by)
    leaver.state, leaver.ended_at = "left", clock.now()
    leaver.leaves_on = leaver.leaves_on or clock.today()
    db.session.flush()
    roles.end(leaver)
    for purpose in (AMBASSADOR, TALLY):
        links.revoke(person_id=leaver.person_id, purpose=purpose)
    messages.cancel_about("ambassador", [leaver.id], by=by, why="they are no ambassador any more")
    publish(AmbassadorLeft(by, leaver.id, leaver.person_id))


def _tell(leaver: Ambassador, heir: Ambassador, pledge: bool, moved: int, by: Actor) -> None:
    """Write to whoever takes over; what it is stands on their own page."""
    person = db.session.get_one(Person, leaver.person_id)
    things = ["the pledge"] if pledge else []
    things += [words.plural(moved, "ambassador") + " to look after"] if moved else []
    if not things:
        return
    letter = Letter(
        heir.id,
        "handover",
        "handed_on",
        f"handover:{leaver.id}",
        ("ambassador", heir.id),
        {
            "name": full(person.given_name, person.family_name),
            "pledge": pledge,
            "things": things,
        },
        {"mine": "/pledge"},
    )
    letters.write([letter], by=by)


def erase(event: PersonErased) -> None:
    """Blank what an erased person wrote here; their numbers stay, as counts need them.

    The history of an objective's words is append-only: only the erasure's own role may blank that.
    """
    theirs = select(Ambassador.id).where(Ambassador.person_id == event.person_id)
    pledges = select(Pledge.id).where(Pledge.ambassador_id.in_(theirs))
    db.session.execute(delete(Candidate).where(Candidate.person_id == event.person_id))
    db.session.execute(
        update(Ambassador).where(Ambassador.id.in_(theirs)).values(ask_again_on=None)
    )
    db.session.execute(
        update(CheckIn)
        .where(CheckIn.pledge_id.in_(pledges))
        .values(sentence="", wording=None)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(CaseStudy)
        .where(CaseStudy.ambassador_id.in_(theirs))
        .values(situation=ERASED, action=ERASED, change=ERASED, lesson=ERASED, review_note="")
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(CaseStudy)
        .where(CaseStudy.ambassador_id.in_(theirs), CaseStudy.state.in_(("submitted", "approved")))
        .values(state="withdrawn", updated_at=clock.now())
    )
    _end_all(event)


def _end_all(event: PersonErased) -> None:
    now = clock.now()
    rows = db.session.scalars(
        select(Ambassador)
        .where(Ambassador.person_id == event.person_id, Ambassador.state.in_(("invited", "active")))
        .with_for_update()
    ).all()
    for ambassador in rows:
        if ambassador.state == "invited":
            ambassador.state, ambassador.ended_at = "lapsed", now
            continue
        pledge_id = db.session.scalar(
            select(Pledge.id).where(Pledge.ambassador_id == ambassador.id, Pledge.state == "live")
        )
        _leave(ambassador, pledge_id, "withdrawn", event.by)
