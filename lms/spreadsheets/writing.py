"""Writes tables as CSV, Excel and ODS so that no cell is ever run as a formula.

Rooms call these for every download; reading such a file again gives the same text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lms import clock
from lms.spreadsheets.parser.cells import CONTROL, LONGEST_CELL


class Percent(Decimal):
    """A share of 1 in hundredths, written as a whole percentage: `Percent("0.82")` is 82%."""

    def __str__(self) -> str:
        return f"{self * 100:.0f}%"


Cell = str | int | float | Decimal | date | datetime | None

CSV, XLSX, ODS = "csv", "xlsx", "ods"
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ODS: "application/vnd.oasis.opendocument.spreadsheet",
}
"""The formats and their content types."""

_DANGEROUS = re.compile("'*[=+\\-@\t\r\n\x00\ufffd＝＋－＠]")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_BETWEEN_PARTS = re.compile("[:,;] +")
_DANGLING = re.compile(" (a|and|at|by|for|in|of|on|or|the|to|with)$")
_NOTES = "Notes"
_LONGEST_NAME = 31
_NARROWEST, _WIDEST, _WIDEST_HEADING = 8, 60, 20
"""Widths of columns in letters; longer text wraps in its cell."""


@dataclass(frozen=True)
class Table:
    """A sheet to write: a name, the headings and the rows under them (rows alone if none)."""

    name: str
    header: tuple[str, ...]
    rows: Iterable[Sequence[Cell]]

    def lines(self) -> Iterable[Sequence[Cell]]:
        """The header, if any, and the rows."""
        if self.header:
            yield self.header
        yield from self.rows


def write(form: str, tables: Sequence[Table], notes: Sequence[str] = ()) -> bytes:
    """The tables in one of the three formats, `CSV`, `XLSX` or `ODS`."""
    return {CSV: write_csv, XLSX: write_xlsx, ODS: write_ods}[form](tables, notes)


def write_csv(tables: Sequence[Table], notes: Sequence[str] = ()) -> bytes:
    """UTF-8 with its mark and CRLF; tables and then notes stand under one another.

    Text that a spreadsheet would take for a formula gets a `'` in front; the reader takes it off.
    """
    out = io.StringIO(newline="")
    # Every cell in quotation marks, so that no separator inside one is taken for ours.
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    parts: list[Iterable[Sequence[Cell]]] = [table.lines() for table in tables]
    if notes:
        parts.append([(note,) for note in notes])
    for number, part in enumerate(parts):
        if number:
            writer.writerow([""])
        writer.writerows([guard(cell) for cell in line] for line in part)
    return out.getvalue().encode("utf-8-sig")


def guard(cell: Cell) -> str:
    """A cell for CSV. Numbers are safe; text that begins like a formula is made text."""
    text = plain(cell)
    if isinstance(cell, str) and _DANGEROUS.match(text):
        return f"'{text}"
    return text


def plain(cell: Cell) -> str:
    """A cell as text: ISO dates in London time, characters no file can hold as U+FFFD."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        local = clock.london(cell) if cell.tzinfo else cell
        return local.replace(tzinfo=None, microsecond=0).isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return CONTROL.sub("\ufffd", str(cell))[:LONGEST_CELL]


def write_xlsx(tables: Sequence[Table], notes: Sequence[str] = ()) -> bytes:
    """An Excel workbook, a sheet for each table and one for the notes; text is of type text."""
    from openpyxl import Workbook  # heavy: only a download needs it
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for table, name in zip(_with_notes(tables, notes), _names(tables, notes), strict=True):
        sheet = book.create_sheet(name)
        lines = list(table.lines())
        for number, width in enumerate(_widths(lines, headed=bool(table.header)), 1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        if table.header:
            sheet.freeze_panes = "A2"
        for number, line in enumerate(lines):
            bold = number == 0 and bool(table.header)
            sheet.append([_excel_cell(sheet, value, bold=bold) for value in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _excel_cell(sheet: Any, value: Cell, *, bold: bool) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    cell = WriteOnlyCell(sheet)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        cell.value = value
        if isinstance(value, Decimal):
            cell.number_format = _number_format(value)
        return cell
    # Set as they are: the library would guess a formula from the first character.
    cell._value, cell.data_type = plain(value), "s"
    cell.quotePrefix = bool(_DANGEROUS.match(cell._value))
    if bold:
        cell.font = Font(bold=True)
    if len(cell._value) > (_WIDEST_HEADING if bold else _WIDEST):
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _number_format(value: Decimal) -> str:
    """As many places as the number was given, so that 1.20 stays 1.20."""
    places = max(0, -int(value.as_tuple().exponent))
    if isinstance(value, Percent):
        return "0%"
    return f"0.{'0' * places}" if places else "0"


def write_ods(tables: Sequence[Table], notes: Sequence[str] = ()) -> bytes:
    """An OpenDocument spreadsheet, a sheet for each table and one for the notes."""
    from odf.opendocument import OpenDocumentSpreadsheet  # heavy: only a download needs it
    from odf.style import Style, TableColumnProperties
    from odf.table import Table as OdfTable
    from odf.table import TableColumn, TableRow

    document = OpenDocumentSpreadsheet()
    styles: dict[int, Style] = {}

    def column_of(width: int) -> Any:
        if width not in styles:
            styles[width] = Style(name=f"wide{width}", family="table-column")
            styles[width].addElement(TableColumnProperties(columnwidth=f"{width * 0.2:.1f}cm"))
            document.automaticstyles.addElement(styles[width])
        return TableColumn(stylename=styles[width])

    for table, name in zip(_with_notes(tables, notes), _names(tables, notes), strict=True):
        sheet = OdfTable(name=name)
        lines = list(table.lines())
        for width in _widths(lines, headed=bool(table.header)):
            sheet.addElement(column_of(width))
        for line in lines:
            row = TableRow()
            for value in line:
                row.addElement(_ods_cell(value))
            sheet.addElement(row)
        document.spreadsheet.addElement(sheet)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def _ods_cell(value: Cell) -> Any:
    from odf.table import TableCell
    from odf.text import P

    if value is None or value == "":
        return TableCell()
    if isinstance(value, Percent):
        cell = TableCell(valuetype="percentage", value=Decimal.__str__(value))
        cell.addElement(P(text=str(value)))
        return cell
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        cell = TableCell(valuetype="float", value=str(value))
        cell.addElement(P(text=str(value)))
        return cell
    cell = TableCell(valuetype="string")
    for line in re.split(r"\r\n|\r|\n", plain(value)):
        cell.addElement(_paragraph(line))
    return cell


def _paragraph(line: str) -> Any:
    """A line whose runs of spaces survive (ODF would fold them into one)."""
    from odf.text import P, S

    paragraph = P()
    for piece in re.findall(r" {2,}|^ | $|(?:(?! {2}| $).)+", line, re.DOTALL):
        if set(piece) == {" "}:
            paragraph.addElement(S(c=len(piece)))
        else:
            paragraph.addText(piece)
    return paragraph


def _with_notes(tables: Sequence[Table], notes: Sequence[str]) -> list[Table]:
    if not notes:
        return list(tables)
    return [*tables, Table(_NOTES, (), [(note,) for note in notes])]


def _widths(lines: Sequence[Sequence[Cell]], *, headed: bool) -> list[int]:
    """How wide each column must be for what stands in it; a heading may wrap."""
    found: list[int] = []
    for number, line in enumerate(lines):
        for place, cell in enumerate(line):
            longest = max(map(len, plain(cell).split("\n")))
            wide = min(longest, _WIDEST_HEADING if headed and not number else _WIDEST) + 2
            if place == len(found):
                found.append(_NARROWEST)
            found[place] = max(found[place], wide)
    return found


def _names(tables: Sequence[Table], notes: Sequence[str]) -> list[str]:
    """Names that Excel takes: 31 characters, none of `[]:*?/\\`, no two alike.

    Where one is too long all are numbered, and called by the first part of the title, or where
    a sheet before is called so by its last: "1 Helping with a problem", "2 In short".
    """
    titles = [" ".join(plain(table.name).split()) for table in _with_notes(tables, notes)]
    numbered = len(tables) > 1 and any(len(title) > _LONGEST_NAME for title in titles)
    names: list[str] = []
    said: set[str] = set()
    for number, title in enumerate(titles, 1):
        before = f"{number} " if numbered and number <= len(tables) else ""
        room = _LONGEST_NAME - len(before)
        words = _in_few_words(title, said, room) if before else title
        said.add(words.casefold())
        name = before + _cut(_allowed(words) or f"Sheet {number}", room)
        taken = {other.casefold() for other in names}
        names.append(name if name.casefold() not in taken else f"{name[:26].strip()} {number}")
    return names


def _allowed(title: str) -> str:
    return " ".join(_SHEET_NAME.sub(" ", title).split()).strip(" '")


def _in_few_words(title: str, said: Collection[str], room: int) -> str:
    """The whole title if it is short, else a part of it that no sheet before is called."""
    parts = [part[:1].upper() + part[1:] for part in _BETWEEN_PARTS.split(title)]
    short = [title] if len(title) <= room else [parts[0], *reversed(parts[1:])]
    return next((part for part in short if part.casefold() not in said), short[-1])


def _cut(title: str, room: int) -> str:
    """As many whole words as there is room for."""
    if len(title) <= room:
        return title
    whole = title[: room + 1].rpartition(" ")[0] or title[:room]
    return _DANGLING.sub("", whole)
