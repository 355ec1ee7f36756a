"""Reads a file of counts or of headcounts into rows, each with what is wrong with it.

The upload's pages call it; nothing is kept here. The file of the published table, with its printed
percentages, is read as it is.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from lms.contracts import Sheet
from lms.db import Complaint, Complaints
from lms.reports.handed_in.rows import BASES, DeliveryRow, TargetRow
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
ASKED = {
    "place": "Choose the place: the file does not say it",
    "starts_on": "Enter the first day counted: the file does not say it",
    "ends_on": "Enter the last day counted: the file does not say it",
    "on_date": "Enter the day on which they were counted: the file does not say it",
    "source": "Enter where the numbers come from: the file does not say it",
    "base": "Choose what milestones are a share of: the file has no column “% Milestones”",
}
"""What is asked for on the form where a row of the file does not say it."""


class Names:
    """What may be named, by its name in whatever letters, and how it is spelt."""

    def __init__(self, known: Iterable[tuple[uuid.UUID, str]]) -> None:
        self.spelt = dict(known)
        self._keys = {name.casefold(): key for key, name in self.spelt.items()}

    def find(self, text: str) -> uuid.UUID | None:
        """The key of a name."""
        return self._keys.get(text.casefold())


@dataclass(frozen=True)
class Read:
    """A line of the file: its number, its texts for the preview, and the row or what is wrong.

    A row that can be read is shown as it will be kept, with what the form gave it.
    """

    number: int
    texts: tuple[str, ...]
    row: DeliveryRow | TargetRow | None = None
    wrong: str = ""


def deliveries(data: bytes, name: str, places: Names, given: Mapping[str, Any]) -> list[Read]:
    """The rows of a table of delivery; `given` is used where the file does not say something.

    Raises `Complaint` at the field "file", and `Complaints` at those that must be given.
    """
    lines = _lines(data, name, DELIVERY, ("project", "clients_starts", "retained", "milestones"))
    _ask(lines, given, ("place", "starts_on", "ends_on", "source"), also=_needs_base)

    def said(row: DeliveryRow) -> tuple[str, ...]:
        counts = (str(getattr(row, field)) for field in COUNTS)
        days = (words.short_date(row.starts_on), words.short_date(row.ends_on))
        place = places.spelt[row.locality_id]
        base = dict(BASES)[row.milestone_base]
        return (row.project, place, *days, *counts, base, row.source)

    return _once(
        [_read(one, lambda it: _delivery(it, places, given), said, DELIVERED) for one in lines],
        lambda row: (row.locality_id, row.project, row.starts_on, row.ends_on),
    )


def headcounts(
    data: bytes, name: str, employers: Names, jobs: Names, given: Mapping[str, Any]
) -> list[Read]:
    """The rows of a list of headcounts."""
    lines = _lines(data, name, TARGETS, ("organisation", "profession", "number"))
    _ask(lines, given, ("on_date", "source"))

    def said(row: TargetRow) -> tuple[str, ...]:
        employer, job = employers.spelt[row.organisation_id], jobs.spelt[row.profession_id]
        return (employer, job, str(row.number), words.short_date(row.on_date), row.source)

    return _once(
        [_read(one, lambda it: _target(it, employers, jobs, given), said, LISTED) for one in lines],
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
    "Project", "Place", "From", "To", "Projects started", "Enrolled", "Clients who started",
    "Retained", "Milestones", "Milestones are a share", "Source",
)  # fmt: skip
TARGET_HEADS = ("Organisation", "Job", "Headcount", "Date", "Source")
LISTED = ("organisation", "profession", "number", "on_date", "source")
DELIVERED = ("project", "place", "starts_on", "ends_on", *COUNTS, "base", "source")


def _ask(
    lines: Sequence[Line],
    given: Mapping[str, Any],
    fields: Collection[str],
    *,
    also: Callable[[Line], bool] | None = None,
) -> None:
    """Complain of what some row does not say and the form did not either."""
    missing = [
        field
        for field in fields
        if not given.get(field) and any(not line.text(field) for line in lines)
    ]
    if also and not given.get("base") and any(also(line) for line in lines):
        missing.append("base")
    if missing:
        raise Complaints(*(Complaint(field, ASKED[field]) for field in missing))


def _needs_base(line: Line) -> bool:
    """Whether nothing tells what milestones are a share of, where it makes a difference."""
    told = line.text("base") or line.text("share").rstrip("% ")
    return not told and line.text("retained") != line.text("clients_starts")


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


def _read(
    line: Line,
    make: Callable[[Line], Any],
    said: Callable[[Any], tuple[str, ...]],
    shown: Sequence[str],
) -> Read:
    try:
        row = make(line)
        row.check()
        return Read(line.number, said(row), row)
    except ValueError as error:
        return Read(line.number, tuple(line.text(field) for field in shown), wrong=str(error))


def _delivery(line: Line, places: Names, given: Mapping[str, Any]) -> DeliveryRow:
    counts = {field: _number(line, field, DELIVERY[field][0]) for field in COUNTS}
    place = line.text("place")
    locality_id = _named(place, places, "a place") if place else given["place"]
    return DeliveryRow(
        locality_id=locality_id,
        project=line.text("project"),
        starts_on=_day(line, "starts_on", given),
        ends_on=_day(line, "ends_on", given),
        milestone_base=_base(line, counts, given),
        source=_source(line, given),
        **counts,
    )


def _base(line: Line, counts: Mapping[str, int], given: Mapping[str, Any]) -> str:
    """The base that is written, else that by which the printed percentage comes out, else given."""
    written = line.text("base").casefold()
    if written in ("retained", "starts"):
        return written
    printed = line.text("share").rstrip("% ")
    if not printed:
        return str(given.get("base") or "retained")  # asked for where it makes a difference
    value = float(printed)
    shown = {round(value), round(value * 100)} if value <= 1 else {round(value)}
    for base, of in (("retained", counts["retained"]), ("starts", counts["clients_starts"])):
        share = words.percent(counts["milestones"], of).rstrip("%")
        if share and int(share) in shown:
            return base
    raise ValueError(f"{printed}% is neither the share of those retained nor of those who started")


def _target(line: Line, employers: Names, jobs: Names, given: Mapping[str, Any]) -> TargetRow:
    return TargetRow(
        organisation_id=_named(line.text("organisation"), employers, "an organisation"),
        profession_id=_named(line.text("profession"), jobs, "a job"),
        number=_number(line, "number", "Headcount"),
        on_date=_day(line, "on_date", given),
        source=_source(line, given),
    )


def _number(line: Line, field: str, label: str) -> int:
    try:
        found = clean.whole_number(line.text(field))
    except ValueError:
        raise ValueError(f"{label} must be a whole number") from None
    if found < 0:
        raise ValueError(f"{label} must not be less than 0")
    return found


def _day(line: Line, field: str, given: Mapping[str, Any]) -> date:
    written = line.text(field)
    if not written:
        return date.fromisoformat(given[field].isoformat())
    try:
        return clean.day(written[:10] if written[4:5] == "-" else written)
    except ValueError:
        raise ValueError(f"“{written}” is not a date") from None


def _source(line: Line, given: Mapping[str, Any]) -> str:
    return (line.text("source") or str(given["source"]))[:500]


def _named(text: str, known: Names, what: str) -> uuid.UUID:
    found = known.find(text)
    if found is None:
        raise ValueError(f"“{text}” is not {what} that you may count for")
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
