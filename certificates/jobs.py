"""The room's jobs: printing a certificate or a preview, and looking for what was left behind.

The worker runs them; each is safe to run twice, and two at a time.
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta

from sqlalchemy import delete, select, update

from certificates import snapshot
from certificates.models import Certificate, CertificateFile, Preview
from certificates.notices import tell_ready
from certificates.render import RenderError, render
from certificates.shown import Shown
from certificates.steps import step
from lms import clock
from lms.contracts import SYSTEM, Job
from lms.db import crash_point, db
from lms.events import CertificateIssued, publish
from lms.jobs import defer

LEFT_BEHIND = timedelta(minutes=10)
PREVIEWS_KEPT = timedelta(days=1)


def print_certificate(certificate: str) -> None:
    """Render, hash, store and tell, in one transaction, if it still waits to be printed."""
    certificate_id = uuid.UUID(certificate)
    waiting = db.session.execute(
        select(Certificate.shown, Certificate.design_key).where(
            Certificate.id == certificate_id, Certificate.state == "pending"
        )
    ).one_or_none()
    if waiting is None:
        return
    shown = snapshot.issued_today(waiting.shown)
    design = snapshot.design_called(waiting.design_key)
    try:
        pdf = render(Shown.from_json(shown), design, snapshot.colours())
    except RenderError as error:
        step(certificate_id, "pending", "failed", by=SYSTEM, last_error=str(error)[:2000])
        return
    crash_point("certificate.rendered")
    # The other copy of this job waits here for our commit, and then finds nothing to do.
    issued = step(
        certificate_id,
        "pending",
        "issued",
        by=SYSTEM,
        shown=shown,
        design_key=design.key,
        design_version=design.version,
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
        rendered_at=clock.now(),
        last_error=None,
    )
    if issued:
        db.session.add(CertificateFile(certificate_id=certificate_id, pdf=pdf))
        db.session.flush()
        tell_ready(certificate_id)
        publish(CertificateIssued(SYSTEM, certificate_id))
        crash_point("certificate.stored")


def print_preview(preview: str) -> None:
    """Render what a certificate of this booking would look like."""
    preview_id = uuid.UUID(preview)
    booking_id = db.session.scalar(
        select(Preview.booking_id).where(Preview.id == preview_id, Preview.state == "pending")
    )
    if booking_id is None:
        return
    taken = snapshot.take(booking_id, snapshot.example_number(), preview=True)
    values: dict[str, object] = {"state": "ready"}
    try:
        values["pdf"] = render(taken.shown, taken.design, snapshot.colours())
    except RenderError as error:
        values = {"state": "failed", "error": str(error)[:2000]}
    db.session.execute(update(Preview).where(Preview.id == preview_id).values(**values))


def sweep() -> None:
    """Ask again for what has waited too long to be printed, and forget old previews."""
    now = clock.now()
    left = select(Certificate.id).where(
        Certificate.state == "pending", Certificate.updated_at < now - LEFT_BEHIND
    )
    for certificate_id in db.session.scalars(left.limit(500)):
        defer(RENDER, certificate=str(certificate_id))
    db.session.execute(delete(Preview).where(Preview.created_at < now - PREVIEWS_KEPT))


RENDER = Job("certificates.print", print_certificate)
PREVIEW = Job("certificates.preview", print_preview)
SWEEP = Job("certificates.sweep", sweep, cron="23 * * * *")
JOBS = (RENDER, PREVIEW, SWEEP)
