"""Why a row is not simply added: codes, words and the cell they are about.

`assessing` gives them, the preview asks by their code, the returned file prints them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What can be asked about. Each code is one kind of question on the preview.
NAME, EMAIL, SHARED, PERSON = "name", "email", "shared", "person"
PROFESSION, ORGANISATION = "profession", "organisation"
CLASH, FULL, RULE = "clash", "full", "rule"
# Completions of e-learning: nothing to choose but to leave the row out.
NOBODY, COURSE, DATE, MINUTES = "nobody", "course", "date", "minutes"
# Marks of a register: whose session a column is, what a word means, when, and marks we have.
MARK_SESSION, MARK_EARLY, MARK_WORD = "mark_session", "mark_early", "mark_word"
MARK_TIME, MARK_HELD, MARK_TWICE = "mark_time", "mark_held", "mark_twice"
MARKS = (MARK_SESSION, MARK_EARLY, MARK_WORD, MARK_TIME, MARK_HELD, MARK_TWICE)
# What is only said: of rows that are added or left out.
NOTE, LEFT_OUT, ALREADY = "note", "left_out", "already"

FORMULA = "A formula with no saved result"
FORMULA_NEXT = "Open the file in Excel or LibreOffice, save it and upload it again, or type it here"
IF_TWO = (
    "If they are two people, nobody can sign in with it, and letters to the new one are printed, "
    "not e-mailed"
)
SAID_BEFORE = "Others read this mailbox, an earlier import says: nobody can sign in with it"


def left_out(asked: str) -> str:
    """Why a row is left out that the person said to leave out: what it was asked about before."""
    return "You left this row out" + (f". It needed an answer: {asked}" if asked else "")


@dataclass(frozen=True)
class Reason:
    """One thing about a row: its code, the cell and what stands there, and why it matters.

    `key` is what rows with the same question have in common; `guess` is an answer to start from;
    `slot` tells one row's questions of the same code apart.
    """

    code: str
    why: str
    cell: str = ""
    read: str = ""
    key: str = ""
    guess: str = ""
    slot: str = ""

    def as_json(self) -> dict[str, Any]:
        """What the row keeps."""
        return {name: value for name, value in vars(self).items() if value}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Reason:
        """What the row kept."""
        return cls(**{str(name): str(value) for name, value in kept.items()})

    @property
    def sentence(self) -> str:
        """For the returned file: "D12: Not an e-mail address (j.patel@@herts.nhs)"."""
        where = f"{self.cell}: " if self.cell else ""
        what = f" ({self.read})" if self.read else ""
        return f"{where}{self.why}{what}"
