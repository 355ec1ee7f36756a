"""The kernel's own tables: audit trail, limits, repeated forms, imports and the installation.

Audit, rate limits, the commit point and the importers write them; no room's table is named here.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms import clock
from lms.columns import Named, Signed, one_of
from lms.db import AppendOnly, Dated, Model, Row

IMPORT_STATES = ("staged", "confirmed", "undone", "discarded")
IMPORT_VERDICTS = ("add", "already", "attention", "left_out")


class AuditEntry(AppendOnly, Model):
    """Who did what to which row; `before` and `after` hold only the room's listed fields."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "subject_type", "subject_id", "at"),
        Index(None, "actor_id", "at"),
    )

    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[uuid.UUID | None]
    actor_label: Mapped[str]
    verb: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[uuid.UUID | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    request_id: Mapped[str | None]


class RateEvent(Row, Model):
    """One counted attempt of the thing whose hash is `key_hash`; purged after a day."""

    __tablename__ = "rate_event"
    __table_args__ = (Index(None, "key_hash", "at"), Index(None, "at"))

    key_hash: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(default=clock.now)


class OnceKey(Row, Model):
    """The answer a form already got: pressing again is sent to the same `location`."""

    __tablename__ = "once_key"
    __table_args__ = (UniqueConstraint("actor_key", "route", "key"), Index(None, "created_at"))

    actor_key: Mapped[str]
    route: Mapped[str]
    key: Mapped[str]
    location: Mapped[str]


class ImportBatch(Signed, Dated, Model):
    """One uploaded file: staged for preview, then confirmed as a whole, perhaps undone."""

    __tablename__ = "import_batch"
    in_trail = Named(("file_name",), "imports.preview", "batch_id")
    __table_args__ = (
        one_of("state", IMPORT_STATES),
        Index(None, "subject_type", "subject_id"),
        Index(None, "by_id", "created_at"),
    )

    kind: Mapped[str]
    importer_key: Mapped[str]
    # What the rows are put on (a cohort, say); no foreign key, the kernel knows no room.
    subject_type: Mapped[str | None]
    subject_id: Mapped[uuid.UUID | None]
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    state: Mapped[str] = mapped_column(default="staged")
    # Sheet, heading row and columns as read or as the person corrected them.
    reading: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    confirmed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class ImportRow(Dated, Model):
    """One row of a file: what was read, what is to happen and why, and what it became."""

    __tablename__ = "import_row"
    __table_args__ = (
        UniqueConstraint("batch_id", "row_no"),
        one_of("verdict", IMPORT_VERDICTS),
        Index(None, "batch_id", "verdict", "row_no"),
        Index(None, "target_type", "target_id"),
    )

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"))
    row_no: Mapped[int]
    # Emptied when the batch is purged.
    raw: Mapped[dict[str, Any] | None]
    verdict: Mapped[str]
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    # What the person decided about a row that needed attention.
    choice: Mapped[dict[str, Any] | None]
    target_type: Mapped[str | None]
    target_id: Mapped[uuid.UUID | None]

    batch: Mapped[ImportBatch] = relationship(lazy="raise_on_sql")


class Installation(Row, Model):
    """The one row that says whether this database is a demo: from its first migration or never."""

    __tablename__ = "installation"
    __table_args__ = (UniqueConstraint("is_only"), CheckConstraint("is_only", name="is_only"))

    is_only: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool]
