"""Changing a cohort that people know of: proposed, shown with what people will be told, then done.

The edit page keeps the proposal in the draft; `apply` refuses when the cohort has changed since.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import Range

from courses.models import Booking, Cohort, Place, Session, SessionTrainer
from courses.queries import clashes, cohorts, planning, register
from courses.queries.clashes import Wish
from courses.queries.cohorts import CohortFacts
from courses.services import links, notices, posting
from courses.services.cohorts import locked, record
from courses.services.edits import (
    ON_THE_DAY,
    OTHER_PROPOSAL,
    Edit,
    SessionEdit,
    added,
    as_edit,
    as_json,
    differences,
    fingerprint,
    numbers,
    proposed,
    reviewed,
    unspoken,
)
from courses.services.queue import answering, locking, offering
from courses.services.schedule import (
    SUBJECT,
    TRAINER_TAKEN,
    VENUE_TAKEN,
    end_of_day,
    trainer_row,
)
from courses.services.telling import Change, Told
from lms import audit, clock
from lms.contracts import Actor
from lms.db import Complaint, Complaints, crash_point, db, violations
from lms.errors import Conflict
from lms.events import CohortChanged
from lms.events import publish as tell
from lms.web import words

CHANGEABLE = ("scheduled", "published", "running")
MOST_NAMED = 5
"""So many people who are booked elsewhere are named at once."""
PERSON_TAKEN = Complaint("sessions", "Somebody who is booked has another course at that time")


def propose(cohort_id: uuid.UUID, edit: Edit, *, by: Actor) -> None:
    """Keep an edit for review; `Complaints` name what cannot be, on the fields of the form."""
    cohort = locked(cohort_id)
    facts = cohorts.facts(cohort_id)
    _check(facts, edit, by)
    cohort.draft = {"edit": as_json(edit), "base": fingerprint(facts)}


def apply(cohort_id: uuid.UUID, *, by: Actor, seen: str | None = None) -> Told:
    """Do what was reviewed (`seen`, as `reviewed` says it) and tell everybody; how many were told.

    A new session gets its room, its trainers and a place for everybody booked, or nothing changes.

    Raises `Conflict` when the cohort is no longer as it was reviewed, `Complaint` when somebody
    has proposed something else meanwhile, `Complaints` when a room, a trainer or a learner is
    taken, or there are more people than places.
    """
    locking.hold_cohorts([cohort_id])
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
    _change_sessions(before, edit, by)
    db.session.flush()
    told = _tell(before, changes, silent, by)
    offering.fill(before.course_id)
    return told


def _tell(
    before: CohortFacts,
    changes: Sequence[Change],
    silent: Sequence[Change],
    by: Actor,
) -> Told:
    said = "; ".join(_history(change) for change in (*changes, *silent))
    if not said:
        return Told()
    record(before.id, before.state, before.state, by=by, why=said)
    audit.write("changed", SUBJECT, before.id, by=by, after={"fields": [c.field for c in changes]})
    tell(CohortChanged(by, before.id, tuple(c.field for c in (*changes, *silent))))
    after = cohorts.facts(before.id)
    links.follow(after)
    crash_point("cohort.changed")
    told = notices.changed(before, after, changes, by=by)
    asked = answering.again(after, [one.said for one in changes], by=by) if changes else 0
    return replace(told, people=told.people + asked)


def _history(change: Change) -> str:
    was = f"{change.old} → " if change.old else ""
    return f"{change.field}: {was}{change.new}"


def _check(cohort: CohortFacts, edit: Edit, by: Actor) -> None:
    if cohort.state not in CHANGEABLE:
        raise Complaint("", f"This cohort is {cohort.state}, so it cannot be changed")
    found: list[Complaint] = []
    if edit.capacity < cohort.seats_taken:
        found.append(_too_small(cohort))
    if edit.minimum is not None and edit.minimum > edit.capacity:
        found.append(Complaint("minimum", f"Minimum must be {edit.capacity} or fewer"))
    found += _sessions(cohort, edit)
    if all(new.cancelled for new in edit.sessions) and edit.sessions:
        found.append(Complaint("", "Cancel the cohort instead of every session"))
    found += _taken(cohort, edit, by)
    if found:
        raise Complaints(*found)


def _sessions(cohort: CohortFacts, edit: Edit) -> list[Complaint]:
    """Sessions that have begun keep their time and room, marked ones are held, new ones to come."""
    held = {session.id: session for session in cohort.held}
    fresh = added(cohort, edit)
    parts = {one.id for one in planning.workshops(cohort.edition_id)}
    kept = {new.id for new in edit.sessions} - {new.id for new in fresh}
    if set(held) != kept or any(new.component_id not in parts for new in fresh):
        raise Conflict("Somebody else has changed the sessions.")
    progress = register.progress([cohort.id])
    found = []
    for new in edit.sessions:
        if new.id not in held:
            if new.start <= clock.now():
                found.append(Complaint(_field(new, "day"), "Choose a later date: this is past"))
            continue
        old = held[new.id]
        moved = (old.start, old.end, old.venue_id) != (new.start, new.end, new.venue_id)
        marked = old.id in progress and progress[old.id].marked
        if (old.start <= clock.now() or marked) and (moved or new.cancelled):
            text = (
                f"Session {old.number} has been held, so its date cannot change. "
                "You can correct the register instead."
            )
            found.append(Complaint(_field(new, "day"), text))
    return found


def _field(session: SessionEdit, name: str) -> str:
    """What a complaint about a session is on: the edit page knows its sessions by their keys."""
    return f"{session.id}-{name}"


def _too_small(cohort: CohortFacts) -> Complaint:
    seats = cohort.seats_taken
    return Complaint(
        "capacity",
        f"Capacity must be {seats} or more, because {words.plural(seats, 'person', 'people')} "
        f"{'is' if seats == 1 else 'are'} booked",
    )


def _taken(cohort: CohortFacts, edit: Edit, by: Actor) -> list[Complaint]:
    """Rooms, trainers and people that are taken, as far as can be seen; the database decides."""
    called = numbers(cohort, edit)
    stands = {session.id: as_edit(session) for session in cohort.held}
    by_number = {called[new.id]: new for new in edit.sessions if not new.cancelled}
    wishes = [
        Wish(number, new.start, new.end, new.venue_id, new.trainer_ids)
        for number, new in by_number.items()
    ]
    found = [
        Complaint(_field(by_number[one.number], one.what), one.text)
        for one in clashes.of_sessions(by, wishes, leaving_out=cohort.id)
    ]
    moved = [new for new in by_number.values() if not _same_time(new, stands.get(new.id))]
    times = [(new.start, new.end) for new in moved]
    for clash in clashes.of_people(
        by, posting.people_booked(cohort.id), times, leaving_out=cohort.id
    )[:MOST_NAMED]:
        new = next(one for one in moved if one.start < clash.end and clash.start < one.end)
        found.append(Complaint(_field(new, "day"), clash.of_person()))
    return found


def _same_time(new: SessionEdit, old: SessionEdit | None) -> bool:
    return old is not None and (new.start, new.end) == (old.start, old.end)


def _set_numbers(cohort: Cohort, before: CohortFacts, edit: Edit) -> None:
    with violations(ck_cohort_not_oversold=_too_small(before)):
        cohort.capacity, cohort.minimum = edit.capacity, edit.minimum
        cohort.closes_at = end_of_day(edit.last_day)


def _change_sessions(before: CohortFacts, edit: Edit, by: Actor) -> None:
    """Let go of every changed session, then take the new times: so two may change places."""
    held = {session.id: session for session in before.held}
    fresh = added(before, edit)
    changed = [new for new in edit.sessions if new.id in held and as_edit(held[new.id]) != new]
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
            _add_sessions(before.id, fresh)
    except Complaint as refused:
        raise _explained(refused, before, [*changed, *fresh], by) from refused


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


def _add_sessions(cohort_id: uuid.UUID, fresh: Sequence[SessionEdit]) -> None:
    """New sessions with their trainers and a place for everybody who is booked."""
    rows = [
        {
            "id": new.id,
            "cohort_id": cohort_id,
            "component_id": new.component_id,
            "during": Range(new.start, new.end, bounds="[)"),
            "venue_id": new.venue_id,
            "link": new.link or None,
            "holds": True,
        }
        for new in fresh
    ]
    if not rows:
        return
    db.session.execute(insert(Session), rows)
    pairs = zip(rows, fresh, strict=True)
    if teaching := [trainer_row(row, one) for row, new in pairs for one in new.trainer_ids]:
        db.session.execute(insert(SessionTrainer), teaching)
    booked = db.session.execute(
        select(Booking.id, Booking.person_id).where(
            Booking.cohort_id == cohort_id, Booking.state == "booked"
        )
    ).all()
    places = [
        {
            "booking_id": booking_id,
            "person_id": person_id,
            "session_id": row["id"],
            "during": row["during"],
            "holds": True,
        }
        for booking_id, person_id in booked
        for row in rows
    ]
    if places:
        db.session.execute(insert(Place).returning(Place.id), places)


def _explained(
    refused: Complaint, cohort: CohortFacts, changed: Sequence[SessionEdit], by: Actor
) -> Complaint:
    if refused is not PERSON_TAKEN:
        return refused
    from_now = [(new.start, new.end) for new in changed if not new.cancelled]
    people = posting.people_booked(cohort.id)
    found = clashes.of_people(by, people, from_now, leaving_out=cohort.id)
    return Complaint("sessions", found[0].of_person() if found else refused.text)
