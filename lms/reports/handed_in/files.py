"""Reads a file of counts or of headcounts into rows, each with what is wrong with it.

The upload's pages call it; nothing is kept here. The file of the published table, with its printed
percentages, is read as it is.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from lms.contracts import Sheet
from lms.db import Complaint
from lms.reports.handed_in.rows import DeliveryRow, TargetRow
from lms.spreadsheets import UnreadableFile, headings, read
from lms.spreadsheets.headings import Line
from lms.web import words
from lms.web.forms import clean

MOST_ROWS = 500
DELIVERY = {
    "project": ("Project", "Programme", "Course"),
    "projects_started": ("Projects started", "Started", "Groups"),
    "clients_enrolled": ("Clients enrolled", "Enrolled"),
    "clients_starts": ("Clients starts", "Starts"),
    "retained": ("Retained",),
    "milestones": ("Milestones",),
    "share": ("Share milestones", "Share of milestones"),
    "base": ("Milestone base", "Milestones of"),
    "place": ("Place", "Locality", "Local authority", "Area"),
    "starts_on": ("From", "Start", "First day"),
    "ends_on": ("To", "End", "Last day"),
    "source": ("Source",),
}
"""A column for each field, by the names it goes by; "% Milestones" is read as the share of them."""
TARGETS = {
    "organisation": ("Organisation", "Employer", "Agency"),
    "profession": ("Job", "Profession", "Role"),
    "number": ("Headcount", "Number", "How many"),
    "on_date": ("Date", "On", "As at"),
    "source": ("Source",),
}
COUNTS = ("projects_started", "clients_enrolled", "clients_starts", "retained", "milestones")
Names = Mapping[str, uuid.UUID]
"""What may be named, in small letters."""


@dataclass(frozen=True)
class Read:
    """A line of the file: its number, its texts for the preview, and the row or what is wrong."""

    number: int
    texts: tuple[str, ...]
    row: DeliveryRow | TargetRow | None = None
    wrong: str = ""


def deliveries(data: bytes, name: str, places: Names, given: Mapping[str, Any]) -> list[Read]:
    """The rows of a table of delivery; `given` is used where the file has no such column.

    Raises `Complaint` at the field "file".
    """
    lines = _lines(data, name, DELIVERY, ("project", "clients_starts", "retained", "milestones"))
    return _once(
        [_read(line, lambda one: _delivery(one, places, given), DELIVERED) for line in lines],
        lambda row: (row.locality_id, row.project, row.starts_on, row.ends_on),
    )


def headcounts(
    data: bytes, name: str, employers: Names, jobs: Names, given: Mapping[str, Any]
) -> list[Read]:
    """The rows of a list of headcounts."""
    lines = _lines(data, name, TARGETS, ("organisation", "profession", "number"))
    return _once(
        [_read(line, lambda one: _target(one, employers, jobs, given), LISTED) for line in lines],
        lambda row: (row.organisation_id, row.profession_id, row.on_date),
    )


def _once(rows: Sequence[Read], key: Callable[[Any], object]) -> list[Read]:
    """The same thing twice in a file is a question: the second row is not taken."""
    seen: dict[object, int] = {}
    found = []
    for each in rows:
        first = seen.setdefault(key(each.row), each.number) if each.row else each.number
        wrong = f"The same as row {first}" if first != each.number else each.wrong
        found.append(replace(each, row=None if wrong else each.row, wrong=wrong))
    return found


DELIVERY_HEADS = (
    "Place", "Project", "Started", "Enrolled", "Starts", "Retained", "Milestones",
)  # fmt: skip
TARGET_HEADS = ("Organisation", "Job", "Headcount", "Date")
LISTED = ("organisation", "profession", "number", "on_date")
DELIVERED = ("place", "project", *COUNTS)


def _lines(
    data: bytes, name: str, wanted: Mapping[str, Collection[str]], needed: Collection[str]
) -> list[Line]:
    try:
        sheets = read(data, name)
    except UnreadableFile as error:
        raise Complaint("file", str(error)) from error
    for sheet in sheets:
        found = headings.find(_without_signs(sheet), wanted, needed)
        if found is not None:
            lines = [line for line in found.lines() if not _is_total(line)]
            if len(lines) > MOST_ROWS:
                raise Complaint("file", f"The file has more than {MOST_ROWS} rows. Split it")
            return lines
    asked = words.listing(f"“{next(iter(wanted[field]))}”" for field in needed)
    raise Complaint("file", f"The file has no row of headings with {asked}. Add them and try again")


def _without_signs(sheet: Sheet) -> Sheet:
    """A heading that begins with % has the word for it: signs do not count among headings."""
    rows = tuple(
        tuple(f"Share {cell.strip()[1:]}" if cell.strip().startswith("%") else cell for cell in row)
        for row in sheet.rows
    )
    return replace(sheet, rows=rows)


def _is_total(line: Line) -> bool:
    first = line.text("project") or line.text("organisation")
    return first.casefold() in ("total", "totals", "all", "")


def _read(line: Line, make: Callable[[Line], Any], shown: Sequence[str]) -> Read:
    texts = tuple(line.text(field) for field in shown)
    try:
        row = make(line)
        row.check()
        return Read(line.number, texts, row)
    except ValueError as error:
        return Read(line.number, texts, wrong=str(error))


def _delivery(line: Line, places: Names, given: Mapping[str, Any]) -> DeliveryRow:
    counts = {field: _number(line, field, DELIVERY[field][0]) for field in COUNTS}
    place = line.text("place")
    locality_id = _named(place, places, "place") if place else given.get("place")
    if locality_id is None:
        raise ValueError("It has no place. Choose one above, for all rows")
    return DeliveryRow(
        locality_id=locality_id,
        project=line.text("project"),
        starts_on=_day(line, "starts_on", "first day", given),
        ends_on=_day(line, "ends_on", "last day", given),
        milestone_base=_base(line, counts),
        source=_source(line, given),
        **counts,
    )


def _base(line: Line, counts: Mapping[str, int]) -> str:
    """The base that is written, else the one by which the printed percentage comes out."""
    written = line.text("base").casefold()
    if written in ("retained", "starts"):
        return written
    printed = line.text("share").rstrip("% ")
    if not printed:
        return "retained"
    value = float(printed)
    shown = {round(value), round(value * 100)} if value <= 1 else {round(value)}
    for base, of in (("retained", counts["retained"]), ("starts", counts["clients_starts"])):
        share = words.percent(counts["milestones"], of).rstrip("%")
        if share and int(share) in shown:
            return base
    raise ValueError(f"{printed}% is the share of milestones neither of retained nor of starts")


def _target(line: Line, employers: Names, jobs: Names, given: Mapping[str, Any]) -> TargetRow:
    return TargetRow(
        organisation_id=_named(line.text("organisation"), employers, "organisation"),
        profession_id=_named(line.text("profession"), jobs, "job"),
        number=_number(line, "number", "Headcount"),
        on_date=_day(line, "on_date", "day", given),
        source=_source(line, given),
    )


def _number(line: Line, field: str, label: str) -> int:
    try:
        found = clean.whole_number(line.text(field))
    except ValueError:
        raise ValueError(f"{label} must be a whole number") from None
    if found < 0:
        raise ValueError(f"{label} must not be less than nought")
    return found


def _day(line: Line, field: str, label: str, given: Mapping[str, Any]) -> date:
    written = line.text(field)
    if not written:
        if isinstance(given.get(field), date):
            return date.fromisoformat(given[field].isoformat())
        raise ValueError(f"It has no {label}. Enter one above, for all rows")
    try:
        return clean.day(written[:10] if written[4:5] == "-" else written)
    except ValueError:
        raise ValueError(f"“{written}” is no date") from None


def _source(line: Line, given: Mapping[str, Any]) -> str:
    found = line.text("source") or str(given.get("source") or "")
    if not found:
        raise ValueError("It has no source. Enter one above, for all rows")
    return found[:500]


def _named(text: str, known: Names, what: str) -> uuid.UUID:
    found = known.get(text.casefold())
    if found is None:
        raise ValueError(f"“{text}” is no {what} that you may count for")
    return found


# -- between the preview and what is kept ---------------------------------------------------------


def written(rows: Sequence[Read]) -> str:
    """The readable rows as text for the preview's form."""
    return json.dumps([asdict(each.row) for each in rows if each.row is not None], default=str)


def read_again(text: str, kind: type[DeliveryRow] | type[TargetRow]) -> list[Any]:
    """The rows a preview carried along; raises `Complaint` for what is none."""
    try:
        return [_typed(kind, one) for one in json.loads(text)][:MOST_ROWS]
    except (TypeError, ValueError, KeyError) as error:
        raise Complaint("", "The preview was changed. Upload the file again") from error


def _typed(kind: type[Any], held: Any) -> Any:
    if not isinstance(held, dict):
        raise TypeError(held)
    row = kind(**{name: _value(name, value) for name, value in held.items()})
    row.check()
    return row


def _value(name: str, value: Any) -> Any:
    if name.endswith("_id"):
        return uuid.UUID(str(value))
    if name in ("starts_on", "ends_on", "on_date"):
        return date.fromisoformat(value)
    return value if isinstance(value, int) else str(value)
