"""Spreadsheets as read, and rows in our words.

`lms.spreadsheets` reads sheets, importers turn them into `CanonicalRow`s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True)
class Sheet:
    """A spreadsheet as read: its name and its rows of text; cells are "" where empty.

    Dates and numbers come as ISO or plain decimal text; `row_numbers[i]` is the number the
    spreadsheet shows for row i; `formulas` are addresses whose formula had no saved result;
    `notes` are sentences for the person ("2 rows are hidden in the file and read all the same").
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    row_numbers: tuple[int, ...]
    formulas: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SessionMark:
    """A mark in somebody's register: one person at one session; all text, as read.

    `session` is the heading of its column ("Session 2", "4 March 2027"): the session is found by
    the date in it, else by its number. `mark` is present, late, left_early or absent; any other
    word is asked about. `time` is when they came or left ("9:50"), `cell` the address ("F12").
    """

    session: str
    mark: str
    time: str = ""
    cell: str = ""


@dataclass(frozen=True)
class CanonicalRow:
    """One row of somebody's register in our words; all text, as read, trimmed.

    `cells` maps a field to the address it came from ("D12"). `component` is a component's key,
    `minutes` and `completed_on` describe an e-learning completion, `attendance` the marks of a
    register of people.
    """

    row_no: int
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    profession: str = ""
    organisation: str = ""
    team: str = ""
    course: str = ""
    component: str = ""
    completed_on: str = ""
    minutes: str = ""
    source_ref: str = ""
    attendance: tuple[SessionMark, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)


class ImportKind(StrEnum):
    """What a file brings: people for a cohort, or completions of e-learning."""

    PEOPLE = "people"
    COMPLETIONS = "completions"


@dataclass(frozen=True)
class Importer:
    """A provider's own file format.

    `recognises` says whether a sheet looks like it; `read` yields its rows in our words and may
    raise ValueError with the sentence to show.
    """

    key: str
    title: str
    kind: ImportKind
    columns: tuple[str, ...]
    recognises: Callable[[Sheet], bool]
    read: Callable[[Sheet], Iterator[CanonicalRow]]
    provider: str = ""
