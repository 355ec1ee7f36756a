"""The form of a report's filters: its values stand in the address.

What is not offered is an error at its field and never left out: a report about everybody is not
what somebody asked for who asked about one place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lms import web
from lms.contracts import Actor, Audience, Filter, Report
from lms.db import Complaint
from lms.reports.asking import AUDIENCES, Asked, Offered, months, short

OWN_NAMES = frozenset({"audience", "start", "end", "place", "course", "cohort", "by", "page"})
"""Names in the address that a report's own select cannot take."""


class AskForm(web.SearchForm):
    """Who a report is for, and what it is about."""

    audience = web.RadioField("Who is this for?", missing="Choose who this is for")
    start = web.SelectField("From", empty="The beginning")
    end = web.SelectField("To", empty="Now")
    place = web.CheckboxesField("Places")
    course = web.CheckboxesField("Courses")
    cohort = web.CheckboxesField("Cohorts")
    by = web.SelectField("Break down by", empty="The usual tables")

    def check(self) -> bool:
        """Whether it can be asked like this."""
        if not self.validate():
            return False
        start, end = self.value("start"), self.value("end")
        if start and end and end < start:
            self.add_complaint(Complaint("end", "The last month must not be before the first"))
            return False
        return True

    def value(self, name: str) -> str:
        """A select's value; "" where the report has no such filter or nothing was chosen."""
        return str(self[name].data or "") if name in self else ""

    def values(self, name: str) -> tuple[str, ...]:
        """What was ticked, in the order of the list."""
        return tuple(str(one) for one in self[name].data) if name in self else ()

    def asked(self, report: Report) -> Asked:
        """The question that was filled in.

        Of a report's own select the first is what nothing chosen means, so the two are one
        question, of which there is one version.
        """
        own = {
            choice.name: value
            for choice in report.choices
            if (value := self.value(choice.name)) and value != self[choice.name].choices[0].value
        }
        return Asked(
            slug=report.slug,
            audience=Audience(self.audience.data),
            start=self.value("start"),
            end=self.value("end"),
            place=self.values("place"),
            course=self.values("course"),
            cohort=self.values("cohort"),
            by=self.value("by"),
            choices=own,
        )

    @property
    def narrowing(self) -> list[Any]:
        """The fields besides who it is for, for the template."""
        return [field for field in self if field.name != "audience"]


SHOWN: tuple[tuple[Filter, tuple[str, ...]], ...] = (
    (Filter.PERIOD, ("start", "end")),
    (Filter.LOCALITY, ("place",)),
    (Filter.COURSE, ("course",)),
    (Filter.COHORT, ("cohort",)),
)


def ask_form(
    report: Report, actor: Actor, given: Any, choices: Offered, *, may_release: bool
) -> AskForm:
    """The form of a report with what this actor may choose, filled with `given`."""
    fields = {
        choice.name: web.SelectField(choice.label, empty="")
        for choice in report.choices
        if choice.name not in OWN_NAMES
    }
    form: AskForm = type("OwnAskForm", (AskForm,), fields)(given)
    _offer(form, report, choices, may_release=may_release)
    for choice in report.choices:
        if choice.name in fields:
            form[choice.name].choices = list(choice.options(actor))
    if form.audience.data is None and not form.audience.raw_data:
        form.audience.data = Audience.TEAM.value
    return form


def _offer(form: AskForm, report: Report, choices: Offered, *, may_release: bool) -> None:
    audiences = list(Audience) if may_release else [Audience.TEAM]
    form.audience.choices = [(one.value, AUDIENCES[one]) for one in audiences]
    offers: dict[str, Callable[[], list[Any]]] = {
        "start": lambda: [web.Choice(value, text, group=year) for value, text, year in months()],
        "end": lambda: [web.Choice(value, text, group=year) for value, text, year in months()],
        "place": lambda: list(choices.places),
        "course": lambda: [(one.value, one.words) for one in choices.of(Filter.COURSE)],
        "cohort": lambda: [(one.value, one.words) for one in choices.of(Filter.COHORT)],
        "by": lambda: [(key, short(text)) for key, text in report.breakdowns],
    }
    wanted = {name for kind, names in SHOWN if kind in report.filters for name in names} | {"by"}
    for name, offer in offers.items():
        form[name].choices = offer() if name in wanted else []
        given = name in wanted and form[name].raw_data
        if not form[name].choices and not given:
            del form[name]
