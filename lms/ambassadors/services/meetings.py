"""Network meetings: planned, called off, and who was there."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from lms import audit, clock, family_details
from lms.ambassadors.models import NetworkAttendance, NetworkMeeting
from lms.ambassadors.services.words import refuse_family_details
from lms.contracts import Actor
from lms.db import Complaint, db, uuid7, violations
from lms.errors import Conflict, NotFound

ENDS = Complaint("ends", "The meeting must end after it starts")


@dataclass(frozen=True)
class NewMeeting:
    """A meeting as it is to be."""

    locality_id: uuid.UUID
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime


def add(meeting: NewMeeting, *, by: Actor) -> uuid.UUID:
    """Plan a meeting; its id."""
    _check(meeting)
    made = NetworkMeeting(**vars(meeting))
    with violations(ck_ambassadors_network_meeting_starts_before_ending=ENDS):
        db.session.add(made)
    audit.write("planned", "network_meeting", made.id, by=by)
    return made.id


def change(meeting_id: uuid.UUID, meeting: NewMeeting, *, by: Actor) -> None:
    """Change a meeting that has not been called off."""
    _check(meeting)
    found = _locked(meeting_id)
    with violations(ck_ambassadors_network_meeting_starts_before_ending=ENDS):
        for name, value in vars(meeting).items():
            setattr(found, name, value)
    audit.write("changed", "network_meeting", meeting_id, by=by)


def call_off(meeting_id: uuid.UUID, *, by: Actor) -> None:
    """The meeting will not take place."""
    found = _locked(meeting_id)
    found.cancelled_at = clock.now()
    db.session.flush()
    audit.write("called off", "network_meeting", meeting_id, by=by)


def mark(
    meeting_id: uuid.UUID,
    present: Collection[uuid.UUID],
    *,
    shown: Collection[uuid.UUID],
    among: Collection[uuid.UUID],
    by: Actor,
) -> int:
    """Say who was there `among` those who were asked about; how many were there in all.

    `shown` were there when the page was opened: only what differs from them was said on it, so that
    what a colleague has said meanwhile stays, and so do all others.
    """
    found = _locked(meeting_id)
    now = found.marked_at = clock.now()
    db.session.execute(
        delete(NetworkAttendance).where(
            NetworkAttendance.meeting_id == meeting_id,
            NetworkAttendance.ambassador_id.in_((set(shown) - set(present)) & set(among)),
        )
    )
    came = [
        {
            "id": uuid7(),
            "meeting_id": meeting_id,
            "ambassador_id": ambassador_id,
            "created_at": now,
            "updated_at": now,
        }
        for ambassador_id in sorted((set(present) - set(shown)) & set(among))
    ]
    if came:
        db.session.execute(insert(NetworkAttendance).on_conflict_do_nothing(), came)
    there = select(func.count()).where(NetworkAttendance.meeting_id == meeting_id)
    number = db.session.scalar(there) or 0
    audit.write("marked", "network_meeting", meeting_id, by=by, after={"present": number})
    return number


def _check(meeting: NewMeeting) -> None:
    texts = {"title": meeting.title, "place": meeting.place}
    refuse_family_details(texts, allowed=family_details.CONTACTS)


def _locked(meeting_id: uuid.UUID) -> NetworkMeeting:
    found = db.session.scalar(
        select(NetworkMeeting).where(NetworkMeeting.id == meeting_id).with_for_update()
    )
    if found is None:
        raise NotFound
    if found.cancelled_at:
        raise Conflict
    return found
