"""Reads an Excel workbook: our own scan says what is where, then calamine reads the values.

`kinds` calls `parse` once it has seen that the package is a plain workbook.
"""

from __future__ import annotations

import posixpath

from python_calamine import CalamineError, CalamineWorkbook

from .cells import (
    MOST_SHEETS,
    Refused,
    SheetJSON,
    address,
    check_place,
    position,
    sheet,
)
from .package import DAMAGED, Attributes, Copy, Package, Scanner

REFUSED_PARTS: tuple[tuple[str, str], ...] = (
    (
        "xl/externallinks/",
        "The file takes values from other files. Copy the list into a new spreadsheet with Paste "
        "special, Values, and upload that.",
    ),
    (
        "xl/connections",
        "The file fetches data from somewhere else. Copy the list into a new spreadsheet with "
        "Paste special, Values, and upload that.",
    ),
    (
        "xl/embeddings/",
        "The file has other files embedded in it. Copy the list alone into a new spreadsheet and "
        "upload that.",
    ),
    (
        "xl/macrosheets/",
        "The file holds macros (.xlsm), which we do not take. Open it, choose Save as, Excel "
        "workbook (.xlsx), and upload that.",
    ),
)

MOST_SHARED = 1_000_000


class _Relations(Scanner):
    """Where each relation of the workbook points, by its id."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", "")))
            self.targets[attributes.get("Id", "")] = target.lstrip("/")


class _Workbook(Scanner):
    """The workbook's sheets: name, relation and whether people see it."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str, bool]] = []

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "sheet":
            visible = attributes.get("state", "visible") == "visible"
            self.sheets.append((attributes.get("name", ""), attributes.get("id", ""), visible))


class _Shared(Scanner):
    """Shared strings; a count that no file of our size can have makes calamine abort."""

    def start(self, name: str, attributes: Attributes) -> None:
        if name != "sst":
            return
        for key in ("uniqueCount", "count"):
            count = attributes.get(key, "0")
            if not count.isdecimal() or int(count) > MOST_SHARED:
                raise Refused(DAMAGED)


class _Cells(Scanner):
    """One sheet: refuses cells out of bounds, notes errors and formulas without a saved result."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.formulas: set[str] = set()
        self.errors: dict[tuple[int, int], str] = {}
        self.hidden = 0
        self._row = 0
        self._column = 0
        self._row_hidden = self._row_filled = False
        self._kind = ""
        self._formula = self._value = False
        self._words = ""

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._cell(attributes)
        elif name == "f":
            self._formula = True
        elif name in ("v", "t"):
            self._value = True
        elif name == "row":
            self._row = _number(attributes.get("r")) or self._row + 1
            self._column = 0
            self._row_hidden = attributes.get("hidden") in ("1", "true")
            self._row_filled = False

    def _cell(self, attributes: Attributes) -> None:
        place = position(attributes.get("r", ""))
        self._row, self._column = place or (self._row, self._column + 1)
        self._kind = attributes.get("t", "")
        self._formula = self._value = False
        self._words = ""

    def said(self, words: str) -> None:
        if self._value:
            self._words += words

    def finish(self, name: str) -> None:
        if name == "c":
            self._keep()
        elif name in ("v", "t"):
            self._value = False
        elif name == "row" and self._row_hidden and self._row_filled:
            self.hidden += 1

    def _keep(self) -> None:
        if not (self._words or self._formula):
            return
        check_place(self.name, self._row, self._column)
        self._row_filled = True
        if self._kind == "e":
            self.errors[self._row, self._column] = self._words
        elif not self._words and self._kind != "str":
            # A text result may be saved as empty; any other kind without a value is unsaved.
            self.formulas.add(address(self._row, self._column))


def _number(digits: str | None) -> int:
    return int(digits) if digits and digits.isdecimal() and len(digits) < 9 else 0


def parse(package: Package) -> list[SheetJSON]:
    """The visible sheets. Raises `Refused`."""
    copy = Copy(package)
    for name in ("[Content_Types].xml", "_rels/.rels", "xl/styles.xml"):
        copy.take(name, Scanner())
    workbook, relations = _Workbook(), _Relations()
    copy.take("xl/workbook.xml", workbook)
    copy.take("xl/_rels/workbook.xml.rels", relations)
    copy.take("xl/sharedStrings.xml", _Shared())
    if len(workbook.sheets) > MOST_SHEETS:
        raise Refused(f"The file has more than {MOST_SHEETS} sheets. Upload the one list alone.")
    scans = []
    for name, relation, visible in workbook.sheets:
        part = relations.targets.get(relation, "")
        if not visible or not part.startswith("xl/worksheets/"):
            continue
        scan = _Cells(name)
        copy.take(part, scan)
        scans.append(scan)
    hidden = tuple(name for name, _, visible in workbook.sheets if not visible)
    return _values(copy, scans, hidden)


def _values(copy: Copy, scans: list[_Cells], hidden: tuple[str, ...]) -> list[SheetJSON]:
    try:
        book = CalamineWorkbook.from_filelike(copy.finish())
        return [_sheet(book, scan, hidden) for scan in scans]
    except (CalamineError, ValueError, OSError) as error:
        raise Refused(DAMAGED) from error


def _sheet(book: CalamineWorkbook, scan: _Cells, hidden: tuple[str, ...]) -> SheetJSON:
    rows: list[list[object]] = [
        list(row) for row in book.get_sheet_by_name(scan.name).to_python(skip_empty_area=False)
    ]
    for (row, column), words in scan.errors.items():
        _put(rows, row, column, words)
    notes = []
    if scan.hidden:
        rows_are = "1 row is" if scan.hidden == 1 else f"{scan.hidden} rows are"
        notes.append(f"{rows_are} hidden or filtered out in the file and read all the same.")
    for name in hidden:
        notes.append(f"Sheet “{name}” is hidden in the file and was not read.")
    return sheet(scan.name, rows, formulas=scan.formulas, notes=notes)


def _put(rows: list[list[object]], row: int, column: int, words: str) -> None:
    """Set a cell, growing the table where calamine saw nothing."""
    while len(rows) < row:
        rows.append([])
    line = rows[row - 1]
    line.extend([""] * (column - len(line)))
    line[column - 1] = words
