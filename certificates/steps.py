"""The one way a certificate's state changes: compare, set, and write the line of its history.

`services` and `jobs` step; two of them at once cannot both succeed.
"""

from __future__ import annotations

import uuid

from sqlalchemy import update

from certificates.models import Certificate, CertificateChange
from lms.contracts import Actor
from lms.db import db


def step(
    certificate_id: uuid.UUID, old: str, new: str, *, by: Actor, why: str = "", **values: object
) -> bool:
    """Move from `old` to `new`, setting `values` too; False when it is not in `old` any more."""
    moved = db.session.scalar(
        update(Certificate)
        .where(Certificate.id == certificate_id, Certificate.state == old)
        .values(state=new, **values)
        .returning(Certificate.id)
    )
    if moved is None:
        return False
    begin(certificate_id, old, new, by=by, why=why)
    return True


def begin(
    certificate_id: uuid.UUID, old: str | None, new: str, *, by: Actor, why: str = ""
) -> None:
    """Write a line of the history; the first has no `old`."""
    db.session.add(
        CertificateChange(
            certificate_id=certificate_id,
            from_state=old,
            to_state=new,
            by_id=by.person_id,
            by_label=by.name,
            why=why,
        )
    )
    db.session.flush()
