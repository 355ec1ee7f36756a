"""Providers' own files: read as untidy as they come, and nobody on them is lost without a word."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from lms import spreadsheets
from lms.contracts import CanonicalRow, Importer, SessionMark, Sheet
from plugins.oneplusone import plugin as oneplusone
from plugins.tavistock import plugin as tavistock

(COMPLETIONS,) = oneplusone.lms_importers()
(REGISTER,) = tavistock.lms_importers()

EXPORT = (
    "First name",
    "Last name",
    "Email",
    "Course",
    "Module",
    "Completed (UTC)",
    "Minutes",
    "Status",
)
REGISTER_HEADINGS = ("Name", "Agency", "Profession", "E-mail", "Session 1", "Session 2")


def sheet(*rows: tuple[str, ...]) -> Sheet:
    """A sheet whose first row is row 1."""
    return Sheet("Sheet1", rows, tuple(range(1, len(rows) + 1)))


def completion(**changes: str) -> tuple[str, ...]:
    """A row of OnePlusOne's export."""
    usual = {
        "First name": "Amara",
        "Last name": "Okafor",
        "Email": "amara.okafor@nhs.example",
        "Course": "Brief Encounters",
        "Module": "E-learning module",
        "Completed (UTC)": "2027-03-02 14:05:33",
        "Minutes": "95",
        "Status": "Completed",
    } | changes
    return tuple(usual[heading] for heading in EXPORT)


def rows(importer: Importer, *lines: tuple[str, ...]) -> list[CanonicalRow]:
    """What an importer reads from these lines, which it must also recognise."""
    read = sheet(*lines)
    assert importer.recognises(read)
    return list(importer.read(read))


# -- OnePlusOne's completions ---------------------------------------------------------------------


def test_a_completion_names_person_course_component_day_and_where_it_stood() -> None:
    (row,) = rows(COMPLETIONS, EXPORT, completion())
    assert (row.given_name, row.family_name) == ("Amara", "Okafor")
    assert row.email == "amara.okafor@nhs.example"
    assert (row.course, row.component) == ("oneplusone:brief-encounters", "e-learning")
    assert (row.completed_on, row.minutes) == ("2027-03-02", "95")
    assert row.cells["email"] == "C2"
    assert row.cells["completed_on"] == "F2"


def test_only_what_is_completed_counts() -> None:
    found = rows(
        COMPLETIONS,
        EXPORT,
        completion(),
        completion(Status="In progress", **{"Completed (UTC)": ""}),
        completion(Status="Not started", **{"Completed (UTC)": ""}),
        completion(Status="COMPLETE "),
    )
    assert [row.row_no for row in found] == [2, 5]


def test_a_status_we_have_never_seen_is_passed_on_and_not_dropped() -> None:
    assert [r.row_no for r in rows(COMPLETIONS, EXPORT, completion(Status="Awarded"))] == [2]


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        ("2027-03-02 23:30:00", "2027-03-02"),
        ("2027-07-02 23:30:00", "2027-07-03"),
        ("2027-07-02T23:30:00Z", "2027-07-03"),
        ("02/07/2027 23:30", "2027-07-03"),
        ("2027-07-02", "2027-07-02"),
        ("yesterday", "yesterday"),
        ("", ""),
    ],
)
def test_a_utc_evening_in_summer_is_the_next_day_in_london(stamp: str, day: str) -> None:
    (row,) = rows(COMPLETIONS, EXPORT, completion(**{"Completed (UTC)": stamp}))
    assert row.completed_on == day


@pytest.mark.parametrize(
    ("written", "minutes"), [("95", "95"), ("95.0", "95"), ("1:35", "95"), ("1:35:20", "95")]
)
def test_minutes_are_read_however_they_are_written(written: str, minutes: str) -> None:
    (row,) = rows(COMPLETIONS, EXPORT, completion(Minutes=written))
    assert row.minutes == minutes


@pytest.mark.parametrize("name", ["BRIEF  ENCOUNTERS", "brief-encounters", "You, Me and Baby Too"])
def test_a_course_is_known_by_each_of_its_names(name: str) -> None:
    (row,) = rows(COMPLETIONS, EXPORT, completion(Course=name))
    assert row.course.startswith("oneplusone:")


def test_a_course_or_module_of_nobody_stays_as_it_is_written() -> None:
    found = rows(
        COMPLETIONS, EXPORT, completion(Course="First Aid"), completion(Module="Final quiz")
    )
    assert [(row.course, row.component) for row in found] == [
        ("First Aid", "E-learning module"),
        ("oneplusone:brief-encounters", "Final quiz"),
    ]


def test_titles_above_blank_rows_between_and_a_total_below_do_no_harm() -> None:
    found = rows(
        COMPLETIONS,
        ("Completions", "", "", "", "", "", "", ""),
        ("Exported 3 March 2027 09:00",),
        ("",) * 8,
        EXPORT,
        completion(),
        ("",) * 8,
        completion(Email="beth.lyons@school.example"),
        ("Total", "", "", "", "", "", "190", ""),
    )
    assert [row.row_no for row in found] == [5, 7]


def test_columns_may_come_in_any_order_and_by_any_of_their_names() -> None:
    headings = ("Completion status", "USERNAME", "Course title", "Date completed", "Surname")
    (row,) = rows(COMPLETIONS, headings, ("Completed", "a@x.example", "Brief Encounters", "", "Ng"))
    assert (row.email, row.family_name, row.given_name) == ("a@x.example", "Ng", "")


def test_the_same_completion_has_the_same_reference_in_every_export_and_hides_the_address() -> None:
    first, again, other = rows(
        COMPLETIONS, EXPORT, completion(), completion(), completion(Email="b@x.example")
    )
    assert first.source_ref == again.source_ref != other.source_ref
    assert "amara" not in first.source_ref


def test_somebody_elses_file_is_not_taken_for_theirs() -> None:
    other = sheet(("Name", "Email"), ("Amara Okafor", "a@x.example"))
    assert not COMPLETIONS.recognises(other)
    assert not REGISTER.recognises(other)
    with pytest.raises(ValueError, match="needs the columns Email, Course"):
        list(COMPLETIONS.read(other))
    with pytest.raises(ValueError, match="needs the columns Name and Agency"):
        list(REGISTER.read(other))


def test_an_export_as_it_is_downloaded_is_read_from_its_bytes() -> None:
    lines = [",".join(f'"{cell}"' for cell in row) for row in (EXPORT, completion())]
    (read,) = spreadsheets.read("\r\n".join(lines).encode("utf-8-sig"), "export.csv")
    (row,) = COMPLETIONS.read(read)
    assert row.email == "amara.okafor@nhs.example"


# -- Tavistock's register -------------------------------------------------------------------------


def workbook(*lines: tuple[object, ...]) -> bytes:
    """An Excel file of these lines."""
    book = Workbook()
    page = book.active
    assert page is not None
    for line in lines:
        page.append(line)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_register_is_read_from_excel_with_its_title_marks_and_foot() -> None:
    data = workbook(
        ("Tavistock Relationships",),
        ("Course:", "Think Couple", None, "Venue:", "Gateshead Civic Centre"),
        (),
        ("Name", "Agency", "Profession", "E-mail", "Session 1\n4 March 2027", "Session 2"),
        ("Okafor, Amara", "Health visiting", "HV", "amara@nhs.example", "P", "L"),
        ("Lyons, Beth", "Positive Pathways", "Youth worker", None, "A", None),
        (),
        ("Total present", None, None, None, 1, 1),
        ("P = present, L = late, A = absent",),
        ("Signed:",),
    )
    (read,) = spreadsheets.read(data, "register.xlsx")
    assert REGISTER.recognises(read)
    first, second = REGISTER.read(read)
    assert (first.given_name, first.family_name) == ("Amara", "Okafor")
    assert (first.profession, first.organisation) == ("HV", "Health visiting")
    assert first.course == "Think Couple"
    assert first.attendance == (
        SessionMark("Session 1 4 March 2027", "present", cell="E5"),
        SessionMark("Session 2", "late", cell="F5"),
    )
    assert first.cells["given_name"] == first.cells["family_name"] == "A5"
    assert second.attendance == (SessionMark("Session 1 4 March 2027", "absent", cell="E6"),)
    assert second.email == ""


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Okafor, Amara", ("Amara", "Okafor")),
        ("Amara Okafor", ("Amara", "Okafor")),
        ("O'Brien-Ng , Mary Anne", ("Mary Anne", "O'Brien-Ng")),
        ("van der Berg, Jan, Dr", ("Jan, Dr", "van der Berg")),
        ("Madonna", ("", "Madonna")),
        ("Okafor,", ("", "Okafor")),
    ],
)
def test_a_name_is_taken_apart_at_its_comma_or_its_last_space(
    name: str, parts: tuple[str, str]
) -> None:
    (row,) = rows(REGISTER, REGISTER_HEADINGS, (name, "School", "", "", "P", "P"))
    assert (row.given_name, row.family_name) == parts


@pytest.mark.parametrize(
    ("written", "mark", "time"),
    [
        ("p", "present", ""),
        ("L 9:50", "late", "9:50"),
        ("Late (10.05am)", "late", "10.05am"),
        ("left early 3 pm", "left_early", "3 pm"),
        ("E", "left_early", ""),
        ("P?", "P?", ""),
        ("?", "?", ""),
        ("Sick 2 days", "Sick 2 days", ""),
        ("9:50", "9:50", ""),
    ],
)
def test_a_mark_is_read_with_its_time_and_one_we_have_no_word_for_stays_as_it_is(
    written: str, mark: str, time: str
) -> None:
    (row,) = rows(REGISTER, REGISTER_HEADINGS, ("Ng, Mei", "School", "", "", written, "A"))
    assert row.attendance == (
        SessionMark("Session 1", mark, time, "E2"),
        SessionMark("Session 2", "absent", "", "F2"),
    )


def test_a_column_may_be_headed_by_its_date_and_a_sheet_for_a_day_by_the_title() -> None:
    (row,) = rows(
        REGISTER,
        ("Name", "Agency", "Thursday 4 March 2027", "2027-03-11", "Booked on"),
        ("Ng, Mei", "School", "P", "P", "2027-01-04"),
    )
    assert [one.session for one in row.attendance] == ["Thursday 4 March 2027", "2027-03-11"]
    (row,) = rows(
        REGISTER,
        ("Date:", "04/03/2027", ""),
        ("Name", "Agency", "Session"),
        ("Ng, Mei", "School", "P"),
    )
    assert row.attendance == (SessionMark("Session, 04/03/2027", "present", "", "C3"),)


@pytest.mark.parametrize(
    "line",
    [
        ("Total", "", "", "", "12", "11"),
        ("Total present: 12", "", "", "", "", ""),
        ("", "", "", "", "12", "11"),
        ("Key:", "", "", "", "", ""),
        ("P = Present  L = Late  A = Absent", "", "", "", "", ""),
        ("Trainer's signature", "", "", "", "", ""),
    ],
)
def test_the_foot_of_a_register_is_nobody(line: tuple[str, ...]) -> None:
    assert rows(REGISTER, REGISTER_HEADINGS, line) == []


@pytest.mark.parametrize(
    "line",
    [
        ("Total, Sam", "", "", "", "", ""),
        ("Key", "Refuge", "", "", "", ""),
        ("Signed", "", "", "sam@x.example", "", ""),
        ("", "", "", "", "P", "P"),
        ("Date", "", "", "", "P", ""),
    ],
)
def test_a_person_whose_name_reads_like_a_foot_is_still_a_person(line: tuple[str, ...]) -> None:
    assert len(rows(REGISTER, REGISTER_HEADINGS, line)) == 1


# -- nobody is lost -------------------------------------------------------------------------------

word = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
blank = st.just(("", "", "", "", "", "", "", ""))


def _reads_each_once(
    importer: Importer,
    headings: tuple[str, ...],
    lines: list[tuple[str, ...]],
    is_person: Callable[[tuple[str, ...]], bool],
    above: list[tuple[str, ...]],
) -> None:
    read = sheet(*above, headings, *lines)
    first = len(above) + 2
    people = {first + place for place, line in enumerate(lines) if is_person(line)}
    numbers = [row.row_no for row in importer.read(read)]
    assert len(numbers) == len(set(numbers))
    assert people <= set(numbers)


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(
        st.one_of(
            blank,
            st.tuples(
                word,
                word,
                st.one_of(word, st.just("a@x.example")),
                word,
                word,
                word,
                word,
                st.sampled_from(["Completed", "complete", "", "Awarded", "Passed 80%"]),
            ),
        ),
        max_size=12,
    ),
    above=st.lists(st.tuples(word), max_size=5),
)
def test_every_completed_row_with_a_person_on_it_comes_out_once(
    lines: list[tuple[str, ...]], above: list[tuple[str, ...]]
) -> None:
    def is_person(line: tuple[str, ...]) -> bool:
        return bool(line[1].strip() or line[2].strip()) or line[7] != ""

    _reads_each_once(COMPLETIONS, EXPORT, lines, is_person, above)


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(
        st.one_of(
            blank,
            st.tuples(word, word, word, word, st.sampled_from(["P", "l", "", "?", "12"]), word),
        ),
        max_size=12,
    ),
    above=st.lists(st.tuples(word), max_size=5),
)
def test_every_row_of_a_register_with_an_agency_an_address_or_a_mark_comes_out_once(
    lines: list[tuple[str, ...]], above: list[tuple[str, ...]]
) -> None:
    def is_person(line: tuple[str, ...]) -> bool:
        return any(cell.strip() for cell in line[1:4]) or line[4].lower() in ("p", "l")

    _reads_each_once(REGISTER, REGISTER_HEADINGS, lines, is_person, above)
