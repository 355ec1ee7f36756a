"""What this room does when others ask for a message by an event, or a person is erased."""

from __future__ import annotations

import uuid

from sqlalchemy import update

from lms import clock
from lms.contracts import SYSTEM, Job
from lms.db import db
from lms.events import AddressChanged, Event, LinkRequested, PersonErased, SignInRequested
from lms.jobs import defer
from lms.messages import composing, digests
from lms.messages.models import Message
from lms.messages.services.queueing import queue
from lms.people import links
from lms.people.services import sign_in
from lms.web import words

ERASED = "The words of this message have been erased."


def hear(event: Event) -> None:
    """Act on the events that concern messages."""
    match event:
        case SignInRequested():
            defer(SIGN_IN, sign_in_link_id=str(event.sign_in_link_id))
        case LinkRequested():
            send_new_link(event.link_id)
        case AddressChanged():
            tell_old_address(event)
        case PersonErased():
            erase(event)
        case _:
            pass


def send_sign_in(sign_in_link_id: str) -> None:
    """Find out whom a request to sign in is for, and queue the message if there is somebody.

    Who reads a shared mailbox is told why there is no link.
    """
    found = sign_in.addressee(uuid.UUID(sign_in_link_id))
    if found is None:
        return
    queue(
        by=SYSTEM,
        person_id=found.person_id,
        kind="sign-in",
        klass="now",
        template=f"messages/sign-in{'-shared' if found.shared else ''}.txt",
        values={"until": words.time(found.until)},
        links={} if found.shared else {"sign_in": f"{composing.SIGN_IN}{found.link_id}"},
        dedupe_key=f"sign-in:{found.link_id}",
    )


SIGN_IN = Job("messages.sign_in", send_sign_in)


def send_new_link(link_id: uuid.UUID) -> None:
    """Queue another link in place of one that has run out, once an hour at most."""
    link = links.renew(link_id)
    assert link.expires_at is not None
    queue(
        by=SYSTEM,
        person_id=link.person_id,
        kind="new-link",
        klass="now",
        template="messages/new-link.txt",
        values={"until": words.weekday_datetime(link.expires_at)},
        links={"page": link.id},
        dedupe_key=f"new-link:{link_id}:{clock.now():%Y-%m-%d-%H}",
    )


def tell_old_address(event: AddressChanged) -> None:
    """Say to the address that nothing comes here any more, in case nobody there knows why."""
    queue(
        by=event.by,
        person_id=event.person_id,
        to_address=event.old_address,
        kind="address-changed",
        klass="now",
        template="messages/address-changed.txt",
    )


def erase(event: PersonErased) -> None:
    """Nothing more goes to this person, and no message keeps its words: why stands in their place.

    The history of edits is append-only: only the erasure's own role may blank that.
    """
    theirs = Message.person_id == event.person_id
    digests.cancel(theirs, by=event.by, why=event.why, last_error=event.why)
    db.session.execute(
        update(Message)
        .where(theirs)
        .values(subject=event.why, body=ERASED, line=None, links={}, ical=None)
        .values(sent_to=None, to_address=None)
    )
