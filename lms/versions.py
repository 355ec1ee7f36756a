"""What a form showed, in a short mark for each field, so that a change by somebody else is noticed.

A page that changes something sends `seen` back (`web.VersionedForm`); the service that changes the
locked row calls `refuse_overwriting` first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

Values = Mapping[str, object]


class Overtaken(Exception):
    """Somebody else has changed these fields since the page was opened; nothing was kept."""

    def __init__(self, fields: Iterable[str]) -> None:
        super().__init__("changed meanwhile")
        self.fields = tuple(fields)


def seen(values: Values) -> str:
    """The marks of these fields in their order, as a page keeps them."""
    return ".".join(_mark(name, value) for name, value in values.items())


def changed(before: str, now: Values) -> tuple[str, ...]:
    """The fields that are no longer as a page showed them; all of them where it does not say."""
    marks = before.split(".")
    if len(marks) != len(now):
        return tuple(now)
    pairs = zip(now.items(), marks, strict=True)
    return tuple(name for (name, value), mark in pairs if mark != _mark(name, value))


def refuse_overwriting(before: str, now: Values, wanted: Values) -> None:
    """Raise `Overtaken` for what a page did not show and what is wanted would undo.

    `now` and `wanted` have the same fields in the order of `seen`.
    """
    undone = changed(seen(now), wanted)
    if others := [name for name in changed(before, now) if name in undone]:
        raise Overtaken(others)


def _mark(name: str, value: object) -> str:
    said = "" if value is None else str(value)
    return sha256(f"{name}:{said}".encode()).hexdigest()[:12]
