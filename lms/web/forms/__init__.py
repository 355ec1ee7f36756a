"""Forms: the base class, the fields, what is done to what people type, and the page's word.

Rooms take all of it from `lms.web`.
"""

from lms.web.forms.base import Form, OnceForm, Part, Problem, SearchForm, VersionedForm
from lms.web.forms.choices import CheckboxesField, Choice, RadioField, SelectField
from lms.web.forms.dates import DateField
from lms.web.forms.fields import (
    CheckboxField,
    EmailField,
    FileField,
    HiddenField,
    IntegerField,
    TextAreaField,
    TextField,
    TimeField,
)

__all__ = [
    "CheckboxField",
    "CheckboxesField",
    "Choice",
    "DateField",
    "EmailField",
    "FileField",
    "Form",
    "HiddenField",
    "IntegerField",
    "OnceForm",
    "Part",
    "Problem",
    "RadioField",
    "SearchForm",
    "SelectField",
    "TextAreaField",
    "TextField",
    "TimeField",
    "VersionedForm",
]
