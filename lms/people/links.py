"""Personal links: one row per link, for one purpose, one thing and one person.

Rooms above grant and revoke them; messages remake the token at sending; `plugin.lms_identify`
reads it. Neither message, job nor backup holds a token.
"""

from __future__ import annotations

import uuid
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from flask import url_for
from sqlalchemy import ColumnElement, select, update

from lms import clock
from lms.contracts import Actor, LinkClaim
from lms.db import db, uuid7
from lms.errors import Gone, NotFound
from lms.people import tokens
from lms.people.models import Person, PersonalLink
from lms.people.names import full
from lms.web import urls, words
from lms.web.context import settings

KIND = "personal link"
UNSENT = "personal link that nobody was sent"
RENEWED_FOR = timedelta(days=30)

Name = TypeVar("Name", bound=Hashable)
Target = tuple[uuid.UUID, str | None]
"""A link and which page of its purpose it opens; None for the purpose's own."""


@dataclass(frozen=True)
class NewLink:
    """A link to be granted: what for, to whom, to which row, and how long."""

    purpose: str
    person_id: uuid.UUID
    object_id: uuid.UUID
    expires_at: datetime | None
    opens_at: datetime | None = None


def grant(
    purpose: str,
    *,
    person_id: uuid.UUID,
    object_id: uuid.UUID,
    expires_at: datetime | None,
    opens_at: datetime | None = None,
) -> PersonalLink:
    """Make one link."""
    return grant_many([NewLink(purpose, person_id, object_id, expires_at, opens_at)])[0]


def grant_many(wanted: Sequence[NewLink]) -> list[PersonalLink]:
    """Make links at once; they come in the order asked for, with their ids."""
    now = clock.now()
    made = [
        PersonalLink(
            id=uuid7(),
            key=tokens.new_key(),
            purpose=link.purpose,
            person_id=link.person_id,
            object_id=link.object_id,
            opens_at=link.opens_at or now,
            expires_at=link.expires_at,
        )
        for link in wanted
    ]
    db.session.add_all(made)
    db.session.flush()
    return made


def token(link: PersonalLink | uuid.UUID, *, unsent: bool = False) -> str:
    """A link's token, made on the spot: for its own person's page or message only.

    An `unsent` one is for whoever names the person's address: it opens the same, and says that it
    does not show what was kept (`LinkClaim.unsent`). The one cannot be made from the other.
    """
    kind = UNSENT if unsent else KIND
    if isinstance(link, PersonalLink):
        return tokens.make(kind, link.key)
    key = db.session.scalar(select(PersonalLink.key).where(PersonalLink.id == link))
    if key is None:
        raise NotFound
    return tokens.make(kind, key)


def url(link_id: uuid.UUID, endpoint: str | None = None) -> str:
    """The full address behind a link: the page of its purpose, or another of the same purpose."""
    return urls_to({link_id: (link_id, endpoint)})[link_id]


def urls_of(link_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The full addresses of several links in one query; a missing or dead one is left out."""
    return urls_to({link_id: (link_id, None) for link_id in link_ids})


def urls_to(targets: Mapping[Name, Target]) -> dict[Name, str]:
    """The same by the caller's own names: one link may stand under several, each its own page."""
    found = db.session.execute(
        select(PersonalLink.id, PersonalLink.key, PersonalLink.purpose).where(
            PersonalLink.id.in_({link_id for link_id, _ in targets.values()}), _live()
        )
    )
    live = {row.id: (row.purpose, tokens.make(KIND, row.key)) for row in found}
    return {
        name: _address(*live[link_id], endpoint)
        for name, (link_id, endpoint) in targets.items()
        if link_id in live
    }


def _address(purpose: str, token: str, endpoint: str | None) -> str:
    return urls.external(endpoint, token=token) if endpoint else urls.personal(purpose, token)


def live_for(purpose: str, object_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The newest live link of a purpose for each of these things: object id to link id."""
    rows = db.session.execute(
        select(PersonalLink.object_id, PersonalLink.id)
        .where(
            PersonalLink.purpose == purpose, PersonalLink.object_id.in_(list(object_ids)), _live()
        )
        .order_by(PersonalLink.id)
    )
    return {row.object_id: row.id for row in rows}


def find(raw: str, purposes: Sequence[str]) -> Actor:
    """Who holds this token and what it opens.

    Raises `NotFound` for a token that is not ours or not of these purposes, `Gone` for one that
    was withdrawn, has run out or does not open yet.
    """
    key, unsent = _read(raw)
    row = db.session.execute(
        select(PersonalLink, Person.given_name, Person.family_name, Person.erased_at)
        .join(Person, Person.id == PersonalLink.person_id)
        .where(PersonalLink.key == key)
    ).one_or_none()
    if row is None or row.PersonalLink.purpose not in purposes:
        raise NotFound
    link: PersonalLink = row.PersonalLink
    _refuse_dead(link, raw, erased=row.erased_at is not None)
    claim = LinkClaim(link.id, link.purpose, link.object_id, link.used_at is not None, unsent)
    return Actor(link.person_id, full(row.given_name, row.family_name), link=claim)


def use(link_id: uuid.UUID) -> None:
    """Note that the link has done its work, for the first time; only a POST calls this."""
    db.session.execute(
        update(PersonalLink)
        .where(PersonalLink.id == link_id, PersonalLink.used_at.is_(None))
        .values(used_at=clock.now(), updated_at=clock.now())
    )


def revoke(
    *,
    link_ids: Iterable[uuid.UUID] | None = None,
    person_id: uuid.UUID | None = None,
    object_ids: Iterable[uuid.UUID] | None = None,
    purpose: str | None = None,
) -> int:
    """Withdraw links at once, by their ids, their person, or the things they open; how many."""
    conditions: list[ColumnElement[bool]] = []
    if link_ids is not None:
        conditions.append(PersonalLink.id.in_(list(link_ids)))
    if person_id is not None:
        conditions.append(PersonalLink.person_id == person_id)
    if object_ids is not None:
        conditions.append(PersonalLink.object_id.in_(list(object_ids)))
    if not conditions:
        raise ValueError("say which links to revoke")
    if purpose is not None:
        conditions.append(PersonalLink.purpose == purpose)
    return _revoke(PersonalLink.revoked_at.is_(None), *conditions)


def revoke_all() -> int:
    """Withdraw every personal link there is (`lms revoke-all`); how many."""
    return _revoke(PersonalLink.revoked_at.is_(None))


def extend(link_ids: Iterable[uuid.UUID], expires_at: datetime | None) -> None:
    """Let links run out at another moment, when the thing they open has moved."""
    db.session.execute(
        update(PersonalLink)
        .where(PersonalLink.id.in_(list(link_ids)))
        .values(expires_at=expires_at, updated_at=clock.now())
    )


def expired(raw: str) -> uuid.UUID | None:
    """The id of the link in a token when it has run out and may be had again, else None."""
    try:
        key, _ = _read(raw)
    except NotFound:
        return None
    return db.session.scalar(
        select(PersonalLink.id).where(
            PersonalLink.key == key,
            PersonalLink.revoked_at.is_(None),
            PersonalLink.expires_at <= clock.now(),
        )
    )


def renew(link_id: uuid.UUID) -> PersonalLink:
    """Another link to the same thing for the same person, in place of one that has run out.

    The page behind it still says for itself what may be done there.
    """
    old = db.session.get_one(PersonalLink, link_id)
    return grant(
        old.purpose,
        person_id=old.person_id,
        object_id=old.object_id,
        expires_at=clock.now() + RENEWED_FOR,
    )


def _revoke(*conditions: ColumnElement[bool]) -> int:
    now = clock.now()
    changed = db.session.execute(
        update(PersonalLink)
        .where(*conditions)
        .values(revoked_at=now, updated_at=now)
        .returning(PersonalLink.id)
    )
    return len(changed.all())


def _live() -> ColumnElement[bool]:
    return PersonalLink.revoked_at.is_(None) & (
        PersonalLink.expires_at.is_(None) | (PersonalLink.expires_at > clock.now())
    )


def _read(raw: str) -> tuple[bytes, bool]:
    """The key in a token, and whether nobody was sent it."""
    try:
        return tokens.read(KIND, raw), False
    except NotFound:
        return tokens.read(UNSENT, raw), True


def _refuse_dead(link: PersonalLink, raw: str, *, erased: bool) -> None:
    now = clock.now()
    if link.revoked_at or erased:
        raise Gone(
            "This link has been withdrawn",
            f"It stopped working {words.datetime_words(link.revoked_at or now)}.",
            f"Use the newest message we sent you, or ask {words.the(settings().team)}.",
        )
    if link.expires_at and link.expires_at <= now:
        raise Gone(
            "This link has expired",
            f"It worked until {words.weekday_datetime(link.expires_at)}.",
            "We can send a new one to the e-mail address we have for you.",
            next_text="Send me a new one",
            form=url_for("people.new_link", token=raw),
        )
    if link.opens_at > now:
        raise Gone(
            "This link does not work yet",
            f"It works from {words.weekday_datetime(link.opens_at)}. Keep the message until then.",
        )
