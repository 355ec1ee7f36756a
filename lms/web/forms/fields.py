"""The fields of forms: text, e-mail, numbers, times, files; each knows its own sentences.

A field with `missing` must be filled in and says so in those words; without it the field may be
left empty. `hint` stands under the label. Templates draw fields with the macro `field`.
"""

from __future__ import annotations

from datetime import time
from typing import Any, ClassVar

from flask import current_app
from markupsafe import Markup
from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.validators import StopValidation

from lms import family_details
from lms.web import words
from lms.web.forms import clean

MACROS = "web/macros.html"


class Drawn:
    """A widget that draws the field with our macro: `{{ form.email(width=20) }}` works too."""

    def __call__(self, field: Any, **options: Any) -> Markup:
        macros: Any = current_app.jinja_env.get_template(MACROS).module
        return Markup(macros.field(field, **options))  # noqa: S704


class BaseField(Field):
    """What all fields share: the sentence for an empty one, the hint, what was typed."""

    kind: ClassVar[str]
    widget = Drawn()

    def __init__(self, label: str, *, missing: str = "", hint: str = "", **kwargs: Any) -> None:
        self.missing = missing
        self.hint = hint
        super().__init__(label, **kwargs)

    @property
    def words(self) -> str:
        """What the question is about, for the start of a sentence."""
        return str(self.label.text).rstrip("?:. ").removesuffix(" (optional)")

    @property
    def typed(self) -> str:
        """The one value that was sent; "" when there was none."""
        return str(self.raw_data[0]) if self.raw_data else ""

    def is_empty(self) -> bool:
        """Whether nothing was given."""
        return self.data is None or self.data == ""

    def pre_validate(self, form: Any) -> None:
        """One error is enough: what cannot be read is not also missing."""
        if self.errors:
            raise StopValidation
        if self.is_empty():
            raise StopValidation(self.missing or None)


class HiddenField(BaseField):
    """A value the page carries along, such as which row a form is about; `data` is a str, "" where
    nothing was sent.
    """

    kind = "hidden"

    def __init__(self, label: str = "", *, longest: int = 200, **kwargs: Any) -> None:
        self.longest = longest
        super().__init__(label, **kwargs)

    def process_data(self, value: Any) -> None:
        """None counts as nothing."""
        self.data = "" if value is None else value

    def process_formdata(self, valuelist: list[str]) -> None:
        """Text, without signs that nobody can see."""
        self.data = clean.shown(valuelist[0])[: self.longest] if valuelist else ""

    @property
    def value(self) -> str:
        """What to send along."""
        return str(self.data)


class TextField(BaseField):
    """One line of text; `data` is a str, "" when left empty.

    With `no_family_details` it refuses what `lms.family_details` finds, which is then kept nowhere
    but on the page.
    """

    kind = "input"
    input_type = "text"
    inputmode: str | None = None
    spellcheck: bool | None = None
    nothing: Any = ""

    def __init__(
        self,
        label: str,
        *,
        longest: int = 200,
        shortest: int = 0,
        width: int | None = None,
        autocomplete: str | None = None,
        no_family_details: bool = False,
        **kwargs: Any,
    ) -> None:
        self.no_family_details = no_family_details
        self.longest = longest
        self.shortest = shortest
        self.width = width
        self.autocomplete = autocomplete
        super().__init__(label, **kwargs)

    def process_data(self, value: Any) -> None:
        """None counts as nothing written."""
        self.data = self.nothing if value is None else value

    def process_formdata(self, valuelist: list[str]) -> None:
        """Trimmed, composed, free of hidden signs, of the right length."""
        if not valuelist:
            return
        self.data = self.nothing
        try:
            self.data = self.read(valuelist[0])
        except ValueError as error:
            said = str(error)
            raise ValueError(f"{self.words} {said}" if said[:1].islower() else said) from None

    def read(self, raw: str) -> Any:
        """The value in what was typed; ValueError says what is wrong with it."""
        return self.fit(clean.text(raw))

    def fit(self, value: str) -> str:
        """The text, when it is neither too long nor too short nor about a family."""
        if len(value) > self.longest:
            raise ValueError(f"must be {words.plural(self.longest, 'character')} or fewer")
        if value and len(value) < self.shortest:
            raise ValueError(f"must be {words.plural(self.shortest, 'character')} or more")
        if self.no_family_details and (detail := family_details.find(value)):
            raise ValueError(family_details.said(detail))
        return value

    @property
    def value(self) -> str:
        """What stands in the field: what was typed, else the value."""
        if self.raw_data:
            return clean.shown(self.typed)
        return "" if self.data is None else self.written(self.data)

    def written(self, value: Any) -> str:
        """The value as one would type it."""
        return str(value)


class TextAreaField(TextField):
    """Several lines, with a count of what is left when `longest` is given."""

    kind = "textarea"

    def __init__(self, label: str, *, longest: int = 500, rows: int = 5, **kwargs: Any) -> None:
        self.rows = rows
        super().__init__(label, longest=longest, **kwargs)

    def read(self, raw: str) -> str:
        """Line breaks are kept."""
        return self.fit(clean.text(raw, lines=True))


class EmailField(TextField):
    """An e-mail address, in lower case; None when left empty."""

    input_type = "email"
    spellcheck = False
    nothing = None

    def __init__(self, label: str, *, autocomplete: str | None = "email", **kwargs: Any) -> None:
        super().__init__(label, autocomplete=autocomplete, **kwargs)

    def read(self, raw: str) -> str | None:
        """The address."""
        if not raw.strip(clean.UNSEEN_AT_ENDS):
            return None
        return clean.email(raw)


class IntegerField(TextField):
    """A whole number between bounds; None when left empty."""

    inputmode = "numeric"
    nothing = None

    def __init__(
        self,
        label: str,
        *,
        smallest: int = 0,
        largest: int = 1_000_000,
        like: int = 3,
        width: int | None = 4,
        suffix: str = "",
        **kwargs: Any,
    ) -> None:
        self.smallest = smallest
        self.largest = largest
        self.like = like
        self.suffix = suffix
        super().__init__(label, width=width, **kwargs)

    def read(self, raw: str) -> int | None:
        """The number, in its bounds."""
        if not raw.strip(clean.UNSEEN_AT_ENDS):
            return None
        try:
            number = clean.whole_number(raw)
        except ValueError:
            raise ValueError(f"must be a whole number, like {self.like}") from None
        if number < self.smallest:
            raise ValueError(f"must be {words.number(self.smallest)} or more")
        if number > self.largest:
            raise ValueError(f"must be {words.number(self.largest)} or fewer")
        return number


class TimeField(TextField):
    """A time of day as people write it: 9:30am, 9.30am, 0930, 9, midday; None when left empty."""

    nothing = None

    def __init__(
        self, label: str, *, width: int | None = 5, now_button: bool = False, **kwargs: Any
    ) -> None:
        self.now_button = now_button
        super().__init__(label, width=width, **kwargs)

    def read(self, raw: str) -> time | None:
        """The time."""
        return clean.wall_time(raw) if raw.strip(clean.UNSEEN_AT_ENDS) else None

    def written(self, value: time) -> str:
        """'9:30am'."""
        return words.time(value)


class CheckboxField(BaseField):
    """One box to tick; `data` is a bool. With `missing` it must be ticked."""

    kind = "checkbox"

    def process_data(self, value: Any) -> None:
        """Ticked or not."""
        self.data = bool(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Any value sent means ticked."""
        self.data = bool(valuelist)

    def is_empty(self) -> bool:
        """Whether the box is clear."""
        return not self.data


class FileField(BaseField):
    """An uploaded file; `data` is werkzeug's FileStorage or None. `accept` helps the browser."""

    kind = "file"

    def __init__(self, label: str, *, accept: str = "", **kwargs: Any) -> None:
        self.accept = accept
        super().__init__(label, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The file, if one was chosen."""
        given = [value for value in valuelist if isinstance(value, FileStorage) and value.filename]
        self.data = given[0] if given else None
