"""The core's own importer: anybody's list of people, as the registry offers it to other callers.

`courses.plugin` registers it; the upload page uses the same reading, where columns can be changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from courses.imports import columns, fields, lines
from courses.imports.uploads import REGISTER
from lms.contracts import CanonicalRow, Importer, ImportKind, Sheet


def recognises(sheet: Sheet) -> bool:
    """Whether headings for a name and an e-mail address were found."""
    return columns.guess(sheet).sure


def read(sheet: Sheet) -> Iterator[CanonicalRow]:
    """A row for each person under the headings."""
    found = columns.guess(sheet)
    if not found.sure:
        raise ValueError("We could not find headings for a name and an e-mail address")
    for line in lines.read(sheet, found):
        if line.kind == lines.PERSON:
            texts: dict[str, Any] = dict(line.read)
            yield CanonicalRow(row_no=line.row_no, cells=dict(line.at), **texts)


IMPORTER = Importer(
    key=REGISTER,
    title="Any list of people (CSV, Excel, ODS)",
    kind=ImportKind.PEOPLE,
    columns=tuple(fields.FIELDS.values()),
    recognises=recognises,
    read=read,
)
