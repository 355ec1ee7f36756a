"""What a form showed of a person, in a short mark for each field, so that a change is noticed.

The page that changes a person sends `seen` back; `services.people` compares it with what stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

FIELDS = ("given_name", "family_name", "email", "profession", "organisation")
Values = Mapping[str, object]


def seen(values: Values) -> str:
    """The marks of these fields, as a page keeps them."""
    return ".".join(_mark(name, values[name]) for name in FIELDS)


def changed(before: str, now: Values) -> tuple[str, ...]:
    """The fields that are no longer as a page showed them; all of them where it does not say."""
    marks = before.split(".")
    if len(marks) != len(FIELDS):
        return FIELDS
    pairs = zip(FIELDS, marks, strict=True)
    return tuple(name for name, mark in pairs if mark != _mark(name, now[name]))


def _mark(name: str, value: object) -> str:
    said = str(value or "")
    return sha256(f"{name}:{said.lower() if name == 'email' else said}".encode()).hexdigest()[:12]
