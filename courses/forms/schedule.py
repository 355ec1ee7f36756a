"""The forms of scheduling, one for each step; the views give them the choices in reach."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from wtforms import FieldList, FormField

from courses.forms.venues import NewVenue
from lms import clock, web
from lms.contracts import Design
from lms.db import Complaint
from lms.web import words

MOST_SESSIONS = 40
LATEST = date(2100, 12, 31)
ONLINE, NEW, SAME = "online", "new", "same"
DESIGNS = (
    (Design.PRE_POST.value, "Before and after", "The same five questions twice: shows change."),
    (
        Design.PRE_POST_FOLLOW_UP.value,
        "Before, after and some months later",
        "Shows whether the change lasts, and what people did with it.",
    ),
    (Design.AFTER_ONLY.value, "After only: cannot show change", "How people feel afterwards."),
)


class FormatForm(web.OnceForm):
    """Step 1."""

    edition = web.RadioField("Which format?", missing="Choose a format", coerce=uuid.UUID)


class AudienceForm(web.Form):
    """Step 2."""

    localities = web.CheckboxesField(
        "Which places is it for?",
        missing="Choose at least one place",
        hint="Several places can fill a cohort together. Each sees its own people’s details only.",
        coerce=uuid.UUID,
    )
    profession = web.SelectField(
        "Is it closed to one job?", empty="No, everybody may book", coerce=uuid.UUID
    )


class SessionTimes(web.Part):
    """A session's date and times."""

    day = web.DateField("Date", latest=LATEST)
    start = web.TimeField("Starts", missing="Enter when it starts, like 9:30am")
    end = web.TimeField("Ends", missing="Enter when it ends, like 12:30pm")
    undated = "Enter the date"

    def is_session(self, number: int) -> None:
        """Name the session in what is missing, where the summary of errors is about several."""
        self.undated = f"Enter the date of session {number}"
        self.start.missing = f"Enter when session {number} starts, like 9:30am"
        self.end.missing = f"Enter when session {number} ends, like 12:30pm"

    def complaints(self, prefix: str, *, needs_day: bool) -> list[Complaint]:
        """What is wrong with this session taken together."""
        found = []
        if self.day.data is None and not self.day.errors and needs_day:
            found.append(Complaint(f"{prefix}-day", self.undated))
        return found + times_complaints(self, prefix)


def times_complaints(form: Any, prefix: str) -> list[Complaint]:
    """Whether a session's end is after its beginning, and both are on the clock that day."""
    day, start, end = form.day.data, form.start.data, form.end.data
    found = []
    if start and end and start >= end:
        text = f"Start time must be before {words.time(end)}, when the session ends"
        found.append(Complaint(f"{prefix}-start", text))
    if day:
        found += [
            Complaint(f"{prefix}-{name}", f"The clocks go forward at {words.time(wall)}")
            for name, wall in (("start", start), ("end", end))
            if wall and not clock.exists(day, wall)
        ]
    return found


def place_complaints(form: Any, prefix: str) -> list[Complaint]:
    """Whether a session that is online has its link."""
    link = form.link.data
    if form.venue.data == ONLINE and not link:
        text = "Enter the link, like https://meet.example.org/room"
        return [Complaint(f"{prefix}-link", text)]
    if link and not link.startswith(("https://", "http://")):
        return [Complaint(f"{prefix}-link", "Link must begin with https://")]
    return []


class DatesForm(web.Form):
    """Step 3."""

    sessions = FieldList(FormField(SessionTimes), max_entries=MOST_SESSIONS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(self.sessions) > 1:
            for number, entry in enumerate(self.sessions, 1):
                entry.form.is_session(number)

    def check(self, *, only_first: bool = False) -> bool:
        """Whether the dates make sense; only the first one's when it fills the rest."""
        right = True
        for number, entry in enumerate(self.sessions):
            for complaint in entry.form.complaints(
                entry.name, needs_day=number == 0 or not only_first
            ):
                right = False
                self.add_complaint(complaint)
        return right


class SessionPlace(web.Part):
    """A session's room or link, and who trains."""

    venue = web.SelectField("Where", empty="Choose")
    link = web.TextField("Link to join, if it is online", longest=500)
    trainers = web.CheckboxesField("Who trains", coerce=uuid.UUID)


class PlacesForm(web.Form):
    """Step 4, with a new room that any session may be put in."""

    sessions = FieldList(FormField(SessionPlace), max_entries=MOST_SESSIONS)
    new = FormField(NewVenue)

    def offer(self, venues: list[tuple[str, str]], trainers: list[tuple[uuid.UUID, str]]) -> None:
        """Set what may be chosen for each session; later ones may be as the first."""
        extra = [(ONLINE, "Online, by a link"), (NEW, "A new venue, entered below")]
        for number, entry in enumerate(self.sessions):
            same = [(SAME, "As session 1")] if number else []
            entry.form.venue.choices = [*same, *venues, *extra]
            entry.form.trainers.choices = trainers

    def check(self) -> bool:
        """Whether what was chosen has what it needs: a link, a new venue's name."""
        found = [
            complaint
            for entry in self.sessions
            for complaint in place_complaints(entry.form, entry.name)
        ]
        if self.wants_new:
            found += self.new.form.complaints(f"{self.new.name}-")
        for complaint in found:
            self.add_complaint(complaint)
        return not found

    @property
    def wants_new(self) -> bool:
        """Whether some session is to be in the new venue."""
        return any(entry.form.venue.data == NEW for entry in self.sessions)


class NumbersForm(web.Form):
    """Step 5."""

    capacity = web.IntegerField(
        "How many places?",
        missing="Enter how many places there are, like 20",
        smallest=1,
        largest=1000,
        like=20,
    )
    anyway = web.CheckboxField("Keep this number although the room is known to hold fewer")
    minimum = web.IntegerField(
        "How many people must come for it to go ahead? (optional)",
        smallest=0,
        largest=1000,
        like=8,
        hint="You are warned ten days before if there are fewer.",
    )
    last_day = web.DateField(
        "Last day to book (optional)", hint="Without it people may book until the course starts."
    )

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """The numbers must fit one another."""
        if not super().validate_on_submit(extra_validators):
            return False
        if self.minimum.data and self.minimum.data > self.capacity.data:
            text = f"Minimum must be {self.capacity.data} or fewer"
            self.add_complaint(Complaint("minimum", text))
            return False
        return True


class DesignForm(web.Form):
    """Step 6."""

    design = web.RadioField(
        "How are people surveyed?",
        choices=DESIGNS,
        missing="Choose how people are surveyed",
        coerce=Design,
    )


class ConfirmForm(web.OnceForm):
    """A page whose button alone does it."""
