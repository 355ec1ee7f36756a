"""Network meetings: the list, one with who was there, and the next of an ambassador's place."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from lms import clock
from lms.ambassadors.access import MANAGE, MEET
from lms.ambassadors.models import Ambassador, NetworkAttendance, NetworkMeeting
from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.people.models import Locality, Person
from lms.people.names import full
from lms.permissions import where


@dataclass(frozen=True)
class MeetingRow:
    """A meeting; `present` counts those who were there."""

    id: uuid.UUID
    locality_id: uuid.UUID
    locality: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    cancelled_at: datetime | None
    marked_at: datetime | None
    present: int

    @property
    def state(self) -> str:
        """Coming, To mark, Held or Called off."""
        if self.cancelled_at:
            return "Called off"
        if self.marked_at:
            return "Held"
        return "To mark" if self.starts_at <= clock.now() else "Coming"


@dataclass(frozen=True)
class Invitee:
    """An ambassador who might have been at a meeting."""

    id: uuid.UUID
    name: str
    present: bool


def listed(actor: Actor) -> Select[Any]:
    """Meetings in reach, newest first, for `web.paginate`."""
    return (
        _columns()
        .where(where(actor, MEET))
        .order_by(NetworkMeeting.starts_at.desc(), NetworkMeeting.id)
    )


def as_row(row: Any) -> MeetingRow:
    """A row of `listed`."""
    meeting: NetworkMeeting = row.NetworkMeeting
    return MeetingRow(
        meeting.id,
        meeting.locality_id,
        row.locality,
        meeting.title,
        meeting.place,
        meeting.starts_at,
        meeting.ends_at,
        meeting.cancelled_at,
        meeting.marked_at,
        row.present,
    )


def reached(actor: Actor) -> Select[Any]:
    """The ids of the meetings that the actor can open."""
    return select(NetworkMeeting.id).where(where(actor, MEET))


def find(actor: Actor, meeting_id: uuid.UUID) -> MeetingRow:
    """A meeting in reach; else `NotFound`."""
    row = db.session.execute(
        _columns().where(where(actor, MEET), NetworkMeeting.id == meeting_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return as_row(row)


def invitees(actor: Actor, meeting: MeetingRow) -> list[Invitee]:
    """The ambassadors in reach of the meeting's place, and whoever else was there."""
    there = (
        select(NetworkAttendance.id)
        .where(
            NetworkAttendance.meeting_id == meeting.id,
            NetworkAttendance.ambassador_id == Ambassador.id,
        )
        .exists()
    )
    theirs = (Ambassador.state == "active") & (Ambassador.locality_id == meeting.locality_id)
    rows = db.session.execute(
        select(Ambassador.id, Person.given_name, Person.family_name, there.label("present"))
        .join(Person, Person.id == Ambassador.person_id)
        .where(where(actor, MANAGE), theirs | there)
        .order_by(Person.sort_key, Person.id)
    )
    return [Invitee(row.id, full(row.given_name, row.family_name), row.present) for row in rows]


def next_of(ambassador_id: uuid.UUID) -> MeetingRow | None:
    """The next meeting of an ambassador's place."""
    place = select(Ambassador.locality_id).where(Ambassador.id == ambassador_id)
    row = db.session.execute(
        _columns()
        .where(
            NetworkMeeting.locality_id == place.scalar_subquery(),
            NetworkMeeting.cancelled_at.is_(None),
            NetworkMeeting.ends_at > clock.now(),
        )
        .order_by(NetworkMeeting.starts_at)
        .limit(1)
    ).one_or_none()
    return as_row(row) if row else None


def attended_by(ambassador_id: uuid.UUID) -> list[MeetingRow]:
    """The meetings at which an ambassador was."""
    been = select(NetworkAttendance.meeting_id).where(
        NetworkAttendance.ambassador_id == ambassador_id
    )
    return _rows(NetworkMeeting.id.in_(been))


def _rows(*conditions: ColumnElement[bool]) -> list[MeetingRow]:
    rows = db.session.execute(
        _columns().where(*conditions).order_by(NetworkMeeting.starts_at).limit(100)
    )
    return [as_row(row) for row in rows]


def _columns() -> Select[Any]:
    present = (
        select(func.count())
        .where(NetworkAttendance.meeting_id == NetworkMeeting.id)
        .correlate(NetworkMeeting)
        .scalar_subquery()
    )
    return select(NetworkMeeting, Locality.name.label("locality"), present.label("present")).join(
        Locality, Locality.id == NetworkMeeting.locality_id
    )
