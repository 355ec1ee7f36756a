"""The room's tables; its services and queries take them from here."""

from lms.ambassadors.models.joining import Ambassador, Candidate, Handover, RoleDescription
from lms.ambassadors.models.pledge import (
    CheckIn,
    CheckInOutcome,
    Objective,
    ObjectiveWording,
    Pledge,
)
from lms.ambassadors.models.work import (
    Bulletin,
    CaseStudy,
    NetworkAttendance,
    NetworkMeeting,
    Tally,
)

__all__ = [
    "Ambassador",
    "Bulletin",
    "Candidate",
    "CaseStudy",
    "CheckIn",
    "CheckInOutcome",
    "Handover",
    "NetworkAttendance",
    "NetworkMeeting",
    "Objective",
    "ObjectiveWording",
    "Pledge",
    "RoleDescription",
    "Tally",
]
