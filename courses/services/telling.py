"""What a change or a cancellation says to whom, before it is anybody's message.

The edit and cancel pages show it by `courses.services.previews`; `courses.services.notices` sends.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from courses.queries.cohorts import CohortFacts
from courses.queries.sessions import SessionFacts
from courses.services.describing import about, calendar, entry, session_words
from lms.messages.calendar import Calendar, Method
from lms.web import words

CANCELLED = "cancelled"


@dataclass(frozen=True)
class Change:
    """A line of "what changed": the thing, what it was and what it is now; of which session."""

    field: str
    old: str
    new: str
    session_id: uuid.UUID | None = None

    @property
    def said(self) -> str:
        """As "Session 1: was Thursday …, now Friday …", or what is new."""
        return f"{self.field}: " + (f"was {self.old}, now {self.new}" if self.old else self.new)


@dataclass(frozen=True)
class Notice:
    """A message's template, what it says and does to calendars; `key` tells it from the next."""

    template: str
    values: Mapping[str, Any]
    ical: Calendar
    key: str = ""


@dataclass(frozen=True)
class TrainerNotice:
    """A notice to one trainer."""

    person_id: uuid.UUID
    name: str
    notice: Notice


@dataclass(frozen=True)
class Told:
    """How many people with a place, held or taken, and how many trainers got messages."""

    people: int = 0
    trainers: int = 0

    @property
    def words(self) -> str:
        """As "18 people and 1 trainer"; "" for nobody."""
        parts = []
        if self.people:
            parts.append(words.plural(self.people, "person", "people"))
        if self.trainers:
            parts.append(words.plural(self.trainers, "trainer"))
        return words.listing(parts)


def people_of_change(
    before: CohortFacts, after: CohortFacts, changes: Sequence[Change]
) -> list[Notice]:
    """To everybody booked: each session that is cancelled, and what else is different."""
    holds = {session.id for session in after.held}
    found = [_session_off(after, one) for one in before.held if one.id not in holds]
    told = [change.said for change in changes if change.new != CANCELLED]
    if told:
        values = about(after) | {"changes": told}
        found.append(Notice("changed", values, calendar(after, "REQUEST"), _key(after)))
    return found


def people_of_cancellation(cohort: CohortFacts, reason: str, what: str) -> Notice:
    """To everybody booked: the course will not take place, and what becomes of them."""
    values = about(cohort) | {"reason": reason, "what": what}
    return Notice("cancelled", values, calendar(cohort, "CANCEL"))


def trainers_of_publishing(cohort: CohortFacts) -> list[TrainerNotice]:
    """To each trainer of a new cohort: the sessions they train."""
    names = _names(cohort)
    found = [
        TrainerNotice(person_id, names[person_id], _added(cohort, list(sessions.values())))
        for person_id, sessions in _taught(cohort).items()
    ]
    return sorted(found, key=lambda one: (one.name, one.person_id))


def trainers_of_change(
    before: CohortFacts, after: CohortFacts, changes: Sequence[Change], *, booked: bool
) -> list[TrainerNotice]:
    """To each trainer: the sessions they no longer have, those they have now, what is different.

    Whoever keeps their sessions hears of what concerns these, and of the day itself; and that
    everybody has been told, where somebody is `booked`.
    """
    was, now = _taught(before), _taught(after)
    names = _names(before) | _names(after)
    found: list[TrainerNotice] = []
    for person_id in sorted(names, key=lambda one: (names[one], one)):
        had, has = was.get(person_id, {}), now.get(person_id, {})
        lost = [session for key, session in had.items() if key not in has]
        notices = [_released(before, after, lost)] if lost else []
        if not had:
            notices.append(_added(after, list(has.values())))
        elif has and (told := _theirs(changes, had.keys() | has.keys())):
            notices.append(_changed(after, list(has.values()), told, booked))
        found += [TrainerNotice(person_id, names[person_id], one) for one in notices]
    return found


def trainers_of_cancellation(
    cohort: CohortFacts, reason: str, *, booked: bool
) -> list[TrainerNotice]:
    """To each trainer: the course will not take place; everybody `booked` has been told."""
    names = _names(cohort)
    # What frees the rooms counts each session on by one.
    sequence = sum(one.sequence for one in cohort.sessions) + len(cohort.held)
    found = []
    for person_id, sessions in _taught(cohort).items():
        values = _about(cohort, sessions.values()) | {"reason": reason, "booked": booked}
        ical = replace(_calendar(cohort, sessions.values(), "CANCEL"), sequence=sequence)
        notice = Notice("trainer_cancelled", values, ical)
        found.append(TrainerNotice(person_id, names[person_id], notice))
    return sorted(found, key=lambda one: (one.name, one.person_id))


def _session_off(after: CohortFacts, session: SessionFacts) -> Notice:
    ical = replace(calendar(after, "CANCEL"), entries=(entry(after, session),))
    values = about(after) | {"session": session_words(session)}
    return Notice("session_cancelled", values, ical, f"{session.id}:{_key(after)}")


def _released(before: CohortFacts, after: CohortFacts, lost: Sequence[SessionFacts]) -> Notice:
    holds = {session.id for session in after.held}
    values = _about(after, [one for one in lost if one.id in holds]) | {
        "off": [session_words(one) for one in lost if one.id not in holds]
    }
    ical = replace(_calendar(before, lost, "CANCEL"), sequence=calendar(after, "CANCEL").sequence)
    return Notice("trainer_released", values, ical, _key(after))


def _added(after: CohortFacts, sessions: Sequence[SessionFacts]) -> Notice:
    values, ical = _about(after, sessions), _calendar(after, sessions, "REQUEST")
    return Notice("trainer_added", values, ical, _key(after))


def _changed(
    after: CohortFacts, sessions: Sequence[SessionFacts], told: list[str], booked: bool
) -> Notice:
    values = _about(after, sessions) | {"changes": told, "booked": booked}
    return Notice("trainer_changed", values, _calendar(after, sessions, "REQUEST"), _key(after))


def _theirs(changes: Sequence[Change], sessions: Iterable[uuid.UUID]) -> list[str]:
    known = {*sessions, None}
    return [one.said for one in changes if one.session_id in known and one.new != CANCELLED]


def _taught(cohort: CohortFacts) -> dict[uuid.UUID, dict[uuid.UUID, SessionFacts]]:
    """The sessions that take place, by the person who trains and the session's id."""
    found: dict[uuid.UUID, dict[uuid.UUID, SessionFacts]] = {}
    for session in cohort.held:
        for trainer in session.trainers:
            found.setdefault(trainer.person_id, {})[session.id] = session
    return found


def _names(cohort: CohortFacts) -> dict[uuid.UUID, str]:
    return {one.person_id: one.name for session in cohort.held for one in session.trainers}


def _about(cohort: CohortFacts, sessions: Iterable[SessionFacts]) -> dict[str, Any]:
    return about(cohort) | {
        "code": cohort.code,
        "sessions": [session_words(session) for session in sessions],
    }


def _calendar(cohort: CohortFacts, sessions: Iterable[SessionFacts], method: Method) -> Calendar:
    whole = calendar(cohort, method)
    return replace(whole, entries=tuple(entry(cohort, session) for session in sessions))


def _key(cohort: CohortFacts) -> str:
    return f"{cohort.updated_at.timestamp():.0f}"
