"""From "Yes, tell me more" to an ambassador: candidates, invitations, and what is answered.

Events of courses and surveys come in here, in whichever order; the answer by link, and a job.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from lms import audit, clock
from lms.ambassadors.models import Ambassador, Candidate
from lms.ambassadors.services import letters, roles
from lms.ambassadors.services.letters import AMBASSADOR, Letter
from lms.contracts import SYSTEM, Actor
from lms.db import Complaint, db, uuid7
from lms.errors import Conflict, NotFound
from lms.events import (
    AmbassadorAccepted,
    AmbassadorInvited,
    CompletionRecorded,
    CompletionWithdrawn,
    Volunteered,
    publish,
)
from lms.messages import services as messages
from lms.people import links
from lms.people.models import Person
from lms.registry import current_registry

STAYS_OPEN = timedelta(days=60)
"""An invitation that nobody answers lapses after so long."""
ASK_AGAIN_MONTHS = 6
CHANGED = Complaint(
    "answer", "The description of the role changed while you were reading. Read it, then answer"
)


# -- candidates ----------------------------------------------------------------------------------


def note_volunteer(event: Volunteered) -> None:
    """Somebody said yes; whoever has finished the course already is invited."""
    _note(event, volunteered_at=clock.now())


def note_completion(event: CompletionRecorded) -> None:
    """Somebody finished; whoever has said yes already is invited."""
    _note(event, completed_at=clock.now())


def note_withdrawal(event: CompletionWithdrawn) -> None:
    """A corrected register: they have not finished after all. Who was invited stays invited."""
    db.session.execute(
        update(Candidate)
        .where(Candidate.booking_id == event.booking_id)
        .values(completed_at=None, updated_at=clock.now())
    )


def _note(event: Volunteered | CompletionRecorded, **moment: Any) -> None:
    """Keep what happened, and invite when both have. Two at the same time wait for each other."""
    course = current_registry().courses.get(event.course)
    if course is None or not course.recruits_ambassadors:
        return
    now = clock.now()
    new = insert(Candidate).values(
        id=uuid7(),
        person_id=event.person_id,
        booking_id=event.booking_id,
        label=event.label,
        locality_id=event.locality_id,
        created_at=now,
        updated_at=now,
        **moment,
    )
    [name] = moment
    kept = db.session.execute(
        new.on_conflict_do_update(
            index_elements=["booking_id"],
            set_={name: func.coalesce(getattr(Candidate, name), now), "updated_at": now},
        ).returning(Candidate.volunteered_at, Candidate.completed_at)
    ).one()
    if kept.volunteered_at and kept.completed_at and not _was_asked(event.booking_id):
        _invite(
            event.person_id,
            event.locality_id,
            origin=(event.booking_id, event.label),
            volunteered=True,
            by=SYSTEM,
        )


def _was_asked(booking_id: uuid.UUID) -> bool:
    asked = select(Ambassador.id).where(Ambassador.origin_booking_id == booking_id)
    return db.session.scalar(asked.limit(1)) is not None


# -- inviting ------------------------------------------------------------------------------------


def invite(candidate_id: uuid.UUID, *, by: Actor) -> uuid.UUID:
    """Invite somebody who finished, whether or not they said yes; the ambassador's id.

    Raises a `Complaint` where they are invited or an ambassador already.
    """
    candidate = db.session.get(Candidate, candidate_id)
    if candidate is None:
        raise NotFound
    invited = _invite(
        candidate.person_id,
        candidate.locality_id,
        origin=(candidate.booking_id, candidate.label),
        volunteered=candidate.volunteered_at is not None,
        by=by,
    )
    if invited is None:
        raise Complaint("", "They have been invited already, or are an ambassador")
    return invited


def _invite(
    person_id: uuid.UUID,
    locality_id: uuid.UUID | None,
    *,
    origin: tuple[uuid.UUID | None, str],
    volunteered: bool,
    again: bool = False,
    by: Actor,
) -> uuid.UUID | None:
    """The new ambassador's id; None where the person is invited or one already."""
    now = clock.now()
    made: uuid.UUID | None = db.session.scalar(
        insert(Ambassador)
        .values(
            id=uuid7(),
            person_id=person_id,
            locality_id=locality_id,
            state="invited",
            invited_at=now,
            origin_booking_id=origin[0],
            origin_label=origin[1],
            created_at=now,
            updated_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Ambassador.id)
    )
    if made is None:
        return None
    pairs = [(made, person_id)]
    link = letters.grant(AMBASSADOR, pairs, expires_at=now + STAYS_OPEN)[made]
    letter = Letter(
        made,
        "ambassador-invitation",
        "invitation",
        f"ambassador:{made}:invitation",
        ("ambassador", made),
        {"volunteered": volunteered, "again": again, "course": origin[1].rsplit(", ", 1)[0]},
        {"answer": link},
    )
    letters.write([letter], by=by)
    audit.write("invited", "ambassador", made, by=by)
    publish(AmbassadorInvited(by, made, person_id))
    return made


# -- answering -----------------------------------------------------------------------------------


def accept(ambassador_id: uuid.UUID, *, role_version: int, by: Actor) -> None:
    """Say yes to the role as described in this version; saying it again changes nothing.

    Raises a `Complaint` where the description is another by now, `Conflict` where the invitation
    was declined or has lapsed.
    """
    ambassador = _locked(ambassador_id)
    if ambassador.state == "active":
        return
    if ambassador.state != "invited":
        raise Conflict
    if role_version != roles.newest().version:
        raise CHANGED
    ambassador.state = "active"
    ambassador.accepted_at = clock.now()
    ambassador.role_version = role_version
    ambassador.mentor_id = _trained_by(ambassador)
    db.session.flush()
    roles.give(ambassador)
    _answered(ambassador, "accepted", by)
    publish(AmbassadorAccepted(by, ambassador_id, ambassador.person_id))


def decline(ambassador_id: uuid.UUID, *, ask_again: bool, by: Actor) -> None:
    """Say not now; whoever may be asked again is, after six months."""
    ambassador = _locked(ambassador_id)
    if ambassador.state == "declined":
        return
    if ambassador.state != "invited":
        raise Conflict
    ambassador.state = "declined"
    ambassador.ended_at = clock.now()
    if ask_again:
        ambassador.ask_again_on = clock.add_months(clock.today(), ASK_AGAIN_MONTHS)
    db.session.flush()
    _answered(ambassador, "declined", by)


def _locked(ambassador_id: uuid.UUID) -> Ambassador:
    found = db.session.scalar(
        select(Ambassador).where(Ambassador.id == ambassador_id).with_for_update()
    )
    if found is None:
        raise NotFound
    return found


def _answered(ambassador: Ambassador, verb: str, by: Actor) -> None:
    if by.link:
        links.use(by.link.link_id)
    messages.cancel_about("ambassador", [ambassador.id], by=by, why=verb)
    audit.write(verb, "ambassador", ambassador.id, by=by)


def _trained_by(ambassador: Ambassador) -> uuid.UUID | None:
    """The ambassador who trained this one on the course they come from, if one did."""
    active = select(Ambassador.person_id, Ambassador.id).where(
        Ambassador.state == "active", Ambassador.person_id != ambassador.person_id
    )
    others: dict[uuid.UUID, uuid.UUID] = {
        row.person_id: row.id for row in db.session.execute(active)
    }
    for training in current_registry().trainings(list(others)):
        if training.booking_id == ambassador.origin_booking_id:
            return others[training.trainer_id]
    return None


# -- by the clock --------------------------------------------------------------------------------


def lapse_due() -> None:
    """Invitations that nobody answered come to their end."""
    now = clock.now()
    lapsed = db.session.scalars(
        update(Ambassador)
        .where(Ambassador.state == "invited", Ambassador.invited_at <= now - STAYS_OPEN)
        .values(state="lapsed", ended_at=now, updated_at=now)
        .returning(Ambassador.id)
    ).all()
    messages.cancel_about("ambassador", lapsed, by=SYSTEM, why="the invitation has lapsed")


def ask_again_due() -> None:
    """Invite those once more who said "not now, ask me again", each time they said so once."""
    due = db.session.execute(
        update(Ambassador)
        .where(
            Ambassador.state == "declined",
            Ambassador.ask_again_on <= clock.today(),
            Ambassador.person_id == Person.id,
            Person.erased_at.is_(None),
        )
        .values(ask_again_on=None, updated_at=clock.now())
        .returning(
            Ambassador.person_id,
            Ambassador.locality_id,
            Ambassador.origin_booking_id,
            Ambassador.origin_label,
        )
    ).all()
    for person_id, locality_id, booking_id, label in due:
        _invite(
            person_id,
            locality_id,
            origin=(booking_id, label),
            volunteered=False,
            again=True,
            by=SYSTEM,
        )
