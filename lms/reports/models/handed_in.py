"""What others count and hand in: projects with parents, and headcounts to reach.

The forms and the importer write them; the programme and the coverage report read them.
"""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.columns import Named, Signed, at_most, one_of
from lms.db import Dated, Model
from lms.people.models import Locality, Organisation, Profession

MILESTONE_BASES = ("starts", "retained")


class DeliveryCount(Signed, Dated, Model):
    """A row of the table of delivery: counts of projects and parents, never persons.

    `milestone_base` is the base that whoever handed it in took for the share of milestones.
    """

    __tablename__ = "reports_delivery_count"
    in_trail = Named(("project",), "handed_in.counts", kinds=("delivery_count",))
    __table_args__ = (
        at_most("project", 200),
        at_most("source", 500),
        one_of("milestone_base", MILESTONE_BASES),
        CheckConstraint("btrim(project) <> '' and btrim(source) <> ''", name="named"),
        CheckConstraint("starts_on <= ends_on", name="period"),
        CheckConstraint("projects_started >= 0 and milestones >= 0", name="not_negative"),
        CheckConstraint("clients_starts <= clients_enrolled", name="starts_of_enrolled"),
        CheckConstraint("retained <= clients_starts", name="retained_of_starts"),
        CheckConstraint("milestones <= retained", name="milestones_of_retained"),
        Index(
            "uq_reports_delivery_count_project",
            "locality_id",
            "project",
            "starts_on",
            "ends_on",
            unique=True,
        ),
    )

    locality_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_locality.id", ondelete="RESTRICT")
    )
    project: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    projects_started: Mapped[int]
    clients_enrolled: Mapped[int]
    clients_starts: Mapped[int]
    retained: Mapped[int]
    milestones: Mapped[int]
    milestone_base: Mapped[str]
    source: Mapped[str]

    locality: Mapped[Locality] = relationship(lazy="raise_on_sql")


class HeadcountTarget(Signed, Dated, Model):
    """How many of a profession an organisation had on a day, as `source` says."""

    __tablename__ = "reports_headcount_target"
    in_trail = Named(
        (),
        "handed_in.headcounts",
        through="organisation_id",
        word="of",
        kinds=("headcount_target",),
    )
    __table_args__ = (
        at_most("source", 500),
        CheckConstraint("btrim(source) <> ''", name="sourced"),
        CheckConstraint("number >= 0", name="not_negative"),
        Index(
            "uq_reports_headcount_target_day",
            "organisation_id",
            "profession_id",
            "on_date",
            unique=True,
        ),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_organisation.id", ondelete="RESTRICT")
    )
    profession_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_profession.id", ondelete="RESTRICT"), index=True
    )
    on_date: Mapped[date]
    number: Mapped[int]
    source: Mapped[str]

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    profession: Mapped[Profession] = relationship(lazy="raise_on_sql")
