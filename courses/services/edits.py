"""A change to a cohort as it is proposed: its fields, its words, and the cohort as it would be.

`courses.services.changing` proposes and applies edits; the edit pages show their differences.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from courses.queries import planning, venues
from courses.queries.cohorts import CohortFacts
from courses.queries.sessions import SessionFacts
from courses.services.telling import CANCELLED, Change
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
    """A session as it shall be; `cancelled` gives its room and people free.

    One whose `id` the cohort does not have is new: it will be made, with places for everybody.
    """

    id: uuid.UUID
    component_id: uuid.UUID
    start: datetime
    end: datetime
    venue_id: uuid.UUID | None
    link: str
    trainer_ids: tuple[uuid.UUID, ...]
    cancelled: bool = False


@dataclass(frozen=True)
class Edit:
    """A cohort as it shall be: every field, changed or not; new sessions stand last."""

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


def added(cohort: CohortFacts, edit: Edit) -> list[SessionEdit]:
    """The sessions that the cohort does not have yet."""
    known = {session.id for session in cohort.sessions}
    return [new for new in edit.sessions if new.id not in known]


def numbers(cohort: CohortFacts, edit: Edit) -> dict[uuid.UUID, int]:
    """What each session is called: new ones get the next numbers, in the order of their keys."""
    known = {session.id: session.number for session in cohort.sessions}
    fresh = sorted(new.id for new in added(cohort, edit))
    return known | {key: len(known) + n for n, key in enumerate(fresh, 1)}


def outcome(cohort: CohortFacts, edit: Edit) -> CohortFacts:
    """The cohort as it would be, for showing messages before anybody gets them."""
    rooms = venues.by_id({one.venue_id for one in edit.sessions})
    trainers = planning.trainers_known({who for one in edit.sessions for who in one.trainer_ids})
    called, parts = numbers(cohort, edit), _parts(cohort)
    sequences = {one.id: one.sequence for one in cohort.sessions}
    sessions = {one.id: one for one in cohort.sessions if not one.holds}
    for new in edit.sessions:
        key, title = parts[new.component_id]
        sessions[new.id] = SessionFacts(
            id=new.id,
            number=called[new.id],
            component_id=new.component_id,
            component_key=key,
            component_title=title,
            start=new.start,
            end=new.end,
            room=rooms[new.venue_id] if new.venue_id else None,
            link=new.link,
            holds=not new.cancelled,
            sequence=sequences.get(new.id, 0),
            trainers=tuple(one for key, one in trainers.items() if key in new.trainer_ids),
        )
    ordered = sorted(sessions.values(), key=lambda one: (one.start, one.id))
    on_the_day: dict[str, Any] = dict(edit.on_the_day)
    return replace(cohort, sessions=tuple(ordered), **on_the_day)


def _parts(cohort: CohortFacts) -> dict[uuid.UUID, tuple[str, str]]:
    """Key and title of each part of the course that sessions are of."""
    found = {one.id: (one.hint, one.name) for one in planning.workshops(cohort.edition_id)}
    own = {one.component_id: (one.component_key, one.component_title) for one in cohort.sessions}
    return found | own


def differences(cohort: CohortFacts, edit: Edit) -> list[Change]:
    """What people who are booked will be told: each thing as it was and as it will be."""
    found: list[Change] = []
    before = {session.id: session for session in cohort.held}
    after = {session.id: session for session in outcome(cohort, edit).sessions}
    for new in edit.sessions:
        if new.id in before:
            found += _session_changes(before[new.id], after[new.id])
    found += [_addition(after[new.id]) for new in added(cohort, edit)]
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


def warnings(cohort: CohortFacts, edit: Edit) -> list[str]:
    """What the team should know of before it goes on: it may."""
    small = [room.too_small(edit.capacity) for room in outcome(cohort, edit).rooms]
    return _too_short(cohort, edit) + [said for said in small if said]


def _too_short(cohort: CohortFacts, edit: Edit) -> list[str]:
    """Parts of the course whose sessions would no longer be long enough for anybody to complete."""
    found = []
    sessions = outcome(cohort, edit).held
    for part in cohort.rule.get("components", ()):
        kept = [one for one in sessions if one.component_key == part["key"]]
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
                "component": str(one.component_id),
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
                uuid.UUID(one["component"]),
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
        session.component_id,
        session.start,
        session.end,
        session.venue_id,
        session.link,
        tuple(sorted(trainer.id for trainer in session.trainers)),
        not session.holds,
    )


def _session_changes(old: SessionFacts, new: SessionFacts) -> list[Change]:
    name = f"Session {old.number}"
    if not new.holds:
        return [Change(name, _when(old), CANCELLED, old.id)]
    pairs = (
        (name, _when(old), _when(new)),
        (f"{name}, place", old.venue or old.link, new.venue or new.link or "a place to be told"),
        (f"{name}, trainer", old.who, new.who or "to be told"),
    )
    return [Change(*pair, old.id) for pair in pairs if pair[1] != pair[2]]


def _addition(new: SessionFacts) -> Change:
    said = ", ".join(filter(None, (_when(new), new.venue or new.link, new.who)))
    return Change(f"New: session {new.number}", "", said, new.id)


def _when(session: SessionFacts) -> str:
    return f"{words.weekday_date(session.start)}, {words.time_range(session.start, session.end)}"
