"""The play: what happens, in order of time, each act by the rooms' own services at its moment.

`world` puts acts on and plays them; the clock stands where the act is, so that every row says when
it would have been made. What an act asks of the worker becomes an act itself, so that no job is
left over but those of the time to come.
"""

from __future__ import annotations

import heapq
import inspect
import itertools
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, exists, select, update

from certificates.jobs import RENDER, print_together
from certificates.models import Certificate
from certificates.render import NO_LIBRARIES
from lms import clock, jobs
from lms.contracts import SYSTEM
from lms.db import db
from lms.jobs import Asked
from lms.messages import digests, steps
from lms.messages.composing import message_id_of
from lms.messages.due import due
from lms.messages.hours import next_morning
from lms.messages.models import Message
from lms.messages.sending import SEND
from lms.people.models import PersonEmail
from lms.web.words import mask_email

Act = Callable[[], None]

SOON = timedelta(minutes=1)
"""What a worker with much to do takes to begin a job."""


@dataclass
class Play:
    """Acts to come, played in order until `now`; what would be later is left out."""

    now: datetime
    _acts: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _count: itertools.count[int] = field(default_factory=itertools.count)
    _clock: datetime | None = None
    _posts: set[datetime] = field(default_factory=set)
    _later: list[Asked] = field(default_factory=list)
    _prints: bool = True

    def at(self, moment: datetime, act: Act) -> None:
        """Put an act on; of two at one moment the first put on goes first."""
        if moment <= self.now:
            heapq.heappush(self._acts, (moment, next(self._count), act))

    def run(self) -> None:
        """Play everything; what a worker would do only after the end is asked of it."""
        while self._acts:
            moment, _, act = heapq.heappop(self._acts)
            self._do(moment, act)
        for asked in self._later:
            jobs.defer(asked.job, key=asked.key, at=asked.at, **asked.arguments)
        self._later.clear()

    def _do(self, moment: datetime, act: Act) -> None:
        """Never earlier than the end of the act before, so that rows keep their order."""
        moment = max(moment, self._clock or moment)
        with clock.played(moment), jobs.written_down() as asked:
            act()
            db.session.flush()
            self._clock = clock.now()
        db.session.expunge_all()
        self._work(asked, self._clock)

    # -- what the worker does --------------------------------------------------------------------

    def _work(self, asked: Sequence[Asked], since: datetime) -> None:
        """Put on what was asked of the worker; certificates of one act are printed in one."""
        printed = [one for one in asked if one.job == RENDER]
        if printed:
            self._put_on(printed, since, partial(self._print, printed))
        for one in asked:
            if one.job == SEND:
                self._post(one, max(one.at or since, since))
            elif one.job != RENDER:
                self._put_on([one], max(one.at or since, since), partial(_run, one))

    def _put_on(self, asked: Sequence[Asked], due: datetime, act: Act) -> None:
        if due + SOON > self.now:
            self._later += asked
        else:
            self.at(due + SOON, act)

    def _post(self, asked: Asked, due: datetime) -> None:
        """The sender comes once a minute, however many messages call it."""
        minute = due.replace(second=0, microsecond=0)
        if minute not in self._posts:
            self._posts.add(minute)
            self._put_on([asked], minute, self._deliver_post)

    def _deliver_post(self) -> None:
        """Who has had the letter of the day gets the rest on the next working morning."""
        _send()
        if db.session.scalar(select(exists().where(_left_over()))):
            morning = next_morning(clock.now())
            if morning not in self._posts:
                self._posts.add(morning)
                self.at(morning, self._deliver_post)

    def _print(self, asked: Sequence[Asked]) -> None:
        """Unless it has turned out that this machine has no libraries for PDFs."""
        if not self._prints:
            self._later += asked
            return
        ids = [str(one.arguments["certificate"]) for one in asked]
        print_together(ids)
        self._prints = not db.session.scalar(
            select(Certificate.id)
            .where(Certificate.id.in_(ids), Certificate.last_error == NO_LIBRARIES)
            .limit(1)
        )


def _run(asked: Asked) -> None:
    """A job as the worker runs it, in the transaction at hand."""
    result = asked.job.run(**asked.arguments)
    if inspect.isgenerator(result):
        for _ in result:
            db.session.flush()


def _send() -> None:
    """As the sender does it, without a server: what is due goes, every message at once."""
    for _ in digests.gather():
        db.session.flush()
    letters = db.session.execute(
        select(Message.id, PersonEmail.address)
        .join(PersonEmail, (PersonEmail.person_id == Message.person_id) & PersonEmail.is_primary)
        .where(due())
        .order_by(Message.not_before, Message.id)
    ).all()
    if letters:
        _deliver([(row.id, row.address) for row in letters])


def _left_over() -> ColumnElement[bool]:
    return (Message.state == "queued") & (Message.not_before <= clock.now())


def _deliver(letters: list[tuple[uuid.UUID, str]]) -> None:
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
