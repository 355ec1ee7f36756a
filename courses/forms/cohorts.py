"""The forms of changing and cancelling a cohort."""

from __future__ import annotations

from wtforms import FieldList, FormField

from courses.forms.schedule import (
    LATEST,
    MOST_SESSIONS,
    ConfirmForm,
    SessionPlace,
    SessionTimes,
    place_complaints,
    times_complaints,
)
from lms import web
from lms.db import Complaint


class SessionChange(SessionTimes, SessionPlace):
    """A session as it shall be."""

    id = web.HiddenField()
    cancelled = web.CheckboxField("Cancel this session")


class SessionAddition(SessionPlace):
    """One more session; left empty, there is none."""

    component = web.SelectField("Which part of the course", empty="Choose")
    day = web.DateField("Date", latest=LATEST)
    start = web.TimeField("Starts")
    end = web.TimeField("Ends")

    @property
    def wanted(self) -> bool:
        """Whether anything was filled in."""
        fields = (self.day, self.venue, self.link, self.trainers)
        return any(field.errors or not field.is_empty() for field in fields)

    def complaints(self, prefix: str) -> list[Complaint]:
        """What is missing or wrong with a session that is wanted."""
        asked = (
            ("day", "Enter the date"),
            ("start", "Enter when it starts, like 9:30am"),
            ("end", "Enter when it ends, like 12:30pm"),
        )
        found = [
            Complaint(f"{prefix}-{name}", text)
            for name, text in asked
            if self[name].is_empty() and not self[name].errors
        ]
        if len(self.component.choices) > 1 and self.component.is_empty():
            found.append(Complaint(f"{prefix}-component", "Choose which part of the course it is"))
        return found + times_complaints(self, prefix) + place_complaints(self, prefix)


class EditForm(web.Form):
    """A cohort that people know of, as it shall be."""

    sessions = FieldList(FormField(SessionChange), max_entries=MOST_SESSIONS)
    added = FormField(SessionAddition)
    capacity = web.IntegerField(
        "Places", missing="Enter how many places there are, like 20", smallest=1, largest=1000
    )
    minimum = web.IntegerField("Minimum (optional)", smallest=0, largest=1000)
    last_day = web.DateField("Last day to book (optional)")
    arrival = web.TextField("People may arrive from (optional)", hint="Like: 9am")
    bring = web.TextAreaField("What to bring (optional)", longest=500, rows=2)
    lunch = web.TextField("Lunch (optional)", hint="Like: not provided; there is a café next door")
    day_phone = web.TextField("Telephone on the day (optional)", longest=40)
    contact = web.TextField("Contact (optional)")

    def check(self) -> bool:
        """Whether the sessions make sense, each by itself."""
        found = [
            complaint
            for entry in self.sessions
            for complaint in (
                *entry.form.complaints(entry.name, needs_day=True),
                *place_complaints(entry.form, entry.name),
            )
        ]
        if self.added.form.wanted:
            found += self.added.form.complaints(self.added.name)
        for complaint in found:
            self.add_complaint(complaint)
        return not found


class ReviewForm(ConfirmForm):
    """A page that shows what is proposed and whose button does that, and nothing else."""

    seen = web.HiddenField()


class CancelForm(web.Form):
    """Why it is cancelled, and what becomes of the people."""

    reason = web.TextAreaField(
        "Why is it cancelled?",
        missing="Enter the reason, which people will read",
        hint="People who are booked read this.",
        longest=500,
        rows=3,
        no_family_details=True,
    )
    fate = web.RadioField(
        "What becomes of the people?", missing="Choose what becomes of the people"
    )


class DownloadForm(web.Form):
    """A download about people says what it is for."""

    form = web.RadioField(
        "Format",
        choices=(("csv", "CSV"), ("xlsx", "Excel")),
        missing="Choose a format",
        default="xlsx",
    )
    reason = web.RadioField(
        "What is it for?",
        choices=(
            ("the day", "The day itself: sign-in sheet, badges, catering"),
            ("the provider", "The training provider"),
            ("own records", "Our own records"),
            ("something else", "Something else"),
        ),
        missing="Choose what the list is for",
    )
