"""A change to a cohort as it is proposed: its fields, its words, and how the draft keeps it.

`courses.services.changing` proposes and applies edits; the edit pages show their differences.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from courses.queries import planning
from courses.queries.cohorts import CohortFacts, SessionFacts
from courses.services.notices import Change
from lms import clock
from lms.db import Complaint
from lms.web import words

OTHER_PROPOSAL = Complaint(
    "", "Somebody else has proposed something else meanwhile. Look at what is shown now"
)
ON_THE_DAY = {
    "arrival": "Arrive from",
    "bring": "Bring",
    "lunch": "Lunch",
    "day_phone": "Telephone on the day",
    "contact": "Contact",
}


@dataclass(frozen=True)
class SessionEdit:
    """A session as it shall be; `cancelled` gives its room and people free."""

    id: uuid.UUID
    start: datetime
    end: datetime
    venue_id: uuid.UUID | None
    link: str
    trainer_ids: tuple[uuid.UUID, ...]
    cancelled: bool = False


@dataclass(frozen=True)
class Edit:
    """A cohort as it shall be: every field, changed or not."""

    sessions: tuple[SessionEdit, ...]
    capacity: int
    minimum: int | None
    last_day: date | None
    on_the_day: Mapping[str, str]


def current(cohort: CohortFacts) -> Edit:
    """A cohort as it is, for the form to start from."""
    return Edit(
        sessions=tuple(as_edit(session) for session in cohort.held),
        capacity=cohort.capacity or 0,
        minimum=cohort.minimum,
        last_day=clock.london(cohort.closes_at).date() if cohort.closes_at else None,
        on_the_day={name: getattr(cohort, name) for name in ON_THE_DAY},
    )


def proposed(cohort: CohortFacts) -> Edit | None:
    """The edit that waits for review, if there is one made from the cohort as it is now."""
    kept = cohort.draft.get("edit")
    if not kept or cohort.draft.get("base") != fingerprint(cohort):
        return None
    return _from_json(kept)


def differences(cohort: CohortFacts, edit: Edit) -> list[Change]:
    """What people who are booked will be told: each thing as it was and as it will be."""
    found: list[Change] = []
    held = {session.id: session for session in cohort.held}
    rooms, trainers = _names(edit)
    for new in edit.sessions:
        old = held.get(new.id)
        if old is not None:
            found += _session_changes(old, new, rooms, trainers)
    for name, label in ON_THE_DAY.items():
        was, now = getattr(cohort, name), edit.on_the_day.get(name, "")
        if was != now:
            found.append(Change(label, was, now or "nothing to know"))
    return found


def unspoken(cohort: CohortFacts, edit: Edit) -> list[Change]:
    """What changes without anybody being told: numbers and the last day to book."""
    was = current(cohort)
    pairs = (
        ("Places", was.capacity, edit.capacity),
        ("Minimum", was.minimum, edit.minimum),
        ("Last day to book", _day(was.last_day), _day(edit.last_day)),
    )
    return [
        Change(name, str(old or "none"), str(new or "none"))
        for name, old, new in pairs
        if old != new
    ]


def too_short(cohort: CohortFacts, edit: Edit) -> list[str]:
    """Parts of the course whose sessions would no longer be long enough for anybody to complete."""
    found = []
    keys = {one.id: one.component_key for one in cohort.held}
    for part in cohort.rule.get("components", ()):
        kept = [new for new in edit.sessions if keys[new.id] == part["key"] and not new.cancelled]
        minutes = sum((new.end - new.start).total_seconds() / 60 for new in kept)
        if part["kind"] == "workshop" and minutes < part["required_minutes"]:
            needed = words.duration(part["required_minutes"])
            found.append(
                f"{part['title']} needs {needed} and would have {words.duration(minutes)}: "
                "nobody could complete the course"
            )
    return found


def fingerprint(cohort: CohortFacts) -> str:
    """What an edit was made from, in short."""
    text = repr((asdict(current(cohort)), cohort.state))
    return hashlib.sha256(text.encode()).hexdigest()


def reviewed(cohort: CohortFacts) -> str:
    """What waits for review, in short, so that a button does what its page has shown."""
    return hashlib.sha256(json.dumps(cohort.draft, sort_keys=True).encode()).hexdigest()


def as_json(edit: Edit) -> dict[str, Any]:
    """As the draft keeps it."""
    return {
        "sessions": [
            {
                "id": str(one.id),
                "start": one.start.isoformat(),
                "end": one.end.isoformat(),
                "venue": str(one.venue_id) if one.venue_id else None,
                "link": one.link,
                "trainers": [str(trainer) for trainer in one.trainer_ids],
                "cancelled": one.cancelled,
            }
            for one in edit.sessions
        ],
        "capacity": edit.capacity,
        "minimum": edit.minimum,
        "last_day": _iso(edit.last_day),
        "on_the_day": dict(edit.on_the_day),
    }


def _from_json(kept: Mapping[str, Any]) -> Edit:
    return Edit(
        sessions=tuple(
            SessionEdit(
                uuid.UUID(one["id"]),
                datetime.fromisoformat(one["start"]),
                datetime.fromisoformat(one["end"]),
                uuid.UUID(one["venue"]) if one["venue"] else None,
                one["link"],
                tuple(sorted(uuid.UUID(trainer) for trainer in one["trainers"])),
                one["cancelled"],
            )
            for one in kept["sessions"]
        ),
        capacity=kept["capacity"],
        minimum=kept["minimum"],
        last_day=date.fromisoformat(kept["last_day"]) if kept["last_day"] else None,
        on_the_day=kept["on_the_day"],
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(day: date | None) -> str:
    return words.date(day) if day else ""


def as_edit(session: SessionFacts) -> SessionEdit:
    """A session as it is, in the shape of an edit."""
    return SessionEdit(
        session.id,
        session.start,
        session.end,
        session.venue_id,
        session.link,
        tuple(sorted(trainer.id for trainer in session.trainers)),
        not session.holds,
    )


def _session_changes(
    old: SessionFacts,
    new: SessionEdit,
    rooms: Mapping[uuid.UUID, str],
    trainers: Mapping[uuid.UUID, str],
) -> list[Change]:
    name = f"Session {old.number}"
    was = f"{words.weekday_date(old.start)}, {words.time_range(old.start, old.end)}"
    if new.cancelled:
        return [Change(name, was, "cancelled")]
    now = f"{words.weekday_date(new.start)}, {words.time_range(new.start, new.end)}"
    where = rooms.get(new.venue_id, "") if new.venue_id else new.link or "a place to be told"
    who = words.listing(trainers.get(one, "") for one in new.trainer_ids) or "to be told"
    pairs = (
        (name, was, now),
        (f"{name}, place", old.venue or old.link, where),
        (f"{name}, trainer", old.who, who),
    )
    return [Change(*pair) for pair in pairs if pair[1] != pair[2]]


def _names(edit: Edit) -> tuple[dict[uuid.UUID, str], dict[uuid.UUID, str]]:
    """The names of all rooms and trainers an edit speaks of."""
    rooms = {one.venue_id for one in edit.sessions if one.venue_id}
    people = {trainer for one in edit.sessions for trainer in one.trainer_ids}
    return planning.venue_names(rooms), planning.trainer_names(people)
