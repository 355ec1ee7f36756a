"""What happens to people: signing in, links, addresses, erasing and merging."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from lms.events.base import Event


@dataclass(frozen=True)
class SignInRequested(Event):
    """Somebody asked to sign in. The address is looked up by the job that sends, not here."""

    sign_in_link_id: uuid.UUID


@dataclass(frozen=True)
class LinkRequested(Event):
    """The holder of an expired personal link asked for another, to the address on file."""

    link_id: uuid.UUID


@dataclass(frozen=True)
class AddressChanged(Event):
    """A person's messages go to another address now; the old one is told."""

    person_id: uuid.UUID
    old_address: str


@dataclass(frozen=True)
class MailboxShared(Event):
    """Others turn out to read a person's mailbox; what they alone may answer is closed there."""

    person_id: uuid.UUID


@dataclass(frozen=True)
class PersonErased(Event):
    """A person asked to be forgotten; whoever holds anything personal redacts it now.

    `why` may stand in its place: nobody is named in it.
    """

    person_id: uuid.UUID
    why: str = "The person has been erased"


@dataclass(frozen=True)
class PeopleMerged(Event):
    """Two rows were one person; `into` stays."""

    from_id: uuid.UUID
    into_id: uuid.UUID
