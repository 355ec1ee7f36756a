"""Reads an OpenDocument spreadsheet: our own scan says what is where, calamine reads the values.

`kinds` calls `parse` once it has seen that the package is a plain spreadsheet.
"""

from __future__ import annotations

from python_calamine import CalamineError, CalamineWorkbook

from .cells import (
    MOST_SHEETS,
    Refused,
    SheetJSON,
    address,
    check_place,
    sheet,
)
from .package import DAMAGED, Attributes, Copy, Package, Scanner

_HIDDEN = ("collapse", "filter")


class _Content(Scanner):
    """Every sheet: refuses cells out of bounds, notes formulas without a saved result."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.invisible: set[str] = set()
        self.formulas: dict[str, set[str]] = {}
        self.hidden: dict[str, int] = {}
        self._style = ""
        self._hidden_styles: set[str] = set()
        self._row = self._column = 0
        self._rows = self._columns = 1
        self._row_hidden = self._row_filled = False
        self._in_cell = self._typed = self._formula = self._words = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name in ("table-cell", "covered-table-cell"):
            self._begin_cell(attributes)
        elif name == "table-row":
            self._begin_row(attributes)
        elif name == "table":
            self._begin_table(attributes)
        elif name == "style":
            self._style = attributes.get("name", "")
        elif name == "table-properties" and attributes.get("display") == "false":
            self._hidden_styles.add(self._style)

    def _begin_table(self, attributes: Attributes) -> None:
        name = attributes.get("name", "")
        self.names.append(name)
        self.formulas[name] = set()
        self.hidden[name] = 0
        self._row = 0
        if attributes.get("style-name") in self._hidden_styles:
            self.invisible.add(name)

    def _begin_row(self, attributes: Attributes) -> None:
        self._rows = _repeats(attributes.get("number-rows-repeated"))
        self._row_hidden = attributes.get("visibility") in _HIDDEN
        self._row_filled = False
        self._column = 0

    def _begin_cell(self, attributes: Attributes) -> None:
        self._columns = _repeats(attributes.get("number-columns-repeated"))
        self._typed = "value-type" in attributes
        self._formula = "formula" in attributes
        self._in_cell, self._words = True, False

    def said(self, words: str) -> None:
        if self._in_cell:
            self._words = True

    def finish(self, name: str) -> None:
        if name in ("table-cell", "covered-table-cell"):
            self._end_cell()
        elif name == "table-row":
            self._row += self._rows
            if self._row_hidden and self._row_filled:
                self.hidden[self.names[-1]] += self._rows

    def _end_cell(self) -> None:
        self._in_cell = False
        if self._names_visible() and (self._typed or self._formula or self._words):
            last_row, last_column = self._row + self._rows, self._column + self._columns
            check_place(self.names[-1], last_row, last_column)
            self._row_filled = True
            if self._formula and not (self._typed or self._words):
                self.formulas[self.names[-1]].add(address(self._row + 1, self._column + 1))
        self._column += self._columns

    def _names_visible(self) -> bool:
        return bool(self.names) and self.names[-1] not in self.invisible


def _repeats(digits: str | None) -> int:
    return max(1, int(digits)) if digits and digits.isdecimal() and len(digits) < 9 else 1


def parse(package: Package) -> list[SheetJSON]:
    """The visible sheets. Raises `Refused`."""
    copy, content = Copy(package), _Content()
    copy.add("mimetype", package.read("mimetype"))
    copy.take("META-INF/manifest.xml", Scanner())
    copy.take("content.xml", content)
    if len(content.names) > MOST_SHEETS:
        raise Refused(f"The file has more than {MOST_SHEETS} sheets. Upload the one list alone.")
    try:
        book = CalamineWorkbook.from_filelike(copy.finish())
        return [
            sheet(
                name,
                book.get_sheet_by_name(name).to_python(skip_empty_area=False),
                formulas=content.formulas[name],
                notes=_notes(content, name),
            )
            for name in content.names
            if name not in content.invisible
        ]
    except (CalamineError, ValueError, OSError) as error:
        raise Refused(DAMAGED) from error


def _notes(content: _Content, name: str) -> list[str]:
    notes = []
    hidden = content.hidden[name]
    if hidden:
        rows_are = "1 row is" if hidden == 1 else f"{hidden} rows are"
        notes.append(f"{rows_are} hidden or filtered out in the file and read all the same.")
    for other in sorted(content.invisible):
        notes.append(f"Sheet “{other}” is hidden in the file and was not read.")
    return notes
