"""A document as CSV, Excel or ODS: one table a sheet, and a sheet of notes.

The download and the command line give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from lms.reports.documents.document import Cell, Document
from lms.reports.documents.words import counted_words, filter_words, key_words
from lms.spreadsheets import writing


def as_file(documents: Sequence[Document], form: str) -> bytes:
    """The tables of one report or of several, and what has to be known to read them."""
    tables = [sheet for document in documents for sheet in _sheets(document, form)]
    notes = [line for document in documents for line in notes_of(document)]
    return writing.write(form, tables, [*_contents(tables, form), *notes])


def rows_of(document: Document) -> int:
    """How many rows its tables have, for the audit trail."""
    return sum(len(table.rows) for table in document.tables)


def notes_of(document: Document) -> Iterator[str]:
    """What the sheet of notes says: the question, the sentences, the policy, the definitions."""
    yield document.title
    yield from (line for line in (document.about, document.headline) if line)
    yield from document.restated
    yield from (saying.text for saying in document.sayings)
    if document.empty:
        yield document.empty
    if document.hidden_words:
        yield document.hidden_words
    if key := key_words(*document.tables):
        yield key
    yield from dict.fromkeys(note for table in document.tables for note in table.notes)
    yield from (f"{term}: {text}" for term, text in document.definitions)
    yield counted_words(document)
    yield f"For: {document.audience_words}. {document.policy_words}"
    yield filter_words(document)


def _contents(tables: Sequence[writing.Table], form: str) -> Iterator[str]:
    """What is on each sheet, whose name may have had to be cut."""
    if form != writing.CSV and len(tables) > 1:
        yield from (f"Sheet {number}: {table.name}" for number, table in enumerate(tables, 1))


def _sheets(document: Document, form: str) -> Iterator[writing.Table]:
    several = len(list(document.tables)) > 1
    for table in document.tables:
        header = (table.label, *table.columns)
        rows = [[row.label, *(_cell(cell) for cell in row.cells)] for row in table.rows]
        if form == writing.CSV and several:
            yield writing.Table(table.title, (), [[table.title], list(header), *rows])
        else:
            yield writing.Table(table.title, header, rows)


def _cell(cell: Cell) -> writing.Cell:
    if cell.value is None:
        return cell.text
    if cell.form == "count":
        return int(cell.value)
    if cell.form == "percent":
        return writing.Percent(cell.value)
    return Decimal(cell.value)
