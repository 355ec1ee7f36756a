"""Returns that stay as they were handed in, and what was said later about a difference.

Services freeze and restate; nothing here is ever changed.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.columns import Named, Signed, at_most, one_of
from lms.db import AppendOnly, Model

AUDIENCES = ("team", "partner", "publication")


class FrozenReturn(Signed, AppendOnly, Model):
    """Several reports of one period, counted at one moment and kept with their definitions.

    `key` is the period with its reports, audience, filters and reach: one return of each.
    `documents` are the reports as they were protected, `policy` says how.
    """

    __tablename__ = "reports_frozen_return"
    in_trail = Named(("title",), "reports.frozen", "return_id", kinds=("return",))
    __table_args__ = (
        one_of("audience", AUDIENCES),
        at_most("title", 200),
        at_most("about", 2000),
        CheckConstraint("btrim(title) <> ''", name="named"),
        CheckConstraint("starts_on <= ends_on", name="period"),
    )

    title: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    slugs: Mapped[list[Any]]
    audience: Mapped[str]
    query: Mapped[dict[str, Any]]
    key: Mapped[str] = mapped_column(unique=True)
    reach: Mapped[list[Any]]
    policy: Mapped[dict[str, Any]]
    documents: Mapped[list[Any]] = mapped_column(deferred=True, deferred_raiseload=True)
    as_of: Mapped[datetime]


class Restatement(Signed, AppendOnly, Model):
    """Figures of a return that came out differently later, from what to what, and why."""

    __tablename__ = "reports_restatement"
    __table_args__ = (
        at_most("reason", 2000),
        CheckConstraint("btrim(reason) <> ''", name="reasoned"),
    )

    return_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("reports_frozen_return.id", ondelete="RESTRICT"), index=True
    )
    cells: Mapped[list[Any]]
    # The reports as they are now, so that the next comparison begins here.
    documents: Mapped[list[Any]] = mapped_column(deferred=True, deferred_raiseload=True)
    reason: Mapped[str]
    as_of: Mapped[datetime]
