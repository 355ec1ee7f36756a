"""What holders are told: their certificate is ready, was replaced, was withdrawn.

`jobs` and `services` call these in the transaction of the change; the messages room sends.
"""

from __future__ import annotations

import uuid
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
from lms.people import links
from lms.web import words

LINK_LASTS = timedelta(days=365)
"""After a year the holder asks for a new link, at the address on file."""


def tell_ready(certificate_id: uuid.UUID) -> None:
    """Send the certificate's link; one that replaces another says which, and why."""
    row = _read(certificate_id)
    link = links.grant(
        "certificate",
        person_id=row.person_id,
        object_id=certificate_id,
        expires_at=clock.now() + LINK_LASTS,
    )
    values = _values(Shown.from_json(row.shown))
    if row.old_shown is None:
        kind = "ready"
    else:
        kind = "replaced"
        values |= {
            "old_number": Shown.from_json(row.old_shown).number,
            "reason": row.why,
            "changed_by": row.by_label,
            "date": words.date(clock.today()),
        }
    _queue(kind, certificate_id, row, values, by=SYSTEM, link=link.id)


def tell_withdrawn(certificate: Certificate, *, reason: str, by: Actor) -> None:
    """Say that a certificate no longer counts, and why."""
    row = _read(certificate.id)
    values = _values(Shown.from_json(certificate.shown)) | {
        "reason": reason,
        "changed_by": by.name,
        "date": words.date(clock.today()),
    }
    line = (
        "On {date} {changed_by} withdrew your certificate {number} for {course}. Reason: {reason}"
    )
    _queue("withdrawn", certificate.id, row, values, by=by, line=line.format_map(values))


def _read(certificate_id: uuid.UUID) -> Row[*tuple[Any, ...]]:
    old = aliased(Certificate)
    replaced = aliased(CertificateChange)
    return db.session.execute(
        select(
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
        .where(Certificate.id == certificate_id)
    ).one()


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


def _queue(
    kind: str,
    certificate_id: uuid.UUID,
    row: Row[*tuple[Any, ...]],
    values: dict[str, Any],
    *,
    by: Actor,
    link: uuid.UUID | None = None,
    line: str = "",
) -> None:
    messages.queue(
        person_id=row.person_id,
        kind=f"certificate_{kind}",
        klass="routine",
        template=f"certificates/mail/{kind}.txt",
        values=values,
        line=line,
        links={"certificate": link} if link else {},
        subject_type="certificate",
        subject_id=certificate_id,
        about_type="cohort",
        about_id=row.cohort_id,
        locality_ids=[row.locality_id] if row.locality_id else [],
        dedupe_key=f"certificate-{kind}:{certificate_id}",
        by=by,
    )
