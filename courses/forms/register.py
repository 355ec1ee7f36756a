"""The register's form: a mark per person, read as the page sent it; and who walked in.

One row of fields per place (`mark-<place>`, `arrived-<place>` and so on), so it is read by hand.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from werkzeug.datastructures import MultiDict

from courses.queries.register import Line
from courses.services.register import ABSENCES, MARKS, NewMark, Times
from lms import clock, web
from lms.db import Complaint
from lms.people.forms import NameForm
from lms.web import words
from lms.web.forms import clean


@dataclass(frozen=True)
class Row:
    """A person's line as the page draws it: what is chosen or typed, and what is wrong with it."""

    line: Line
    mark: str
    arrived: str
    left: str
    reason: str
    seen: str
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RegisterSheet:
    """A register as sent: marks to keep, lines to draw again, and the problems found so far."""

    marks: tuple[NewMark, ...]
    rows: tuple[Row, ...]
    why: str
    complaints: tuple[Complaint, ...]

    @property
    def error_summary(self) -> list[web.Problem]:
        """The problems for the top of the page, each leading to its field."""
        return [web.Problem(one.text, f"#{one.field}") for one in self.complaints]


def shown(lines: Sequence[Line]) -> RegisterSheet:
    """The register as it stands."""
    rows = tuple(
        Row(
            line=line,
            mark=line.mark.mark if line.mark else "",
            arrived=_time_words(line.mark.arrived_at if line.mark else None),
            left=_time_words(line.mark.left_at if line.mark else None),
            reason=line.mark.reason if line.mark else "",
            seen=str(line.mark.id) if line.mark else "",
        )
        for line in lines
    )
    return RegisterSheet((), rows, "", ())


def read(form: MultiDict[str, str], lines: Sequence[Line], times: Times) -> RegisterSheet:
    """What was sent, for the people expected now; people who are not on the page are left alone."""
    marks: list[NewMark] = []
    rows: list[Row] = []
    complaints: list[Complaint] = []
    for line in lines:
        row = _sent(form, line)
        rows.append(row)
        if not row.mark:
            continue
        try:
            marks.append(_mark(row, times))
        except Complaint as complaint:
            complaints.append(complaint)
    why, wrong = _why(form)
    return RegisterSheet(tuple(marks), tuple(rows), why, (*complaints, *wrong))


def with_complaints(sheet: RegisterSheet, complaints: Sequence[Complaint]) -> RegisterSheet:
    """The sheet to draw again, each complaint at its field."""
    found = {complaint.field: complaint.text for complaint in complaints}
    rows = tuple(
        Row(
            row.line,
            row.mark,
            row.arrived,
            row.left,
            row.reason,
            row.seen,
            {
                name: found[f"{name}-{row.line.place_id}"]
                for name in ("arrived", "left")
                if f"{name}-{row.line.place_id}" in found
            },
        )
        for row in sheet.rows
    )
    return RegisterSheet(sheet.marks, rows, sheet.why, tuple(complaints))


def beside(sheet: RegisterSheet, fresh: RegisterSheet) -> RegisterSheet:
    """The register as it stands, with what was sent for people of whom that page showed the mark
    that stands.
    """
    sent = {row.line.place_id: row for row in sheet.rows}
    rows = tuple(
        mine if (mine := sent.get(row.line.place_id)) and mine.seen == row.seen else row
        for row in fresh.rows
    )
    return RegisterSheet((), rows, sheet.why, ())


def _sent(form: Mapping[str, str], line: Line) -> Row:
    place = line.place_id

    def get(name: str) -> str:
        return clean.shown(form.get(f"{name}-{place}", "")).strip()[:60]

    mark, reason = get("mark"), get("reason")
    return Row(
        line=line,
        mark=mark if mark in MARKS else "",
        arrived=get("arrived"),
        left=get("left"),
        reason=reason if reason in ABSENCES else "",
        seen=get("seen"),
    )


class _Reason(web.Part):
    why = web.TextField("The reason", longest=2000, no_family_details=True)


def _why(form: MultiDict[str, str]) -> tuple[str, list[Complaint]]:
    """The reason of a correction, as it is kept or shown again, and what is wrong with it."""
    why = _Reason(formdata=form).why
    wrong = [Complaint("why", str(text)) for text in why.process_errors]
    return (why.value if wrong else why.data), wrong


def _mark(row: Row, times: Times) -> NewMark:
    place = row.line.place_id
    return NewMark(
        place_id=place,
        mark=row.mark,
        arrived_at=_moment(f"arrived-{place}", row.arrived, times) if row.mark == "late" else None,
        left_at=_moment(f"left-{place}", row.left, times) if row.mark == "left_early" else None,
        reason=row.reason if row.mark == "absent" else "",
        seen=_id(row.seen),
    )


def _moment(name: str, typed: str, times: Times) -> datetime | None:
    if not typed:
        return None
    try:
        return clock.at(clock.london(times.start).date(), clean.wall_time(typed))
    except ValueError as error:
        raise Complaint(name, f"The time {error}") from None


def _id(raw: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(raw) if raw else None
    except ValueError:
        return None


def _time_words(moment: datetime | None) -> str:
    return words.time(moment) if moment else ""


class WalkInForm(NameForm):
    """Somebody who is here and not on the list."""

    given_name = web.TextField("First name", missing="Enter their first name", longest=100)
    family_name = web.TextField("Last name", missing="Enter their last name", longest=100)
    email = web.EmailField(
        "E-mail address (optional)", hint="For their survey and certificate", autocomplete="off"
    )
