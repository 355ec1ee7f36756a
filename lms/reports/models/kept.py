"""What has been given away: each version made for somebody outside, and packs while they print.

A version is recorded before anybody sees it, so that the next one can be held against it.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.columns import Named, Signed, one_of
from lms.db import AppendOnly, Dated, Model

OUTSIDE = ("partner", "publication")
PACK_STATES = ("pending", "ready", "failed")


class Release(Signed, AppendOnly, Model):
    """A version of a report made for a partner or for publication: all that they can know of it.

    `number` counts versions without a gap: two made at once cannot overlook each other. `key` is
    the question (report, audience, filters, reach), `draft` the fingerprint of what was counted,
    `figures` the visible counts with their groups, to compare later versions with; `measures`
    names these. `reach` lists the scopes that whoever looks at it must hold.
    """

    __tablename__ = "reports_release"
    in_trail = Named(
        ("number",), "reports.release", "release_id", word="number", kinds=("release",)
    )
    __table_args__ = (one_of("audience", OUTSIDE), Index(None, "key", "number"))

    number: Mapped[int] = mapped_column(unique=True)
    slug: Mapped[str]
    audience: Mapped[str]
    query: Mapped[dict[str, Any]]
    key: Mapped[str]
    reach: Mapped[list[Any]]
    draft: Mapped[str]
    document: Mapped[dict[str, Any]] = mapped_column(deferred=True, deferred_raiseload=True)
    figures: Mapped[list[Any]] = mapped_column(deferred=True, deferred_raiseload=True)
    measures: Mapped[list[Any]]
    as_of: Mapped[datetime]


class Pack(Dated, Model):
    """Documents on their way to a PDF, which a job prints; forgotten after a day."""

    __tablename__ = "reports_pack"
    __table_args__ = (one_of("state", PACK_STATES), Index(None, "created_at"))

    title: Mapped[str]
    documents: Mapped[list[Any]] = mapped_column(deferred=True, deferred_raiseload=True)
    # Where it was asked for, to go back to.
    back: Mapped[str]
    state: Mapped[str] = mapped_column(default="pending")
    error: Mapped[str | None]
    pdf: Mapped[bytes | None] = mapped_column(deferred=True, deferred_raiseload=True)
    # Whoever asked for it may fetch it, and nobody else.
    by_id: Mapped[uuid.UUID]
