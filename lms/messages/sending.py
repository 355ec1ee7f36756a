"""The job that sends: one message at a time, its state durable before the server is spoken to.

A crash between leaves `sending`, which becomes `uncertain`: a person decides, nothing is sent
twice by itself and nothing is lost.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from lms import clock
from lms.contracts import SYSTEM, Job
from lms.db import crash_point, db
from lms.events import MessageSent, MessageUncertain, publish
from lms.jobs import defer
from lms.messages import brake, composing, digests, steps
from lms.messages.channels import Letter, Outcome, Result, open_channel
from lms.messages.composing import Dropped
from lms.messages.due import ALWAYS, due
from lms.messages.models import NO_ADDRESS, Message
from lms.web.context import settings
from lms.web.words import mask_email

log = logging.getLogger("lms.messages")

AT_A_TIME = 100
"""Messages of one run of the job; what is left goes in the next, so that a run stays short."""
WAITS = (1, 5, 15, 60, 180, 360, 720)
"""Minutes until the next try after the first, second, ... refusal; then it has failed."""
LOST_AFTER = timedelta(minutes=10)
"""A hand-over never takes this long: whoever began it has died."""


def send() -> Iterator[None]:
    """Make the day's letters and send what is due. Commits before and after each hand-over."""
    yield from digests.gather()
    brake.stop()
    yield
    channel = open_channel(settings())
    try:
        for _ in range(AT_A_TIME):
            message_id = _claim()
            if message_id is None:
                return
            # "sending" is durable before the server hears of it.
            yield
            crash_point("message.before_handover")
            letter = _composed(message_id)
            # A server may be slow: no transaction stays open meanwhile.
            yield
            if letter is None:
                continue
            outcome = channel.deliver(letter)
            crash_point("message.after_handover")
            _settle(message_id, outcome, letter.to)
            yield
            if outcome.down:
                return
    finally:
        channel.close()
    defer(SEND)


def _claim() -> uuid.UUID | None:
    """Take the next message that is due, so that no other run takes it; None when all is sent."""
    row = db.session.execute(
        select(Message.id, Message.attempts)
        .where(due())
        .order_by(Message.urgency, Message.not_before, Message.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    steps.move(
        Message.id == row.id,
        "sending",
        by=SYSTEM,
        attempts=row.attempts + 1,
        sending_since=clock.now(),
        message_id_header=composing.message_id_of(row.id),
        last_error=None,
    )
    claimed: uuid.UUID = row.id
    return claimed


def _composed(message_id: uuid.UUID) -> Letter | None:
    """The finished message, or None after noting why it does not go."""
    me = Message.id == message_id
    try:
        if not digests.settle(message_id):
            return None
        composed = composing.compose(message_id)
    except DBAPIError:
        raise
    except Exception as error:
        log.exception("message %s could not be made", message_id)
        words = f"The message could not be made ({type(error).__name__})"
        steps.move(me, "failed", by=SYSTEM, why=words, last_error=words)
        return None
    if isinstance(composed, Dropped):
        steps.move(me, "cancelled", by=SYSTEM, why=composed.why, last_error=composed.why)
        return None
    if composed is None:
        steps.move(me, "held", by=SYSTEM, why=NO_ADDRESS, last_error=NO_ADDRESS)
    return composed


def _settle(message_id: uuid.UUID, outcome: Outcome, to: str) -> None:
    """Write down how the hand-over ended; a second copy of this job may have done so already."""
    me = Message.id == message_id
    words = outcome.words
    if outcome.result is Result.TAKEN:
        if steps.move(me, "sent", by=SYSTEM, sent_at=clock.now(), sent_to=mask_email(to)):
            publish(MessageSent(SYSTEM, message_id))
    elif outcome.result is Result.UNKNOWN:
        if steps.move(me, "uncertain", by=SYSTEM, why=words, last_error=words):
            publish(MessageUncertain(SYSTEM, message_id))
    elif outcome.result is Result.NEVER:
        steps.move(me, "failed", by=SYSTEM, why=words, last_error=words)
    else:
        _try_later(message_id, words)


def _try_later(message_id: uuid.UUID, words: str) -> None:
    """Back into the queue after a growing wait, up to a day in all; then it has failed."""
    me = Message.id == message_id
    attempts = db.session.scalar(select(Message.attempts).where(me)) or 1
    if attempts > len(WAITS):
        steps.move(me, "failed", by=SYSTEM, why=words, last_error=words)
        return
    again = clock.now() + timedelta(minutes=WAITS[attempts - 1])
    steps.move(me, "queued", by=SYSTEM, why=words, last_error=words, not_before=again)
    defer(SEND, at=again)


def find_lost() -> None:
    """Hand-overs that never ended: their worker died, and nobody can say how far they came."""
    lost = (Message.state == "sending") & (Message.sending_since < clock.now() - LOST_AFTER)
    expired = "The sign-in link has run out"
    steps.move(
        lost & Message.kind.in_(ALWAYS), "cancelled", by=SYSTEM, why=expired, last_error=expired
    )
    words = "The program stopped while the message was being sent"
    for message_id in steps.move(lost, "uncertain", by=SYSTEM, why=words, last_error=words):
        publish(MessageUncertain(SYSTEM, message_id))


SEND = Job("messages.send", send, cron="* * * * *")
FIND_LOST = Job("messages.find_lost", find_lost, cron="*/5 * * * *")
