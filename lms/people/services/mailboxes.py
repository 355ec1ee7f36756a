"""Whether several people read a person's mailbox: then nobody signs in by its address.

Imports say so, whoever may change the person decides; messages go to a shared mailbox as before.
What holds is worked out here alone, whenever one of the two changes or somebody gets an address.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, case, delete, exists, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from lms import audit, clock
from lms.contracts import SYSTEM, Actor
from lms.db import db, uuid7
from lms.errors import NotFound
from lms.events import MailboxShared, publish
from lms.people.models import OWN, SAID, SHARED, MailboxDecision, MailboxSaying, PersonEmail
from lms.people.queries.mailboxes import decided_at, deciding, said
from lms.people.services import sign_in

IN_WORDS = {
    OWN: "read by one person",
    SAID: "perhaps read by several",
    SHARED: "read by several",
}


def say_shared(addresses: Collection[str], *, by: Actor, import_id: uuid.UUID) -> None:
    """Keep what an import says: several people read these mailboxes.

    It is so at once where `by` may decide, and where nobody has the address yet. Elsewhere it is
    only said, so that no file ends the sign-in of somebody out of reach; whoever may decide is
    asked.
    """
    rows = db.session.execute(
        select(PersonEmail.address, PersonEmail.person_id).where(PersonEmail.address.in_(addresses))
    )
    holders = {address.lower(): person_id for address, person_id in rows}
    beyond = set(holders.values()) - deciding(holders.values(), by)
    db.session.execute(
        insert(MailboxSaying),
        [
            {
                "id": uuid7(),
                "import_id": import_id,
                "address": address,
                "decides": holders.get(address.lower()) not in beyond,
            }
            for address in addresses
        ],
    )
    _turn(PersonEmail.address.in_(addresses), by=by)


def take_back(import_id: uuid.UUID, *, by: Actor) -> None:
    """Take back what an import says; what others say and what a person decided holds."""
    addresses = db.session.scalars(
        delete(MailboxSaying)
        .where(MailboxSaying.import_id == import_id)
        .returning(MailboxSaying.address)
    ).all()
    if addresses:
        _turn(PersonEmail.address.in_(addresses), by=by)


def given(addresses: Collection[str], *, by: Actor) -> None:
    """Somebody has got each of these addresses: what was said and decided of them before counts."""
    if before := said(addresses):
        _turn(PersonEmail.address.in_(before), by=by)


def decide(person_id: uuid.UUID, *, shared: bool, by: Actor) -> None:
    """Decide whether several people read a person's mailbox; `NotFound` for who may not."""
    theirs = (PersonEmail.person_id == person_id) & PersonEmail.is_primary
    address = db.session.scalar(select(PersonEmail.address).where(theirs))
    if address is None or not deciding([person_id], by):
        raise NotFound
    decided = {"answer": SHARED if shared else OWN, "decided_at": clock.now()}
    db.session.execute(
        upsert(MailboxDecision)
        .values(id=uuid7(), address=address, **decided)
        .on_conflict_do_update(index_elements=["address"], set_=decided)
    )
    _turn(theirs, by=by)


def _turn(which: ColumnElement[bool], *, by: Actor) -> None:
    """Work out anew who reads these mailboxes.

    Of one that turns out to be shared, requests to sign in and sessions end, and rooms hear of it.
    """
    held = select(PersonEmail.id, PersonEmail.sharing).where(which)
    before = dict(db.session.execute(held.order_by(PersonEmail.id).with_for_update()).all())
    rows = db.session.execute(
        update(PersonEmail)
        .where(PersonEmail.id.in_(before))
        .values({"sharing": _as_said(), "updated_at": clock.now()})
        .returning(PersonEmail.id, PersonEmail.person_id, PersonEmail.address, PersonEmail.sharing)
        .execution_options(synchronize_session="fetch")
    ).all()
    changed = [row for row in rows if row.sharing != before[row.id]]
    if shared := [row for row in changed if row.sharing == SHARED]:
        sign_in.end_requests([row.address for row in shared])
        sign_in.end_sessions(*(row.person_id for row in shared), by=by)
        for row in shared:
            publish(MailboxShared(by, row.person_id))
    turned = [(row.person_id, before[row.id], row.sharing) for row in changed]
    mine = deciding([person_id for person_id, *_ in turned], by) if turned else set()
    _note([one for one in turned if one[0] in mine], by)
    # The trail of the importer's place may not name people elsewhere.
    _note([one for one in turned if one[0] not in mine], SYSTEM)


def _note(turned: Sequence[tuple[uuid.UUID, str, str]], by: Actor) -> None:
    lines = [
        (person_id, {"mailbox": IN_WORDS[before]}, {"mailbox": IN_WORDS[after]})
        for person_id, before, after in turned
    ]
    audit.write_many("changed", "person", lines, by=by)


def _as_said() -> ColumnElement[str]:
    """Who reads a mailbox: a decision holds, but a later saying against "own" asks again."""
    of_it = MailboxSaying.address == PersonEmail.address
    saying = exists().where(of_it).correlate(PersonEmail)
    decided = exists().where(MailboxDecision.address == PersonEmail.address).correlate(PersonEmail)
    later = saying.where(MailboxSaying.created_at > decided_at(PersonEmail.address))
    return case(
        (decided.where(MailboxDecision.answer == SHARED), SHARED),
        (decided & ~later, OWN),
        (~decided & saying.where(MailboxSaying.decides), SHARED),
        (saying, SAID),
        else_=OWN,
    )
