"""Files that imports hand out: the rows that were not added with their reasons, and examples.

Views call these; every cell is written as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from courses.imports import fields
from courses.imports.batches import Batch, KeptRow
from lms.spreadsheets import TYPES, Table, write

REASON = "Reason"
EXAMPLE = (
    ("Okafor, Amara", "amara.okafor@example.org", "Health visitor", "Community NHS Trust", "East"),
    ("O’Neill, Siân", "sian.oneill@example.org", "Midwife", "Community NHS Trust", ""),
    ("Marsh, Colin", "", "Church or faith group volunteer", "St Hugh’s Church", ""),
)
HEADINGS = ("Surname, Forename", "E-mail", "Job", "Organisation", "Team")


def refused(batch: Batch, headings: Sequence[KeptRow], rows: Sequence[KeptRow]) -> bytes:
    """The rows in the format they came in: the same columns, and why they were not added."""
    heading = headings[-1].line.cells if headings else ()
    width = max((len(row.line.cells) for row in rows), default=len(heading))
    header = (*heading, *[""] * (width - len(heading)), REASON) if heading else ()
    lines = [(*row.line.cells, *[""] * (width - len(row.line.cells)), why(row)) for row in rows]
    return write(batch.reading["form"], [Table(batch.reading["sheet"], header, lines)])


def why(row: KeptRow) -> str:
    """A row's reasons in a line: "Row 12. D12: Not an e-mail address (j.patel@@herts.nhs)"."""
    return f"Row {row.row_no}. " + "; ".join(reason.sentence for reason in row.reasons)


def refused_name(batch: Batch) -> str:
    """What the returned file is called."""
    return f"{PurePath(batch.file_name).stem} - not added.{batch.reading['form']}"


def content_type(form: str) -> str:
    """The content type of a format."""
    return TYPES[form]


def example(form: str) -> bytes:
    """A file that is read without a question."""
    return write(form, [Table("People", HEADINGS, EXAMPLE)])


def wanted() -> list[tuple[str, str]]:
    """What we look for, and under which headings, for the page that explains it."""
    return [
        (fields.FIELDS[fields.NAME], "Name, Full name, Surname, Forename, Delegate, Participant"),
        ("or first and last name", "First name, Forename; Last name, Surname"),
        (fields.FIELDS[fields.EMAIL], "E-mail, Email address, Work e-mail"),
        (fields.FIELDS[fields.PROFESSION], "Job, Job title, Role, Profession"),
        (fields.FIELDS[fields.ORGANISATION], "Organisation, Agency, Employer, School"),
        (fields.FIELDS[fields.TEAM], "Team, Department, Service"),
    ]
