"""A row while it is being decided, and what is decided about it.

`assessing` works on drafts and gives decisions; `services` carries a decision's plan out.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from courses.imports import reasons
from courses.imports.known import KnownPerson, Named, name_key
from courses.imports.lines import Line
from courses.imports.reasons import Reason

ADD, HAVE, ATTENTION, OUT = "add", "already", "attention", "left_out"
NEW_MARK, SAME_MARK, PASSED_OVER = "new", "same", "passed_over"
Choice = Mapping[str, str]
LEAVE, ASKED = "leave", "asked"
"""That a row is to be left out, and what it was asked about when this was said."""
LONGEST_NAME = 200


@dataclass(frozen=True)
class Plan:
    """What adding the row means: a person we hold, or a new one with these particulars.

    `shares` is the address of the file that they have no sole use of, and so do not get.
    """

    given_name: str
    family_name: str
    email: str | None
    person_id: uuid.UUID | None = None
    profession_id: uuid.UUID | None = None
    organisation_id: uuid.UUID | None = None
    new_organisation: Named | None = None
    team: str = ""
    waits: bool = False
    waiver: str = ""
    shares: str = ""


@dataclass(frozen=True)
class MarkPlan:
    """What happens to one mark of the file's `column`; `at` is when they came or left."""

    column: tuple[str, str]
    session_id: uuid.UUID | None
    mark: str
    at: datetime | None
    state: str
    said: str


@dataclass(frozen=True)
class Decision:
    """What happens to a row, and why; `plan` for those that are added.

    `marks` of people who have a place or get one; `person_id` is who has one.
    """

    row_no: int
    verdict: str
    reasons: tuple[Reason, ...] = ()
    plan: Plan | None = None
    marks: tuple[MarkPlan, ...] = ()
    person_id: uuid.UUID | None = None

    @property
    def taken(self) -> tuple[MarkPlan, ...]:
        """The marks that are taken over."""
        return tuple(mark for mark in self.marks if mark.state == NEW_MARK)


@dataclass
class Draft:
    """A person's row while it is being decided."""

    line: Line
    choice: Choice
    given: str = ""
    family: str = ""
    email: str = ""
    shares: str = ""
    person: KnownPerson | None = None
    profession_id: uuid.UUID | None = None
    organisation_id: uuid.UUID | None = None
    new_organisation: Named | None = None
    waits: bool = False
    waiver: str = ""
    reasons: list[Reason] = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)
    marks: list[MarkPlan] = field(default_factory=list)
    doubts: list[Reason] = field(default_factory=list)
    ended: tuple[str, Reason] | None = None

    @property
    def key(self) -> str:
        """The name, however it is written."""
        return name_key(self.given, self.family)

    @property
    def decided(self) -> bool:
        """Whether the row is out of the list already."""
        return self.ended is not None

    @property
    def held(self) -> KnownPerson | None:
        """The person we hold, where the page may say so."""
        return self.person if self.person and self.person.in_reach else None

    def ask(self, code: str, why: str, name: str, *, key: str = "", guess: str = "") -> None:
        """Ask about a field: its cell and what stands there are said."""
        unsaved = name in self.line.unsaved
        cell, read = self.line.at.get(name, ""), self.line.read.get(name, "")
        if unsaved:
            why = f"The cell shows an error, {read}" if read else reasons.FORMULA
            read = read or "a formula"
        self.reasons.append(Reason(code, why, cell, read, key, guess))

    def end(self, verdict: str, why: str) -> None:
        """Take the row out of the list."""
        code = reasons.ALREADY if verdict == HAVE else reasons.LEFT_OUT
        self.ended = verdict, Reason(code, why)


def keep_first(group: Sequence[Draft]) -> None:
    """Of rows that are one person the first counts."""
    first, *others = group
    for draft in others:
        draft.end(OUT, f"The same person as row {first.line.row_no}")


def decision(draft: Draft) -> Decision:
    """What has been decided."""
    number = draft.line.row_no
    if draft.ended:
        return _ended(draft, *draft.ended)
    if draft.reasons or draft.doubts:
        return Decision(number, ATTENTION, (*draft.reasons, *draft.doubts))
    marks = () if draft.waits else tuple(draft.marks)
    return Decision(number, ADD, (*draft.notes, *_said(marks)), _plan(draft), marks)


def _ended(draft: Draft, verdict: str, reason: Reason) -> Decision:
    """Who is left out, or booked already: then their marks count, and what is unclear of them."""
    number = draft.line.row_no
    if verdict != HAVE:
        return Decision(number, verdict, (reason,))
    if draft.doubts:
        return Decision(number, ATTENTION, tuple(draft.doubts))
    marks = tuple(draft.marks)
    person_id = draft.person.id if draft.person else None
    return Decision(number, HAVE, (reason, *_said(marks)), None, marks, person_id)


def _said(marks: Sequence[MarkPlan]) -> list[Reason]:
    """What happens to the marks, in one sentence."""
    return [Reason(reasons.NOTE, "; ".join(mark.said for mark in marks))] if marks else []


def _plan(draft: Draft) -> Plan:
    person = draft.person
    return Plan(
        given_name=draft.given,
        family_name=draft.family,
        email=draft.email or None,
        person_id=person.id if person else None,
        profession_id=draft.profession_id,
        organisation_id=draft.organisation_id,
        new_organisation=draft.new_organisation,
        team=draft.line.read.get("team", "")[:LONGEST_NAME],
        waits=draft.waits,
        waiver=draft.waiver,
        shares=draft.shares,
    )
