"""Rows as they are handed in, before they are kept.

Forms and files give them to services.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields
from datetime import date
from itertools import pairwise

from lms import family_details
from lms.versions import Values

LARGEST = 1_000_000
BASES = (
    ("retained", "Of those retained"),
    ("starts", "Of those who started"),
)
"""What milestones may be a share of."""


@dataclass(frozen=True)
class DeliveryRow:
    """A row of the table of delivery, to be kept."""

    locality_id: uuid.UUID
    project: str
    starts_on: date
    ends_on: date
    projects_started: int
    clients_enrolled: int
    clients_starts: int
    retained: int
    milestones: int
    milestone_base: str
    source: str

    def check(self) -> None:
        """Raise ValueError with a sentence where the row cannot be true."""
        steps = {
            "clients enrolled": self.clients_enrolled,
            "clients who started": self.clients_starts,
            "retained": self.retained,
            "milestones": self.milestones,
        }
        for (more, large), (fewer, small) in pairwise(steps.items()):
            if small > large:
                raise ValueError(f"{fewer.capitalize()} cannot be more than {more}")
        for number in (self.projects_started, *steps.values()):
            _in_range(number)
        if self.ends_on < self.starts_on:
            raise ValueError("The last day must not be before the first")
        if self.milestone_base not in ("retained", "starts"):
            raise ValueError("Milestones are a share of those retained or of those who started")
        _said(self.project, "project", 200)
        _said(self.source, "source", 500)
        _names_no_family(self.source)


@dataclass(frozen=True)
class TargetRow:
    """A headcount, to be kept."""

    organisation_id: uuid.UUID
    profession_id: uuid.UUID
    on_date: date
    number: int
    source: str

    def check(self) -> None:
        """Raise ValueError with a sentence where the headcount cannot be true."""
        _in_range(self.number)
        _said(self.source, "source", 500)
        _names_no_family(self.source)


Row = DeliveryRow | TargetRow


def values_of(kind: type[Row], held: object) -> Values:
    """What can be changed of something that is kept, as a row has it."""
    return {one.name: getattr(held, one.name) for one in fields(kind)}


def _in_range(number: int) -> None:
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{number:,} cannot be right: enter a number from 0 to {LARGEST:,}")


def _names_no_family(text: str) -> None:
    if detail := family_details.find(text):
        raise ValueError(family_details.said(detail))


def _said(text: str, what: str, longest: int) -> None:
    if not text.strip():
        raise ValueError(f"It has no {what}")
    if len(text) > longest:
        raise ValueError(f"The {what} is longer than {longest} characters")
