"""From the bytes of an upload to lines: which sheet, whose format, which columns, what is dropped.

The upload view calls `open_file`; nothing is stored yet, and the file itself never is.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from courses.imports import columns, fields, lines
from courses.imports.columns import Columns
from courses.imports.lines import Line
from lms.contracts import CanonicalRow, Importer, ImportKind, Sheet
from lms.db import Complaint
from lms.registry import current_registry
from lms.spreadsheets import CSV, ODS, XLSX, UnreadableFile, read
from lms.spreadsheets.headings import DEEPEST
from lms.web import words

log = logging.getLogger("lms.imports")

MOST_PEOPLE = 5000
REGISTER = "core:register"
FILE, SHEET = "file", "sheet"


@dataclass(frozen=True)
class Upload:
    """A file as understood: the sheet without columns never kept, and its lines."""

    file_name: str
    sha256: str
    form: str
    sheet: Sheet
    importer_key: str
    importer: str
    columns: Columns
    lines: tuple[Line, ...]
    dropped: tuple[str, ...]
    notes: tuple[str, ...]


def people(data: bytes, file_name: str, *, provider: str, sheet: str = "") -> Upload:
    """A list of people, in the provider's own format or in anybody's.

    Raises `Complaint` on `file`, or on `sheet` when several could be meant.
    """
    sheets = _sheets(data, file_name)
    theirs = _importers(ImportKind.PEOPLE, provider)
    chosen = _choose(sheets, sheet, lambda one: _recognised(one, theirs) or columns.guess(one).sure)
    upload = _by_columns(data, file_name, chosen)
    if importer := _recognised(chosen, theirs):
        upload = _by_importer(upload, importer, chosen)
    _check_size(upload)
    return upload


def completions(data: bytes, file_name: str, *, sheet: str = "") -> Upload:
    """A provider's export of completions. Raises `Complaint` on `file` when nobody knows it."""
    sheets = _sheets(data, file_name)
    known = _importers(ImportKind.COMPLETIONS, None)
    chosen = _choose(sheets, sheet, lambda one: bool(_recognised(one, known)))
    importer = _recognised(chosen, known)
    if importer is None:
        formats = words.listing((one.title for one in known), "or")
        raise Complaint(
            FILE,
            f"We do not know this file. We read: {formats}."
            if formats
            else "No provider that is installed offers a format for completions",
        )
    upload = _by_importer(_by_columns(data, file_name, chosen), importer, chosen)
    _check_size(upload)
    return upload


def completion_formats() -> list[str]:
    """The titles of the formats that completions are read from."""
    return [importer.title for importer in _importers(ImportKind.COMPLETIONS, None)]


def _sheets(data: bytes, file_name: str) -> tuple[Sheet, ...]:
    try:
        return read(data, file_name)
    except UnreadableFile as error:
        raise Complaint(FILE, str(error)) from error


def _importers(kind: ImportKind, provider: str | None) -> list[Importer]:
    return [
        importer
        for importer in current_registry().importers.values()
        if importer.kind is kind
        and importer.key != REGISTER
        and (provider is None or importer.provider in ("", provider))
    ]


def _choose(sheets: Sequence[Sheet], name: str, fits: Callable[[Sheet], object]) -> Sheet:
    """The sheet asked for, the only one, or the only one that looks like a list."""
    if name:
        sheets = [sheet for sheet in sheets if sheet.name == name] or sheets
    if len(sheets) == 1:
        return sheets[0]
    lists = [sheet for sheet in sheets if fits(sheet)]
    if len(lists) == 1:
        return lists[0]
    names = "\n".join(sheet.name for sheet in (lists or sheets))
    raise Complaint(SHEET, names)


def _recognised(sheet: Sheet, importers: Iterable[Importer]) -> Importer | None:
    for importer in importers:
        try:
            if importer.recognises(sheet):
                return importer
        except Exception:  # a provider's mistake must not stop the general reading
            log.exception("importer %s failed to look at a sheet", importer.key)
    return None


def _by_columns(data: bytes, file_name: str, sheet: Sheet) -> Upload:
    guessed = columns.guess(sheet)
    gone = sensitive(sheet, guessed)
    clean = lines.without(sheet, list(gone))
    return Upload(
        file_name=file_name,
        sha256=hashlib.sha256(data).hexdigest(),
        form=_form(data),
        sheet=clean,
        importer_key=REGISTER,
        importer="",
        columns=guessed,
        lines=tuple(lines.read(clean, guessed)),
        dropped=tuple(gone.values()),
        notes=sheet.notes,
    )


def sensitive(sheet: Sheet, guessed: Columns) -> dict[int, str]:
    """Columns never kept, with their headings; without headings every upper row is looked at."""
    depth = guessed.place + 1 if guessed.place >= 0 else DEEPEST
    return {
        column: cell.strip()
        for row in sheet.rows[:depth]
        for column, cell in enumerate(row)
        if fields.sensitive(cell)
    }


def _by_importer(upload: Upload, importer: Importer, sheet: Sheet) -> Upload:
    """The same file read by a provider's importer; its mistakes are the file's, said and logged."""
    try:
        found = _clean(list(importer.read(sheet)))
        read_as = tuple(lines.read_by(upload.sheet, upload.columns, found))
    except ValueError as error:
        raise Complaint(FILE, str(error)) from error
    except Exception as error:
        log.exception("importer %s failed", importer.key)
        raise Complaint(
            FILE, f"{importer.title} could not be read. The team that runs this site sees why"
        ) from error
    return replace(
        upload,
        importer_key=importer.key,
        importer=importer.title,
        columns=replace(upload.columns, sure=True),
        lines=read_as,
    )


def _clean(found: Sequence[CanonicalRow]) -> list[CanonicalRow]:
    """One row of each number: the first."""
    return list({row.row_no: row for row in reversed(found)}.values())


def _form(data: bytes) -> str:
    if not data.startswith(b"PK"):
        return CSV
    return ODS if b"opendocument" in data[:200] else XLSX


def _check_size(upload: Upload) -> None:
    count = sum(line.kind == lines.PERSON for line in upload.lines)
    if count > MOST_PEOPLE:
        raise Complaint(
            FILE,
            f"The file has {words.number(count)} rows and we read up to "
            f"{words.number(MOST_PEOPLE)}. Split it into several files",
        )
    if upload.columns.sure and not count:
        raise Complaint(
            FILE, "There is nobody under the headings. Choose the file that holds your list"
        )
