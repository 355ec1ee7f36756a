"""What happens to surveys; no answer is part of an event, but for an offer to help."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from lms.events.base import Event


@dataclass(frozen=True)
class WaveOpened(Event):
    """A survey of a cohort can be answered."""

    cohort_id: uuid.UUID
    wave_id: uuid.UUID


@dataclass(frozen=True)
class SurveySubmitted(Event):
    """Somebody answered; the answers are not part of this."""

    cohort_id: uuid.UUID
    assignment_id: uuid.UUID


@dataclass(frozen=True)
class Volunteered(Event):
    """Somebody said by name that they would like to help; no other answer is part of this."""

    person_id: uuid.UUID
    booking_id: uuid.UUID
    course: str
    label: str
    locality_id: uuid.UUID | None
