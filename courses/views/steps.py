"""The steps of scheduling after the first: each knows its form, how it starts, and what it saves.

`courses.views.schedule` opens the one whose number is in the address.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any, ClassVar

from flask import request, url_for

from courses.forms.schedule import (
    DESIGNS,
    AudienceForm,
    DatesForm,
    DesignForm,
    FormatForm,
    NumbersForm,
)
from courses.queries import catalogue, planning, terms, venues
from courses.queries.catalogue import CourseFacts, EditionFacts
from courses.queries.cohorts import CohortFacts
from courses.queries.planning import Planned
from courses.services import schedule as service
from lms.contracts import Actor
from lms.db import Complaint
from lms.web import words

FILL = "fill"


def url(cohort: CohortFacts, step: int, then: str = "") -> str:
    """The address of a step; `then` comes back to the review."""
    return url_for("courses.schedule_step", cohort_id=cohort.id, step=step, then=then or None)


def review_url(cohort: CohortFacts) -> str:
    """The address of the review."""
    return url_for("courses.review", cohort_id=cohort.id)


def edition_of(cohort: CohortFacts) -> EditionFacts:
    """The draft's format."""
    return catalogue.by_id(cohort.course_id).edition(cohort.edition_id)


def editions(course: CourseFacts) -> list[tuple[uuid.UUID, str, str]]:
    """The formats to choose from, with their length."""
    return [
        (
            one.id,
            one.title,
            ", ".join(
                [words.capital(one.format)]
                + [words.duration(minutes) for minutes in [one.participatory_minutes] if minutes]
                + [f"{words.duration(one.cpd_minutes)} of CPD"]
            ),
        )
        for one in course.editions
    ]


def designs(course: CourseFacts) -> list[tuple[str, str, str]]:
    """How people can be surveyed, with the months that this course's surveys name."""
    uses = course.template.get("surveys", ())
    later = sorted({use["months"] for use in uses if use.get("kind") == "follow_up"})
    months = words.listing(str(one) for one in later) or "some"
    return [(value, text.replace("some", months), hint) for value, text, hint in DESIGNS]


class Step:
    """A step of a draft."""

    number: ClassVar[int]
    template: ClassVar[str] = "courses/schedule.html"

    def __init__(self, cohort: CohortFacts, actor: Actor) -> None:
        self.cohort = cohort
        self.actor = actor
        self.course = catalogue.by_id(cohort.course_id)
        self.edition = self.course.edition(cohort.edition_id)
        self.sessions = planning.planned(cohort, self.edition)
        self.again = False
        self.form: Any = self.make()

    def make(self) -> Any:
        """The form, as the draft stands or as it was sent."""
        raise NotImplementedError

    def check(self) -> bool:
        """Whether the answers fit one another."""
        return True

    def save(self) -> None:
        """Keep the answers."""
        raise NotImplementedError

    def said(self) -> dict[str, str]:
        """Words about the present choice, for the page's script: by the id they stand under."""
        return {}

    @property
    def next_step(self) -> int:
        """The step that follows: an e-learning format has no dates and rooms."""
        if self.number == planning.FOR_WHOM and not self.edition.workshops:
            return planning.PLACES
        return self.number + 1


class Format(Step):
    """1 Which format?"""

    number = planning.FORMAT

    def make(self) -> FormatForm:
        """The course's formats."""
        form = FormatForm(data={"edition": self.cohort.edition_id})
        form.edition.choices = editions(self.course)
        return form

    def save(self) -> None:
        """Another format forgets the dates."""
        service.set_edition(self.cohort.id, self.form.edition.data, by=self.actor)


class ForWhom(Step):
    """2 For whom?"""

    number = planning.FOR_WHOM

    def make(self) -> AudienceForm:
        """All places (several share a cohort), the actor's own among them, and jobs."""
        form = AudienceForm(
            data={
                "localities": [one for one, _ in self.cohort.localities],
                "profession": self.cohort.profession_id,
            }
        )
        form.localities.choices = [(one.id, one.name) for one in planning.localities()]
        form.profession.choices = [(one.id, one.name) for one in planning.professions()]
        return form

    def save(self) -> None:
        """Keep places and job."""
        service.set_audience(
            self.cohort.id,
            self.form.localities.data,
            self.form.profession.data,
            by=self.actor,
        )


class Dates(Step):
    """3 Dates: all sessions on one page."""

    number = planning.DATES
    template = "courses/schedule_dates.html"

    def make(self) -> DatesForm:
        """A date and times for each session the format asks for."""
        return DatesForm(
            data={
                "sessions": [
                    {"day": one.day, "start": one.start, "end": one.end} for one in self.sessions
                ]
            }
        )

    def check(self) -> bool:
        """Filling the rest needs the first date only; else no session may run into the next."""
        self.again = FILL in request.form
        checked: bool = self.form.check(only_first=self.again)
        if not checked or len(self.form.sessions) != len(self.sessions):
            return False
        if self.again:
            return True
        alone = [replace(one, venue_id=None, trainer_ids=()) for one in self._dated()]
        found = planning.taken(self.actor, alone, self.cohort)
        for one in found:
            self.form.add_complaint(Complaint(f"sessions-{one.number - 1}-start", one.text))
        return not found

    def save(self) -> None:
        """Keep the dates; "Repeat weekly" makes them from the first."""
        sessions = self._dated()
        if self.again:
            sessions = service.repeat_weekly(sessions)
        service.set_dates(self.cohort.id, sessions, by=self.actor)

    def _dated(self) -> list[Planned]:
        return [
            replace(
                planned,
                day=entry.form.day.data,
                start=entry.form.start.data,
                end=entry.form.end.data,
            )
            for planned, entry in zip(self.sessions, self.form.sessions, strict=True)
        ]

    @property
    def flagged(self) -> list[str]:
        """Dates that fall on a weekend, a bank holiday or in usual school holidays."""
        days = [one.day for one in self.sessions if one.day]
        return [said for day in days if (said := terms.flag(day))]


class Places(Step):
    """5 Places."""

    number = planning.PLACES

    def make(self) -> NumbersForm:
        """Capacity, minimum, last day to book; more than a room holds has to be meant."""
        form = NumbersForm(
            data={
                "capacity": self.cohort.capacity,
                "minimum": self.cohort.minimum,
                "last_day": words.day_of(self.cohort.closes_at) if self.cohort.closes_at else None,
            }
        )
        rooms = venues.by_id(one.venue_id for one in self.sessions)
        self.small = sorted(
            filter(None, (one.too_small(form.capacity.data) for one in rooms.values()))
        )
        if not self.small:
            del form.anyway
        return form

    def check(self) -> bool:
        """A room that is known to hold fewer stops it until that is said to be right."""
        if not self.small or self.form.anyway.data:
            return True
        text = f"{self.small[0]}. Enter fewer, or tick that you keep this number"
        self.form.add_complaint(Complaint("capacity", text))
        return False

    def save(self) -> None:
        """Keep the numbers."""
        service.set_numbers(
            self.cohort.id,
            capacity=self.form.capacity.data,
            minimum=self.form.minimum.data,
            last_day=self.form.last_day.data,
            by=self.actor,
        )


class Surveys(Step):
    """6 Surveys."""

    number = planning.SURVEYS

    def make(self) -> DesignForm:
        """The design in words, with the months that this course's surveys name."""
        form = DesignForm(data={"design": self.cohort.design})
        form.design.choices = designs(self.course)
        return form

    def save(self) -> None:
        """Keep the design."""
        service.set_design(self.cohort.id, self.form.design.data, by=self.actor)
