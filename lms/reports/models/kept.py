"""What has been given away: each version made for somebody outside; and what jobs are making.

A version is recorded before anybody sees it, so that the next one can be held against it.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.columns import Named, Signed, one_of
from lms.db import AppendOnly, Dated, Model

OUTSIDE = ("partner", "publication")
STATES = ("pending", "ready", "failed")
MADE = ("version", "return", "preview", "comparison", "restatement")


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
    __table_args__ = (one_of("state", STATES), Index(None, "created_at"))

    title: Mapped[str]
    documents: Mapped[list[Any]] = mapped_column(deferred=True, deferred_raiseload=True)
    # Where it was asked for, to go back to.
    back: Mapped[str]
    state: Mapped[str] = mapped_column(default="pending")
    error: Mapped[str | None]
    pdf: Mapped[bytes | None] = mapped_column(deferred=True, deferred_raiseload=True)
    # Whoever asked for it may fetch it, and nobody else.
    by_id: Mapped[uuid.UUID]


class Making(Dated, Model):
    """What somebody has asked for and a job makes, like a version; forgotten after a week.

    `wanted` is what was asked for and `key` tells it from anything else: a person has one row of
    a question, `created_at` when they asked last. Once it is there, `made_id` is the version or
    the return, `outcome` what a comparison or a look at a return came to, which is kept nowhere
    else.
    """

    __tablename__ = "reports_making"
    __table_args__ = (
        one_of("kind", MADE),
        one_of("state", STATES),
        CheckConstraint(
            "(state = 'ready') = (made_id is not null or outcome is not null)", name="made"
        ),
        CheckConstraint("(state = 'failed') = (error is not null)", name="said"),
        UniqueConstraint("by_id", "key"),
        Index(None, "created_at"),
    )

    kind: Mapped[str]
    title: Mapped[str]
    wanted: Mapped[dict[str, Any]]
    key: Mapped[str]
    state: Mapped[str] = mapped_column(default="pending")
    # Why there is none, as a sentence for whoever asked.
    error: Mapped[str | None]
    made_id: Mapped[uuid.UUID | None]
    outcome: Mapped[dict[str, Any] | None]
    # It is made with their name and reach, and they alone may look whether it is there.
    by_id: Mapped[uuid.UUID]
