"""Completions as they stand: the verdict nobody has replaced, with its reasons in words.

The cohort's table, certificates and a person's record call these; judging is a service.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from courses.models import Booking, Completion
from lms.db import db

LABELS = {
    "completed": "Completed",
    "not_yet": "On track",
    "not_completed": "Cannot complete",
}


@dataclass(frozen=True)
class Standing:
    """A booking's present verdict; `completion_id` is its row, `minutes` are those it counted."""

    booking_id: uuid.UUID
    completion_id: uuid.UUID
    verdict: str
    reasons: tuple[str, ...]
    at: datetime
    components: dict[str, int]

    @property
    def label(self) -> str:
        """Completed, On track or Cannot complete."""
        return LABELS[self.verdict]


def current(booking_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Standing]:
    """Present verdicts by booking; a booking that was never judged is not there (on track)."""
    return _standings(Completion.booking_id.in_(booking_ids)) if booking_ids else {}


def of_cohort(cohort_id: uuid.UUID) -> dict[uuid.UUID, Standing]:
    """Present verdicts of a cohort's bookings."""
    return _standings(
        Completion.booking_id.in_(select(Booking.id).where(Booking.cohort_id == cohort_id))
    )


def _standings(condition: ColumnElement[bool]) -> dict[uuid.UUID, Standing]:
    later = aliased(Completion)
    rows = db.session.execute(
        select(
            Completion.booking_id,
            Completion.id,
            Completion.verdict,
            Completion.evidence,
            Completion.at,
        ).where(condition, ~select(later.id).where(later.replaces_id == Completion.id).exists())
    )
    return {row.booking_id: _standing(row) for row in rows}


def _standing(row: Any) -> Standing:
    return Standing(
        booking_id=row.booking_id,
        completion_id=row.id,
        verdict=row.verdict,
        reasons=tuple(row.evidence.get("reasons", ())),
        at=row.at,
        components=dict(row.evidence.get("components", {})),
    )
