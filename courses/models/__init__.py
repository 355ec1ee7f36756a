"""Tables of the courses room, one file per noun.

Services and queries of this room use them; the rooms above refer to them by foreign key.
"""

from courses.models.approval import Approval
from courses.models.booking import (
    BOOKING_SOURCES,
    BOOKING_STATES,
    Booking,
    BookingChange,
    Place,
)
from courses.models.catalogue import (
    COMPONENT_KINDS,
    COURSE_STATES,
    Component,
    Course,
    Edition,
)
from courses.models.cohort import (
    COHORT_STATES,
    DESIGNS,
    Cohort,
    CohortChange,
    CohortLocality,
    Session,
    SessionTrainer,
    Trainer,
    Venue,
)
from courses.models.queue import (
    OFFER_STATES,
    WAITING_STATES,
    Offer,
    OfferDecision,
    Waiting,
    WaitingMove,
    WaitingPair,
    WaitingPriority,
)
from courses.models.record import (
    EVIDENCE_SOURCES,
    MARKS,
    TAKEN_BACK,
    VERDICTS,
    Attendance,
    Completion,
    ComponentCompletion,
)

__all__ = [
    "BOOKING_SOURCES",
    "BOOKING_STATES",
    "COHORT_STATES",
    "COMPONENT_KINDS",
    "COURSE_STATES",
    "DESIGNS",
    "EVIDENCE_SOURCES",
    "MARKS",
    "OFFER_STATES",
    "TAKEN_BACK",
    "VERDICTS",
    "WAITING_STATES",
    "Approval",
    "Attendance",
    "Booking",
    "BookingChange",
    "Cohort",
    "CohortChange",
    "CohortLocality",
    "Completion",
    "Component",
    "ComponentCompletion",
    "Course",
    "Edition",
    "Offer",
    "OfferDecision",
    "Place",
    "Session",
    "SessionTrainer",
    "Trainer",
    "Venue",
    "Waiting",
    "WaitingMove",
    "WaitingPair",
    "WaitingPriority",
]
