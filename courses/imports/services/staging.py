"""An upload becomes a preview: every row decided on, kept, asked about; nobody is booked.

Views call these; staged files are forgotten when they are cancelled, or after a day.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import delete, insert, null, update

from courses.imports import batches, lines, uploads
from courses.imports.batches import Batch, KeptRow
from courses.imports.columns import Columns
from courses.imports.drafts import Decision
from courses.imports.lines import Line
from courses.imports.services.deciding import (
    assess_again,
    check_open,
    counts,
    decide,
    locked,
    require_staged,
    update_batch,
)
from courses.imports.uploads import Upload
from courses.queries import cohorts
from lms import clock
from lms.contracts import Actor, ImportKind, Sheet
from lms.db import crash_point, db, lock_row, uuid7
from lms.records import ImportBatch, ImportRow


def stage(cohort_id: uuid.UUID, upload: Upload, *, by: Actor) -> uuid.UUID:
    """Keep an upload with a decision on every row; the batch's id. Nobody is booked by this."""
    cohort = cohorts.facts(cohort_id)
    check_open(cohort)
    batch_id = insert_batch(upload, ImportKind.PEOPLE, by=by, cohort_id=cohort_id)
    decisions = decide(by, cohort, upload.lines, {}, sure=upload.columns.sure)
    insert_rows(batch_id, upload.lines, decisions)
    update_batch(batch_id, counts=counts(upload.lines, decisions))
    crash_point("import.staged")
    return batch_id


def insert_batch(
    upload: Upload, kind: ImportKind, *, by: Actor, cohort_id: uuid.UUID | None = None
) -> uuid.UUID:
    """The batch's own row."""
    batch_id = uuid7()
    db.session.execute(
        insert(ImportBatch).values(
            id=batch_id,
            kind=kind.value,
            importer_key=upload.importer_key,
            subject_type=batches.COHORT if cohort_id else None,
            subject_id=cohort_id,
            file_name=upload.file_name,
            file_sha256=upload.sha256,
            by_id=by.person_id,
            by_label=by.name,
            reading={
                "sheet": upload.sheet.name,
                "form": upload.form,
                "importer": upload.importer,
                "columns": upload.columns.as_json(),
                "dropped": list(upload.dropped),
                "notes": list(upload.notes),
                "formulas": sorted(upload.sheet.formulas),
            },
        )
    )
    return batch_id


def insert_rows(batch_id: uuid.UUID, found: Sequence[Line], decisions: Sequence[Decision]) -> None:
    """Every line with its decision."""
    db.session.execute(
        insert(ImportRow),
        [
            {
                "batch_id": batch_id,
                "row_no": line.row_no,
                "raw": line.as_json(),
                "verdict": decision.verdict,
                "reasons": [reason.as_json() for reason in decision.reasons],
            }
            for line, decision in zip(found, decisions, strict=True)
        ],
    )


def set_columns(batch_id: uuid.UUID, columns: Columns, *, by: Actor) -> None:
    """Read the rows again by other columns; answers given so far are forgotten."""
    batch, cohort = locked(batch_id, by)
    require_staged(batch)
    found = batches.rows(batch_id)
    sheet = sheet_of(batch, found)
    gone = uploads.sensitive(sheet, columns)
    sheet = lines.without(sheet, list(gone))
    again = lines.read(sheet, columns)
    decisions = decide(by, cohort, again, {}, sure=True)
    db.session.execute(
        update(ImportRow),
        [
            {
                "id": row.id,
                "raw": line.as_json(),
                "choice": null(),
                "verdict": decision.verdict,
                "reasons": [reason.as_json() for reason in decision.reasons],
            }
            for row, line, decision in zip(found, again, decisions, strict=True)
        ],
    )
    reading = {
        **batch.reading,
        "columns": replace(columns, sure=True).as_json(),
        "importer": "",
        "dropped": sorted({*batch.reading["dropped"], *gone.values()}),
    }
    update_batch(
        batch_id,
        reading=reading,
        importer_key=uploads.REGISTER,
        counts=counts(again, decisions),
    )


def sheet_of(batch: Batch, found: Sequence[KeptRow]) -> Sheet:
    """The sheet as it was kept."""
    return Sheet(
        name=batch.reading["sheet"],
        rows=tuple(row.line.cells for row in found),
        row_numbers=tuple(row.row_no for row in found),
        formulas=frozenset(batch.reading["formulas"]),
        notes=tuple(batch.reading["notes"]),
    )


def answer(
    batch_id: uuid.UUID, answers: Mapping[int, Mapping[str, str | None]], *, by: Actor
) -> None:
    """Keep what the person answered, by row number, and decide on every row again.

    An answer of None takes an earlier one back.
    """
    batch, cohort = locked(batch_id, by)
    require_staged(batch)
    found = batches.rows(batch_id)
    changed = []
    for place, row in enumerate(found):
        given = answers.get(row.row_no)
        if given:
            found[place] = row.answered(given)
            changed.append({"id": row.id, "choice": dict(found[place].choice)})
    if changed:
        db.session.execute(update(ImportRow), changed)
    assess_again(batch, cohort, found, by)


def start_again(batch_id: uuid.UUID, *, by: Actor) -> None:
    """Forget all answers and decide on every row again."""
    batch, cohort = locked(batch_id, by)
    require_staged(batch)
    assess_again(batch, cohort, forget_answers(batch_id), by)


def forget_answers(batch_id: uuid.UUID) -> list[KeptRow]:
    """Take every answer out of the rows; the rows without them."""
    db.session.execute(
        update(ImportRow)
        .where(ImportRow.batch_id == batch_id, ImportRow.choice.is_not(None))
        .values(choice=null())
        .execution_options(synchronize_session=False)
    )
    return batches.rows(batch_id)


def discard(batch_id: uuid.UUID, *, by: Actor) -> None:
    """Forget a staged file: its rows go at once."""
    batches.get(by, batch_id)
    lock_row(ImportBatch, batch_id)
    require_staged(batches.get(by, batch_id))
    forget([batch_id])


def forget(batch_ids: Sequence[uuid.UUID]) -> None:
    """Drop the rows of staged files; that they were uploaded, when and by whom stays."""
    db.session.execute(delete(ImportRow).where(ImportRow.batch_id.in_(batch_ids)))
    db.session.execute(
        update(ImportBatch)
        .where(ImportBatch.id.in_(batch_ids))
        .values(state=batches.DISCARDED, file_name="", reading={}, updated_at=clock.now())
    )
