"""Pressing "Add": people, organisations, bookings and the waiting list, all or nothing, once.

The view calls `confirm`; what has become impossible since the preview stays behind with its reason.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import update

from courses.imports import batches
from courses.imports.batches import KeptRow
from courses.imports.drafts import Plan
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
from lms.people.services.organisations import add_organisations
from lms.people.services.people import NewPerson, add_people
from lms.records import ImportRow


def confirm(batch_id: uuid.UUID, *, by: Actor) -> None:
    """Add the people of a staged batch, all in this transaction; once, however often it is asked.

    Every row is decided once more first: what has become impossible stays behind with its reason.
    Raises a `Complaint` when nobody is left to add.
    """
    be_patient(60)
    batch, cohort = locked(batch_id, by)
    if batch.state == batches.CONFIRMED:
        return
    require_staged(batch)
    check_open(cohort)
    found = batches.rows(batch_id)
    decisions = assess_again(batch, cohort, found, by)
    adding = [
        (row, decision.plan)
        for row, decision in zip(found, decisions, strict=True)
        if decision.plan is not None
    ]
    if not adding:
        raise Complaint("add", "Nobody is left to add. The rows below say why")
    crash_point("import.adding")
    made = _add(cohort, adding, batch_id, by)
    numbers = counts_of(found, decisions)
    update_batch(
        batch_id,
        state=batches.CONFIRMED,
        confirmed_at=clock.now(),
        counts={**numbers, "made": made},
    )
    said = {name: len(ids) for name, ids in made.items()}
    audit.write("imported", SUBJECT, batch_id, by=by, after={"cohort": cohort.code, **said})
    crash_point("import.confirmed")


def _add(
    cohort: CohortFacts, adding: Sequence[tuple[KeptRow, Plan]], batch_id: uuid.UUID, by: Actor
) -> dict[str, list[str]]:
    """New organisations, new people, bookings, the waiting list; the ids of what was made."""
    plans = [plan for _, plan in adding]
    places = _organisations(plans, by)
    new = [plan for plan in plans if plan.person_id is None]
    created = iter(add_people([_person(plan, places) for plan in new], by=by))
    people = [plan.person_id or next(created) for plan in plans]
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
    for row, one in waits:
        waiting.join(cohort.course_id, one, by=by, cohort_id=cohort.id)
        targets.append({"id": row.id, "target_type": batches.WAITING, "target_id": one})
    db.session.execute(update(ImportRow), targets)
    return {
        "bookings": [str(key) for key in ids],
        "people": [str(one) for one in fresh],
        "waiting": [str(one) for _, one in waits],
    }


def _organisations(plans: Sequence[Plan], by: Actor) -> dict[tuple[uuid.UUID, str], uuid.UUID]:
    """Make the organisations that are new, once each; ids by place and name."""
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
