"""The room's jobs: printing a certificate or a preview, and looking for what was left behind.

The worker runs them; each is safe to run twice, and two at a time.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from certificates import snapshot
from certificates.models import Certificate, CertificateFile, Preview
from certificates.notices import tell_ready
from certificates.render import PRESSES, RenderError, render
from certificates.shown import Shown
from certificates.steps import step
from lms import clock
from lms.contracts import SYSTEM, CertificateDesign, Job
from lms.db import crash_point, db
from lms.events import CertificateIssued, publish
from lms.jobs import defer

LEFT_BEHIND = timedelta(minutes=10)
PREVIEWS_KEPT = timedelta(days=1)


def print_certificate(certificate: str) -> None:
    """Render, hash, store and tell, in one transaction, if it still waits to be printed."""
    print_together([certificate])


def print_together(certificates: Sequence[str]) -> None:
    """Print several in one transaction, with as many presses as there are.

    The demonstration has many to print at once; the worker's jobs are of one each.
    """
    sheets, colours = _sheets(certificates), snapshot.colours()
    with ThreadPoolExecutor(PRESSES) as presses:
        printed = list(presses.map(lambda sheet: _printed(sheet, colours), sheets))
    kept = [
        sheet.certificate_id
        for sheet, pdf in zip(sheets, printed, strict=True)
        if _keep(sheet, pdf)
    ]
    tell_ready(kept)
    for certificate_id in kept:
        publish(CertificateIssued(SYSTEM, certificate_id))
        crash_point("certificate.stored")


@dataclass(frozen=True)
class _Sheet:
    """A certificate about to be printed, as of today."""

    certificate_id: uuid.UUID
    shown: dict[str, Any]
    design: CertificateDesign


def _sheets(certificates: Sequence[str]) -> list[_Sheet]:
    """Those that still wait to be printed."""
    rows = db.session.execute(
        select(Certificate.id, Certificate.shown, Certificate.design_key)
        .where(
            Certificate.id.in_([uuid.UUID(one) for one in certificates]),
            Certificate.state == "pending",
        )
        .order_by(Certificate.id)
    )
    return [
        _Sheet(row.id, snapshot.issued_today(row.shown), snapshot.design_called(row.design_key))
        for row in rows
    ]


def _printed(sheet: _Sheet, colours: Mapping[str, str]) -> bytes | RenderError:
    """The PDF, or why there is none. Runs beside others: it asks nothing of the database."""
    try:
        return render(Shown.from_json(sheet.shown), sheet.design, colours)
    except RenderError as error:
        return error


def _keep(sheet: _Sheet, pdf: bytes | RenderError) -> bool:
    """Store a PDF, or why there is none; False where none was stored."""
    if isinstance(pdf, RenderError):
        why = str(pdf)[:2000]
        step(sheet.certificate_id, "pending", "failed", by=SYSTEM, last_error=why)
        return False
    crash_point("certificate.rendered")
    # The other copy of this job waits here for our commit, and then finds nothing to do.
    issued = step(
        sheet.certificate_id,
        "pending",
        "issued",
        by=SYSTEM,
        shown=sheet.shown,
        design_key=sheet.design.key,
        design_version=sheet.design.version,
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
        rendered_at=clock.now(),
        last_error=None,
    )
    if issued:
        db.session.add(CertificateFile(certificate_id=sheet.certificate_id, pdf=pdf))
        db.session.flush()
    return issued


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
