"""What web and worker write about themselves: to standard error, and nothing that people typed.

`wsgi.py`, gunicorn's configuration and `lms worker` call `configure`; tests leave logging alone.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from typing import Any

import psycopg

SAYS_ONLY_CODE = (AttributeError, ImportError, NameError, TypeError)
"""Errors whose message names our code; any other may hold a name, an address or an answer."""


def configure() -> None:
    """One line a record; our own from INFO on, everybody else's from WARNING on."""
    handler = logging.StreamHandler()
    handler.setFormatter(Discreet("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("lms").setLevel(logging.INFO)


class Discreet(logging.Formatter):
    """Shows where an error happened and of what kind it was, and leaves out what it says."""

    def formatException(self, ei: Any) -> str:
        """The chain of errors, oldest first, each with its frames."""
        _, error, _ = ei
        chain = list(_chain(error))[::-1]
        return "\n".join("".join(traceback.format_tb(e.__traceback__)) + kind(e) for e in chain)


def kind(error: BaseException) -> str:
    """The error's type; with its message only where that cannot hold anything of anybody."""
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, psycopg.Error):
        return f"{name} {error.sqlstate or ''} {error.diag.constraint_name or ''}".strip()
    if isinstance(error, SAYS_ONLY_CODE):
        return f"{name}: {error}"
    return name


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
