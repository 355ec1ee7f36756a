"""The web kernel, as rooms see it: `from lms import web`.

Views answer with `web.render`, `web.invalid`, `web.see`; forms subclass `web.Form`; lists go
through `web.paginate`. The comments in `templates/web/` say what blocks and macros templates have.
"""

from lms.web.forms import (
    CheckboxesField,
    CheckboxField,
    Choice,
    DateField,
    EmailField,
    FileField,
    Form,
    HiddenField,
    IntegerField,
    OnceForm,
    Part,
    Problem,
    RadioField,
    SearchForm,
    SelectField,
    TextAreaField,
    TextField,
    TimeField,
    VersionedForm,
)
from lms.web.opening import after_commit, current_actor, one_moment
from lms.web.paging import Filters, Page, filters, page_of, paginate
from lms.web.responses import (
    Answer,
    conflict,
    download,
    gone,
    invalid,
    local_path,
    not_found,
    render,
    say,
    see,
)
from lms.web.setup import init_app

__all__ = [
    "Answer",
    "CheckboxField",
    "CheckboxesField",
    "Choice",
    "DateField",
    "EmailField",
    "FileField",
    "Filters",
    "Form",
    "HiddenField",
    "IntegerField",
    "OnceForm",
    "Page",
    "Part",
    "Problem",
    "RadioField",
    "SearchForm",
    "SelectField",
    "TextAreaField",
    "TextField",
    "TimeField",
    "VersionedForm",
    "after_commit",
    "conflict",
    "current_actor",
    "download",
    "filters",
    "gone",
    "init_app",
    "invalid",
    "local_path",
    "not_found",
    "one_moment",
    "page_of",
    "paginate",
    "render",
    "say",
    "see",
]
