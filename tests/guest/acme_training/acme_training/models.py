"""Acme's own table: how many cups of tea somebody takes on a cohort."""

import uuid

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Dated, Model


class Cup(Dated, Model):
    """The cups of one person on one cohort."""

    __tablename__ = "acme_training_cup"
    __table_args__ = (UniqueConstraint("cohort_id", "person_id"),)

    cohort_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("courses_cohort.id", ondelete="CASCADE")
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people_person.id", ondelete="CASCADE"))
    cups: Mapped[int] = mapped_column(default=1)
