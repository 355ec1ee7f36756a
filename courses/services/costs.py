"""Keeps what a cohort cost; the report of cost divides it by those who came."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from courses import access
from courses.models import Cohort
from lms import audit
from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.versions import refuse_overwriting

FIELD = "costs_pence"
"""What the form calls it."""


def enter(cohort_id: uuid.UUID, pence: int | None, *, by: Actor, seen: str | None = None) -> None:
    """Enter, change or take away what it cost.

    `seen` is what the page showed: raises `Overtaken` as `lms.versions` says.
    """
    cohort = db.session.scalar(
        select(Cohort)
        .where(Cohort.id == cohort_id, access.cohorts(by, access.MANAGE))
        .with_for_update()
    )
    if cohort is None:
        raise NotFound
    if seen is not None:
        refuse_overwriting(seen, {FIELD: cohort.costs_pence}, {FIELD: pence})
    before, cohort.costs_pence = cohort.costs_pence, pence
    if before != pence:
        audit.write(
            "cost.entered",
            "courses_cohort",
            cohort_id,
            by=by,
            before={"pence": before},
            after={"pence": pence},
        )
