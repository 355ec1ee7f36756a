"""The forms of returns: what is frozen, and why something is restated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lms import web
from lms.contracts import Audience, Report
from lms.db import Complaint
from lms.reports.asking import AUDIENCES, Asked, Offered, months


class ReturnForm(web.Form):
    """Which reports of which period, for whom, and what it is called."""

    title = web.TextField(
        "What is this return called?",
        missing="Enter a title, like Quarter 4 2026",
        hint="Like: Quarter 4 2026, for the commissioner",
    )
    report = web.CheckboxesField("Reports", missing="Choose at least one report")
    start = web.SelectField("First month", missing="Choose the first month")
    end = web.SelectField("Last month", missing="Choose the last month")
    audience = web.RadioField("Who is this for?", missing="Choose who this is for")
    place = web.CheckboxesField("Places (optional)")
    about = web.TextAreaField("Note (optional)", longest=2000, rows=3, no_family_details=True)

    def offer(self, reports: Iterable[Report], choices: Offered) -> None:
        """Put what may be chosen into the lists."""
        self.report.choices = [(one.slug, one.question) for one in reports]
        listed: list[Any] = [web.Choice(value, text, group=year) for value, text, year in months()]
        self.start.choices = self.end.choices = listed
        self.audience.choices = [(one.value, AUDIENCES[one]) for one in Audience]
        self.place.choices = [(str(value), text) for value, text in choices.places]

    def check(self) -> bool:
        """Whether a period was chosen that ends after it begins."""
        if self.start.data and self.end.data and self.end.data < self.start.data:
            text = "The last month must not be before the first"
            self.add_complaint(Complaint("end", text))
            return False
        return True

    def asked(self) -> Asked:
        """The filters that the reports share."""
        return Asked(
            slug=str(self.report.data[0]),
            audience=Audience(self.audience.data),
            start=str(self.start.data),
            end=str(self.end.data),
            place=tuple(str(one) for one in self.place.data),
        )


class RestateForm(web.Form):
    """Why figures of a return are given anew; `shown` is the mark of what the page shows."""

    shown = web.HiddenField()
    reason = web.TextAreaField(
        "Reason",
        missing="Say why the figures changed, like: 3 duplicates merged",
        hint="Like: 3 duplicates merged",
        longest=2000,
        rows=3,
        no_family_details=True,
    )


class FormatForm(web.Form):
    """Which kind of file; it is drawn as buttons."""

    format = web.HiddenField()
