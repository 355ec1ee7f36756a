"""Tables of the certificates room: the certificate, its frozen PDF and its history.

A certificate's shown data, bytes and number never change; a correction is a new one that
replaces it.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.models import Booking, Completion
from lms.columns import Change, Named, at_most, one_of
from lms.db import AppendOnly, Dated, Model

KINDS = ("attendance", "completion", "accreditation")
CERTIFICATE_STATES = ("pending", "issued", "failed", "replaced", "withdrawn")
PREVIEW_STATES = ("pending", "ready", "failed")


class Certificate(Dated, Model):
    """What a person is certified to have done: `shown` is all that the PDF and `/verify` say."""

    __tablename__ = "certificates_certificate"
    in_trail = Named(
        ("number",), "certificates.verify", "number", column="number", kinds=("certificate",)
    )
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("state", CERTIFICATE_STATES),
        CheckConstraint(
            "state in ('pending', 'failed')"
            " or (pdf_sha256 is not null and rendered_at is not null)"
            " or (state = 'withdrawn' and rendered_at is null)",
            name="issued_is_rendered",
        ),
        CheckConstraint("replaces_id <> id", name="not_replacing_itself"),
        Index(
            "uq_certificates_certificate_current",
            "booking_id",
            "kind",
            unique=True,
            postgresql_where=text("state in ('pending', 'issued')"),
        ),
        Index(None, "state", "created_at"),
    )

    number: Mapped[str] = mapped_column(unique=True)
    booking_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_booking.id", ondelete="RESTRICT"), index=True
    )
    completion_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_completion.id", ondelete="RESTRICT"), index=True
    )
    kind: Mapped[str]
    design_key: Mapped[str]
    design_version: Mapped[str]
    shown: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="pending")
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(
            "certificates_certificate.id",
            ondelete="RESTRICT",
            name="fk_certificates_certificate_replaces_id",
        ),
        unique=True,
    )
    pdf_sha256: Mapped[str | None]
    rendered_at: Mapped[datetime | None]
    # Why the last rendering failed, in words for the team.
    last_error: Mapped[str | None]

    booking: Mapped[Booking] = relationship(lazy="raise_on_sql")
    completion: Mapped[Completion] = relationship(lazy="raise_on_sql")


class CertificateFile(AppendOnly, Model):
    """The frozen bytes, apart so that lists never load them."""

    __tablename__ = "certificates_certificate_file"

    certificate_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(
            "certificates_certificate.id",
            ondelete="RESTRICT",
            name="fk_certificates_certificate_file_certificate_id",
        ),
        unique=True,
    )
    pdf: Mapped[bytes] = mapped_column(deferred=True, deferred_raiseload=True)


class CertificateChange(Change, Model):
    """A step in a certificate's life."""

    __tablename__ = "certificates_certificate_change"
    __table_args__ = (at_most("why", 2000), Index(None, "certificate_id", "at"))

    certificate_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(
            "certificates_certificate.id",
            ondelete="RESTRICT",
            name="fk_certificates_certificate_change_certificate_id",
        )
    )


class Preview(Dated, Model):
    """A certificate printed to be looked at before a bulk issue; forgotten after a day."""

    __tablename__ = "certificates_preview"
    __table_args__ = (one_of("state", PREVIEW_STATES), Index(None, "created_at"))

    booking_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_booking.id", ondelete="CASCADE"), index=True
    )
    by_id: Mapped[uuid.UUID | None]
    state: Mapped[str] = mapped_column(default="pending")
    error: Mapped[str | None]
    pdf: Mapped[bytes | None] = mapped_column(deferred=True, deferred_raiseload=True)
