"""What happens to certificates: asked for, tried again, replaced, withdrawn.

Events and views call these verbs; printing itself is a job, in `certificates.jobs`.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from certificates import number as numbers
from certificates import snapshot
from certificates.access import MANAGE
from certificates.jobs import PREVIEW, RENDER
from certificates.models import Certificate, Preview
from certificates.notices import tell_withdrawn
from certificates.snapshot import Taken
from certificates.steps import begin, step
from courses.models import Booking, Completion
from lms import audit
from lms.contracts import Actor
from lms.db import Complaint, db, uuid7, violations
from lms.errors import NotFound
from lms.events import CertificateReplaced, CertificateWithdrawn, publish
from lms.jobs import defer
from lms.permissions import where

LIVE = ("pending", "issued")


def record(booking_id: uuid.UUID, completion_id: uuid.UUID, *, by: Actor) -> uuid.UUID | None:
    """Ask for a certificate: its row in this transaction, its PDF from a job.

    None when the booking has one of that kind already, so that an event told twice, or two at
    once, make one certificate.
    """
    number = numbers.new()
    taken = snapshot.take(booking_id, number)
    return _begin(taken, number, booking_id, completion_id, by=by)


def retry(certificate_id: uuid.UUID, *, by: Actor) -> None:
    """Print again what failed, with the facts as they are now (a name may have been the fault).

    Raises `NotFound`; does nothing when somebody else has tried meanwhile.
    """
    certificate = _managed(certificate_id, by)
    if certificate.state != "failed":
        return
    taken = snapshot.take(
        certificate.booking_id,
        certificate.number,
        attendance_only=certificate.kind == "attendance",
    )
    again = Complaint("", "This person has another certificate of this kind meanwhile")
    with violations(uq_certificates_certificate_current=again):
        shown = taken.shown.as_json()
        _step(certificate_id, "failed", "pending", by=by, shown=shown, last_error=None)
    defer(RENDER, certificate=str(certificate_id))


def issue_missing(cohort_id: uuid.UUID, *, by: Actor) -> int:
    """Ask for every certificate of a cohort that is earned and not there; returns how many."""
    asked = 0
    for booking_id, completion_id, failed_id in earned_without(cohort_id, by):
        if failed_id is not None:
            retry(failed_id, by=by)
            asked += 1
        elif record(booking_id, completion_id, by=by) is not None:
            asked += 1
    if asked:
        audit.write("certificates.issued", "cohort", cohort_id, by=by, after={"number": asked})
    return asked


def replace(certificate_id: uuid.UUID, *, reason: str, by: Actor) -> uuid.UUID:
    """Issue a corrected certificate in the place of one, with the facts as they are now.

    Where the person no longer meets the rule, the new one certifies attendance only. Raises
    `NotFound` and, when it is not the current one any more, `Complaint`.
    """
    old = _managed(certificate_id, by)
    completion = db.session.scalars(snapshot.newest_completion(old.booking_id)).one()
    number = numbers.new()
    taken = snapshot.replacing(old.booking_id, old.kind, number)
    _step(certificate_id, "issued", "replaced", by=by, why=reason)
    new_id = _begin(
        taken, number, old.booking_id, completion.id, by=by, replaces=certificate_id, why=reason
    )
    if new_id is None:
        raise Complaint("reason", "This person already has a certificate of attendance")
    audit.write("certificate.replaced", "certificate", certificate_id, by=by)
    publish(CertificateReplaced(by, certificate_id, new_id, reason))
    return new_id


def withdraw(certificate_id: uuid.UUID, *, reason: str, by: Actor) -> None:
    """Say that a certificate no longer counts, to its holder and to whoever checks it.

    Raises `NotFound` and, when it is not the current one any more, `Complaint`.
    """
    certificate = _managed(certificate_id, by)
    _step(certificate_id, "issued", "withdrawn", by=by, why=reason)
    tell_withdrawn(certificate, reason=reason, by=by)
    audit.write("certificate.withdrawn", "certificate", certificate_id, by=by)
    publish(CertificateWithdrawn(by, certificate_id, reason))


def forget_unprinted(booking_id: uuid.UUID, *, by: Actor) -> None:
    """The rule is not met any more: what was asked for and not yet printed never will be.

    What was issued stands until a coordinator decides; the to-do list says so.
    """
    waiting = db.session.execute(
        select(Certificate.id, Certificate.state).where(
            Certificate.booking_id == booking_id,
            Certificate.state.in_(("pending", "failed")),
            Certificate.kind != "attendance",
        )
    )
    for certificate_id, state in waiting.all():
        step(certificate_id, state, "withdrawn", by=by, why="The completion rule is not met")


def preview(cohort_id: uuid.UUID, *, by: Actor) -> uuid.UUID:
    """Have the first of the certificates to be issued printed to be looked at.

    One that has failed before is looked at only where there is no other. Raises `NotFound` when
    there is none to issue.
    """
    missing = sorted(earned_without(cohort_id, by), key=lambda one: one[2] is not None)
    if not missing:
        raise NotFound
    row = Preview(booking_id=missing[0][0], by_id=by.person_id, state="pending")
    db.session.add(row)
    db.session.flush()
    defer(PREVIEW, preview=str(row.id))
    return row.id


def earned_without(
    cohort_id: uuid.UUID, by: Actor
) -> Sequence[tuple[uuid.UUID, uuid.UUID, uuid.UUID | None]]:
    """Bookings that meet the rule and hold no certificate: booking, completion, failed attempt.

    One that was withdrawn for the same completion is not asked for again.
    """
    failed = aliased(Certificate)
    rows = db.session.execute(
        select(Booking.id, Completion.id, failed.id)
        .join(Completion, Completion.booking_id == Booking.id)
        .outerjoin(failed, (failed.booking_id == Booking.id) & (failed.state == "failed"))
        .where(
            Booking.cohort_id == cohort_id,
            Booking.state == "booked",
            Completion.verdict == "completed",
            _unreplaced(),
            where(by, MANAGE),
            ~exists().where(
                Certificate.booking_id == Booking.id,
                Certificate.state.in_(LIVE)
                | (
                    (Certificate.state == "withdrawn")
                    & (Certificate.completion_id == Completion.id)
                ),
            ),
        )
        .order_by(Booking.id)
    )
    return [(booking, completion, attempt) for booking, completion, attempt in rows]


def _unreplaced() -> ColumnElement[bool]:
    later = aliased(Completion)
    return ~exists().where(later.replaces_id == Completion.id)


# -- one step ---------------------------------------------------------------------------------


def _begin(
    taken: Taken,
    number: str,
    booking_id: uuid.UUID,
    completion_id: uuid.UUID,
    *,
    by: Actor,
    replaces: uuid.UUID | None = None,
    why: str = "",
) -> uuid.UUID | None:
    certificate_id: uuid.UUID | None = db.session.scalar(
        insert(Certificate)
        .values(
            id=uuid7(),
            number=number,
            booking_id=booking_id,
            completion_id=completion_id,
            kind=taken.kind.value,
            design_key=taken.design.key,
            design_version=taken.design.version,
            shown=taken.shown.as_json(),
            state="pending",
            replaces_id=replaces,
        )
        .on_conflict_do_nothing(
            index_elements=["booking_id", "kind"],
            index_where=text("state in ('pending', 'issued')"),
        )
        .returning(Certificate.id)
    )
    if certificate_id is not None:
        begin(certificate_id, None, "pending", by=by, why=why)
        defer(RENDER, certificate=str(certificate_id))
    return certificate_id


def _managed(certificate_id: uuid.UUID, by: Actor) -> Certificate:
    found = db.session.scalar(
        select(Certificate)
        .join(Booking, Booking.id == Certificate.booking_id)
        .where(Certificate.id == certificate_id, where(by, MANAGE))
        .with_for_update(of=Certificate)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def _step(
    certificate_id: uuid.UUID, old: str, new: str, *, by: Actor, why: str = "", **values: object
) -> None:
    """Move from one state to the next if it still is in the first. Raises `Complaint` if not."""
    if not step(certificate_id, old, new, by=by, why=why, **values):
        raise Complaint(
            "reason", "Somebody else has changed this certificate meanwhile. Look at it again"
        )
