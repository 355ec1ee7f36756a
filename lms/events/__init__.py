"""What happens, as dataclasses, and `publish`, which tells the rooms and guests of it.

Listeners run in the publisher's transaction, in order. A room may refuse by raising; a guest's
failure is rolled back alone, logged and shown.
"""

from lms.events.ambassadors import (
    AmbassadorAccepted,
    AmbassadorEvent,
    AmbassadorInvited,
    AmbassadorLeft,
    CheckInDue,
    CheckInLogged,
    ObjectiveReworded,
    PledgeMade,
)
from lms.events.base import (
    Event,
    Upgraded,
)
from lms.events.certificates import (
    CertificateEvent,
    CertificateIssued,
    CertificateReplaced,
    CertificateWithdrawn,
)
from lms.events.courses import (
    BookingCancelled,
    BookingEvent,
    BookingMade,
    BookingMoved,
    BookingRefused,
    BookingRequested,
    CohortCancelled,
    CohortChanged,
    CohortClosed,
    CohortEvent,
    CohortFinished,
    CohortPublished,
    CohortScheduled,
    CohortStarted,
    CompletionRecorded,
    CompletionWithdrawn,
    OfferAccepted,
    OfferDeclined,
    OfferLapsed,
    PlaceOffered,
    RegisterMarked,
    Waitlisted,
)
from lms.events.messages import (
    MessageBounced,
    MessageQueued,
    MessageSent,
    MessageUncertain,
)
from lms.events.people import (
    AddressChanged,
    LinkRequested,
    MailboxShared,
    PeopleMerged,
    PersonErased,
    SignInRequested,
)
from lms.events.publishing import (
    publish,
)
from lms.events.surveys import (
    SurveySubmitted,
    Volunteered,
    WaveOpened,
)

__all__ = [
    "AddressChanged",
    "AmbassadorAccepted",
    "AmbassadorEvent",
    "AmbassadorInvited",
    "AmbassadorLeft",
    "BookingCancelled",
    "BookingEvent",
    "BookingMade",
    "BookingMoved",
    "BookingRefused",
    "BookingRequested",
    "CertificateEvent",
    "CertificateIssued",
    "CertificateReplaced",
    "CertificateWithdrawn",
    "CheckInDue",
    "CheckInLogged",
    "CohortCancelled",
    "CohortChanged",
    "CohortClosed",
    "CohortEvent",
    "CohortFinished",
    "CohortPublished",
    "CohortScheduled",
    "CohortStarted",
    "CompletionRecorded",
    "CompletionWithdrawn",
    "Event",
    "LinkRequested",
    "MailboxShared",
    "MessageBounced",
    "MessageQueued",
    "MessageSent",
    "MessageUncertain",
    "ObjectiveReworded",
    "OfferAccepted",
    "OfferDeclined",
    "OfferLapsed",
    "PeopleMerged",
    "PersonErased",
    "PlaceOffered",
    "PledgeMade",
    "RegisterMarked",
    "SignInRequested",
    "SurveySubmitted",
    "Upgraded",
    "Volunteered",
    "Waitlisted",
    "WaveOpened",
    "publish",
]
