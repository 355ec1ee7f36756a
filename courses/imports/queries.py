"""Reads of imports: the preview's questions and lists, the rows to hand back, what hangs on one.

Views call these with a batch that `batches.get` gave; no query here changes anything.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from courses.imports import batches, columns, facts, fields, lines
from courses.imports.batches import Batch, KeptRow
from courses.imports.drafts import ATTENTION, OUT
from courses.imports.keeping import Particulars, particulars
from courses.imports.known import Named
from courses.imports.questions import Lists, Question, ask, session_options
from courses.models import Attendance, Booking, Completion, ComponentCompletion, Place
from courses.queries import register
from courses.queries.cohorts import CohortFacts
from lms.contracts import Actor
from lms.db import db
from lms.people.models import Person, PersonEmail
from lms.records import ImportBatch, ImportRow
from lms.registry import current_registry
from lms.web import words
from lms.web.context import settings
from lms.web.paging import Page, paginate

PER_PAGE = 50


def questions(batch: Batch, cohort: CohortFacts | None) -> list[Question]:
    """All questions of a staged batch, in the order of the file."""
    rows = batches.rows(batch.id, ImportRow.verdict == ATTENTION)
    if not rows:
        return []
    return ask(rows, _lists(cohort))


def _lists(cohort: CohortFacts | None) -> Lists:
    places = cohort.localities if cohort else ()
    organisations = facts.organisations([key for key, _ in places])
    return Lists(
        professions=_pairs(facts.professions().items),
        organisations=_pairs(organisations.items),
        places=tuple((str(key), name) for key, name in places),
        sessions=session_options(facts.known_sessions(cohort)) if cohort else (),
    )


def _pairs(items: Sequence[Named]) -> tuple[tuple[str, str], ...]:
    return tuple((str(one.id), one.name) for one in items)


def rows(batch: Batch, verdict: str, *, number: int | None = None) -> Page[KeptRow]:
    """A page of the rows of a verdict, without the titles above the list."""
    statement = (
        select(
            ImportRow.id,
            ImportRow.row_no,
            ImportRow.raw,
            ImportRow.choice,
            ImportRow.verdict,
            ImportRow.reasons,
            ImportRow.target_id,
        )
        .where(
            ImportRow.batch_id == batch.id,
            ImportRow.verdict == verdict,
            ImportRow.raw["kind"].astext.not_in(lines.QUIET),
        )
        .order_by(ImportRow.row_no)
    )
    return paginate(statement, per_page=PER_PAGE, number=number).map(_kept)


def kept(actor: Actor, cohort: CohortFacts, found: Sequence[KeptRow]) -> Mapping[int, Particulars]:
    """What will be kept of rows that will be added, by the row's number."""
    lines_ = [row.line for row in found]
    choices = {row.row_no: row.choice for row in found}
    return particulars(found, facts.load(actor, cohort, lines_, choices))


def _kept(row: Any) -> KeptRow:
    return batches.kept(*row)


def refused(batch: Batch) -> list[KeptRow]:
    """People's rows that were not added: they need attention, are double or were left out."""
    found = batches.rows(batch.id, ImportRow.verdict.in_((ATTENTION, OUT)))
    return [row for row in found if row.line.kind == lines.PERSON]


def heading_rows(batch: Batch) -> list[KeptRow]:
    """The rows of headings, for the file that goes back."""
    found = batches.rows(batch.id, ImportRow.raw["kind"].astext == lines.HEADING)
    return found[-1:]


def reading(batch: Batch) -> list[str]:
    """How the file was read, in a line: the headings' row, each field's column, and the rest."""
    if batch.reading["importer"]:
        return [f"Read as {batch.reading['importer']}"]
    found = batch.columns
    heading = heading_rows(batch)
    parts = [f"Headings found in row {heading[-1].row_no}" if heading else "No headings"]
    cells = [cell.strip() for cell in heading[-1].line.cells] if heading else []
    for name, column in found.at.items():
        said = f" “{cells[column]}”" if column < len(cells) and cells[column] else ""
        parts.append(f"{fields.SHORT[name]} = column {columns.letters(column)}{said}")
    taken = set(found.at.values())
    rest = [cell for column, cell in enumerate(cells) if cell and column not in taken]
    return [*parts, f"Not read: {words.listing(rest)}"] if rest else parts


def top_rows(batch: Batch, count: int = 12) -> list[KeptRow]:
    """The first rows of the sheet, for choosing columns by."""
    found = batches.rows(batch.id, ImportRow.row_no <= 60)
    return [row for row in found if row.line.kind != lines.BLANK][:count]


def all_rows(batch: Batch) -> list[KeptRow]:
    """Every row of the file."""
    return batches.rows(batch.id)


def delay() -> timedelta:
    """How long confirmations wait for an undo."""
    return timedelta(minutes=settings().message_delay_minutes)


def goes_at(batch: Batch) -> datetime | None:
    """When the confirmations of a confirmed batch go."""
    if batch.confirmed_at is None:
        return None
    return batch.confirmed_at + delay()


def without_address(batch: Batch) -> int:
    """How many of those whom a file booked have no address for messages: theirs are printed."""
    booked = [uuid.UUID(one) for one in batch.made.get("bookings", ())]
    address = select(PersonEmail.id).where(
        PersonEmail.person_id == Booking.person_id, PersonEmail.is_primary
    )
    found = select(func.count()).where(Booking.id.in_(booked), ~address.exists())
    return db.session.scalar(found) or 0


def hanging(batch_id: uuid.UUID) -> list[str]:
    """What keeps an import from being undone, a sentence each; every room has its say."""
    return current_registry().undo_blockers(batch_id)


def undo_blockers(batch_id: uuid.UUID) -> list[str]:
    """This room's own: who of an import has been marked, has finished or did e-learning.

    The import's own marks are undone with it, and so is what was finished by them alone.
    """
    ours = _marks_of(batch_id)
    marked = _has_marks(Attendance.id.not_in(ours), register.is_current())
    learned = (
        select(ComponentCompletion.id).where(ComponentCompletion.booking_id == Booking.id).exists()
    )
    finished = (
        select(Completion.id)
        .where(Completion.booking_id == Booking.id, Completion.verdict == "completed")
        .exists()
    ) & ~_has_marks(Attendance.id.in_(ours))
    found = db.session.execute(
        select(func.btrim(Person.given_name + " " + Person.family_name), marked)
        .join(Booking, Booking.person_id == Person.id)
        .join(ImportRow, ImportRow.target_id == Booking.id)
        .where(
            ImportRow.batch_id == batch_id,
            ImportRow.target_type == batches.BOOKING,
            or_(marked, learned, finished),
        )
        .order_by(Person.sort_key)
        .limit(20)
    )
    return [
        f"{name} is marked on a register"
        if on_register
        else f"{name} has done a part of the course"
        for name, on_register in found
    ]


def _marks_of(batch_id: uuid.UUID) -> list[uuid.UUID]:
    """The marks that an import made."""
    counts = db.session.scalar(select(ImportBatch.counts).where(ImportBatch.id == batch_id)) or {}
    return [uuid.UUID(one) for one in counts.get("made", {}).get("marks", ())]


def _has_marks(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(Place.booking_id)
        .join(Attendance, Attendance.place_id == Place.id)
        .where(Place.booking_id == Booking.id, *conditions)
        .exists()
    )
