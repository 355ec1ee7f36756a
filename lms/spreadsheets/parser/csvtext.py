"""Reads text with separators: which characters, which separator, which quotes.

`kinds` calls it for every file that is no package.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from .cells import (
    CONTROL,
    LONGEST_CELL,
    MOST_ROWS,
    Refused,
    SheetJSON,
    check_place,
    sheet,
)

NO_TEXT = (
    "We could not read this file: it is no Excel, ODS or CSV file. Open it in the program it came "
    "from, save it as one of these and upload that."
)
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATORS = ",;\t|"
_GUESS_FROM = 200_000

GUARDED = re.compile("'+[=+\\-@\t\r\n\ufffd＝＋－＠]")
"""A cell that begins with our own guard against formulas (`lms.spreadsheets.writing`)."""


def decode(data: bytes) -> str:
    """The file's text. Raises `Refused` when it is none."""
    text = _decoded(data)
    sample = text[:_GUESS_FROM]
    if len(CONTROL.findall(sample)) * 50 > len(sample):
        raise Refused(NO_TEXT)
    return text


def _decoded(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace")
    if wide := _wide(data):
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of western text is zero."""
    sample = data[: _GUESS_FROM // 2 * 2]
    half = len(sample) // 2
    if half and sample[1::2].count(0) * 10 > half * 7:
        return "utf-16-le"
    if half and sample[0::2].count(0) * 10 > half * 7:
        return "utf-16-be"
    return None


def parse(text: str) -> SheetJSON:
    """The one sheet. Raises `Refused`."""
    given = re.match(r'"?sep=(.)"?(\r\n|\r|\n)', text)
    separator = given[1] if given else _separator(text)
    lines = text[given.end() :] if given else text
    # Spreadsheets do not show the line with the hint, so the next one is row 1.
    return sheet("CSV", _rows(lines, separator))


def _separator(text: str) -> str:
    """The one that cuts most lines into the same number of columns."""
    sample = text[:_GUESS_FROM]
    return max(_SEPARATORS, key=lambda separator: _agreement(sample, separator))


def _agreement(sample: str, separator: str) -> int:
    lines = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
    widths: Counter[int] = Counter()
    try:
        for number, line in enumerate(lines):
            widths[len(line)] += 1
            if number > 100:
                break
    except csv.Error:
        return 0
    return max((count * (width - 1) for width, count in widths.items() if width > 1), default=0)


def _rows(text: str, separator: str) -> list[list[str]]:
    """Rows of cells; quotes are read strictly first, so that an unclosed one is found."""
    csv.field_size_limit(LONGEST_CELL * 4)
    try:
        return _read(text, separator, strict=True)
    except _LooseQuote:
        return _read(text, separator, strict=False)


class _LooseQuote(Exception):
    """A quotation mark inside a field, as in `"Smith" Ltd`: legible, though not by the rules."""


def _read(text: str, separator: str, *, strict: bool) -> list[list[str]]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)
    rows: list[list[str]] = []
    try:
        for cells in lines:
            rows.append([_cell(cell) for cell in cells])
            for column, cell in enumerate(cells, 1):
                if cell and (len(rows) > MOST_ROWS or column > 100):
                    check_place("CSV", len(rows), column)
    except csv.Error as error:
        message = str(error)
        if "unexpected end of data" in message:
            raise Refused(_unclosed(len(rows) + 1)) from error
        if "field larger" in message:
            raise Refused(_unclosed(len(rows) + 1, too_long=True)) from error
        if strict:
            raise _LooseQuote from error
        raise Refused(NO_TEXT) from error
    return rows


def _unclosed(row: int, *, too_long: bool = False) -> str:
    what = (
        f"A cell in row {row} holds more than {LONGEST_CELL:,} characters; perhaps a quotation "
        'mark (") before it is not closed.'
        if too_long
        else f'A quotation mark (") that opens in row {row} is not closed.'
    )
    return f"{what} Mend that row and upload the file again."


def _cell(cell: str) -> str:
    clean = CONTROL.sub("\ufffd", cell)
    if GUARDED.match(clean):
        return clean[1:]
    exact = re.fullmatch(r'="(.*)"', clean)  # how some programs keep the zeros of 0123
    return exact[1] if exact else clean
