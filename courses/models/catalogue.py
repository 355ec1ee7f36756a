"""What can be taught: courses, their editions and the components of each.

Rows are synced from the providers' plugins at upgrade and never removed, so that records stay
readable when a plugin goes.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.columns import Named, one_of
from lms.db import Dated, Model

COURSE_STATES = ("offered", "withdrawn", "provider_gone")
COMPONENT_KINDS = ("workshop", "e-learning")


class Course(Dated, Model):
    """A course as its provider last described it; `key` is `provider:slug`."""

    __tablename__ = "courses_course"
    in_trail = Named(("title",), "courses.course", "slug", column="slug")
    __table_args__ = (one_of("state", COURSE_STATES),)

    key: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)
    provider_key: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default="offered")
    template_version: Mapped[int] = mapped_column(default=1)
    template: Mapped[dict[str, Any]]

    editions: Mapped[list[Edition]] = relationship(
        lazy="raise_on_sql", back_populates="course", passive_deletes=True
    )


class Edition(Dated, Model):
    """A format of a course (four sessions, one day, e-learning); a retired one stays readable."""

    __tablename__ = "courses_edition"
    __table_args__ = (
        UniqueConstraint("course_id", "key"),
        CheckConstraint("cpd_minutes >= 0", name="cpd_minutes"),
        CheckConstraint("participatory_minutes >= 0", name="participatory_minutes"),
    )

    course_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_course.id", ondelete="RESTRICT")
    )
    key: Mapped[str]
    title: Mapped[str]
    format: Mapped[str]
    cpd_minutes: Mapped[int]
    participatory_minutes: Mapped[int]
    retired_at: Mapped[datetime | None]

    course: Mapped[Course] = relationship(lazy="raise_on_sql", back_populates="editions")
    components: Mapped[list[Component]] = relationship(
        lazy="raise_on_sql", back_populates="edition", passive_deletes=True
    )


class Component(Dated, Model):
    """A part of an edition that must be done: a workshop or an e-learning module."""

    __tablename__ = "courses_component"
    __table_args__ = (
        UniqueConstraint("edition_id", "key"),
        one_of("kind", COMPONENT_KINDS),
        CheckConstraint("required_minutes >= 0", name="required_minutes"),
    )

    edition_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_edition.id", ondelete="RESTRICT")
    )
    key: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    required_minutes: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]

    edition: Mapped[Edition] = relationship(lazy="raise_on_sql", back_populates="components")
