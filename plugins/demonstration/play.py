"""The play: what happens, in order of time, each act by the rooms' own services at its moment.

`world` puts acts on and plays them; the clock stands where the act is, so that every row says when
it would have been made.
"""

from __future__ import annotations

import heapq
import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select, update

from lms import clock
from lms.contracts import SYSTEM
from lms.db import db
from lms.messages import steps
from lms.messages.composing import message_id_of
from lms.messages.models import Message
from lms.people.models import PersonEmail
from lms.web.words import mask_email

Act = Callable[[], None]


@dataclass
class Play:
    """Acts to come, played in order until `now`; what would be later is left out."""

    now: datetime
    _acts: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _count: itertools.count[int] = field(default_factory=itertools.count)
    _clock: datetime | None = None

    def at(self, moment: datetime, act: Act) -> None:
        """Put an act on; of two at one moment the first put on goes first."""
        if moment <= self.now:
            heapq.heappush(self._acts, (moment, next(self._count), act))

    def run(self) -> None:
        """Play everything, and let the post go in between and at the end."""
        while self._acts:
            moment, _, act = heapq.heappop(self._acts)
            self._post(moment)
            self._do(moment, act)
        self._post(self.now)

    def _do(self, moment: datetime, act: Act) -> None:
        """Never earlier than the end of the act before, so that rows keep their order."""
        moment = max(moment, self._clock or moment)
        with clock.played(moment):
            act()
            db.session.flush()
            self._clock = clock.now()
        db.session.expunge_all()

    def _post(self, until: datetime) -> None:
        """Send what falls due before a moment, a minute's messages at a time."""
        due = db.session.execute(
            select(Message.id, Message.not_before, PersonEmail.address)
            .join(
                PersonEmail, (PersonEmail.person_id == Message.person_id) & PersonEmail.is_primary
            )
            .where(Message.state == "queued", Message.not_before <= until)
            .order_by(Message.not_before, Message.id)
        ).all()
        for minute, group in itertools.groupby(due, lambda row: _minute(row.not_before)):
            letters = [(row.id, row.address) for row in group]
            self._do(minute + timedelta(minutes=1), partial(_send, letters))


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _send(letters: list[tuple[uuid.UUID, str]]) -> None:
    """As the sender does it, without a server: every message has gone at once."""
    which = Message.id.in_([message_id for message_id, _ in letters])
    steps.move(which, "sending", by=SYSTEM, attempts=1, sending_since=clock.now())
    steps.move(which, "sent", by=SYSTEM, sent_at=clock.now())
    db.session.execute(
        update(Message),
        [
            {
                "id": message_id,
                "sent_to": mask_email(address),
                "message_id_header": message_id_of(message_id),
            }
            for message_id, address in letters
        ],
    )
