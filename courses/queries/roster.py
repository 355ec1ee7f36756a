"""The people of a cohort with a mark for every session: the table of the cohort's page.

The cockpit, the roster's download and the print pack read it; marks are the current ones.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from courses.queries import bookings, completion, register
from courses.queries.bookings import BookingRow
from courses.queries.cohorts import CohortFacts, SessionFacts
from courses.queries.completion import Standing
from courses.queries.register import Mark
from lms import clock
from lms.contracts import Actor
from lms.web import words

LOST = "not_completed"


@dataclass(frozen=True)
class Person:
    """A row of the table: who, a mark's words for each session, minutes, and what is wrong."""

    booking: BookingRow
    marks: tuple[str, ...]
    minutes: int
    attention: str = ""


@dataclass(frozen=True)
class Roster:
    """The people of a cohort in the order of names, and as "17/18" who was at each session."""

    sessions: tuple[SessionFacts, ...]
    people: tuple[Person, ...]
    present: tuple[str, ...]

    @property
    def attention(self) -> tuple[Person, ...]:
        """Those who need somebody to look."""
        return tuple(person for person in self.people if person.attention)


def of_cohort(actor: Actor, cohort: CohortFacts) -> Roster:
    """Everybody booked on a cohort, in three queries however many."""
    rows = bookings.of_cohort(actor, cohort.id)
    marks = register.matrix(cohort.id)
    verdicts = completion.of_cohort(cohort.id)
    people = tuple(
        _person(cohort, row, marks.get(row.id, {}), verdicts.get(row.id)) for row in rows
    )
    held = [marks.get(row.id, {}) for row in rows]
    return Roster(cohort.held, people, tuple(_present(one, held) for one in cohort.held))


def said(mark: Mark | None, session: SessionFacts) -> str:
    """A mark in a few words: Present, Late 25 min, Left early 30 min, Absent, – without one."""
    if mark is None:
        return "–"
    if mark.mark == "late" and mark.arrived_at is not None:
        late = (mark.arrived_at - session.start).total_seconds() / 60
        return f"Late {max(late, 0):.0f} min"
    if mark.mark == "left_early" and mark.left_at is not None:
        early = (session.end - mark.left_at).total_seconds() / 60
        return f"Left early {max(early, 0):.0f} min"
    return words.capital(mark.mark.replace("_", " "))


def _person(
    cohort: CohortFacts,
    row: BookingRow,
    marks: Mapping[uuid.UUID, Mark],
    verdict: Standing | None,
) -> Person:
    return Person(
        booking=row,
        marks=tuple(said(marks.get(session.id), session) for session in cohort.held),
        minutes=sum(marks[one.id].minutes for one in cohort.held if one.id in marks),
        attention=_attention(cohort, marks, verdict),
    )


def _attention(
    cohort: CohortFacts, marks: Mapping[uuid.UUID, Mark], verdict: Standing | None
) -> str:
    """As "missed session 1; 3 h attended, 5 h needed", when the rule cannot be met any more."""
    if verdict is None or verdict.verdict != LOST:
        return ""
    short = [one for one in cohort.held if one.id in marks and marks[one.id].minutes < _length(one)]
    missed = [one for one in short if not marks[one.id].minutes]
    parts = [
        f"missed {what}{_numbers(found)}"
        for what, found in (("", missed), ("part of ", [one for one in short if one not in missed]))
        if found
    ]
    return "; ".join([*parts, *verdict.reasons])


def _numbers(sessions: Sequence[SessionFacts]) -> str:
    """As "session 1", or "sessions 1 and 3"."""
    noun = "session" if len(sessions) == 1 else "sessions"
    return f"{noun} {words.listing(str(one.number) for one in sessions)}"


def _length(session: SessionFacts) -> int:
    return round((session.end - session.start).total_seconds() / 60)


def _present(session: SessionFacts, everybody: Sequence[Mapping[uuid.UUID, Mark]]) -> str:
    marked = [marks[session.id] for marks in everybody if session.id in marks]
    if not marked and session.end > clock.now():
        return ""
    there = sum(mark.mark != "absent" for mark in marked)
    return f"{there}/{len(everybody)}"
