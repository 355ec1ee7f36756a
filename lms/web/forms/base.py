"""The base of every form: the page's word, errors in the words of the question, complaints.

Rooms subclass `Form` (or `OnceForm` where nothing natural stops a second press).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_wtf import FlaskForm
from wtforms import FieldList, FormField

from lms import versions
from lms.db import Complaint, Complaints
from lms.web import words
from lms.web.forms.csrf import FIELD, PageCSRF
from lms.web.forms.fields import HiddenField


@dataclass(frozen=True)
class Problem:
    """A line of the error summary; `href` leads to the field, or is "" where there is none."""

    text: str
    href: str = ""


class Form(FlaskForm):
    """A form of the product. `validate_on_submit()` says whether it was sent and is right."""

    form_errors: list[str]

    class Meta:
        csrf = True
        csrf_class = PageCSRF
        csrf_field_name = FIELD
        csrf_time_limit = None

        def get_translations(self, form: Any) -> None:
            """WTForms' own sentences are not used."""

    def add_complaint(self, complaint: Complaint | Complaints) -> None:
        """Show what a service complained of at its field, or above the form where it has none."""
        if isinstance(complaint, Complaints):
            for one in complaint.complaints:
                self.add_complaint(one)
            return
        for field in _walk(self):
            if complaint.field in (field.name, field.short_name):
                field.errors = [*field.errors, complaint.text]
                return
        self.form_errors = [*self.form_errors, complaint.text]

    @property
    def error_summary(self) -> list[Problem]:
        """Every error in the order of the form, each with the address of its field."""
        above = [Problem(str(text)) for text in self.form_errors]
        return above + [
            Problem(str(text), f"#{_target(field)}")
            for field in _walk(self)
            if not isinstance(field, (FieldList, FormField))
            for text in field.errors
        ]

    @property
    def has_file(self) -> bool:
        """Whether the form must be sent as multipart."""
        return any(getattr(field, "kind", "") == "file" for field in _walk(self))


class Part(Form):
    """A piece of a larger form (in a `FormField` or under a prefix): no word of its own."""

    class Meta:
        csrf = False


class SearchForm(Form):
    """A form that only asks (GET): its values stand in the address."""

    class Meta:
        csrf = False


def new_key() -> str:
    """A fresh `once` key."""
    return secrets.token_urlsafe(16)


class OnceForm(Form):
    """A form whose second sending gets the first one's answer."""

    once = HiddenField(default=new_key)


class VersionedForm(Form):
    """A form of what somebody else may change meanwhile. `seen` is what its page showed, as
    `lms.versions` marks it; a form that does not say it has shown nothing.
    """

    seen = HiddenField()

    def take_over(
        self,
        overtaken: versions.Overtaken,
        *,
        what: str,
        mine: versions.Values,
        now: versions.Values,
        said: Mapping[str, str] | None = None,
        last: tuple[datetime, str] | None = None,
    ) -> None:
        """Show what stands after somebody else was quicker: nothing has been kept.

        What was typed stays and what stands now is said beside it; a field that was not touched
        takes what stands. `what` was changed, `last` says when and by whom, `said` has the words
        of values that are none.
        """
        touched = versions.changed(self.seen.data, mine)
        for name in overtaken.fields:
            field = self[name]
            told = f"{field.words} is now {(said or {}).get(name) or now[name] or 'empty'}"
            if name in touched:
                field.errors = [f"{told}. What you gave is kept here"]
            else:
                field.data, field.raw_data = now[name], None
                field.errors = [told]
        when = f" at {words.time(last[0])} ({last[1]})" if last else ""
        self.form_errors = [
            f"Someone else changed this {what}{when}. Nothing of yours is saved yet: check what is "
            "shown now, then save again"
        ]
        self.seen.data = versions.seen(now)


def _walk(fields: Any) -> Iterator[Any]:
    """Every field, those of parts and lists included."""
    for field in fields:
        yield field
        if isinstance(field, (FieldList, FormField)):
            yield from _walk(field)


def _target(field: Any) -> str:
    return str(getattr(field, "error_id", None) or field.id)
