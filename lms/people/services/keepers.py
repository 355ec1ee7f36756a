"""What whoever keeps the machine may do from its command line: a first administrator, a clean cut.

`lms invite-administrator` and `lms revoke-all` call it; no page does.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import CursorResult, func, select, update

from lms import audit, clock
from lms.contracts import SYSTEM, Role, Scope, ScopeKind
from lms.db import Complaint, db
from lms.people import emails, links
from lms.people.models import SHARED, Person, PersonEmail, SignInLink
from lms.people.queries.mailboxes import said
from lms.people.services.people import NewPerson, add_person
from lms.people.services.roles import give_role


@dataclass(frozen=True)
class CutOff:
    """How many were cut off: people signed in or not, personal links, requests to sign in."""

    people: int
    links: int
    requests: int


def invite_administrator(name: str, email: str) -> uuid.UUID:
    """Make somebody an administrator of the whole programme, adding them unless they are here.

    They sign in as everybody does, by a message to their address, which nobody else may read. A
    `Complaint` says why not.
    """
    given, _, family = name.strip().rpartition(" ")
    address = emails.cleaned(email)
    held = db.session.scalar(select(PersonEmail).where(PersonEmail.address == address))
    shared = held.sharing == SHARED if held else bool(address and said([address]))
    if shared:
        raise Complaint("email", "Several people read this mailbox, so nobody can sign in with it")
    new = NewPerson(given or family, family if given else "", email)
    person_id = held.person_id if held else add_person(new, by=SYSTEM)
    give_role(person_id, Role.ADMINISTRATOR, Scope(ScopeKind.PROGRAMME), by=SYSTEM)
    return person_id


def revoke_all() -> CutOff:
    """Sign everybody out and end every personal link and every request to sign in, at once."""
    now = clock.now()
    everybody = update(Person).values(session_epoch=Person.session_epoch + 1, updated_at=now)
    people = cast(CursorResult[Any], db.session.execute(everybody)).rowcount
    live = select(func.count()).select_from(SignInLink).where(SignInLink.expires_at > now)
    requests = db.session.scalar(live) or 0
    db.session.execute(
        update(SignInLink).where(SignInLink.expires_at > now).values(expires_at=now, updated_at=now)
    )
    cut = CutOff(people, links.revoke_all(), requests)
    audit.write("revoked all", "programme", None, by=SYSTEM)
    return cut
