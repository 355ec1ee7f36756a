"""Signing in: ask for a link, follow it or type its code, sign out.

Asking writes a row and tells of it; whether the address is known to us is looked up by the job
that sends, so that the page answers the same in the same time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, select, update

from lms import audit, clock
from lms.contracts import NOBODY, Actor, Job
from lms.db import apart, db
from lms.errors import Gone, NotFound
from lms.events import SignInRequested, publish
from lms.people import tokens
from lms.people.models import SHARED, Person, PersonEmail, SignInLink
from lms.people.names import full
from lms.web import urls

KIND = "sign-in"
LASTS = timedelta(minutes=10)
TRIES = 5


@dataclass(frozen=True)
class SignedIn:
    """Who has just proved to be themselves, and the epoch their session belongs to."""

    person_id: uuid.UUID
    epoch: int


@dataclass(frozen=True)
class Asked:
    """A live request as its page shows it."""

    id: uuid.UUID
    address: str
    same_browser: bool


@dataclass(frozen=True)
class Addressee:
    """Whom a request is for; nobody is let in by an address that several people read (`shared`)."""

    person_id: uuid.UUID
    link_id: uuid.UUID
    until: datetime
    shared: bool


@dataclass(frozen=True)
class Mail:
    """What the sign-in message holds: made when it goes, kept nowhere."""

    url: str
    code: str


class Expired(Gone):
    """A link or code that is used, old or not ours; `address` is filled in to ask anew."""

    def __init__(self, address: str = "") -> None:
        super().__init__("This link has expired", "Links work once, for 10 minutes.")
        self.address = address


def ask(address: str, *, nonce: str) -> uuid.UUID:
    """Ask for a link to be sent; it is bound to the browser that holds `nonce`."""
    link = SignInLink(
        key=tokens.new_key(),
        address=address,
        nonce_sha256=_hashed(nonce),
        expires_at=clock.now() + LASTS,
    )
    db.session.add(link)
    db.session.flush()
    publish(SignInRequested(NOBODY, link.id))
    return link.id


def new_nonce() -> str:
    """What a browser's session holds to be known again."""
    return secrets.token_urlsafe(16)


def addressee(link_id: uuid.UUID) -> Addressee | None:
    """The person a request is for, noted in it; older requests of theirs end. None for nobody.

    It is who has the address as theirs now: messages go there and nowhere else. Another address
    of a person, which nobody may have looked at for years, lets nobody in, and who is erased or
    merged into another gets nothing. A shared mailbox's request is for nobody to follow.
    """
    link = db.session.get(SignInLink, link_id)
    if link is None or link.expires_at <= clock.now():
        return None
    found = db.session.execute(
        select(Person.id, PersonEmail.sharing == SHARED)
        .join(PersonEmail, PersonEmail.person_id == Person.id)
        .where(
            PersonEmail.address == link.address,
            PersonEmail.is_primary,
            Person.erased_at.is_(None),
            Person.merged_into_id.is_(None),
        )
    ).one_or_none()
    if found is None:
        return None
    person_id, shared = found
    if not shared:
        link.person_id = person_id
        db.session.flush()
        _end_others(person_id, link_id)
    return Addressee(person_id, link_id, link.expires_at, shared)


def end_requests(addresses: Collection[str]) -> None:
    """End every request to sign in by these addresses, whoever asked."""
    now = clock.now()
    db.session.execute(
        update(SignInLink)
        .where(
            SignInLink.address.in_(addresses),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
        .values(expires_at=now, updated_at=now)
    )


def end_sessions(*person_ids: uuid.UUID, by: Actor) -> None:
    """Sign people out everywhere, from the next request on."""
    db.session.execute(
        update(Person)
        .where(Person.id.in_(person_ids))
        .values(session_epoch=Person.session_epoch + 1, updated_at=clock.now())
    )
    gone = [(person_id, None, None) for person_id in person_ids]
    audit.write_many("signed out everywhere", "person", gone, by=by)


def mail(link_id: uuid.UUID) -> Mail | None:
    """The address and code of a live request, for the message that goes now; else None."""
    link = db.session.get(SignInLink, link_id)
    if link is None or not _live(link):
        return None
    address = urls.external("people.sign_in_link", token=tokens.make(KIND, link.key))
    code = tokens.code(KIND, link.key)
    return Mail(address, f"{code[:4]} {code[4:]}")


def look(token: str, *, nonce: str | None) -> Asked:
    """The request behind a link; changes nothing. `Gone` when it is used or old."""
    link = _by_token(token)
    return Asked(link.id, link.address, _same_browser(link, nonce))


def follow(token: str, *, nonce: str | None) -> SignedIn | None:
    """Sign in by the link's button: once, in the browser that asked.

    In another browser the answer is None and the link is not used up.
    """
    link = _by_token(token)
    if not _same_browser(link, nonce):
        audit.write_apart("refused sign-in: another browser", "person", link.person_id, by=NOBODY)
        return None
    return _enter(link)


def type_code(typed: str, *, nonce: str | None) -> SignedIn | None:
    """Sign in by the code, in the browser that asked; None for a wrong code.

    After five wrong codes the request is dead, known address or not.
    """
    link = db.session.scalar(
        select(SignInLink)
        .where(SignInLink.nonce_sha256 == _hashed(nonce or ""))
        .order_by(SignInLink.created_at.desc())
        .limit(1)
    )
    if nonce is None or link is None or link.expires_at <= clock.now() or link.used_at:
        raise Expired()
    if not _count_try(link.id):
        raise Expired()
    if link.person_id is None or not tokens.same_code(KIND, link.key, typed):
        audit.write_apart("refused sign-in: wrong code", "person", link.person_id, by=NOBODY)
        return None
    return _enter(link)


def tidy() -> None:
    """Forget requests that nobody used, with the addresses that strangers typed, after a day."""
    before = clock.now() - timedelta(days=1)
    db.session.execute(
        delete(SignInLink).where(SignInLink.used_at.is_(None), SignInLink.expires_at < before)
    )


TIDY = Job("people.tidy", tidy, cron="41 3 * * *")


def sign_out_note(actor: Actor) -> None:
    """Write in the audit trail that somebody signed out."""
    audit.write("signed out", "person", actor.person_id, by=actor)


def _count_try(link_id: uuid.UUID) -> bool:
    """Count one typed code, in a transaction of its own: a refused request rolls back."""
    with apart() as connection:
        counted = connection.execute(
            update(SignInLink)
            .where(SignInLink.id == link_id, SignInLink.code_tries < TRIES)
            .values(code_tries=SignInLink.code_tries + 1)
            .returning(SignInLink.id)
        )
        return counted.first() is not None


def _by_token(token: str) -> SignInLink:
    try:
        key = tokens.read(KIND, token)
    except NotFound:
        raise Expired() from None
    link = db.session.scalar(select(SignInLink).where(SignInLink.key == key))
    if link is None or not _live(link):
        raise Expired(link.address if link else "")
    return link


def _live(link: SignInLink) -> bool:
    return (
        link.used_at is None
        and link.person_id is not None
        and link.expires_at > clock.now()
        and link.code_tries < TRIES
        and bool(db.session.scalar(select(_still_theirs(link))))
    )


def _still_theirs(link: SignInLink) -> ColumnElement[bool]:
    """Whether the address that asked is still the person's, and theirs alone.

    A new one ends what went to the old.
    """
    return exists().where(
        PersonEmail.person_id == link.person_id,
        PersonEmail.address == link.address,
        PersonEmail.is_primary,
        PersonEmail.sharing != SHARED,
    )


def _enter(link: SignInLink) -> SignedIn:
    """Use the request up and let its person in; of two at once one wins."""
    now = clock.now()
    used = db.session.execute(
        update(SignInLink)
        .where(
            SignInLink.id == link.id,
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
            _still_theirs(link),
        )
        .values(used_at=now, updated_at=now)
        .returning(SignInLink.person_id, SignInLink.address)
    ).one_or_none()
    if used is None:
        raise Expired(link.address)
    person = db.session.execute(
        select(Person.id, Person.session_epoch, Person.given_name, Person.family_name).where(
            Person.id == used.person_id,
            Person.erased_at.is_(None),
            Person.merged_into_id.is_(None),
        )
    ).one_or_none()
    if person is None:
        raise Expired()
    db.session.execute(
        update(PersonEmail)
        .where(PersonEmail.address == used.address, PersonEmail.person_id == person.id)
        .values(verified_at=func.coalesce(PersonEmail.verified_at, now), updated_at=now)
    )
    actor = Actor(person.id, full(person.given_name, person.family_name))
    audit.write("signed in", "person", person.id, by=actor)
    return SignedIn(person.id, person.session_epoch)


def _end_others(person_id: uuid.UUID, link_id: uuid.UUID) -> None:
    now = clock.now()
    db.session.execute(
        update(SignInLink)
        .where(
            SignInLink.person_id == person_id,
            SignInLink.id != link_id,
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
        .values(expires_at=now, updated_at=now)
    )


def _same_browser(link: SignInLink, nonce: str | None) -> bool:
    return nonce is not None and hmac.compare_digest(link.nonce_sha256, _hashed(nonce))


def _hashed(nonce: str) -> bytes:
    return hashlib.sha256(nonce.encode()).digest()
