"""The forms of what others hand in, and of the file it may come in."""

from __future__ import annotations

import uuid

from lms import clock, web
from lms.reports.handed_in.rows import BASES, LARGEST


def _count(label: str) -> web.IntegerField:
    return web.IntegerField(
        label, missing=f"Enter the number: {label.lower()}", smallest=0, largest=LARGEST, width=5
    )


class DeliveryForm(web.OnceForm):
    """A row of the table of delivery."""

    locality_id = web.SelectField("Place", missing="Choose a place", coerce=uuid.UUID)
    project = web.TextField("Project", missing="Enter the project’s name")
    starts_on = web.DateField("From", missing="Enter the first day counted")
    ends_on = web.DateField("To", missing="Enter the last day counted")
    projects_started = _count("Projects started")
    clients_enrolled = _count("Clients enrolled")
    clients_starts = _count("Clients who started")
    retained = _count("Retained")
    milestones = _count("Milestones")
    milestone_base = web.RadioField(
        "What are milestones a share of, where you took the numbers from?",
        choices=BASES,
        missing="Choose what milestones are a share of",
        hint="The report shows both shares, and says which one was published.",
    )
    source = web.TextField(
        "Source",
        missing="Enter where the counts come from",
        longest=500,
        no_family_details=True,
    )


class ChangeDeliveryForm(DeliveryForm, web.VersionedForm):
    """A row that is there."""


class TargetForm(web.OnceForm):
    """A headcount."""

    organisation_id = web.SelectField(
        "Organisation", missing="Choose an organisation", coerce=uuid.UUID
    )
    profession_id = web.SelectField("Job", missing="Choose a job", coerce=uuid.UUID)
    on_date = web.DateField(
        "On this day", missing="Enter the day on which they were counted", latest=clock.today
    )
    number = _count("How many there are")
    source = web.TextField(
        "Source",
        missing="Enter where the number comes from",
        longest=500,
        no_family_details=True,
    )


class ChangeTargetForm(TargetForm, web.VersionedForm):
    """A headcount that is there."""


WHERE_MISSING = "Needed where the file has no such column."


class UploadForm(web.Form):
    """A file, and what its rows do not say themselves."""

    file = web.FileField(
        "Choose a file",
        accept=".csv,.xlsx,.ods",
        hint="CSV, Excel or ODS, up to 500 rows. Nothing is saved until you confirm.",
        missing="Choose a file",
    )
    place = web.SelectField("Place", coerce=uuid.UUID, empty="As the file says", hint=WHERE_MISSING)
    starts_on = web.DateField("First day counted", hint=WHERE_MISSING)
    ends_on = web.DateField("Last day counted", hint=WHERE_MISSING)
    source = web.TextField("Source", longest=500, hint=WHERE_MISSING, no_family_details=True)
    base = web.RadioField(
        "What are milestones a share of?",
        choices=BASES,
        hint="Needed where the file has no column “% Milestones” that tells it.",
    )


class HeadcountUploadForm(web.Form):
    """A file of headcounts, and what its rows do not say themselves."""

    file = web.FileField(
        "Choose a file",
        accept=".csv,.xlsx,.ods",
        hint="CSV, Excel or ODS, up to 500 rows. Nothing is saved until you confirm.",
        missing="Choose a file",
    )
    on_date = web.DateField("Day on which they were counted", hint=WHERE_MISSING)
    source = web.TextField("Source", longest=500, hint=WHERE_MISSING, no_family_details=True)


class TakeInForm(web.OnceForm):
    """The rows that were read, carried from the preview to what is kept.

    `seen` marks what it said would become of them.
    """

    rows = web.HiddenField(longest=500_000)
    seen = web.HiddenField()


class RemoveForm(web.Form):
    """Whether a row is to go."""
