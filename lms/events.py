"""What happens, as dataclasses, and `publish`, which tells the rooms and guests of it.

Listeners run in the publisher's transaction, in order. A room may refuse by raising; a guest's
failure is rolled back alone, logged and shown.
"""

from __future__ import annotations

import uuid
from collections import deque
from contextvars import ContextVar
from dataclasses import dataclass

from lms.containment import NotAGuests, guest_now
from lms.contracts import Actor
from lms.registry import current_registry


@dataclass(frozen=True)
class Event:
    """Something that has just happened in this transaction, and by whom."""

    by: Actor


@dataclass(frozen=True)
class Upgraded(Event):
    """The database has this release's tables: rooms bring in what plugins ship."""


# -- people


@dataclass(frozen=True)
class SignInRequested(Event):
    """Somebody asked to sign in. The address is looked up by the job that sends, not here."""

    sign_in_link_id: uuid.UUID


@dataclass(frozen=True)
class LinkRequested(Event):
    """The holder of an expired personal link asked for another, to the address on file."""

    link_id: uuid.UUID


@dataclass(frozen=True)
class AddressChanged(Event):
    """A person's messages go to another address now; the old one is told."""

    person_id: uuid.UUID
    old_address: str


@dataclass(frozen=True)
class PersonErased(Event):
    """A person asked to be forgotten; whoever holds anything personal redacts it now."""

    person_id: uuid.UUID


@dataclass(frozen=True)
class PeopleMerged(Event):
    """Two rows were one person; `into` stays."""

    from_id: uuid.UUID
    into_id: uuid.UUID


# -- ambassadors


@dataclass(frozen=True)
class AmbassadorEvent(Event):
    """Something about one ambassador."""

    ambassador_id: uuid.UUID
    person_id: uuid.UUID


@dataclass(frozen=True)
class AmbassadorInvited(AmbassadorEvent):
    """Asked to become one."""


@dataclass(frozen=True)
class AmbassadorAccepted(AmbassadorEvent):
    """Said yes to the role description."""


@dataclass(frozen=True)
class AmbassadorLeft(AmbassadorEvent):
    """Is one no longer."""


@dataclass(frozen=True)
class PledgeMade(AmbassadorEvent):
    """Wrote down what they will do; check-ins are planned."""

    pledge_id: uuid.UUID


@dataclass(frozen=True)
class ObjectiveReworded(AmbassadorEvent):
    """Put an objective in other words; the earlier ones are kept."""

    objective_id: uuid.UUID


@dataclass(frozen=True)
class CheckInDue(AmbassadorEvent):
    """Is asked how the pledge goes."""

    check_in_id: uuid.UUID


@dataclass(frozen=True)
class CheckInLogged(AmbassadorEvent):
    """Said how the pledge goes; the answers are not part of this."""

    check_in_id: uuid.UUID


# -- messages


@dataclass(frozen=True)
class MessageQueued(Event):
    """Messages wait to be sent (one message is a tuple of one)."""

    message_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class MessageSent(Event):
    """The mail server took a message."""

    message_id: uuid.UUID


@dataclass(frozen=True)
class MessageUncertain(Event):
    """Nobody can say whether a message was taken; a person decides."""

    message_id: uuid.UUID


@dataclass(frozen=True)
class MessageBounced(Event):
    """A message came back."""

    message_id: uuid.UUID


# -- courses


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


# -- surveys


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


# -- certificates


@dataclass(frozen=True)
class CertificateEvent(Event):
    """Something about one certificate."""

    certificate_id: uuid.UUID


@dataclass(frozen=True)
class CertificateIssued(CertificateEvent):
    """Rendered, frozen and ready to download."""


@dataclass(frozen=True)
class CertificateReplaced(CertificateEvent):
    """A newer certificate stands in its place."""

    new_id: uuid.UUID
    reason: str


@dataclass(frozen=True)
class CertificateWithdrawn(CertificateEvent):
    """It no longer counts."""

    reason: str


_waiting: ContextVar[deque[Event] | None] = ContextVar("lms_events", default=None)


def publish(event: Event) -> None:
    """Tell everybody who listens, now, in this transaction.

    What listeners publish in turn waits until the present event has been told to all, so that
    everyone hears of things in the order in which they happened. Guests only hear: what one of
    them published would be told even if its call was then undone.
    """
    if guest := guest_now():
        raise NotAGuests(f"{guest} may not publish {type(event).__name__}")
    waiting = _waiting.get()
    if waiting is not None:
        waiting.append(event)
        return
    queue = deque([event])
    token = _waiting.set(queue)
    try:
        while queue:
            current_registry().notify(queue.popleft())
    finally:
        _waiting.reset(token)
