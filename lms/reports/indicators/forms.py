"""The forms of sets of indicators and of their lines."""

from __future__ import annotations

import uuid

from lms import web
from lms.db import Complaint

LARGEST = 100_000_000
KINDS = (
    ("count", "A number"),
    ("percentage", "A share: so many of so many"),
    ("change", "A change: before and after"),
)


class SetForm(web.OnceForm):
    """A new set."""

    title = web.TextField("What is the set called?", missing="Enter a name")
    locality_id = web.SelectField(
        "Place", coerce=uuid.UUID, missing="Choose a place", empty="Choose a place"
    )
    example = web.SelectField("Begin with (optional)", empty="Nothing: an empty set")
    about = web.TextAreaField("About it (optional)", longest=2000, rows=3)


class ChangeSetForm(web.Form):
    """A set's name and the word about it."""

    title = web.TextField("What is the set called?", missing="Enter a name")
    about = web.TextAreaField("About it (optional)", longest=2000, rows=3)


class LineForm(web.OnceForm):
    """An indicator: counted here, or a number from elsewhere."""

    title = web.TextField(
        "Indicator", missing="Enter what the indicator says", longest=300, width=None
    )
    measure = web.SelectField(
        "Counted here as",
        empty="A number from elsewhere",
        hint="What a measure counts is said under the report.",
    )
    kind = web.RadioField("A number from elsewhere is", choices=KINDS, default="count")
    first = web.IntegerField(
        "The number; of a share the part; of a change the number before",
        smallest=0,
        largest=LARGEST,
        width=10,
        hint="Leave empty until it is known: the report says that it was not collected.",
    )
    second = web.IntegerField(
        "Of a share the whole; of a change the number after",
        smallest=0,
        largest=LARGEST,
        width=10,
    )
    source = web.TextField("Source", missing="Enter where the number comes from", longest=500)
    starts_on = web.DateField("From (optional)", hint="Else the report's own months.")
    ends_on = web.DateField("To (optional)")

    def check(self) -> bool:
        """Whether a number from elsewhere is whole: a share and a change need two."""
        if self.measure.data or self.kind.data == "count":
            return True
        if (self.first.data is None) != (self.second.data is None):
            field = "first" if self.first.data is None else "second"
            self.add_complaint(
                Complaint(field, "Enter both numbers, or neither until they are known")
            )
            return False
        return True


class ActForm(web.Form):
    """A button."""
