"""A date in GOV.UK's three boxes: day, month and year, in that order.

Forms use `DateField`; what each error says follows the design system's date input.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms.utils import unset_value

from lms.web import words
from lms.web.forms import clean
from lms.web.forms.fields import BaseField

PARTS = ("day", "month", "year")
THIS_CENTURY = 2000
"""What a year of two numbers is added to, in its own box; in one piece 4/3/27 may be anything."""
Bound = date | Callable[[], date] | None


class DateField(BaseField):
    """A date; None when left empty. It reads `name-day`, `name-month` and `name-year`, or one
    value called `name` such as 2027-03-04. `earliest` and `latest` are dates or functions.
    """

    kind = "date"

    def __init__(
        self, label: str, *, earliest: Bound = None, latest: Bound = None, **kwargs: Any
    ) -> None:
        self.earliest = earliest
        self.latest = latest
        self.wrong: tuple[str, ...] = ()
        super().__init__(label, **kwargs)

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Gather the three boxes into one list before WTForms looks at them."""
        if formdata is not None:
            gathered: MultiDict[str, str] = MultiDict()
            boxes = [formdata.get(f"{self.name}-{part}") for part in PARTS]
            if any(box is not None for box in boxes):
                gathered.setlist(self.name, [str(box or "") for box in boxes])
            elif self.name in formdata:
                gathered.setlist(self.name, formdata.getlist(self.name)[:1])
            formdata = gathered
        super().process(formdata, data, extra_filters)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the boxes; a ValueError's sentence says what is missing or not real."""
        typed = [value.strip(clean.UNSEEN_AT_ENDS) for value in valuelist]
        if not valuelist:
            return
        self.data = None
        if not any(typed):
            return
        try:
            found = self._from_boxes(typed) if len(typed) == 3 else clean.day(typed[0])
        except ValueError as error:
            self.wrong = self.wrong or PARTS
            raise ValueError(f"{self.words} {error}") from None
        self._check_bounds(found)
        self.data = found

    def _from_boxes(self, typed: list[str]) -> date:
        absent = [part for part, value in zip(PARTS, typed, strict=True) if not value]
        if absent:
            self.wrong = tuple(absent)
            raise ValueError(f"must include {words.listing(f'a {part}' for part in absent)}")
        month = clean.month(typed[1])
        if not re.fullmatch(r"\d{2}|\d{4}", typed[2], re.ASCII):
            self.wrong = ("year",)
            raise ValueError("must have a year of 4 numbers, like 2027")
        if month is None or not re.fullmatch(r"\d{1,2}", typed[0], re.ASCII):
            self.wrong = ("month",) if month is None else ("day",)
            raise ValueError("must be a real date")
        try:
            year = int(typed[2]) + (THIS_CENTURY if len(typed[2]) == 2 else 0)
            found = date(year, month, int(typed[0]))
        except ValueError:
            raise ValueError("must be a real date") from None
        if found.year not in clean.YEARS:
            self.wrong = ("year",)
            raise ValueError(clean.NO_YEAR)
        return found

    def _check_bounds(self, found: date) -> None:
        earliest, latest = _at(self.earliest), _at(self.latest)
        if earliest and found < earliest:
            self.wrong = PARTS
            raise ValueError(f"{self.words} must be {words.date(earliest)} or later")
        if latest and found > latest:
            self.wrong = PARTS
            raise ValueError(f"{self.words} must be {words.date(latest)} or earlier")

    @property
    def boxes(self) -> dict[str, str]:
        """What stands in each box: what was typed, else the date."""
        if self.raw_data and len(self.raw_data) == 3:
            return dict(zip(PARTS, map(clean.shown, self.raw_data), strict=True))
        if self.data is None:
            return dict.fromkeys(PARTS, "")
        return {part: str(getattr(self.data, part)) for part in PARTS}

    @property
    def error_id(self) -> str:
        """The first box that is wrong."""
        return f"{self.id}-{(self.wrong or PARTS)[0]}"


def _at(bound: Bound) -> date | None:
    return bound() if callable(bound) else bound
