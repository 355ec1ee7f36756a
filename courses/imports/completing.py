"""Decides on every row of a provider's completions: new evidence, known already, or a question.

Pure: `services.completions` gives it the lines and who is booked on what.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from courses.imports import addresses, lines, reasons
from courses.imports.assessing import left_out
from courses.imports.drafts import ADD, ASKED, ATTENTION, HAVE, LEAVE, OUT, Choice, Decision
from courses.imports.lines import Line
from courses.imports.reasons import Reason
from lms import clock
from lms.spreadsheets.headings import plain
from lms.web.forms import clean

MOST_MINUTES = 10_000


@dataclass(frozen=True)
class Learner:
    """Somebody booked on a course that has e-learning; `components` by key and by plain title."""

    booking_id: uuid.UUID
    course_key: str
    course: str
    components: Mapping[str, uuid.UUID]


@dataclass(frozen=True)
class Evidence:
    """What a row proves."""

    booking_id: uuid.UUID
    component_id: uuid.UUID
    completed_at: datetime
    minutes: int
    source_ref: str

    @property
    def key(self) -> tuple[uuid.UUID, uuid.UUID, str]:
        """What makes it the same evidence when it comes again."""
        return self.booking_id, self.component_id, self.source_ref


@dataclass(frozen=True)
class Judged:
    """A decision, and the evidence to keep if it is to be added."""

    decision: Decision
    evidence: Evidence | None = None


def judge(
    found: Sequence[Line],
    choices: Mapping[int, Choice],
    learners: Mapping[str, Sequence[Learner]],
    held: Collection[tuple[uuid.UUID, uuid.UUID, str]],
) -> list[Judged]:
    """A decision for every line; `learners` by address, `held` the evidence that is there."""
    seen: dict[tuple[uuid.UUID, uuid.UUID, str], int] = {}
    return [
        _row(line, choices.get(line.row_no, {}), learners, held, seen)
        if line.kind == lines.PERSON
        else Judged(left_out(line))
        for line in found
    ]


def _row(
    line: Line,
    choice: Choice,
    learners: Mapping[str, Sequence[Learner]],
    held: Collection[tuple[uuid.UUID, uuid.UUID, str]],
    seen: dict[tuple[uuid.UUID, uuid.UUID, str], int],
) -> Judged:
    if choice.get(LEAVE):
        return _out(line, OUT, reasons.left_out(choice.get(ASKED, "")))
    evidence = _evidence(line, learners)
    if isinstance(evidence, list):
        return Judged(Decision(line.row_no, ATTENTION, tuple(evidence)))
    if evidence.key in held:
        return _out(line, HAVE, "We have this already")
    if evidence.key in seen:
        return _out(line, OUT, f"The same as row {seen[evidence.key]}")
    seen[evidence.key] = line.row_no
    return Judged(Decision(line.row_no, ADD), evidence)


def _out(line: Line, verdict: str, why: str) -> Judged:
    code = reasons.ALREADY if verdict == HAVE else reasons.LEFT_OUT
    return Judged(Decision(line.row_no, verdict, (Reason(code, why),)))


def _evidence(line: Line, learners: Mapping[str, Sequence[Learner]]) -> Evidence | list[Reason]:
    """What the row proves, or all that is in the way."""
    wrong: list[Reason] = []
    learner = _learner(line, learners, wrong)
    component = _component(line, learner, wrong) if learner else None
    day = _day(line, wrong)
    minutes = _minutes(line, wrong)
    if wrong or learner is None or component is None or day is None:
        return wrong
    return Evidence(
        booking_id=learner.booking_id,
        component_id=component,
        completed_at=clock.at(day, time(12)),
        minutes=minutes,
        source_ref=line.read.get("source_ref") or f"{day.isoformat()}",
    )


def _reason(line: Line, code: str, name: str, why: str) -> Reason:
    return Reason(code, why, line.at.get(name, ""), line.read.get(name, ""))


def _learner(
    line: Line, learners: Mapping[str, Sequence[Learner]], wrong: list[Reason]
) -> Learner | None:
    address = addresses.read(line.read.get("email", ""))
    if not address.email:
        wrong.append(_reason(line, reasons.NOBODY, "email", address.wrong or "No e-mail address"))
        return None
    course = line.read.get("course", "")
    for learner in learners.get(address.email, ()):
        if course in ("", learner.course_key) or plain(course) == plain(learner.course):
            return learner
    # The same words whether we hold nobody of this address or may not say so.
    wrong.append(
        _reason(line, reasons.NOBODY, "email", "Nobody with this address is booked on the course")
    )
    return None


def _component(line: Line, learner: Learner, wrong: list[Reason]) -> uuid.UUID | None:
    named = line.read.get("component", "")
    found = learner.components.get(named) or learner.components.get(plain(named))
    only = set(learner.components.values())
    if found is None and not named and len(only) == 1:
        found = only.pop()
    if found is None:
        why = f"No part of {learner.course} has this name"
        wrong.append(_reason(line, reasons.COURSE, "component", why))
    return found


def _day(line: Line, wrong: list[Reason]) -> date | None:
    text = line.read.get("completed_on", "")
    try:
        # A date with a time is that day; times of day make no difference to a completion.
        day = clean.day(re.split(r"[T ](?=\d{1,2}:\d{2})", text)[0])
    except ValueError:
        why = "Not a date that we can read" if text else "No date"
        wrong.append(_reason(line, reasons.DATE, "completed_on", why))
        return None
    if not date(2000, 1, 1) <= day <= clock.today():
        why = "A date in the future" if day > clock.today() else "A date too long ago"
        wrong.append(_reason(line, reasons.DATE, "completed_on", why))
        return None
    return day


def _minutes(line: Line, wrong: list[Reason]) -> int:
    text = line.read.get("minutes", "")
    try:
        minutes = clean.whole_number(text) if text else 0
    except ValueError:
        minutes = -1
    if not 0 <= minutes <= MOST_MINUTES:
        wrong.append(_reason(line, reasons.MINUTES, "minutes", "Not a number of minutes"))
    return minutes
