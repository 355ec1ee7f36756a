"""Words that could not be saved are shown again, in a form that can be sent once more.

`lms.web.errors` uses it when a form's session has ended, its word is old or somebody else was
quicker. Files are not kept: a browser does not let a page choose one.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.exceptions import HTTPException

from lms.web.forms import clean
from lms.web.forms.csrf import FIELD

MOST_FIELDS = 2000
LONG = 80


@dataclass(frozen=True)
class KeptField:
    """A field as it was sent: its name, its value, and how a person reads the two."""

    name: str
    value: str
    label: str
    visible: bool
    long: bool


@dataclass(frozen=True)
class Kept:
    """A form as it was sent: where to, what was in it, and whether files came with it."""

    action: str
    fields: tuple[KeptField, ...]
    files: bool


def words_kept() -> Kept | None:
    """The form of this request, to be shown again; None when none was sent or it is too large."""
    if request.method != "POST":
        return None
    try:
        sent = [(name, value) for name, value in request.form.items(multi=True) if name != FIELD]
    except HTTPException:  # too large, or cut off on its way
        return None
    if len(sent) > MOST_FIELDS:
        return None
    fields = tuple(_field(name, value) for name, value in sent)
    query = request.query_string.decode("ascii", "ignore")
    action = f"{request.script_root}{request.path}" + (f"?{query}" if query else "")
    files = any(file.filename for file in request.files.values())
    return Kept(action, fields, files)


def _field(name: str, value: str) -> KeptField:
    label = clean.shown(name).replace("_", " ").replace("-", ", ").strip().capitalize()
    typed = clean.shown(value)
    # Keys and ids mean nothing to a reader; they are sent along unseen.
    visible = bool(typed.strip()) and name != "once" and not _is_key(typed)
    return KeptField(clean.shown(name), typed, label, visible, len(typed) > LONG or "\n" in typed)


def _is_key(value: str) -> bool:
    return len(value) == 36 and value.count("-") == 4 and " " not in value
