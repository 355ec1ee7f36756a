"""Imports as they are kept: one batch per file, one row per row of it; who may see which.

`services` writes through it, `queries` builds pages from it; only the uploader and administrators
see a batch, and only where they may book people.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, update

from courses import access
from courses.imports.columns import Columns
from courses.imports.drafts import ASKED, ATTENTION, LEAVE, Choice, Decision
from courses.imports.lines import Line
from courses.imports.reasons import Reason
from courses.models import Cohort
from lms import clock
from lms.contracts import Actor, ImportKind, Role
from lms.db import db
from lms.errors import NotFound
from lms.records import ImportBatch, ImportRow
from lms.web import words

COHORT, BOOKING, WAITING, EVIDENCE = "cohort", "booking", "waiting", "component_completion"
MARKED = "marked"
"""Somebody who was booked already, and whose marks the file brought."""
STAGED, CONFIRMED, UNDONE, DISCARDED = "staged", "confirmed", "undone", "discarded"


@dataclass(frozen=True)
class Batch:
    """One uploaded file, as pages show it."""

    id: uuid.UUID
    kind: str
    importer_key: str
    cohort_id: uuid.UUID | None
    file_name: str
    state: str
    reading: Mapping[str, Any]
    counts: Mapping[str, Any]
    by_id: uuid.UUID | None
    by_label: str
    created_at: datetime
    confirmed_at: datetime | None
    undone_at: datetime | None

    @property
    def columns(self) -> Columns:
        """What is in which column."""
        return Columns.from_json(self.reading["columns"])

    @property
    def sure(self) -> bool:
        """Whether rows may be read without asking for the columns first."""
        return self.columns.sure

    @property
    def is_people(self) -> bool:
        """Whether it brings people, and not completions."""
        return self.kind == ImportKind.PEOPLE

    def count(self, name: str) -> int:
        """How many rows of a verdict."""
        return int(self.counts.get(name, 0))

    @property
    def not_added(self) -> int:
        """How many people's rows are not added, and are not there already."""
        return self.count("people") - self.count("add") - self.count("already")

    @property
    def many(self) -> str:
        """ "3 people and 24 marks": what "Add" adds."""
        count, marks = self.count("add"), self.count("marks")
        if not self.is_people:
            return words.plural(count, "completion")
        people = [words.plural(count, "person", "people")] if count or not marks else []
        return words.listing([*people, *([words.plural(marks, "mark")] if marks else [])])

    @property
    def promise(self) -> str:
        """What "Add" would do, in numbers; the page sends it back, so that no more is done."""
        marks = self.count("marks")
        return f"{self.count('add')}" + (f" and {marks} marks" if marks else "")

    @property
    def marked_columns(self) -> list[list[Any]]:
        """Each column of marks: its heading; how many taken over, there already, passed over."""
        return [
            [f"{heading} (column {letter})" if letter else heading, *numbers]
            for letter, heading, *numbers in self.counts.get("columns", ())
        ]

    @property
    def made(self) -> Mapping[str, Any]:
        """What confirming made: bookings, people and waiting, in numbers and ids."""
        made: Mapping[str, Any] = self.counts.get("made", {})
        return made


@dataclass(frozen=True)
class KeptRow:
    """A row as kept: the line, what the person answered, and the last decision."""

    id: uuid.UUID
    line: Line
    choice: Choice
    verdict: str
    reasons: tuple[Reason, ...]
    target_id: uuid.UUID | None

    @property
    def row_no(self) -> int:
        """The number the spreadsheet shows."""
        return self.line.row_no

    def answered(self, given: Mapping[str, str | None]) -> KeptRow:
        """The row with these answers too; None takes one back. Left out, it keeps its questions."""
        choice = {name: said for name, said in {**self.choice, **given}.items() if said is not None}
        if LEAVE in given and self.verdict == ATTENTION:
            choice[ASKED] = "; ".join(reason.sentence for reason in self.reasons)
        return replace(self, choice=choice)


_COLUMNS = (
    ImportBatch.id,
    ImportBatch.kind,
    ImportBatch.importer_key,
    ImportBatch.subject_id,
    ImportBatch.file_name,
    ImportBatch.state,
    ImportBatch.reading,
    ImportBatch.counts,
    ImportBatch.by_id,
    ImportBatch.by_label,
    ImportBatch.created_at,
    ImportBatch.confirmed_at,
    ImportBatch.undone_at,
)


def get(actor: Actor, batch_id: uuid.UUID) -> Batch:
    """The batch, if it is the actor's own or they administer its place; else `NotFound`."""
    row = db.session.execute(
        select(*_COLUMNS).where(
            ImportBatch.id == batch_id, ImportBatch.state != DISCARDED, _reach(actor)
        )
    ).first()
    if row is None:
        raise NotFound
    return Batch(*row)


def reached(actor: Actor) -> Select[Any]:
    """The ids of the batches that the actor may look at again."""
    return select(ImportBatch.id).where(ImportBatch.state != DISCARDED, _reach(actor))


def of_cohort(actor: Actor, cohort_id: uuid.UUID, most: int = 20) -> list[Batch]:
    """The imports onto a cohort that the actor may look at again, newest first."""
    rows = db.session.execute(
        select(*_COLUMNS)
        .where(
            ImportBatch.subject_type == COHORT,
            ImportBatch.subject_id == cohort_id,
            ImportBatch.state != DISCARDED,
            _reach(actor),
        )
        .order_by(ImportBatch.created_at.desc(), ImportBatch.id.desc())
        .limit(most)
    )
    return [Batch(*row) for row in rows]


def _reach(actor: Actor) -> ColumnElement[bool]:
    reached = select(Cohort.id).where(access.cohorts(actor, access.MANAGE))
    own = and_(ImportBatch.by_id.is_not(None), ImportBatch.by_id == actor.person_id)
    people = and_(ImportBatch.subject_type == COHORT, ImportBatch.subject_id.in_(reached))
    if actor.has(Role.ADMINISTRATOR):
        return or_(people, and_(ImportBatch.subject_type.is_(None), own))
    return and_(or_(people, ImportBatch.subject_type.is_(None)), own)


def rows(batch_id: uuid.UUID, *conditions: ColumnElement[bool]) -> list[KeptRow]:
    """The batch's rows in the order of the file; what has been purged is not among them."""
    found = db.session.execute(
        select(
            ImportRow.id,
            ImportRow.row_no,
            ImportRow.raw,
            ImportRow.choice,
            ImportRow.verdict,
            ImportRow.reasons,
            ImportRow.target_id,
        )
        .where(ImportRow.batch_id == batch_id, ImportRow.raw.is_not(None), *conditions)
        .order_by(ImportRow.row_no)
    )
    return [kept(*row) for row in found]


def kept(
    key: uuid.UUID,
    row_no: int,
    raw: Mapping[str, Any],
    choice: Mapping[str, str] | None,
    verdict: str,
    reasons: Sequence[Mapping[str, Any]],
    target_id: uuid.UUID | None,
) -> KeptRow:
    """A row from its columns."""
    return KeptRow(
        key,
        Line.from_json(row_no, raw),
        choice or {},
        verdict,
        tuple(Reason.from_json(one) for one in reasons),
        target_id,
    )


def save_decisions(found: Sequence[KeptRow], decisions: Sequence[Decision]) -> None:
    """Keep the decisions that differ from the last ones."""
    changed = [
        {
            "id": row.id,
            "verdict": decision.verdict,
            "reasons": [reason.as_json() for reason in decision.reasons],
            "updated_at": clock.now(),
        }
        for row, decision in zip(found, decisions, strict=True)
        if (row.verdict, row.reasons) != (decision.verdict, decision.reasons)
    ]
    if changed:
        db.session.execute(update(ImportRow), changed)
