"""What holders are told: their certificate is ready, was replaced, was withdrawn.

`jobs` and `services` call these in the transaction of the change; the messages room sends.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from certificates.models import Certificate, CertificateChange
from certificates.shown import Shown
from courses.models import Booking
from lms import clock
from lms.contracts import SYSTEM, Actor
from lms.db import db
from lms.messages import services as messages
from lms.messages.services import NewMessage
from lms.people import links
from lms.people.links import NewLink
from lms.web import words

Facts = Row[*tuple[Any, ...]]

LINK_LASTS = timedelta(days=365)
"""After a year the holder asks for a new link, at the address on file."""


def tell_ready(certificate_ids: Sequence[uuid.UUID]) -> None:
    """Send the certificates' links; one that replaces another says which, and why."""
    rows = _read(certificate_ids)
    until = clock.now() + LINK_LASTS
    granted = links.grant_many([NewLink("certificate", r.person_id, r.id, until) for r in rows])
    messages.queue_many(
        [_ready(row, link.id) for row, link in zip(rows, granted, strict=True)], by=SYSTEM
    )


def _ready(row: Facts, link: uuid.UUID) -> NewMessage:
    values = _values(Shown.from_json(row.shown))
    if row.old_shown is None:
        return _message("ready", row, values, link=link)
    values |= {
        "old_number": Shown.from_json(row.old_shown).number,
        "reason": row.why,
        "changed_by": row.by_label,
        "date": words.date(clock.today()),
    }
    return _message("replaced", row, values, link=link)


def tell_withdrawn(certificate: Certificate, *, reason: str, by: Actor) -> None:
    """Say that a certificate no longer counts, and why."""
    (row,) = _read([certificate.id])
    values = _values(Shown.from_json(certificate.shown)) | {
        "reason": reason,
        "changed_by": by.name,
        "date": words.date(clock.today()),
    }
    line = (
        "On {date} {changed_by} withdrew your certificate {number} for {course}. Reason: {reason}"
    )
    told = _message("withdrawn", row, values, line=line.format_map(values))
    messages.queue_many([told], by=by)


def _read(certificate_ids: Sequence[uuid.UUID]) -> Sequence[Facts]:
    old = aliased(Certificate)
    replaced = aliased(CertificateChange)
    return db.session.execute(
        select(
            Certificate.id,
            Certificate.shown,
            Booking.person_id,
            Booking.cohort_id,
            Booking.locality_id,
            old.shown.label("old_shown"),
            replaced.why,
            replaced.by_label,
        )
        .join(Booking, Booking.id == Certificate.booking_id)
        .outerjoin(old, old.id == Certificate.replaces_id)
        .outerjoin(
            replaced, (replaced.certificate_id == old.id) & (replaced.to_state == "replaced")
        )
        .where(Certificate.id.in_(certificate_ids))
        .order_by(Certificate.id)
    ).all()


def _values(shown: Shown) -> dict[str, Any]:
    return {
        "kind": shown.kind,
        "course": shown.course,
        "kind_words": shown.kind_words,
        "hours_words": shown.hours_words,
        "dates": shown.dates,
        "number": shown.number,
        "verify_url": shown.verify_url,
    }


def _message(
    kind: str,
    row: Facts,
    values: dict[str, Any],
    *,
    link: uuid.UUID | None = None,
    line: str = "",
) -> NewMessage:
    return NewMessage(
        person_id=row.person_id,
        kind=f"certificate_{kind}",
        klass="routine",
        template=f"certificates/mail/{kind}.txt",
        values=values,
        line=line,
        links={"certificate": link} if link else {},
        subject_type="certificate",
        subject_id=row.id,
        about_type="cohort",
        about_id=row.cohort_id,
        locality_ids=[row.locality_id] if row.locality_id else [],
        dedupe_key=f"certificate-{kind}:{row.id}",
    )
