"""Personal links to a date: one per person and cohort, whatever becomes of the booking.

Messages carry them; the page behind says what may be done there now.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from courses.queries.cohorts import CohortFacts
from lms import clock
from lms.db import db
from lms.people import links
from lms.people.models import PersonalLink

BOOKING = "booking"
WAITING = "waiting"
OFFER = "offer"
APPROVAL = "approval"
SHOWN = timedelta(days=30)
"""How long the page of an offer that has ended still says how it did."""


def to_cohort(cohort: CohortFacts, person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Links to the page of one's own place, while it may be of use: person to link."""
    return _of(BOOKING, cohort.id, person_ids, _until(cohort))


def to_list(course_id: uuid.UUID, person_id: uuid.UUID) -> uuid.UUID:
    """The link to one's own place on a course's waiting list."""
    return _of(WAITING, course_id, [person_id], None)[person_id]


def to_offer(offer_id: uuid.UUID, person_id: uuid.UUID, until: datetime) -> uuid.UUID:
    """The link to the place that is held for somebody, which works until the deadline."""
    made = _of(OFFER, offer_id, [person_id], until)[person_id]
    links.extend([made], until)
    return made


def to_approval(approval_id: uuid.UUID, manager_id: uuid.UUID, cohort: CohortFacts) -> uuid.UUID:
    """The link to what a manager is asked about a place, which works until the course begins."""
    until = cohort.first.start if cohort.first else cohort.closes_at
    return _of(APPROVAL, approval_id, [manager_id], until)[manager_id]


def follow_offers(offer_ids: Iterable[uuid.UUID]) -> None:
    """Let the links to offers that have ended work on for a while, to say so."""
    ids = db.session.scalars(
        select(PersonalLink.id).where(
            PersonalLink.purpose == OFFER,
            PersonalLink.object_id.in_(list(offer_ids)),
            PersonalLink.revoked_at.is_(None),
        )
    ).all()
    links.extend(ids, clock.now() + SHOWN)


def follow(cohort: CohortFacts) -> None:
    """Let the links of a cohort live as long as they should now, when its sessions have moved."""
    if cohort.first is None:
        return
    ids = db.session.scalars(
        select(PersonalLink.id).where(
            PersonalLink.purpose == BOOKING,
            PersonalLink.object_id == cohort.id,
            PersonalLink.revoked_at.is_(None),
        )
    ).all()
    links.extend(ids, _until(cohort))


def _until(cohort: CohortFacts) -> datetime | None:
    """The first session's start; once that is past, the last one's end."""
    if cohort.first is None or cohort.first.start > clock.now():
        return cohort.first.start if cohort.first else None
    return cohort.last.end if cohort.last else cohort.first.start


def _of(
    purpose: str, object_id: uuid.UUID, person_ids: Iterable[uuid.UUID], until: datetime | None
) -> dict[uuid.UUID, uuid.UUID]:
    """The live link of each person to a thing, made where there is none."""
    people = list(dict.fromkeys(person_ids))
    held = {
        row.person_id: row.id
        for row in db.session.execute(
            select(PersonalLink.person_id, PersonalLink.id).where(
                PersonalLink.purpose == purpose,
                PersonalLink.object_id == object_id,
                PersonalLink.person_id.in_(people),
                PersonalLink.revoked_at.is_(None),
                PersonalLink.expires_at.is_(None) | (PersonalLink.expires_at > clock.now()),
            )
        )
    }
    wanted = [links.NewLink(purpose, one, object_id, until) for one in people if one not in held]
    return held | {made.person_id: made.id for made in links.grant_many(wanted)}
