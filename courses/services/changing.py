"""Changing a cohort that people know of: proposed, shown with what people will be told, then done.

The edit page keeps the proposal in the draft; `apply` refuses when the cohort has changed since.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import delete, insert, update
from sqlalchemy.dialects.postgresql import Range

from courses.models import Cohort, Session, SessionTrainer
from courses.queries import clashes, cohorts
from courses.queries.cohorts import CohortFacts
from courses.services import links, notices
from courses.services.cohorts import locked, record
from courses.services.edits import (
    ON_THE_DAY,
    OTHER_PROPOSAL,
    Edit,
    SessionEdit,
    as_edit,
    as_json,
    differences,
    fingerprint,
    proposed,
    reviewed,
    unspoken,
)
from courses.services.notices import Change
from courses.services.schedule import (
    SUBJECT,
    TRAINER_TAKEN,
    VENUE_TAKEN,
    end_of_day,
    trainer_row,
)
from lms import audit, clock
from lms.contracts import Actor
from lms.db import Complaint, Complaints, crash_point, db, violations
from lms.errors import Conflict
from lms.events import CohortChanged
from lms.events import publish as tell
from lms.web import words

CHANGEABLE = ("scheduled", "published", "running")
PERSON_TAKEN = Complaint("sessions", "Somebody who is booked has another course at that time")


def propose(cohort_id: uuid.UUID, edit: Edit, *, by: Actor) -> None:
    """Keep an edit for review; `Complaints` name what cannot be, on the fields of the form."""
    cohort = locked(cohort_id)
    facts = cohorts.facts(cohort_id)
    _check(facts, edit, by)
    cohort.draft = {"edit": as_json(edit), "base": fingerprint(facts)}


def apply(cohort_id: uuid.UUID, *, by: Actor, seen: str | None = None) -> int:
    """Do what was reviewed (`seen`, as `reviewed` says it) and tell everybody; how many were told.

    Raises `Conflict` when the cohort is no longer as it was reviewed, `Complaint` when somebody
    has proposed something else meanwhile, `Complaints` when a room, a trainer or a learner is
    taken, or there are more people than places.
    """
    cohort = locked(cohort_id)
    before = cohorts.facts(cohort_id)
    edit = proposed(before)
    if edit is None:
        raise Conflict("Somebody else has changed this cohort since you looked at it.")
    if seen is not None and seen != reviewed(before):
        raise OTHER_PROPOSAL
    _check(before, edit, by)
    changes = differences(before, edit)
    silent = unspoken(before, edit)
    _set_numbers(cohort, before, edit)
    for name in ON_THE_DAY:
        setattr(cohort, name, edit.on_the_day.get(name) or None)
    cohort.draft = None
    cancelled = _change_sessions(before, edit, by)
    db.session.flush()
    return _tell(before, changes, silent, cancelled, by)


def _tell(
    before: CohortFacts,
    changes: Sequence[Change],
    silent: Sequence[Change],
    cancelled: Sequence[uuid.UUID],
    by: Actor,
) -> int:
    said = "; ".join(f"{c.field}: {c.old} → {c.new}" for c in (*changes, *silent))
    if not said:
        return 0
    record(before.id, before.state, before.state, by=by, why=said)
    audit.write("changed", SUBJECT, before.id, by=by, after={"fields": [c.field for c in changes]})
    tell(CohortChanged(by, before.id, tuple(c.field for c in (*changes, *silent))))
    after = cohorts.facts(before.id)
    links.follow(after)
    crash_point("cohort.changed")
    gone = [session for session in after.sessions if session.id in cancelled]
    notices.sessions_cancelled(after, gone, by=by)
    if told := [c for c in changes if c.new != "cancelled"]:
        notices.changed(after, told, by=by)
    return before.seats_taken if changes else 0


def _check(cohort: CohortFacts, edit: Edit, by: Actor) -> None:
    if cohort.state not in CHANGEABLE:
        raise Complaint("", f"This cohort is {cohort.state}, so it cannot be changed")
    found: list[Complaint] = []
    if edit.capacity < cohort.seats_taken:
        found.append(_too_small(cohort))
    if edit.minimum is not None and edit.minimum > edit.capacity:
        found.append(Complaint("minimum", f"Minimum must be {edit.capacity} or fewer"))
    found += _held(cohort, edit)
    if all(new.cancelled for new in edit.sessions) and edit.sessions:
        found.append(Complaint("", "Cancel the cohort instead of every session"))
    found += _clashes(cohort, edit, by)
    if found:
        raise Complaints(*found)


def _held(cohort: CohortFacts, edit: Edit) -> list[Complaint]:
    """Sessions that have begun keep their time and room."""
    held = {session.id: session for session in cohort.held}
    if set(held) != {new.id for new in edit.sessions}:
        raise Conflict("Somebody else has changed the sessions.")
    found = []
    for new in edit.sessions:
        old = held[new.id]
        moved = (old.start, old.end, old.venue_id) != (new.start, new.end, new.venue_id)
        if old.start <= clock.now() and (moved or new.cancelled):
            text = (
                f"Session {old.number} has been held, so its date cannot change. "
                "You can correct the register instead."
            )
            found.append(Complaint(f"session-{old.number}", text))
    return found


def _too_small(cohort: CohortFacts) -> Complaint:
    seats = cohort.seats_taken
    return Complaint(
        "capacity",
        f"Capacity must be {seats} or more, because {words.plural(seats, 'person', 'people')} "
        f"{'is' if seats == 1 else 'are'} booked",
    )


def _clashes(cohort: CohortFacts, edit: Edit, by: Actor) -> list[Complaint]:
    """Rooms and trainers that are taken, as far as the review can see; the database decides."""
    numbers = {session.id: session.number for session in cohort.held}
    found: list[Complaint] = []
    for new in edit.sessions:
        if new.cancelled:
            continue
        times = [(new.start, new.end)]
        said = [
            clash.of_trainer()
            for clash in clashes.of_trainers(by, new.trainer_ids, times, leaving_out=cohort.id)
        ]
        if new.venue_id:
            rooms = clashes.of_venue(by, new.venue_id, times, leaving_out=cohort.id)
            said = [clash.of_venue() for clash in rooms] + said
        found += [Complaint(f"session-{numbers[new.id]}", sentence) for sentence in said]
    return found


def _set_numbers(cohort: Cohort, before: CohortFacts, edit: Edit) -> None:
    with violations(ck_cohort_not_oversold=_too_small(before)):
        cohort.capacity, cohort.minimum = edit.capacity, edit.minimum
        cohort.closes_at = end_of_day(edit.last_day)


def _change_sessions(before: CohortFacts, edit: Edit, by: Actor) -> list[uuid.UUID]:
    """Let go of every changed session, then take the new times: so two may change places."""
    held = {session.id: session for session in before.held}
    changed = [new for new in edit.sessions if as_edit(held[new.id]) != new]
    if not changed:
        return []
    ids = [new.id for new in changed]
    try:
        with violations(
            ex_session_venue_clash=VENUE_TAKEN,
            ex_session_trainer_clash=TRAINER_TAKEN,
            ex_place_person_clash=PERSON_TAKEN,
        ):
            db.session.execute(delete(SessionTrainer).where(SessionTrainer.session_id.in_(ids)))
            db.session.execute(update(Session).where(Session.id.in_(ids)).values(holds=False))
            for new in changed:
                _change_session(new, held[new.id].sequence)
    except Complaint as refused:
        raise _explained(refused, before, changed, by) from refused
    return [new.id for new in changed if new.cancelled]


def _change_session(new: SessionEdit, sequence: int) -> None:
    during = Range(new.start, new.end, bounds="[)")
    db.session.execute(
        update(Session)
        .where(Session.id == new.id)
        .values(
            during=during,
            venue_id=new.venue_id,
            link=new.link or None,
            holds=not new.cancelled,
            sequence=sequence + 1,
            updated_at=clock.now(),
        )
    )
    if new.trainer_ids and not new.cancelled:
        row = {"id": new.id, "during": during}
        db.session.execute(
            insert(SessionTrainer), [trainer_row(row, one) for one in new.trainer_ids]
        )


def _explained(
    refused: Complaint, cohort: CohortFacts, changed: Sequence[SessionEdit], by: Actor
) -> Complaint:
    if refused is not PERSON_TAKEN:
        return refused
    from_now = [(new.start, new.end) for new in changed if not new.cancelled]
    people = notices.people_booked(cohort.id)
    found = clashes.of_people(by, people, from_now, leaving_out=cohort.id)
    return Complaint("sessions", found[0].of_person() if found else refused.text)
