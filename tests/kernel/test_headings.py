"""Headings of a register: found under titles, by any of their names, with the cells' addresses."""

from __future__ import annotations

import pytest
from openpyxl.utils import get_column_letter

from lms.contracts import Sheet
from lms.spreadsheets.headings import DEEPEST, find, letters, plain

WANTED = {"name": ("Name", "Full name"), "email": ("E-mail", "Email address")}


def sheet(*rows: tuple[str, ...], start: int = 1) -> Sheet:
    """A sheet whose first row has this number."""
    return Sheet("Sheet1", rows, tuple(range(start, start + len(rows))))


def test_headings_are_found_under_titles_and_lines_know_their_cells() -> None:
    found = find(
        sheet(
            ("Register",), (), ("E-MAIL *", "", "Full  Name"), ("a@x.uk", "", " Mei Ng "), start=3
        ),
        WANTED,
        ("name",),
    )
    assert found is not None
    (line,) = found.lines()
    assert line.number == 6
    assert (line.text("name"), line.text("email"), line.text("team")) == ("Mei Ng", "a@x.uk", "")
    assert line.cells == {"email": "A6", "name": "C6"}


def test_a_row_shorter_than_the_headings_has_empty_fields() -> None:
    found = find(sheet(("Name", "E-mail"), ("Mei Ng",)), WANTED, ("name",))
    assert found is not None
    (line,) = found.lines()
    assert line.text("email") == ""


def test_of_two_columns_with_one_name_the_first_is_read() -> None:
    found = find(sheet(("Name", "Full name"), ("Mei Ng", "Somebody else")), WANTED, ("name",))
    assert found is not None
    assert [line.text("name") for line in found.lines()] == ["Mei Ng"]


def test_a_sheet_without_a_needed_heading_has_none() -> None:
    assert find(sheet(("Name", "Agency"), ("Mei Ng", "School")), WANTED, ("name", "email")) is None
    assert find(sheet(), WANTED, ("name",)) is None


def test_nobody_looks_for_headings_below_the_longest_title_block() -> None:
    deep = sheet(*[("title",)] * DEEPEST, ("Name", "E-mail"), ("Mei Ng", "a@x.uk"))
    assert find(deep, WANTED, ("name",)) is None


@pytest.mark.parametrize("column", [0, 1, 25, 26, 27, 51, 52, 701, 702, 16383])
def test_columns_are_called_as_a_spreadsheet_calls_them(column: int) -> None:
    assert letters(column) == get_column_letter(column + 1)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("E-mail *", "e mail"),
        ("  Trainer’s   Name:", "trainers name"),
        ("PRÉNOM", "prenom"),
        ("job_title", "job title"),
        ("***", ""),
    ],
)
def test_case_accents_and_punctuation_do_not_count(written: str, words: str) -> None:
    assert plain(written) == words
