"""An authority's own theory-of-change set: which measures it watches, from which source.

The form of indicators writes them; the report of indicators reads them.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.columns import Named, Signed, at_most, one_of
from lms.db import Dated, Model
from lms.people.models import Locality

INDICATOR_KINDS = ("count", "percentage", "change")


class IndicatorSet(Signed, Dated, Model):
    """The indicators of one place, or of the whole programme where there is no place."""

    __tablename__ = "reports_indicator_set"
    in_trail = Named(("title",), kinds=("indicator_set",))
    __table_args__ = (
        at_most("title", 200),
        at_most("about", 2000),
        CheckConstraint("btrim(title) <> ''", name="named"),
    )

    title: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    locality_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_locality.id", ondelete="RESTRICT"), index=True
    )

    locality: Mapped[Locality | None] = relationship(lazy="raise_on_sql")


Index(
    "uq_reports_indicator_set_title",
    IndicatorSet.locality_id,
    func.lower(IndicatorSet.title),
    unique=True,
    postgresql_nulls_not_distinct=True,
)


class Indicator(Dated, Model):
    """One line of a set: a measure by its key, counted by us or elsewhere (then `measure` is "").

    `definition` holds what the measure is asked with: `of` for a percentage, two waves and an item
    for a change, and for a figure from elsewhere its value.
    """

    __tablename__ = "reports_indicator"
    in_trail = Named(("title",), kinds=("indicator",))
    __table_args__ = (
        at_most("title", 300),
        at_most("source", 500),
        one_of("kind", INDICATOR_KINDS),
        CheckConstraint("btrim(title) <> '' and btrim(source) <> ''", name="named"),
        CheckConstraint("starts_on <= ends_on", name="period"),
        CheckConstraint("position >= 1", name="position"),
        UniqueConstraint(
            "set_id", "position", deferrable=True, initially="IMMEDIATE",
            name="uq_reports_indicator_position",
        ),
    )  # fmt: skip

    set_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("reports_indicator_set.id", ondelete="CASCADE")
    )
    position: Mapped[int]
    title: Mapped[str]
    kind: Mapped[str]
    measure: Mapped[str] = mapped_column(default="")
    definition: Mapped[dict[str, Any]] = mapped_column(default=dict)
    source: Mapped[str]
    # The period it is counted over; open where the report's own filter decides.
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]

    set: Mapped[IndicatorSet] = relationship(lazy="raise_on_sql")
