"""What the readers of every format share: limits, addresses, refusals and a cell's text.

The modules of this folder call it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import TypedDict

MOST_ROWS = 10_000
MOST_COLUMNS = 100
MOST_SHEETS = 50
LONGEST_CELL = 32_767  # Excel's own limit
MOST_TEXT = 20_000_000

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that neither a database nor a page can keep; they are shown as U+FFFD."""


class Refused(Exception):
    """The file cannot be taken; the message is what the person reads, with the next step."""


class SheetJSON(TypedDict):
    """One sheet as it travels to the parent."""

    name: str
    rows: list[list[str]]
    row_numbers: list[int]
    formulas: list[str]
    notes: list[str]


def address(row: int, column: int) -> str:
    """The address of a cell; both count from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def position(cell: str) -> tuple[int, int] | None:
    """Row and column, from 1, of an address; None where it is none."""
    match = _ADDRESS.fullmatch(cell)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def check_place(sheet: str, row: int, column: int) -> None:
    """Refuse a filled cell outside the size we read, naming it."""
    if row <= MOST_ROWS and column <= MOST_COLUMNS:
        return
    most = f"{MOST_ROWS:,} rows" if row > MOST_ROWS else f"{MOST_COLUMNS} columns"
    raise Refused(
        f"There is something in cell {address(row, column)} of sheet “{sheet}”, and we read up to "
        f"{most}. Delete what is outside your list, or split the list into several files, "
        "and upload it again."
    )


def text(value: object) -> str:
    """A cell as text: ISO dates (seconds kept, fractions cut off), plain decimals."""
    if isinstance(value, str):
        return CONTROL.sub("\ufffd", value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, dt.datetime):
        return _moment(value)
    if isinstance(value, dt.time):
        return value.replace(microsecond=0).isoformat()
    if isinstance(value, dt.timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return "" if value is None else str(value)


def _moment(value: dt.datetime) -> str:
    # Cut, never rounded: 23:59:59.999 belongs to its own day.
    whole = value.replace(microsecond=0)
    return whole.date().isoformat() if whole.time() == dt.time.min else whole.isoformat()


def _number(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    plain = format(Decimal(repr(value)), "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain


def sheet(
    name: str,
    rows: Iterable[Iterable[object]],
    *,
    formulas: Iterable[str] = (),
    notes: Iterable[str] = (),
) -> SheetJSON:
    """A sheet from rows of values, the first of which is row 1.

    Empty rows below and empty columns to the right are cut off; the rest is made rectangular.
    """
    table = [[text(value) for value in row] for row in rows]
    while table and not any(table[-1]):
        table.pop()
    width = max((_width(row) for row in table), default=0)
    table = [(row + [""] * width)[:width] for row in table]
    if any(len(value) > LONGEST_CELL for row in table for value in row):
        raise Refused(
            f"A cell of sheet “{name}” holds more than {LONGEST_CELL:,} characters. "
            "Shorten it and upload the file again."
        )
    if sum(len(value) for row in table for value in row) > MOST_TEXT:
        raise Refused(f"Sheet “{name}” holds more text than we read. Split it into several files.")
    return SheetJSON(
        name=name,
        rows=table,
        row_numbers=list(range(1, len(table) + 1)),
        formulas=sorted(formulas),
        notes=list(notes),
    )


def _width(row: list[str]) -> int:
    return next((i for i in range(len(row), 0, -1) if row[i - 1]), 0)
