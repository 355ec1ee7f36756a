"""What rooms put on pages: navigation, to-dos, agenda, panels, columns.

The home page and the cohort page ask for them through hooks.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True)
class NavItem:
    """An entry of the navigation; `order` sorts (home 0, then tens), `section` marks it active."""

    title: str
    endpoint: str
    order: int
    section: str = ""


@dataclass(frozen=True)
class Todo:
    """A line of "What you need to do": what, why, by when, and the one verb with its address.

    `urgency` breaks ties of the same day, small first, in the order `docs/architecture.md` gives.
    """

    text: str
    reason: str
    verb: str
    url: str
    due: date | None
    urgency: int = 50

    @property
    def rank(self) -> tuple[date, int, str]:
        """Where it stands among others: by day, then by urgency."""
        return (self.due or date.max, self.urgency, self.text)


@dataclass(frozen=True)
class Agenda:
    """Something dated on the home page: a session, a survey that closes, a certificate.

    `kind` is "this_week", "coming_up", "mine", or "asked" for what of one's own waits for an
    answer, by `due` where there is such a day; `facts` are label and value pairs.
    """

    kind: str
    title: str
    at: datetime | None
    facts: tuple[tuple[str, str], ...]
    verb: str
    url: str
    order: int = 50
    due: date | None = None


class Place(StrEnum):
    """Where a panel may stand."""

    HOME = "home"
    COHORT = "cohort"
    COHORT_FACTS = "cohort_facts"
    COHORT_NEXT = "cohort_next"
    COURSE = "course"
    REGISTER = "register"
    PERSON = "person"
    BOOKED = "booked"
    ANSWERED = "answered"
    TEAM = "team"


@dataclass(frozen=True)
class Panel:
    """A piece of a page from another room or a guest: a heading and a template with its values."""

    title: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    order: int = 50


@dataclass(frozen=True)
class BookingNote:
    """Words that another room adds to the message about a booking.

    In `text`, `{{link name}}` on its own stands for the personal link whose id is `links[name]`.
    """

    booking_id: uuid.UUID
    text: str
    links: Mapping[str, uuid.UUID] = field(default_factory=dict)
    order: int = 50


@dataclass(frozen=True)
class BookingColumn:
    """A column that a room adds to the cohort's people table: words by booking, and a foot."""

    title: str
    order: int
    cells: Mapping[uuid.UUID, str]
    foot: str = ""


@dataclass(frozen=True)
class CohortColumn:
    """A column that a room adds to the list of cohorts: words by cohort, like "14 of 18"."""

    title: str
    order: int
    cells: Mapping[uuid.UUID, str]
