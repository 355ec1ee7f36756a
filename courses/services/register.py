"""Marking a register: each mark kept with who and when, a correction as a row that replaces one.

The register's page calls it. Two people may mark at once: nobody's mark is lost or overwritten
unseen, the second is told and shown both.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from courses.models import TAKEN_BACK, Attendance, Place, Session
from courses.queries import register
from courses.queries.register import Line, Mark
from lms import audit, clock
from lms.contracts import Actor
from lms.db import Complaint, Complaints, crash_point, db, uuid7
from lms.errors import NotFound
from lms.events import RegisterMarked, publish
from lms.web import words

MARKS = ("present", "late", "left_early", "absent")
JOINED = "joined"
ABSENCES = {
    "unwell": "Unwell",
    "work": "Called to work",
    "leave": "On leave",
    "told": "Told us beforehand",
    JOINED: "Joined later",
    "unknown": "Not known",
}
"""Why somebody was absent; no free text, so that nothing private is written down."""
ABOUT = timedelta(minutes=20)
"""A time that we ask for is like one so long after the beginning, or before the end."""
REST = "Marked with the rest as present"
"""Why a mark stands that nobody gave by itself; one press gives all of its marks one moment."""
UNDONE = "Undone: marked with the rest as present"


@dataclass(frozen=True)
class NewMark:
    """A mark as somebody gave it. `seen` is the mark the page showed them, None for none."""

    place_id: uuid.UUID
    mark: str
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    reason: str = ""
    seen: uuid.UUID | None = None


@dataclass(frozen=True)
class Times:
    """A session's beginning and end."""

    start: datetime
    end: datetime

    @property
    def begun(self) -> bool:
        """Whether its day has come: a register is not marked before."""
        return clock.today() >= clock.london(self.start).date()

    @property
    def over(self) -> bool:
        """Whether the session's day has passed: corrections then need a reason."""
        return clock.today() > clock.london(self.start).date()


class Changed(Exception):
    """Somebody else has marked these people meanwhile; `lines` are the marks that stand now."""

    def __init__(self, lines: Sequence[Line]) -> None:
        super().__init__("the register was changed meanwhile")
        self.lines = tuple(lines)

    @property
    def what(self) -> str:
        """Who changed what."""
        marks = [line.mark for line in self.lines if line.mark]
        if not marks:
            return "Someone else took marks back in this register"
        newest = max(marks, key=lambda mark: mark.at)
        return (
            f"Someone else changed this register at {words.time(newest.at)} ({newest.by}, "
            f"{words.plural(len(marks), 'mark')})"
        )

    @property
    def sentence(self) -> str:
        """Who changed what, and what to do where the marks that stand are shown."""
        return f"{self.what}. Check the marks shown now, then save again"


def save(
    session_id: uuid.UUID, marks: Sequence[NewMark], *, by: Actor, why: str = ""
) -> list[uuid.UUID]:
    """Keep the marks that are new or changed; returns the bookings they are of.

    A mark that is as it was shown is nobody's change and leaves a newer one of somebody else
    alone. Raises `Complaints` for a missing or impossible time and for a late correction without
    `why`; `Changed` when a mark to be changed is no longer the one that was shown. Either way
    nothing is kept.
    """
    times = _opened(session_id)
    lines = {line.place_id: line for line in register.lines(session_id)}
    shown = _shown({mark.seen for mark in marks if mark.seen})
    chosen = [mark for mark in marks if differs(mark, shown.get(mark.seen) if mark.seen else None)]
    if any(mark.place_id not in lines for mark in chosen):
        raise NotFound
    changed = [mark for mark in chosen if differs(mark, lines[mark.place_id].mark)]
    _complain(times, changed, lines, why)
    if meanwhile := [lines[m.place_id] for m in changed if _id_of(lines[m.place_id]) != m.seen]:
        raise Changed(meanwhile)
    _keep(session_id, changed, times, by=by, why=why)
    return _publish(session_id, [lines[mark.place_id].booking_id for mark in changed], by)


def mark_rest_present(session_id: uuid.UUID, *, by: Actor) -> list[uuid.UUID]:
    """Mark everybody without a mark as present; the marks made, any of which names the press."""
    times = _opened(session_id)
    rest = [line for line in register.lines(session_id) if line.mark is None]
    marks = [NewMark(line.place_id, "present") for line in rest]
    made = _keep(session_id, marks, times, by=by, why=REST)
    _publish(session_id, [line.booking_id for line in rest], by)
    return made


def take_back_rest(session_id: uuid.UUID, mark_id: uuid.UUID, *, by: Actor) -> tuple[int, int]:
    """Undo a press of "mark the rest" that made this mark; how many marks went, how many stay.

    What somebody has changed since stays theirs. `NotFound` for a mark that no such press made.
    """
    hold([session_id])
    press = register.made_with(session_id, mark_id, REST)
    if not press:
        raise NotFound
    standing = [mark for mark, stands in press if stands]
    take_back(standing, by=by, why=UNDONE)
    return len(standing), len(press) - len(standing)


def take_back(mark_ids: Sequence[uuid.UUID], *, by: Actor, why: str) -> None:
    """Take marks back, so that nobody has marked these people; the history keeps both lines.

    A mark that somebody has changed since is theirs and stays.
    """
    sessions = db.session.scalars(
        select(Place.session_id)
        .join(Attendance, Attendance.place_id == Place.id)
        .where(Attendance.id.in_(mark_ids))
        .distinct()
        .order_by(Place.session_id)
    ).all()
    hold(sessions)
    for session_id in sessions:
        rows = db.session.execute(
            select(Attendance, Place.booking_id)
            .join(Place, Place.id == Attendance.place_id)
            .where(
                Attendance.id.in_(mark_ids), Place.session_id == session_id, register.is_current()
            )
            .order_by(Attendance.id)
        ).all()
        for mark, _ in rows:
            db.session.add(_line(mark.place_id, TAKEN_BACK, mark.id, by=by, why=why))
        db.session.flush()
        _publish(session_id, [booking_id for _, booking_id in rows], by)


def hold(session_ids: Sequence[uuid.UUID]) -> None:
    """Hold off others who mark these sessions, until this transaction ends."""
    db.session.execute(
        select(Session.id)
        .where(Session.id.in_(session_ids))
        .order_by(Session.id)
        .with_for_update(key_share=True)
    )


def _opened(session_id: uuid.UUID) -> Times:
    times = times_of(session_id, lock=True)
    if not times.begun:
        day = words.weekday_date(times.start)
        raise Complaints(Complaint("", f"This register can be marked from {day}"))
    return times


def times_of(session_id: uuid.UUID, *, lock: bool = False) -> Times:
    """When a session is; `lock` holds off others who mark it, until this transaction ends."""
    query = select(Session.during).where(Session.id == session_id, Session.holds)
    during = db.session.scalar(query.with_for_update(key_share=True) if lock else query)
    if during is None or during.lower is None or during.upper is None:
        raise NotFound
    return Times(during.lower, during.upper)


def minutes_of(mark: NewMark, times: Times) -> int:
    """Whole minutes attended: all, from arrival, until leaving, or none."""
    start, end = times.start, times.end
    if mark.mark == "absent":
        return 0
    if mark.mark == "late" and mark.arrived_at:
        start = mark.arrived_at
    if mark.mark == "left_early" and mark.left_at:
        end = mark.left_at
    return max(0, int((end - start).total_seconds() // 60))


def _shown(ids: set[uuid.UUID]) -> dict[uuid.UUID, Attendance]:
    rows = db.session.scalars(select(Attendance).where(Attendance.id.in_(ids)))
    return {row.id: row for row in rows}


def differs(mark: NewMark, other: Mark | Attendance | None) -> bool:
    """Whether a mark as given is another than this one, or there is none."""
    if other is None:
        return True
    mine = (mark.mark, mark.arrived_at, mark.left_at, mark.reason)
    return mine != (other.mark, other.arrived_at, other.left_at, other.reason or "")


def _id_of(line: Line) -> uuid.UUID | None:
    return line.mark.id if line.mark else None


def _keep(
    session_id: uuid.UUID, marks: Sequence[NewMark], times: Times, *, by: Actor, why: str
) -> list[uuid.UUID]:
    before, now, made = register.taken_back(session_id), clock.now(), []
    for mark in marks:
        row = _line(
            mark.place_id, mark.mark, mark.seen or before.get(mark.place_id), by=by, why=why
        )
        row.arrived_at, row.left_at = mark.arrived_at, mark.left_at
        row.reason, row.minutes, row.at = mark.reason or None, minutes_of(mark, times), now
        db.session.add(row)
        made.append(row.id)
    db.session.flush()
    return made


def _line(
    place_id: uuid.UUID, mark: str, replaces_id: uuid.UUID | None, *, by: Actor, why: str
) -> Attendance:
    return Attendance(
        id=uuid7(),
        place_id=place_id,
        mark=mark,
        minutes=0,
        why=why,
        by_id=by.person_id,
        by_label=by.name,
        replaces_id=replaces_id,
    )


def _complain(
    times: Times, marks: Sequence[NewMark], lines: dict[uuid.UUID, Line], why: str
) -> None:
    """Complaints by field: `arrived-<place>`, `left-<place>`, `why`."""
    found = [
        complaint
        for mark in marks
        if (complaint := _time_complaint(times, mark, lines[mark.place_id].name)) is not None
    ]
    if times.over and not why.strip() and any(_corrects(m, lines[m.place_id].mark) for m in marks):
        found.append(Complaint("why", "Enter why you correct this register, as its day has passed"))
    if found:
        raise Complaints(*found)


def _corrects(mark: NewMark, stands: Mark | None) -> bool:
    """Whether a mark says something else than the one it replaces.

    Why somebody was absent comes with a second tap: that completes the first.
    """
    if not mark.seen or stands is None:
        return bool(mark.seen)
    return not (mark.mark == stands.mark == "absent" and not stands.reason)


def _time_complaint(times: Times, mark: NewMark, name: str) -> Complaint | None:
    between = f"between {words.time(times.start)} and {words.time(times.end)}, when the session ran"
    if mark.mark == "late":
        field, moment, verb = f"arrived-{mark.place_id}", mark.arrived_at, "arrived"
        like = words.time(min(times.start + ABOUT, times.end))
    elif mark.mark == "left_early":
        field, moment, verb = f"left-{mark.place_id}", mark.left_at, "left"
        like = words.time(max(times.end - ABOUT, times.start))
    else:
        return None
    if moment is None:
        return Complaint(field, f"Enter when {name} {verb}, like {like}")
    if not times.start <= moment <= times.end:
        return Complaint(field, f"The time {name} {verb} must be {between}")
    return None


def _publish(session_id: uuid.UUID, bookings: list[uuid.UUID], by: Actor) -> list[uuid.UUID]:
    if not bookings:
        return bookings
    cohort_id = db.session.scalar(select(Session.cohort_id).where(Session.id == session_id))
    assert cohort_id is not None
    audit.write(
        "register_marked", "courses_session", session_id, by=by, after={"marks": len(bookings)}
    )
    crash_point("register.marked")
    publish(RegisterMarked(by, cohort_id, session_id, tuple(bookings)))
    return bookings
