"""OnePlusOne's export of e-learning: who has completed which module, and when.

`plugin.py` offers it; `courses` asks it to read an upload it recognises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256

from lms import clock
from lms.contracts import (
    CanonicalRow,
    ComponentKind,
    CourseTemplate,
    Importer,
    ImportKind,
    Sheet,
)
from lms.spreadsheets.headings import Headings, Line, find, plain

COLUMNS = {
    "given_name": ("First name", "Forename", "Given name"),
    "family_name": ("Last name", "Surname", "Family name"),
    "email": ("Email", "Email address", "E-mail", "Username"),
    "course": ("Course", "Course title"),
    "component": ("Module", "Module title"),
    "completed_on": ("Completed (UTC)", "Completed", "Completion date", "Date completed"),
    "minutes": ("Minutes", "Time spent (minutes)", "Time spent"),
    "status": ("Status", "Completion status"),
}
NEEDED = ("email", "course", "completed_on", "status")
NOT_DONE = {"in progress", "started", "not started", "enrolled", "invited", "withdrawn", "expired"}
"""Every other status is passed on, so that a new word of theirs is asked about and not lost."""

MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M")


class ELearningCompletions:
    """Reads the export; knows the provider's courses by every name they go by."""

    def __init__(self, courses: Iterable[CourseTemplate]) -> None:
        self.courses: dict[str, CourseTemplate] = {}
        for course in courses:
            for name in (course.title, course.key, *course.also_called):
                self.courses[plain(name)] = course

    def recognises(self, sheet: Sheet) -> bool:
        """Whether it has their columns."""
        return find(sheet, COLUMNS, NEEDED) is not None

    def read(self, sheet: Sheet) -> Iterator[CanonicalRow]:
        """A row for each completion; people who have not finished a module are left out."""
        headings = find(sheet, COLUMNS, NEEDED)
        if headings is None:
            raise ValueError(
                "This is not OnePlusOne's export of completions: it needs the columns "
                "Email, Course, Completed (UTC) and Status."
            )
        yield from self._rows(headings)

    def _rows(self, headings: Headings) -> Iterator[CanonicalRow]:
        for line in headings.lines():
            if plain(line.text("status")) in NOT_DONE or _is_total(line):
                continue
            course = self.courses.get(plain(line.text("course")))
            yield CanonicalRow(
                row_no=line.number,
                given_name=line.text("given_name"),
                family_name=line.text("family_name"),
                email=line.text("email"),
                course=f"{course.provider}:{course.key}" if course else line.text("course"),
                component=_component(course, line.text("component")),
                completed_on=_day(line.text("completed_on")),
                minutes=_minutes(line.text("minutes")),
                source_ref=_reference(line.texts),
                cells={field: cell for field, cell in line.cells.items() if field != "status"},
            )


def importer(courses: Iterable[CourseTemplate]) -> Importer:
    """The importer for these courses."""
    reader = ELearningCompletions(courses)
    return Importer(
        key="oneplusone:e-learning",
        title="OnePlusOne: completions of e-learning (CSV)",
        kind=ImportKind.COMPLETIONS,
        columns=tuple(names[0] for names in COLUMNS.values()),
        recognises=reader.recognises,
        read=reader.read,
        provider="oneplusone",
    )


def _component(course: CourseTemplate | None, module: str) -> str:
    """The key of the course's one e-learning component; else the module's name as written."""
    if course is None:
        return module
    keys = {
        component.key
        for edition in course.editions
        for component in edition.components
        if component.kind is ComponentKind.E_LEARNING
    }
    named = plain(module)
    ours = not named or "learning" in named.split() or "elearning" in named
    return keys.pop() if len(keys) == 1 and ours else module


def _day(text: str) -> str:
    """The London day of their UTC instant: 23:30 on a summer evening is the next day here."""
    stamp = text.removesuffix("Z").removesuffix("UTC").strip().replace("T", " ", 1)
    for pattern in MOMENTS:
        try:
            moment = datetime.strptime(stamp, pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
        return clock.london(moment).date().isoformat()
    return text


def _minutes(text: str) -> str:
    """Whole minutes where the file says hours and minutes, or a decimal with nothing after it."""
    if parts := re.fullmatch(r"(\d{1,3}):([0-5]\d)(:[0-5]\d)?", text):
        return str(int(parts[1]) * 60 + int(parts[2]))
    return text.removesuffix(".0")


def _reference(texts: Mapping[str, str]) -> str:
    """The same for the same completion in every export, and nobody's address in clear."""
    said = "\n".join(
        plain(texts.get(field, ""))
        for field in ("email", "given_name", "family_name", "course", "component", "completed_on")
    )
    return sha256(said.encode()).hexdigest()[:32]


def _is_total(line: Line) -> bool:
    """A foot of the table: "Total" and nothing that belongs to a person."""
    first = next(plain(cell) for cell in line.raw if cell.strip())
    person = any(line.text(field) for field in ("email", "family_name", "status"))
    return not person and re.match(r"(grand )?totals?\b|report |exported ", first) is not None
