"""Uploads are read as the person sees them, and what we write reads the same again."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from lms.contracts import Sheet
from lms.spreadsheets import Table, UnreadableFile, read, write, write_csv, write_ods, write_xlsx
from lms.spreadsheets.parser import kinds
from lms.spreadsheets.writing import Cell

Rows = tuple[tuple[str, ...], ...]


def only(data: bytes, name: str = "people.csv") -> Sheet:
    (sheet,) = read(data, name)
    return sheet


def rows(text: str, encoding: str = "utf-8") -> Rows:
    return only(text.encode(encoding)).rows


def workbook(fill: Callable[[Workbook], None]) -> bytes:
    book = Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


PEOPLE = (("Name", "E-mail"), ("O’Neill, Siân", "sian@x.uk"), ("Müller, Zoë", "zoe@x.uk"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_is_read_whatever_its_characters_separator_and_line_ends(
    encoding: str, separator: str, end: str
) -> None:
    lines = end.join(separator.join(f'"{cell}"' for cell in row) for row in PEOPLE)
    assert rows(lines, encoding) == PEOPLE


def test_windows_1252_is_read_when_the_text_is_no_utf_8() -> None:
    assert rows("Name;E-mail\nO’Neill, Siân;sian@x.uk\nMüller, Zoë;zoe@x.uk\n", "cp1252") == PEOPLE


def test_the_separator_hint_of_excel_is_obeyed_and_is_no_row() -> None:
    assert rows("sep=;\r\nName;E-mail\r\nA, B;c") == (("Name", "E-mail"), ("A, B", "c"))


def test_title_rows_with_commas_do_not_decide_the_separator() -> None:
    text = "Brief Encounters, Stevenage, 2027\n\nName;Job;Team\nA;b;c\nD;e;f\n"
    assert rows(text)[2] == ("Name", "Job", "Team")


def test_an_unclosed_quotation_mark_is_named_by_its_row() -> None:
    with pytest.raises(UnreadableFile, match=r"opens in row 3 is not closed"):
        rows('Name,Job\nA,b\n"C,d\nE,f\n')


def test_a_loose_quotation_mark_is_read_as_people_meant_it() -> None:
    assert rows('Name,Job\n"Smith" Ltd,b\n') == (("Name", "Job"), ("Smith Ltd", "b"))


def test_nul_and_other_characters_no_database_keeps_are_shown_as_unreadable() -> None:
    assert rows("Name,Job\nA\x00nn,b\n" + "Plain,row\n" * 20)[1] == ("A\ufffdnn", "b")


def test_a_telephone_number_and_leading_zeros_survive() -> None:
    assert rows('Name,Phone\nA,+441632960000\nB,0123\nC,"=""0123"""\n') == (
        ("Name", "Phone"),
        ("A", "+441632960000"),
        ("B", "0123"),
        ("C", "0123"),
    )


def test_dates_times_and_numbers_come_as_plain_text() -> None:
    def fill(book: Workbook) -> None:
        book.active.append(
            [
                dt.date(2027, 4, 3),
                dt.datetime(2027, 4, 3, 23, 59, 59, 999000),  # noqa: DTZ001 (Excel knows no zones)
                dt.time(9, 30),
                1.0,
                0.1,
                12345678901,
                True,
                "  kept  ",
            ]
        )

    assert only(workbook(fill)).rows == (
        (
            "2027-04-03",
            "2027-04-03T23:59:59",
            "09:30:00",
            "1",
            "0.1",
            "12345678901",
            "TRUE",
            "  kept  ",
        ),
    )


def test_the_1904_calendar_gives_the_same_dates() -> None:
    def fill(book: Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904
        book.active["A1"] = dt.date(2027, 4, 3)

    assert only(workbook(fill)).rows == (("2027-04-03",),)


def test_formulas_without_a_saved_result_are_named_and_errors_are_shown() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.active
        sheet.append(["Name", "Job", "Team"])
        sheet.append(["A", "=VLOOKUP(A2,X1:Y9,2)", None])
        sheet["C2"] = "#REF!"
        sheet["C2"].data_type = "e"

    sheet = only(workbook(fill))
    assert sheet.formulas == {"B2"}
    assert sheet.rows[1] == ("A", "", "#REF!")


def test_hidden_rows_are_read_and_said_and_hidden_sheets_are_not_read_and_said() -> None:
    def fill(book: Workbook) -> None:
        book.active.append(["Name"])
        book.active.append(["A"])
        book.active.append(["B"])
        book.active.row_dimensions[3].hidden = True
        lists = book.create_sheet("Lists")
        lists["A1"], lists.sheet_state = "x", "hidden"

    sheet = only(workbook(fill))
    assert sheet.rows == (("Name",), ("A",), ("B",))
    assert sheet.notes == (
        "1 row is hidden or filtered out in the file and read all the same.",
        "Sheet “Lists” is hidden in the file and was not read.",
    )


def test_rows_keep_the_numbers_the_spreadsheet_shows() -> None:
    def fill(book: Workbook) -> None:
        book.active["B3"] = "Name"
        book.active["B5"] = "A"

    sheet = only(workbook(fill))
    assert sheet.row_numbers[sheet.rows.index(("", "A"))] == 5


def test_empty_cells_that_are_only_formatted_do_not_count() -> None:
    def fill(book: Workbook) -> None:
        book.active["A1"] = "Name"
        book.active["XFD1048576"].number_format = "0.00"

    assert only(workbook(fill)).rows == (("Name",),)


def test_every_visible_sheet_with_content_is_given() -> None:
    def fill(book: Workbook) -> None:
        book.active.title = "Notes"
        book.create_sheet("Empty")
        book.create_sheet("People")["A1"] = "Name"
        book.active["A1"] = "Read me"

    assert [sheet.name for sheet in read(workbook(fill), "x.xlsx")] == ["Notes", "People"]


# -- writing -----------------------------------------------------------------------------------

FORMATS = {"csv": write_csv, "xlsx": write_xlsx, "ods": write_ods}

cell_text = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs", "Cc"]), st.sampled_from("=+-@'\"\t\n ;,＝＋－＠")
    ),
    max_size=12,
)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.tuples(*[cell_text] * width).filter(lambda row: bool(row[0]) and bool(row[-1])),
        min_size=1,
        max_size=5,
    )
)


@pytest.mark.parametrize("form", FORMATS)
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(table=tables)
def test_what_is_written_is_read_again_as_it_was(form: str, table: list[tuple[str, ...]]) -> None:
    table = [("First", *row[1:]) for row in table[:1]] + table[1:]
    expected = tuple(
        tuple("".join("\ufffd" if c in "\ufffe\uffff" else c for c in cell) for cell in row)
        for row in table
    )
    data = FORMATS[form]([Table("People", (), table)])
    (sheet,) = kinds.parse(data)  # the child's own work, here without the child
    assert tuple(tuple(row) for row in sheet["rows"]) == expected


DANGEROUS = [
    '=HYPERLINK("http://x","y")',
    "+44 1632",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "'=1",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_of_a_csv_begins_like_a_formula(text: str) -> None:
    data = write_csv([Table("t", ("Name",), [(text,)])]).decode("utf-8-sig")
    assert data.split("\r\n", 1)[1].lstrip('"').startswith("'")


@pytest.mark.parametrize("text", DANGEROUS)
def test_an_excel_file_holds_text_and_no_formula(text: str) -> None:
    from openpyxl import load_workbook

    cell = load_workbook(io.BytesIO(write_xlsx([Table("t", (), [(text,)])]))).active["A1"]
    assert cell.data_type == "s"


def test_an_ods_file_holds_text_and_no_formula() -> None:
    import zipfile

    data = write_ods([Table("t", (), [(text,) for text in DANGEROUS])])
    content = zipfile.ZipFile(io.BytesIO(data)).read("content.xml").decode()
    assert "table:formula" not in content
    assert content.count('office:value-type="string"') == len(DANGEROUS)


def test_numbers_stay_numbers_and_dates_are_iso() -> None:
    cells: tuple[Cell, ...] = (-1, 2.5, dt.date(2027, 3, 4), None, "x")
    for form in FORMATS:
        sheet = only(write(form, [Table("t", (), [cells])]))
        assert sheet.rows == (("-1", "2.5", "2027-03-04", "", "x"),)


def test_notes_stand_on_their_own_sheet_and_names_are_ones_excel_takes() -> None:
    table = Table("A/B: [very] long name of a table, longer than Excel takes", ("x",), [("1",)])
    for form in ("xlsx", "ods"):
        first, second, notes = read(write(form, [table, table], ["Counted on 4 March"]), "x")
        assert len(first.name) <= 31
        assert first.name != second.name
        assert (notes.name, notes.rows) == ("Notes", (("Counted on 4 March",),))
