"""Untidy lists are read as a person reads them: headings, names, addresses, what is no person."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.imports import addresses, columns, fields, lines
from courses.imports.splitting import split
from lms.contracts import Sheet


def sheet(*rows: Sequence[str], formulas: Sequence[str] = ()) -> Sheet:
    width = max(map(len, rows))
    return Sheet(
        name="People",
        rows=tuple((*row, *[""] * (width - len(row))) for row in rows),
        row_numbers=tuple(range(1, len(rows) + 1)),
        formulas=frozenset(formulas),
    )


def kinds(read: Sheet) -> list[str]:
    return [line.kind for line in lines.read(read, columns.guess(read))]


PERSON = ["Amara Okafor", "amara@x.uk"]


@pytest.mark.parametrize("above", range(8))
def test_headings_are_found_under_any_number_of_title_rows(above: int) -> None:
    titles = [["Brief Encounters, Stevenage"], [], ["Thursday 4 March"], ["Trainer: Sam"]] * 2
    found = columns.guess(sheet(*titles[:above], ["Name", "E-mail"], PERSON))
    assert (found.place, found.sure) == (above, True)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Surname, Forename", fields.NAME),
        ("Last Name / First Name", fields.NAME),
        ("Delegate name", fields.NAME),
        ("Your full name", fields.NAME),
        ("FORENAME", fields.GIVEN),
        ("Surname", fields.FAMILY),
        ("E-mail address", fields.EMAIL),
        ("What is your work email?", fields.EMAIL),
        ("Job title", fields.PROFESSION),
        ("Role", fields.PROFESSION),
        ("Employer", fields.ORGANISATION),
        ("Which organisation do you work for?", fields.ORGANISATION),
        ("Department", fields.TEAM),
        ("Line manager's e-mail", None),
        ("Course name", None),
        ("Emergency contact name", None),
        ("Notes", None),
    ],
)
def test_headings_are_known_by_their_words(heading: str, field: str | None) -> None:
    assert (fields.exactly(heading) or fields.roughly(heading)) == field


@pytest.mark.parametrize(
    "heading",
    [
        "NI number",
        "NINO",
        "National Insurance No.",
        "NHS Number",
        "D.O.B.",
        "Date of birth",
        "Bank",
    ],
)
def test_columns_nobody_should_store_are_known(heading: str) -> None:
    assert fields.sensitive(heading)


@pytest.mark.parametrize("heading", ["Organisation", "Bank Street Surgery", "Number", "Birth unit"])
def test_other_columns_are_not_taken_for_those(heading: str) -> None:
    assert not fields.sensitive(heading)


def test_headings_over_two_rows_are_read_as_one() -> None:
    read = sheet(
        ["Participant", "", "Contact", ""],
        ["First name", "Surname", "E-mail", "Job"],
        ["Amara", "Okafor", "amara@x.uk", "HV"],
    )
    found = columns.guess(read)
    assert (found.place, found.sure) == (1, True)
    person = lines.read(read, found)[2]
    assert person.read["given_name"] == "Amara"


def test_the_address_column_is_found_by_what_it_holds() -> None:
    found = columns.guess(sheet(["Name", "Contact details"], PERSON, ["Jo Brown", "jo@x.uk"]))
    assert found.at[fields.EMAIL] == 1
    assert not found.sure


def test_without_headings_we_are_never_sure() -> None:
    assert not columns.guess(sheet(PERSON, ["Jo Brown", "jo@x.uk"])).sure


def test_every_kind_of_row_that_is_no_person_is_told_apart() -> None:
    read = sheet(
        ["Register"],
        ["Name", "E-mail", "Job"],
        ["Amara Okafor", "amara@x.uk"],
        ["\u00a0", " ", "\u200b"],
        ["Name", "E-mail", "Job"],
        ["Total: 1"],
        ["Signed: ____________"],
        ["Page 1 of 1"],
        ["Date 4/3/27"],
    )
    assert (
        kinds(read) == ["title", "heading", "person", "blank", "again", "total"] + ["signature"] * 3
    )


@pytest.mark.parametrize("name", ["Total Recall", "Note, John", "Page, Daniel", "Key, Alice"])
def test_people_whose_names_look_like_a_foot_are_people(name: str) -> None:
    assert kinds(sheet(["Name", "E-mail"], [name, "x@x.uk"]))[-1] == "person"


@pytest.mark.parametrize(
    ("row", "formulas"),
    [
        (["Total", "18", ""], []),
        (["Total delegates", "", "18"], []),
        (["Grand total", "£1,250.00", "96%"], []),
        (["Total", "", ""], ["B2", "C2"]),
    ],
)
def test_a_total_beside_the_word_is_no_person(row: list[str], formulas: list[str]) -> None:
    assert kinds(sheet(["Name", "E-mail", "Job"], row, formulas=formulas))[-1] == "total"


def test_a_telephone_number_in_the_wrong_column_takes_nobody_away() -> None:
    assert kinds(sheet(["Name", "E-mail"], ["Colin Marsh", "01632 960 123"]))[-1] == "person"


def test_a_name_that_the_sheet_works_out_is_no_total_after_the_rows_number() -> None:
    found = sheet(["No", "Name", "E-mail"], ["3", "", ""], formulas=["B2"])
    assert kinds(found)[-1] == "person"


def test_a_person_with_a_name_alone_is_a_person() -> None:
    assert kinds(sheet(["Name", "E-mail"], ["Colin Marsh", ""]))[-1] == "person"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("O’NEILL, Siân", ("Siân", "O’NEILL")),
        ("Amara Okafor", ("Amara", "Okafor")),
        ("Mary Jane Watson", ("Mary Jane", "Watson")),
        ("Dr Jane van der Berg", ("Jane", "van der Berg")),
        ("SMITH, Dr. Jane", ("Jane", "SMITH")),
        ("O'Brien-Ng", ("O'Brien-Ng", "")),
        ("李小龍", ("李小龍", "")),
        ("محمد", ("محمد", "")),
        ("👩🏽‍⚕️", ("👩🏽‍⚕️", "")),
        ("X", ("X", "")),
        ("Null", ("Null", "")),
        ("TRUE", ("TRUE", "")),
        ("<script>alert(1)</script>", ("<script>alert(1)</script>", "")),
        ("  Ana\u00a0 Silva ", ("Ana", "Silva")),
        (",", ("", "")),
    ],
)
def test_names_are_split_and_kept_as_written(name: str, parts: tuple[str, str]) -> None:
    assert split(name) == parts


def test_under_a_heading_that_says_so_the_family_name_is_first() -> None:
    assert split("SMITH Jane", family_first=True) == ("Jane", "SMITH")


@pytest.mark.parametrize(
    ("cell", "email"),
    [
        ("A.B@X.GOV.UK", "a.b@x.gov.uk"),
        (" a@x.uk\u00a0", "a@x.uk"),
        ("mailto:a@x.uk", "a@x.uk"),
        ("Jane <j@x.uk>", "j@x.uk"),
        ("<j@x.uk>;", "j@x.uk"),
        ("", ""),
    ],
)
def test_addresses_are_taken_as_people_leave_them(cell: str, email: str) -> None:
    assert addresses.read(cell) == addresses.Address(email=email)


@pytest.mark.parametrize(
    ("cell", "wrong", "guess"),
    [
        ("j.patel@@herts.nhs.uk", "Not an e-mail address", "j.patel@herts.nhs.uk"),
        ("a b@x.uk", "Not an e-mail address", "ab@x.uk"),
        ("a@x,uk", "Not an e-mail address", "a@x.uk"),
        ("a@b@c", "Not an e-mail address", ""),
        ('"a b"@x.uk', "Not an e-mail address", ""),
        ("a@x.uk; b@x.uk", "More than one address in the cell", "a@x.uk"),
        ("a@g\u043ev.uk", "A Cyrillic letter that looks like ours: “\u043e”", "a@gov.uk"),
        ("a@müller.de", "A letter that addresses do not have: “ü”", ""),
        ("a" * 250 + "@x.uk", "An address of more than 254 characters", ""),
        ("a@x.uk\r\nBcc: z@y.uk", "More than one address in the cell", "a@x.uk"),
    ],
)
def test_other_addresses_are_asked_about(cell: str, wrong: str, guess: str) -> None:
    found = addresses.read(cell)
    assert (found.email, found.wrong) == ("", wrong)
    assert found.guess == guess


def test_a_domain_one_letter_from_a_frequent_one_is_a_slip() -> None:
    frequent = [f"p{n}@hertfordshire.gov.uk" for n in range(6)]
    slips = addresses.slips([*frequent, "a@hertfodshire.gov.uk", "b@herts.nhs.uk"])
    assert slips == {"hertfodshire.gov.uk": "hertfordshire.gov.uk"}


words = st.one_of(
    st.sampled_from(["Name", "E-mail", "Job", "Total", "Signed", "", " ", "a@x.uk", "12", "Jo Li"]),
    st.text(max_size=8),
)
grids = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.tuples(*[words] * width), min_size=1, max_size=15)
)


@settings(max_examples=300, deadline=None)
@given(grid=grids)
def test_every_row_of_any_file_is_one_line(grid: list[tuple[str, ...]]) -> None:
    read = sheet(*grid)
    found = lines.read(read, columns.guess(read))
    assert [line.row_no for line in found] == list(read.row_numbers)
    assert [line.cells for line in found] == list(read.rows)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=60))
def test_whatever_stands_in_a_cell_is_an_address_or_a_question(text: str) -> None:
    found = addresses.read(text)
    assert not (found.email and found.wrong)
    for address in (found.email, found.guess):
        assert not address or addresses.read(address) == addresses.Address(email=address)


@settings(max_examples=200, deadline=None)
@given(name=st.text(max_size=40))
def test_no_letter_of_a_name_is_lost(name: str) -> None:
    given_name, family_name = split(name)
    left = sorted("".join(sign for sign in given_name + family_name if sign.isalpha()))
    untitled = sorted("".join(sign for sign in name if sign.isalpha()))
    assert left == untitled or len(left) < len(untitled)
