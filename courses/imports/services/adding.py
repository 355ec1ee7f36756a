"""Pressing "Add": people, organisations, bookings, the waiting list, marks; all or nothing, once.

The view calls `confirm`; what has become impossible since the preview stays behind with its reason.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import update

from courses.imports import batches
from courses.imports.batches import Batch, KeptRow
from courses.imports.drafts import Decision, MarkPlan, Plan
from courses.imports.queries import delay
from courses.imports.services import marks
from courses.imports.services.deciding import (
    SUBJECT,
    assess_again,
    check_open,
    counts_of,
    locked,
    require_staged,
    update_batch,
)
from courses.queries.cohorts import CohortFacts
from courses.services import booking, waiting
from courses.services.booking import Seat
from lms import audit, clock
from lms.contracts import Actor
from lms.db import Complaint, be_patient, crash_point, db
from lms.people.services import mailboxes
from lms.people.services.organisations import add_organisations
from lms.people.services.people import NewPerson, add_people
from lms.records import ImportRow


def confirm(batch_id: uuid.UUID, *, by: Actor) -> None:
    """Add the people of a staged batch, all in this transaction; once, however often it is asked.

    Every row is decided once more first: what has become impossible stays behind with its reason.
    Raises a `Complaint` when nothing is left to add.
    """
    be_patient(60)
    batch, cohort = locked(batch_id, by)
    if batch.state == batches.CONFIRMED:
        return
    require_staged(batch)
    check_open(cohort)
    found = batches.rows(batch_id)
    if any(row.line.marks for row in found):
        marks.hold(cohort)
    decisions = assess_again(batch, cohort, found, by)
    pairs = list(zip(found, decisions, strict=True))
    adding = [(row, decision.plan) for row, decision in pairs if decision.plan is not None]
    if not adding and not any(decision.taken for decision in decisions):
        raise Complaint("add", "Nobody is left to add. The rows below say why")
    crash_point("import.adding")
    made, people = _add(cohort, adding, batch_id, by)
    made["marks"] = _mark(cohort, pairs, people, batch, by)
    numbers = counts_of(found, decisions)
    update_batch(
        batch_id,
        state=batches.CONFIRMED,
        confirmed_at=clock.now(),
        counts={**numbers, "made": made},
    )
    said = {name: len(ids) for name, ids in made.items() if ids}
    audit.write("imported", SUBJECT, batch_id, by=by, after={"cohort": cohort.code, **said})
    crash_point("import.confirmed")


def _add(
    cohort: CohortFacts, adding: Sequence[tuple[KeptRow, Plan]], batch_id: uuid.UUID, by: Actor
) -> tuple[dict[str, list[str]], dict[int, uuid.UUID]]:
    """New organisations, people, bookings, waiting: the ids of what was made; people by row."""
    plans = [plan for _, plan in adding]
    places, employers = _organisations(plans, by)
    new = [plan for plan in plans if plan.person_id is None]
    created = iter(add_people([_person(plan, places) for plan in new], by=by))
    people = [plan.person_id or next(created) for plan in plans]
    if shared := {plan.shares for plan in plans if plan.shares}:
        mailboxes.say_shared(shared, by=by, import_id=batch_id)
    fresh = [one for one, plan in zip(people, plans, strict=True) if plan.person_id is None]
    together = list(zip(adding, people, strict=True))
    booked = [(row, plan, one) for (row, plan), one in together if not plan.waits]
    ids = booking.book_many(
        cohort.id,
        [Seat(one, waiver=plan.waiver, team=plan.team) for _, plan, one in booked],
        source="import",
        by=by,
        batch_id=batch_id,
    )
    targets = [
        {"id": row.id, "target_type": batches.BOOKING, "target_id": key}
        for (row, _, _), key in zip(booked, ids, strict=True)
    ]
    waits = [(row, one) for (row, plan), one in together if plan.waits]
    joined = waiting.join_imported(
        cohort, [one for _, one in waits], undo_until=clock.now() + delay(), by=by
    )
    targets += [
        {"id": row.id, "target_type": batches.WAITING, "target_id": one} for row, one in waits
    ]
    if targets:
        db.session.execute(update(ImportRow), targets)
    made = {
        "bookings": [str(key) for key in ids],
        "people": [str(one) for one in fresh],
        "waiting": [str(one) for one in joined],
        "organisations": [str(one) for one in employers],
    }
    return made, {row.row_no: one for (row, _), one in together}


def _mark(
    cohort: CohortFacts,
    pairs: Sequence[tuple[KeptRow, Decision]],
    added: Mapping[int, uuid.UUID],
    batch: Batch,
    by: Actor,
) -> list[str]:
    """The marks of who has a place now; the ids of what was made."""
    taking: list[tuple[uuid.UUID, MarkPlan]] = []
    targets = []
    for row, decision in pairs:
        person_id = decision.person_id or added.get(row.row_no)
        if person_id is None or not decision.taken:
            continue
        taking += [(person_id, mark) for mark in decision.taken]
        if decision.person_id:
            targets.append({"id": row.id, "target_type": batches.MARKED, "target_id": person_id})
    if targets:
        db.session.execute(update(ImportRow), targets)
    return [str(one) for one in marks.take(cohort, taking, batch, by)]


def _organisations(
    plans: Sequence[Plan], by: Actor
) -> tuple[dict[tuple[uuid.UUID, str], uuid.UUID], list[uuid.UUID]]:
    """Make the organisations that are new, once each: ids by place and name, and those made."""
    wanted = [one for plan in plans if (one := plan.new_organisation) is not None]
    return add_organisations([(one.name, one.place) for one in wanted if one.place], by=by)


def _person(plan: Plan, places: Mapping[tuple[uuid.UUID, str], uuid.UUID]) -> NewPerson:
    new = plan.new_organisation
    return NewPerson(
        given_name=plan.given_name,
        family_name=plan.family_name,
        email=plan.email,
        organisation_id=(
            places[new.place, new.name] if new and new.place else plan.organisation_id
        ),
        profession_id=plan.profession_id,
    )
