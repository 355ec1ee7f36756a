"""The forms of sets of indicators and of their lines."""

from __future__ import annotations

import uuid

from lms import web
from lms.db import Complaint
from lms.reports.indicators.rows import HERE, NUMBERS

LARGEST = 100_000_000
KINDS = (
    (HERE, "Counted here, from our own records"),
    ("count", "A count from elsewhere, like 157 visits"),
    ("percentage", "A percentage from elsewhere, like 22 of 31 (71%)"),
    ("change", "A change from elsewhere, like from 20 to 36 (up 80%)"),
)
Numbers = tuple[int | None, int | None]


def _number(label: str, example: str) -> web.IntegerField:
    return web.IntegerField(
        label,
        smallest=0,
        largest=LARGEST,
        width=10,
        hint=f"For example: {example}. Leave it empty until it is known: the report then says [x].",
    )


class SetForm(web.OnceForm):
    """A new set."""

    title = web.TextField("What is the set called?", missing="Enter a name")
    locality_id = web.SelectField(
        "Place", coerce=uuid.UUID, missing="Choose a place", empty="Choose a place"
    )
    example = web.SelectField("Begin with (optional)", empty="Nothing: an empty set")
    about = web.TextAreaField("About it (optional)", longest=2000, rows=3, no_family_details=True)


class ChangeSetForm(web.VersionedForm):
    """A set's name and the word about it."""

    title = web.TextField("What is the set called?", missing="Enter a name")
    about = web.TextAreaField("About it (optional)", longest=2000, rows=3, no_family_details=True)


class LineForm(web.OnceForm):
    """An indicator: counted here, or one or two numbers from elsewhere."""

    title = web.TextField(
        "What does the indicator say?",
        missing="Enter what the indicator says",
        hint="As your authority words it, for example: Number of visits to the toolkit",
        longest=300,
        width=None,
    )
    kind = web.RadioField(
        "Where does its figure come from?",
        choices=KINDS,
        missing="Choose where the figure comes from",
    )
    measure = web.SelectField("What to count", empty="Choose what to count")
    number = _number("The count", "157")
    part = _number("How many of them (the part)", "22")
    whole = _number("Out of how many (the whole)", "31")
    before = _number("The number before", "20")
    after = _number("The number after", "36")
    source = web.TextField(
        "Source",
        missing="Enter where the number comes from",
        hint="For example: Registers, or Website statistics",
        longest=500,
        no_family_details=True,
    )
    starts_on = web.DateField(
        "First day it counts (optional)",
        hint="Leave both dates empty to count over the months that are chosen in the report. "
        "What is counted here is given to others for whole months only.",
    )
    ends_on = web.DateField("Last day it counts (optional)")

    @property
    def numbers(self) -> Numbers:
        """What was entered for the kind that was chosen: one number, two, or none yet."""
        names = NUMBERS.get(self.kind.data, ())
        first, second = [*(self[name].data for name in names), None, None][:2]
        return first, second

    def check(self) -> bool:
        """Whether what belongs to the kind was entered: a measure; both numbers, or neither."""
        if self.kind.data == HERE and not self.measure.data:
            self.add_complaint(Complaint("measure", "Choose what to count"))
            return False
        names = NUMBERS.get(self.kind.data, ())
        missing = [name for name in names if self[name].data is None]
        if len(names) == 2 and len(missing) == 1:
            text = "Enter both numbers, or neither until they are known"
            self.add_complaint(Complaint(missing[0], text))
            return False
        return True


class ChangeLineForm(LineForm, web.VersionedForm):
    """An indicator that is there."""


class ActForm(web.Form):
    """A button."""
