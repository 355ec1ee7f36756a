"""Whether several people read a person's mailbox: then nobody signs in by its address.

Imports say so, whoever may change the person decides; messages go to a shared mailbox as before.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import select

from lms import audit
from lms.contracts import SYSTEM, Actor
from lms.db import db
from lms.errors import NotFound
from lms.people.models import OWN, SAID, SHARED, PersonEmail
from lms.people.queries.mailboxes import deciding
from lms.people.services import sign_in
from lms.people.services.people import end_sessions

IN_WORDS = {
    OWN: "read by one person",
    SAID: "perhaps read by several",
    SHARED: "read by several",
}


def say_shared(addresses: Collection[str], *, by: Actor, import_id: uuid.UUID) -> None:
    """Keep what an import says: several people read these mailboxes.

    It is so at once where `by` may decide. Elsewhere it is only said, so that no file ends the
    sign-in of somebody out of reach; whoever may decide is asked.
    """
    held = db.session.scalars(
        select(PersonEmail)
        .where(PersonEmail.address.in_(addresses), PersonEmail.is_primary)
        .order_by(PersonEmail.id)
        .with_for_update()
    ).all()
    decided = deciding([one.person_id for one in held], by)
    for one in held:
        # Said a second time it is no import's alone: undoing one leaves it.
        one.said_by_id = import_id if one.sharing == OWN else None
        if one.person_id in decided:
            _turn(one, SHARED, by)
        elif one.sharing == OWN:
            # The trail of the importer's place may not name people elsewhere.
            _turn(one, SAID, SYSTEM)


def take_back(import_id: uuid.UUID, *, by: Actor) -> None:
    """Take back what this import alone says, unless somebody has decided since."""
    held = db.session.scalars(
        select(PersonEmail)
        .where(PersonEmail.said_by_id == import_id)
        .order_by(PersonEmail.id)
        .with_for_update()
    )
    for one in held.all():
        one.said_by_id = None
        _turn(one, OWN, SYSTEM if one.sharing == SAID else by)


def decide(person_id: uuid.UUID, *, shared: bool, by: Actor) -> None:
    """Decide whether several people read a person's mailbox; `NotFound` for who may not."""
    held = db.session.scalar(
        select(PersonEmail)
        .where(PersonEmail.person_id == person_id, PersonEmail.is_primary)
        .with_for_update()
    )
    if held is None or not deciding([person_id], by):
        raise NotFound
    held.said_by_id = None
    _turn(held, SHARED if shared else OWN, by)


def _turn(held: PersonEmail, sharing: str, by: Actor) -> None:
    """Change what is held of a mailbox; of a shared one requests and sessions end."""
    before, held.sharing = held.sharing, sharing
    db.session.flush()
    if before == sharing:
        return
    if sharing == SHARED:
        sign_in.end_requests(held.address)
        end_sessions(held.person_id, by=by)
    audit.write(
        "changed",
        "person",
        held.person_id,
        by=by,
        before={"mailbox": IN_WORDS[before]},
        after={"mailbox": IN_WORDS[sharing]},
    )
