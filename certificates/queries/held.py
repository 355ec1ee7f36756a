"""Certificates as people hold them, and what anybody may check by number.

Pages of holders, of the team and of the public read here.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from certificates.access import MANAGE, OWN
from certificates.models import Certificate, CertificateChange, CertificateFile
from certificates.shown import Shown
from certificates.snapshot import replacing
from courses.models import Booking
from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.permissions import where
from lms.web import words

SAYS = {
    "pending": "Being made",
    "issued": "Issued",
    "failed": "Not made",
    "replaced": "Replaced",
    "withdrawn": "Withdrawn",
}
"""A certificate's state as its tag."""


@dataclass(frozen=True)
class Held:
    """A certificate as its holder and the team see it.

    `changed_at` and `reason` are of its last step; `newer_id` is the one that replaces it.
    """

    id: uuid.UUID
    booking_id: uuid.UUID
    cohort_id: uuid.UUID
    person_id: uuid.UUID
    number: str
    state: str
    shown: Shown
    size: int
    rendered_at: datetime | None
    changed_at: datetime
    reason: str
    error: str
    newer_id: uuid.UUID | None

    @property
    def says(self) -> str:
        """The state's tag."""
        return SAYS[self.state]

    @property
    def file_name(self) -> str:
        """What the PDF is called when it is saved."""
        return f"Certificate {self.shown.course} {self.shown.number}.pdf"


@dataclass(frozen=True)
class Checked:
    """What `/verify` tells anybody: nothing but what the certificate itself says."""

    state: str
    changed_on: date | None
    shown: Shown


def own(actor: Actor, certificate_id: uuid.UUID) -> Held:
    """One's own certificate; anybody else's is `NotFound`."""
    return _one(Certificate.id == certificate_id, where(actor, OWN))


def managed(actor: Actor, certificate_id: uuid.UUID) -> Held:
    """A certificate of somebody the actor issues them to; else `NotFound`."""
    return _one(Certificate.id == certificate_id, where(actor, MANAGE))


def downloadable(actor: Actor, certificate_id: uuid.UUID) -> Held:
    """One's own or one the actor issues; else `NotFound`."""
    return _one(Certificate.id == certificate_id, or_(where(actor, OWN), where(actor, MANAGE)))


def behind_link(certificate_id: uuid.UUID) -> Held:
    """The certificate of a personal link, or the one that has come in its place."""
    held = _one(Certificate.id == certificate_id)
    while held.newer_id is not None:
        held = _one(Certificate.id == held.newer_id)
    return held


def pdf(held: Held) -> bytes:
    """The frozen bytes of a certificate that was printed; else `NotFound`."""
    found = db.session.scalar(
        select(CertificateFile.pdf).where(CertificateFile.certificate_id == held.id)
    )
    if found is None:
        raise NotFound
    return found


def proposed(held: Held) -> Shown:
    """What a certificate that replaces this one would show, as things stand now."""
    return replacing(held.booking_id, held.shown.kind, "").shown


def own_list(actor: Actor) -> list[Held]:
    """One's own certificates that count, newest first."""
    rows = matching(where(actor, OWN), Certificate.state == "issued")
    return sorted(rows, key=lambda held: held.id, reverse=True)


def of_answerer(actor: Actor, booking_id: uuid.UUID) -> list[Held]:
    """The certificate that counts of a booking of the actor's own, as behind a personal link."""
    if actor.person_id is None:
        return []
    return matching(
        Certificate.booking_id == booking_id,
        Booking.person_id == actor.person_id,
        Certificate.state == "issued",
    )


def of_person(actor: Actor, person_id: uuid.UUID) -> list[Held]:
    """A person's certificates as far as the actor issues them, oldest first."""
    return matching(Booking.person_id == person_id, where(actor, MANAGE))


def of_people(person_ids: Sequence[uuid.UUID]) -> list[Held]:
    """Every certificate of these people, oldest first, whoever asks."""
    return matching(Booking.person_id.in_(person_ids))


def check(number: str) -> Checked | None:
    """What anybody may know of a number: None unless it was once issued."""
    last = _last_change()
    row = db.session.execute(
        select(Certificate.state, Certificate.shown, last.c.at)
        .outerjoin(last, true())
        .where(Certificate.number == number, Certificate.rendered_at.is_not(None))
    ).one_or_none()
    if row is None:
        return None
    changed = words.day_of(row.at) if row.at else None
    return Checked(row.state, changed, Shown.from_json(row.shown))


def _one(*conditions: ColumnElement[bool]) -> Held:
    found = matching(*conditions)
    if not found:
        raise NotFound
    return found[0]


def matching(*conditions: ColumnElement[bool]) -> list[Held]:
    """Certificates that meet conditions on `Certificate` and `Booking`, oldest first."""
    newer = aliased(Certificate)
    last = _last_change()
    rows = db.session.execute(
        select(
            Certificate.id,
            Certificate.booking_id,
            Booking.cohort_id,
            Booking.person_id,
            Certificate.number,
            Certificate.state,
            Certificate.shown,
            func.coalesce(func.octet_length(CertificateFile.pdf), 0),
            Certificate.rendered_at,
            func.coalesce(last.c.at, Certificate.created_at),
            func.coalesce(last.c.why, ""),
            func.coalesce(Certificate.last_error, ""),
            newer.id,
        )
        .join(Booking, Booking.id == Certificate.booking_id)
        .outerjoin(CertificateFile, CertificateFile.certificate_id == Certificate.id)
        .outerjoin(newer, newer.replaces_id == Certificate.id)
        .outerjoin(last, true())
        .where(*conditions)
        .order_by(Certificate.id)
    )
    return [_as_held(tuple(row)) for row in rows]


def _as_held(row: Sequence[Any]) -> Held:
    shown = Shown.from_json(row[6])
    return Held(*[*row[:6], shown, *row[7:]])


def _last_change() -> LateralFromClause:
    """When and why the certificate last changed its state."""
    return (
        select(CertificateChange.at, CertificateChange.why)
        .where(CertificateChange.certificate_id == Certificate.id)
        .order_by(CertificateChange.at.desc(), CertificateChange.id.desc())
        .limit(1)
        .lateral()
    )
