"""The core's types of question: scale, choice, choices, number and text.

Offered through `lms_question_types`; a provider may add its own beside them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from lms import family_details
from lms.contracts import JSON, Item, QuestionType
from lms.web.forms import clean

LONGEST = 2000
LARGEST = 9999


class Choice(QuestionType):
    """One of the options; stored as the option's value."""

    key: ClassVar[str] = "choice"
    template: ClassVar[str] = "surveys/questions/radios.html"

    def clean(self, item: Item, raw: Sequence[str]) -> JSON:
        """The value chosen; a value that was not offered is refused."""
        chosen = [value for value in raw if value]
        if not chosen:
            return None
        if len(chosen) > 1 or chosen[0] not in dict(item.options):
            raise ValueError("Choose one of the answers shown")
        return chosen[0]

    def words(self, item: Item, answer: JSON) -> str:
        """The words of the option."""
        return dict(item.options).get(str(answer), str(answer))


class Scale(Choice):
    """Options with numbers as values, from low to high; stored as a number."""

    key: ClassVar[str] = "scale"

    def clean(self, item: Item, raw: Sequence[str]) -> JSON:
        """The number chosen."""
        chosen = super().clean(item, raw)
        return int(chosen) if isinstance(chosen, str) else None

    def score(self, item: Item, answer: JSON) -> float | None:
        """The number itself."""
        return float(answer) if isinstance(answer, int) else None


class Choices(QuestionType):
    """Any of the options; stored as a list of values in the order shown."""

    key: ClassVar[str] = "choices"
    template: ClassVar[str] = "surveys/questions/checkboxes.html"

    def clean(self, item: Item, raw: Sequence[str]) -> JSON:
        """The values chosen, each once."""
        offered = dict(item.options)
        chosen = {value for value in raw if value}
        if chosen - set(offered):
            raise ValueError("Choose from the answers shown")
        return [value for value in offered if value in chosen] or None

    def words(self, item: Item, answer: JSON) -> str:
        """The words of the options, with commas."""
        offered = dict(item.options)
        values = answer if isinstance(answer, list) else []
        return ", ".join(offered.get(str(value), str(value)) for value in values)


class Number(QuestionType):
    """A whole number, none of it negative."""

    key: ClassVar[str] = "number"
    template: ClassVar[str] = "surveys/questions/number.html"

    def clean(self, item: Item, raw: Sequence[str]) -> JSON:
        """The number typed."""
        typed = clean.text(raw[0]) if raw else ""
        if not typed:
            return None
        if not re.fullmatch(r"[0-9]{1,9}", typed) or int(typed) > LARGEST:
            raise ValueError(f"Enter a whole number from 0 to {LARGEST:,}, like 3")
        return int(typed)

    def words(self, item: Item, answer: JSON) -> str:
        """The number in digits."""
        return str(answer)

    def score(self, item: Item, answer: JSON) -> float | None:
        """The number itself."""
        return float(answer) if isinstance(answer, int) else None


class Text(QuestionType):
    """Own words, of at most the item's length."""

    key: ClassVar[str] = "text"
    template: ClassVar[str] = "surveys/questions/text.html"

    def clean(self, item: Item, raw: Sequence[str]) -> JSON:
        """The words, trimmed; control signs are refused, and so are families' details."""
        typed = clean.text(raw[0], lines=True) if raw else ""
        longest = item.max_length or LONGEST
        if len(typed) > longest:
            raise ValueError(
                f"Use {longest} characters or fewer. You have used {len(typed)}; all are kept here"
            )
        if detail := family_details.find(typed):
            raise ValueError(family_details.said(detail))
        return typed or None

    def words(self, item: Item, answer: JSON) -> str:
        """The words."""
        return str(answer)


TYPES: tuple[type[QuestionType], ...] = (Scale, Choice, Choices, Number, Text)
