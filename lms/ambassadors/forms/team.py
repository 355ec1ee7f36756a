"""The team's forms: the role, leaving and handing on, meetings, the bulletin, a review."""

from __future__ import annotations

import uuid
from datetime import datetime, time

from lms import clock, web
from lms.ambassadors.services.meetings import NewMeeting
from lms.db import Complaint


class RoleForm(web.Form):
    """A new version of the role description."""

    text = web.TextAreaField(
        "Description",
        missing="Write the description",
        longest=20_000,
        rows=25,
        hint="An empty line starts a new paragraph, “## ” a heading and “- ” a line of a list.",
    )
    after = web.HiddenField()


class LeavingForm(web.Form):
    """On which day somebody will leave."""

    leaves_on = web.DateField("Last day", missing="Enter their last day", earliest=clock.today)


class HandOnForm(web.Form):
    """To whom a leaver hands on, and why."""

    to = web.SelectField(
        "Who takes over?", empty="Nobody", coerce=uuid.UUID,
        hint="They get a message, and find what you hand on to them on their page.",
    )  # fmt: skip
    why = web.TextField("Reason (optional)", longest=500, hint="It is shown in the history.")


class MeetingForm(web.OnceForm):
    """When, where, and for which place’s ambassadors."""

    locality = web.SelectField("For the ambassadors of", coerce=uuid.UUID, missing="Choose a place")
    title = web.TextField("What is it about?", missing="Enter what the meeting is about")
    place = web.TextField("Where, or the link to join", longest=500)
    day = web.DateField("Date", missing="Enter the date")
    start = web.TimeField("Starts", missing="Enter when it starts, like 9:30am")
    end = web.TimeField("Ends", missing="Enter when it ends, like 11am")

    def check(self) -> bool:
        """Whether the times make sense together."""
        day = self.day.data
        assert day is not None  # the field says when it is missing
        if self.start.data >= self.end.data:
            self.add_complaint(Complaint("end", "The meeting must end after it starts"))
            return False
        if not all(clock.exists(day, wall) for wall in (self.start.data, self.end.data)):
            self.add_complaint(Complaint("start", "The clocks go forward in that hour"))
            return False
        return True

    @property
    def meeting(self) -> NewMeeting:
        """The meeting as the service takes it."""

        def at(wall: time) -> datetime:
            assert self.day.data is not None
            return clock.at(self.day.data, wall)

        return NewMeeting(
            self.locality.data,
            self.title.data,
            self.place.data,
            at(self.start.data),
            at(self.end.data),
        )


class PresentForm(web.Form):
    """Who was at a meeting; `seen` are those who the page said were there."""

    seen = web.HiddenField(longest=50_000)
    present = web.CheckboxesField("Who was there?", coerce=uuid.UUID)

    @property
    def shown(self) -> list[uuid.UUID]:
        """Those who were ticked when the page was opened."""
        ticked = (self.seen.data or "").split()
        return [one.value for one in self.present.choices if str(one.value) in ticked]


class BulletinForm(web.OnceForm):
    """A message to all ambassadors."""

    subject = web.TextField("Subject", missing="Enter a subject", longest=100)
    body = web.TextAreaField(
        "Message",
        missing="Write the message",
        longest=10_000,
        rows=15,
        hint="We put “Hello” and their first name before it, and your name and the team after it.",
    )


class ReviewForm(web.Form):
    """What a case study’s writer should change."""

    note = web.TextAreaField(
        "What should be changed?", missing="Write what should be changed", longest=500, rows=4
    )
