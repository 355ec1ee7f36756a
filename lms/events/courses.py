"""What happens to cohorts, bookings, the queue, registers and completions."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from lms.events.base import Event


@dataclass(frozen=True)
class CohortEvent(Event):
    """Something about one cohort."""

    cohort_id: uuid.UUID


@dataclass(frozen=True)
class CohortScheduled(CohortEvent):
    """Dates, places and people are set; rooms are held."""


@dataclass(frozen=True)
class CohortPublished(CohortEvent):
    """People may book."""


@dataclass(frozen=True)
class CohortChanged(CohortEvent):
    """A published cohort changed; `fields` names what, in the order of the page."""

    fields: tuple[str, ...]


@dataclass(frozen=True)
class CohortStarted(CohortEvent):
    """The first session began."""


@dataclass(frozen=True)
class CohortFinished(CohortEvent):
    """The last session ended."""


@dataclass(frozen=True)
class CohortClosed(CohortEvent):
    """Every register is complete."""


@dataclass(frozen=True)
class CohortCancelled(CohortEvent):
    """It will not take place."""

    reason: str


@dataclass(frozen=True)
class BookingEvent(Event):
    """Something about several bookings of one cohort at once (one booking is a tuple of one)."""

    cohort_id: uuid.UUID
    booking_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class BookingRequested(BookingEvent):
    """An approval is awaited; no seat is held."""


@dataclass(frozen=True)
class BookingMade(BookingEvent):
    """People have places. `source` is self, coordinator, import or offer."""

    source: str


@dataclass(frozen=True)
class BookingCancelled(BookingEvent):
    """People gave their places up, or lost them."""

    reason: str


@dataclass(frozen=True)
class BookingMoved(BookingEvent):
    """People were moved to another cohort; the new bookings have their own `BookingMade`."""

    to_cohort_id: uuid.UUID


@dataclass(frozen=True)
class BookingRefused(BookingEvent):
    """A request was refused."""

    reason: str


@dataclass(frozen=True)
class Waitlisted(Event):
    """Somebody waits for a course."""

    course_id: uuid.UUID
    person_id: uuid.UUID


@dataclass(frozen=True)
class PlaceOffered(BookingEvent):
    """Free places are held for people who waited, until they answer or a moment has passed."""


@dataclass(frozen=True)
class OfferAccepted(BookingEvent):
    """People took the places held for them; they have their `BookingMade` as well."""


@dataclass(frozen=True)
class OfferDeclined(BookingEvent):
    """People said no to the places held for them."""


@dataclass(frozen=True)
class OfferLapsed(BookingEvent):
    """Nobody answered in time, so the places go to the next."""


@dataclass(frozen=True)
class RegisterMarked(Event):
    """Marks of a session were saved or corrected, for these bookings."""

    cohort_id: uuid.UUID
    session_id: uuid.UUID
    booking_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class CompletionRecorded(Event):
    """A booking met its rule."""

    cohort_id: uuid.UUID
    booking_id: uuid.UUID
    completion_id: uuid.UUID
    person_id: uuid.UUID
    course: str
    """The course's full key."""
    label: str
    """Course and cohort in words, for a record that outlives both."""
    locality_id: uuid.UUID | None
    """The person's place at booking, else the cohort's first."""


@dataclass(frozen=True)
class CompletionWithdrawn(Event):
    """A booking no longer meets its rule, after a correction."""

    cohort_id: uuid.UUID
    booking_id: uuid.UUID
    completion_id: uuid.UUID
