"""Fields with a list to choose from: radios, a select, checkboxes.

Choices are values with their words; a view may set `form.venue.choices` from a scoped query, and
what is sent is checked against that list again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from wtforms.validators import StopValidation

from lms.web.forms.fields import BaseField

NOT_OFFERED = "Choose one of the answers shown"


@dataclass(frozen=True)
class Choice:
    """One answer: its value (sent as text), its words, a hint, a group's name in a select."""

    value: Any
    text: str
    hint: str = ""
    group: str = ""


Choices = Iterable["Choice | tuple[Any, str] | tuple[Any, str, str]"]


class ChoiceField(BaseField):
    """One of several; `data` is the chosen value after `coerce`, or None."""

    def __init__(
        self,
        label: str,
        *,
        choices: Choices | Callable[[], Choices] = (),
        coerce: Callable[[str], Any] = str,
        **kwargs: Any,
    ) -> None:
        self._choices: tuple[Choice, ...] = ()
        self.choices = choices
        self.coerce = coerce
        super().__init__(label, **kwargs)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The answers offered; set it to pairs (value, words), triples with a hint, or `Choice`."""
        return self._choices

    @choices.setter
    def choices(self, given: Choices | Callable[[], Choices]) -> None:
        offered = given() if callable(given) else given
        self._choices = tuple(c if isinstance(c, Choice) else Choice(*c) for c in offered)

    def process_formdata(self, valuelist: list[str]) -> None:
        """The first value sent; an empty one is no choice."""
        if valuelist:
            self.data = self._read(valuelist[0])

    def _read(self, raw: str) -> Any:
        if not raw:
            return None
        try:
            return self.coerce(raw)
        except (ValueError, TypeError, KeyError):
            raise ValueError(self.missing or NOT_OFFERED) from None

    def offered(self, value: Any) -> bool:
        """Whether this value is one of the answers."""
        return str(value) in {str(choice.value) for choice in self.choices}

    def pre_validate(self, form: Any) -> None:
        """What was sent must have been offered."""
        super().pre_validate(form)
        if not self.offered(self.data):
            raise StopValidation(self.missing or NOT_OFFERED)

    def is_chosen(self, choice: Choice) -> bool:
        """Whether this answer is the one given."""
        return self.data is not None and str(choice.value) == str(self.data)


class RadioField(ChoiceField):
    """One of a few, all seen at once; none is chosen beforehand unless `data` says so."""

    kind = "radios"


class SelectField(ChoiceField):
    """One of many in a list; `empty` is the first line, which stands for none."""

    kind = "select"

    def __init__(self, label: str, *, empty: str = "Choose", **kwargs: Any) -> None:
        self.empty = empty
        super().__init__(label, **kwargs)


class CheckboxesField(ChoiceField):
    """Any number of several; `data` is a list in the order of the choices."""

    kind = "checkboxes"

    def process_data(self, value: Any) -> None:
        """Nothing chosen is an empty list."""
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """Every value sent, once."""
        self.data = list(dict.fromkeys(self._read(raw) for raw in valuelist if raw))

    def is_empty(self) -> bool:
        """Whether no box is ticked."""
        return not self.data

    def pre_validate(self, form: Any) -> None:
        """All that was sent must have been offered."""
        BaseField.pre_validate(self, form)
        if not all(self.offered(value) for value in self.data):
            raise StopValidation(self.missing or NOT_OFFERED)

    def is_chosen(self, choice: Choice) -> bool:
        """Whether this box is ticked."""
        return str(choice.value) in {str(value) for value in self.data}
