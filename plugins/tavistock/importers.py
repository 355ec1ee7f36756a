"""Tavistock Relationships' register: a sheet a day or a course, with a column of marks per session.

`plugin.py` offers it; `courses` asks it to read an upload it recognises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lms.contracts import CanonicalRow, Importer, ImportKind, SessionMark, Sheet
from lms.spreadsheets.headings import Headings, Line, find, letters, plain
from lms.web.forms import clean

COLUMNS = {
    "name": ("Name", "Delegate", "Delegate name", "Surname, Forename", "Participant"),
    "organisation": ("Agency", "Organisation", "Employer"),
    "team": ("Team", "Service"),
    "profession": ("Profession", "Job title", "Role"),
    "email": ("Email", "Email address", "E-mail", "Contact e-mail"),
}
NEEDED = ("name", "organisation")
SESSION = re.compile(r"(session|day|week|supervision)\b")
WEEKDAY = re.compile(r"(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?,? ", re.IGNORECASE)
AT = re.compile(
    r"(?P<word>[^\d(]*?)\W*(?P<time>\d{1,2}([:.]\d{2})?( ?[ap]\.?m\.?)?)\)?", re.IGNORECASE
)
"""A mark with a time: "L 9:50", "Left early (3pm)"."""
MARKS = {
    "p": "present",
    "present": "present",
    "l": "late",
    "late": "late",
    "e": "left_early",
    "left": "left_early",
    "left early": "left_early",
    "a": "absent",
    "absent": "absent",
}
FOOT = re.compile(
    r"(grand )?totals?( present| attending| delegates)?( \d+)?"
    r"|(key )?p (is )?present.*|key( to (the )?marks)?"
    r"|signed( by)?|(trainers? )?signature|(trainers? )?signed|date"
)


def recognises(sheet: Sheet) -> bool:
    """Whether it has names, agencies and at least one session to mark."""
    headings = find(sheet, COLUMNS, NEEDED)
    return headings is not None and bool(_sessions(headings))


def read(sheet: Sheet) -> Iterator[CanonicalRow]:
    """A row for each person, with their mark for every session that has one."""
    headings = find(sheet, COLUMNS, NEEDED)
    if headings is None:
        raise ValueError(
            "This is not Tavistock Relationships' register: it needs the columns Name and Agency, "
            "and one for each session."
        )
    sessions = _sessions(headings)
    course = _titled(headings, "course")
    for line in headings.lines():
        if _is_foot(line, sessions):
            continue
        given_name, family_name = _names(line.text("name"))
        yield CanonicalRow(
            row_no=line.number,
            given_name=given_name,
            family_name=family_name,
            email=line.text("email"),
            profession=line.text("profession"),
            organisation=line.text("organisation"),
            team=line.text("team"),
            course=course,
            attendance=_attendance(line, sessions),
            cells=_cells(line),
        )


IMPORTER = Importer(
    key="tavistock:register",
    title="Tavistock Relationships: register (Excel)",
    kind=ImportKind.PEOPLE,
    columns=("Name (Surname, Forename)", "Agency", "Profession", "Email", "Session 1, Session 2…"),
    recognises=recognises,
    read=read,
    provider="tavistock",
)


def _sessions(headings: Headings) -> dict[int, str]:
    """The columns of marks with their headings on one line: "Session 2", or the session's date.

    A sheet for one day has the date in its title.
    """
    taken = set(headings.columns.values())
    found = {
        column: " ".join(heading.split())
        for column, heading in enumerate(headings.row)
        if column not in taken and (SESSION.match(plain(heading)) or _is_day(heading))
    }
    day = _titled(headings, "date")
    if len(found) == 1 and _is_day(day):
        return {column: f"{heading}, {day}" for column, heading in found.items()}
    return found


def _is_day(text: str) -> bool:
    try:
        clean.day(WEEKDAY.sub("", " ".join(text.split()), count=1))
    except ValueError:
        return False
    return True


def _attendance(line: Line, sessions: dict[int, str]) -> tuple[SessionMark, ...]:
    """A mark for each session that has one; one we have no word for stays as it is written."""
    return tuple(
        _mark(heading, line.raw[column].strip(), f"{letters(column)}{line.number}")
        for column, heading in sessions.items()
        if column < len(line.raw) and line.raw[column].strip()
    )


def _mark(heading: str, written: str, cell: str) -> SessionMark:
    mark, time = None if "?" in written else MARKS.get(plain(written)), ""
    timed = AT.fullmatch(written)
    if mark is None and timed:
        mark, time = MARKS.get(plain(timed["word"])), timed["time"]
    return (
        SessionMark(heading, mark, time, cell) if mark else SessionMark(heading, written, "", cell)
    )


def _names(name: str) -> tuple[str, str]:
    """Given and family name of "Surname, Forename", or of "Forename Surname" without a comma."""
    family_name, comma, given_name = (part.strip() for part in name.partition(","))
    if comma:
        return given_name, family_name
    given_name, _, family_name = name.rpartition(" ")
    return given_name.strip(), family_name.strip()


def _cells(line: Line) -> dict[str, str]:
    cells = {field: cell for field, cell in line.cells.items() if field != "name"}
    name = line.cells["name"]
    return cells | {"given_name": name, "family_name": name}


def _titled(headings: Headings, label: str) -> str:
    """What the title block says after "Course:", in the same cell or the next filled one."""
    for row in headings.sheet.rows[: headings.place]:
        filled = [cell.strip() for cell in row if cell.strip()]
        for place, cell in enumerate(filled):
            said, _, value = cell.partition(":")
            if plain(said) == label:
                return value.strip() or (filled[place + 1] if place + 1 < len(filled) else "")
    return ""


def _is_foot(line: Line, sessions: dict[int, str]) -> bool:
    """The lines under the people: totals, the key to the marks, a place to sign.

    Whoever has an agency, an address or a mark of their own is a person, whatever their name.
    """
    described = any(text for field, text in line.texts.items() if field != "name")
    if described or any(one.mark in MARKS.values() for one in _attendance(line, sessions)):
        return False
    first = next(plain(cell) for cell in line.raw if cell.strip())
    return not line.text("name") or FOOT.fullmatch(first) is not None
