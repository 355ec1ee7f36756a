"""What the writes of imports share: locking, deciding on every row, counting.

The other files of this drawer call it.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import update

from courses.imports import batches, facts, lines
from courses.imports.assessing import assess
from courses.imports.batches import Batch, KeptRow
from courses.imports.drafts import (
    ADD,
    ATTENTION,
    HAVE,
    NEW_MARK,
    OUT,
    PASSED_OVER,
    SAME_MARK,
    Decision,
    MarkPlan,
)
from courses.imports.lines import Line
from courses.queries import cohorts
from courses.queries.cohorts import CohortFacts
from courses.services.queue import locking
from lms import clock
from lms.contracts import Actor
from lms.db import Complaint, db, lock_row
from lms.errors import Conflict
from lms.records import ImportBatch

SUBJECT = "import_batch"
TAKES_PEOPLE = ("published", "running", "finished")


def check_open(cohort: CohortFacts) -> None:
    """Raise a `Complaint` unless people may be put on the cohort."""
    if cohort.state not in TAKES_PEOPLE:
        raise Complaint(
            "file", f"{cohort.course} ({cohort.code}) takes no bookings: it is {cohort.state}"
        )


def locked(batch_id: uuid.UUID, by: Actor) -> tuple[Batch, CohortFacts]:
    """The batch as it is now, with its cohort; both held until the end of the transaction."""
    batch = batches.get(by, batch_id)
    assert batch.cohort_id is not None
    locking.hold_cohorts([batch.cohort_id])
    lock_row(ImportBatch, batch_id)
    return batches.get(by, batch_id), cohorts.facts(batch.cohort_id)


def require_staged(batch: Batch) -> None:
    """Raise `Conflict` when the batch has been added or forgotten meanwhile."""
    if batch.state != batches.STAGED:
        raise Conflict("This file has been dealt with meanwhile.")


def decide(
    actor: Actor,
    cohort: CohortFacts,
    found: Sequence[Line],
    choices: Mapping[int, Mapping[str, str]],
    *,
    sure: bool,
) -> list[Decision]:
    """A decision for every line; before the columns are known every person is a question."""
    if sure:
        return assess(found, choices, facts.load(actor, cohort, found, choices))
    return [
        Decision(line.row_no, ATTENTION if line.kind == lines.PERSON else OUT) for line in found
    ]


def assess_again(
    batch: Batch, cohort: CohortFacts, found: Sequence[KeptRow], by: Actor
) -> list[Decision]:
    """Decide on every kept row as things stand now, and keep what has changed."""
    choices = {row.row_no: row.choice for row in found}
    decisions = decide(by, cohort, [row.line for row in found], choices, sure=batch.sure)
    batches.save_decisions(found, decisions)
    update_batch(batch.id, counts=counts_of(found, decisions))
    return decisions


def counts_of(found: Sequence[KeptRow], decisions: Sequence[Decision]) -> dict[str, Any]:
    """The counts of kept rows, with how many the person has answered about."""
    answered = sum(bool(row.choice) for row in found)
    return {**counts([row.line for row in found], decisions), "answered": answered}


def counts(found: Sequence[Line], decisions: Sequence[Decision]) -> dict[str, Any]:
    """How many rows of each verdict; what stands above the list is not counted as left out."""
    pairs = list(zip(found, decisions, strict=True))
    total = {verdict: 0 for verdict in (ADD, HAVE, ATTENTION, OUT)}
    for line, decision in pairs:
        if line.kind not in lines.QUIET:
            total[decision.verdict] += 1
    kinds = {
        kind: sum(line.kind == kind for line, _ in pairs)
        for kind in (lines.TITLE, lines.BLANK, lines.TOTAL, lines.SIGNATURE)
    }
    plans = [decision.plan for _, decision in pairs if decision.plan]
    new = {plan.new_organisation.name for plan in plans if plan.new_organisation}
    return {
        **total,
        **kinds,
        "people": sum(line.kind == lines.PERSON for line, _ in pairs),
        "waits": sum(plan.waits for plan in plans),
        "no_email": sum(plan.email is None and plan.person_id is None for plan in plans),
        "printed": sum(
            plan.email is None and plan.person_id is None and not plan.waits for plan in plans
        ),
        "organisations": sorted(new),
        **_marks([mark for _, decision in pairs for mark in decision.marks]),
    }


def _marks(marks: Sequence[MarkPlan]) -> dict[str, Any]:
    """How many marks are taken over, are there already, are passed over; and each column's."""
    states = (NEW_MARK, SAME_MARK, PASSED_OVER)
    columns: dict[tuple[str, str], Counter[str]] = {}
    for mark in marks:
        columns.setdefault(mark.column, Counter())[mark.state] += 1
    return {
        "marks": sum(mark.state == NEW_MARK for mark in marks),
        "columns": [
            [*column, *(columns[column][state] for state in states)]
            for column in sorted(columns, key=lambda one: (len(one[0]), one))
        ],
    }


def update_batch(batch_id: uuid.UUID, **values: Any) -> None:
    """Change columns of the batch's own row."""
    db.session.execute(
        update(ImportBatch)
        .where(ImportBatch.id == batch_id)
        .values(**values, updated_at=clock.now())
    )
