"""What the room writes to ambassadors: one message to one person, in the change's transaction.

Their own words stand on the page behind the link, never in a message: mailboxes pass to successors.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms import clock
from lms.ambassadors.models import Ambassador
from lms.contracts import Actor
from lms.db import db
from lms.messages import services as messages
from lms.messages.hours import next_open
from lms.people import links
from lms.people.links import NewLink

AMBASSADOR, CHECK_IN, TALLY = "ambassador", "check_in", "tally"
"""Purposes of personal links: the role and the pledge, one check-in, one month's numbers."""


@dataclass(frozen=True)
class Letter:
    """A message to an ambassador; `about` is the row that caused it, as (kind, id).

    One that is `at_once` does not wait for the day's digest; `deadline` is until when its reader
    can do what it asks.
    """

    ambassador_id: uuid.UUID
    kind: str
    template: str
    key: str
    about: tuple[str, uuid.UUID]
    values: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, Any] = field(default_factory=dict)
    at_once: bool = False
    deadline: datetime | None = None


def write(letters: Sequence[Letter], *, by: Actor) -> list[Letter]:
    """Queue these messages, each key once ever; those that are new."""
    rows = db.session.execute(
        select(Ambassador.id, Ambassador.person_id, Ambassador.locality_id).where(
            Ambassador.id.in_({letter.ambassador_id for letter in letters})
        )
    )
    known = {row.id: row for row in rows}
    queued = messages.queue_many(
        [
            messages.NewMessage(
                person_id=known[letter.ambassador_id].person_id,
                kind=letter.kind,
                template=f"ambassadors/mail/{letter.template}.txt",
                values=letter.values,
                subject_type=letter.about[0],
                subject_id=letter.about[1],
                about_type="ambassador",
                about_id=letter.ambassador_id,
                locality_ids=_places(known[letter.ambassador_id].locality_id),
                links=letter.links,
                dedupe_key=letter.key,
                klass="now" if letter.at_once else "routine",
                not_before=next_open(clock.now()) if letter.at_once else None,
                deadline=letter.deadline,
            )
            for letter in letters
        ],
        by=by,
    )
    return [letter for letter, new in zip(letters, queued, strict=True) if new]


def _places(locality_id: uuid.UUID | None) -> list[uuid.UUID]:
    return [locality_id] if locality_id else []


def grant(
    purpose: str, wanted: Iterable[tuple[uuid.UUID, uuid.UUID]], *, expires_at: datetime
) -> dict[uuid.UUID, uuid.UUID]:
    """A link for each pair (object, person); the links' ids by object."""
    pairs = list(wanted)
    made = links.grant_many(
        [NewLink(purpose, person_id, object_id, expires_at) for object_id, person_id in pairs]
    )
    return {link.object_id: link.id for link in made}


def own_link(ambassador_id: uuid.UUID, person_id: uuid.UUID, *, until: datetime) -> uuid.UUID:
    """The ambassador's link to role and pledge, good until then: the one they have, or another."""
    held = links.live_for(AMBASSADOR, [ambassador_id]).get(ambassador_id)
    if held is None:
        pairs = [(ambassador_id, person_id)]
        return grant(AMBASSADOR, pairs, expires_at=until)[ambassador_id]
    links.extend([held], until)
    return held
