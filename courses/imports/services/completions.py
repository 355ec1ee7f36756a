"""Completions of e-learning from a provider's export: staged, previewed, kept as evidence.

The views call `stage`, `answer` and `confirm`; evidence is append-only, so there is no undo, and
the same file again adds nothing.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select, update

from courses import access
from courses.imports import addresses, batches, lines
from courses.imports.batches import Batch, KeptRow
from courses.imports.completing import Evidence, Judged, Learner, judge
from courses.imports.drafts import Choice
from courses.imports.lines import Line
from courses.imports.services.deciding import (
    SUBJECT,
    counts,
    counts_of,
    require_staged,
    update_batch,
)
from courses.imports.services.staging import forget_answers, insert_batch, insert_rows
from courses.imports.uploads import Upload
from courses.models import Booking, Cohort, Component, ComponentCompletion, Course, Edition
from courses.services import completion
from lms import audit, clock
from lms.contracts import Actor, ImportKind
from lms.db import Complaint, crash_point, db, lock_row
from lms.people.models import Person, PersonEmail
from lms.records import ImportBatch, ImportRow
from lms.spreadsheets.headings import plain


def stage(upload: Upload, *, by: Actor) -> uuid.UUID:
    """Keep an export with a decision on every row; the batch's id."""
    batch_id = insert_batch(upload, ImportKind.COMPLETIONS, by=by)
    judged = _judge(by, upload.lines, {})
    decisions = [one.decision for one in judged]
    insert_rows(batch_id, upload.lines, decisions)
    update_batch(batch_id, counts=counts(upload.lines, decisions))
    crash_point("import.staged")
    return batch_id


def answer(
    batch_id: uuid.UUID, answers: Mapping[int, Mapping[str, str | None]], *, by: Actor
) -> None:
    """Keep which rows are left out, and decide on every row again."""
    batch = _locked(batch_id, by)
    require_staged(batch)
    found = [
        row.answered(given) if given else row
        for row in batches.rows(batch_id)
        for given in [answers.get(row.row_no)]
    ]
    changed = [{"id": row.id, "choice": dict(row.choice)} for row in found if row.row_no in answers]
    if changed:
        db.session.execute(update(ImportRow), changed)
    _again(batch, found, by)


def start_again(batch_id: uuid.UUID, *, by: Actor) -> None:
    """Forget which rows were left out and decide on every row again."""
    batch = _locked(batch_id, by)
    require_staged(batch)
    _again(batch, forget_answers(batch_id), by)


def confirm(batch_id: uuid.UUID, *, by: Actor) -> None:
    """Keep the evidence of a staged batch, once; the bookings it is about are judged again."""
    batch = _locked(batch_id, by)
    if batch.state == batches.CONFIRMED:
        return
    require_staged(batch)
    found = batches.rows(batch_id)
    judged = _again(batch, found, by)
    adding = [(row, one.evidence) for row, one in zip(found, judged, strict=True) if one.evidence]
    if not adding:
        raise Complaint("add", "There is nothing to add. The rows below say why")
    crash_point("import.adding")
    completion.add_component([_kept(batch, row, one) for row, one in adding], by=by)
    db.session.execute(
        update(ImportRow),
        [
            {"id": row.id, "target_type": batches.EVIDENCE, "target_id": one.booking_id}
            for row, one in adding
        ],
    )
    made = {"evidence": [str(one.booking_id) for _, one in adding]}
    numbers = counts_of(found, [one.decision for one in judged])
    update_batch(
        batch_id,
        state=batches.CONFIRMED,
        confirmed_at=clock.now(),
        counts={**numbers, "made": made},
    )
    audit.write("imported", SUBJECT, batch_id, by=by, after={"completions": len(adding)})
    crash_point("import.confirmed")


def _kept(batch: Batch, row: KeptRow, evidence: Evidence) -> dict[str, object]:
    return {
        "booking_id": evidence.booking_id,
        "component_id": evidence.component_id,
        "completed_at": evidence.completed_at,
        "minutes": evidence.minutes,
        "source": "import_row",
        "source_ref": evidence.source_ref,
        "evidence": {"import": str(batch.id), "row": row.row_no, "importer": batch.importer_key},
    }


def _locked(batch_id: uuid.UUID, by: Actor) -> Batch:
    batches.get(by, batch_id)
    lock_row(ImportBatch, batch_id)
    return batches.get(by, batch_id)


def _again(batch: Batch, found: Sequence[KeptRow], by: Actor) -> list[Judged]:
    judged = _judge(by, [row.line for row in found], {row.row_no: row.choice for row in found})
    decisions = [one.decision for one in judged]
    batches.save_decisions(found, decisions)
    update_batch(batch.id, counts=counts_of(found, decisions))
    return judged


def _judge(by: Actor, found: Sequence[Line], choices: Mapping[int, Choice]) -> list[Judged]:
    emails = {
        addresses.read(line.read.get("email", "")).email
        for line in found
        if line.kind == lines.PERSON
    } - {""}
    learners = _learners(by, emails)
    bookings = [one.booking_id for same in learners.values() for one in same]
    return judge(found, choices, learners, _held(bookings))


def _learners(by: Actor, emails: set[str]) -> dict[str, list[Learner]]:
    """Who of these addresses is booked on a cohort in the actor's reach, newest cohort first."""
    rows = db.session.execute(
        select(
            func.lower(PersonEmail.address),
            Booking.id,
            Course.key,
            Course.title,
            Component.key,
            Component.title,
            Component.id,
        )
        .join(Person, Person.id == PersonEmail.person_id)
        .join(Booking, Booking.person_id == Person.id)
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .join(Component, Component.edition_id == Edition.id)
        .where(
            PersonEmail.address.in_(emails),
            Booking.state == "booked",
            Component.kind == "e-learning",
            access.cohorts(by, access.MANAGE),
        )
        .order_by(Booking.created_at.desc(), Booking.id)
    )
    parts: defaultdict[uuid.UUID, dict[str, uuid.UUID]] = defaultdict(dict)
    about: dict[uuid.UUID, tuple[str, str, str]] = {}
    for email, booking_id, key, title, component, called, component_id in rows:
        about[booking_id] = (str(email), key, title)
        parts[booking_id] |= {component: component_id, plain(called): component_id}
    found: defaultdict[str, list[Learner]] = defaultdict(list)
    for booking_id, (email, key, title) in about.items():
        found[email].append(Learner(booking_id, key, title, parts[booking_id]))
    return found


def _held(booking_ids: Sequence[uuid.UUID]) -> set[tuple[uuid.UUID, uuid.UUID, str]]:
    rows = db.session.execute(
        select(
            ComponentCompletion.booking_id,
            ComponentCompletion.component_id,
            ComponentCompletion.source_ref,
        ).where(ComponentCompletion.booking_id.in_(booking_ids))
    )
    return {(booking, component, ref) for booking, component, ref in rows}
