"""What ambassadors do: invited, accepted, pledged, asked and answered, gone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from lms.events.base import Event


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
