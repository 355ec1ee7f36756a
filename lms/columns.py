"""The words every room's tables share: who did it, from which state to which, and the checks.

The models of the rooms and of guests build on these, so that a history reads the same everywhere.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms import clock
from lms.db import AppendOnly


@dataclass(frozen=True)
class Named:
    """How the audit trail calls a row: a model's attribute `in_trail`.

    `columns` are its name, or `through` leads to a row that has one. `endpoint` is its page, which
    takes `column`, of it or of a row on that way, as `argument`. `kinds` are the subject types it
    is written with, if not its table's name; `word` stands before the name.
    """

    columns: tuple[str, ...] = ()
    endpoint: str = ""
    argument: str = ""
    column: str = "id"
    through: str = ""
    word: str = ""
    kinds: tuple[str, ...] = ()


class Signed:
    """Who did it: the person's id (a record, not a reference) and the name shown at the time."""

    by_id: Mapped[uuid.UUID | None] = mapped_column(sort_order=900)
    by_label: Mapped[str] = mapped_column(sort_order=901)


class Change(Signed, AppendOnly):
    """One line of a history: a step from one state to another; the first has no `from_state`."""

    __abstract__ = True

    from_state: Mapped[str | None] = mapped_column(sort_order=800)
    to_state: Mapped[str] = mapped_column(sort_order=801)
    at: Mapped[datetime] = mapped_column(default=clock.now, sort_order=902)
    why: Mapped[str] = mapped_column(default="", sort_order=903)


def one_of(column: str, values: Sequence[str]) -> CheckConstraint:
    """A check, named `ck_<table>_<column>`, that the column holds one of the values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({listed})", name=column)


def at_most(column: str, length: int) -> CheckConstraint:
    """A check, named `ck_<table>_<column>_length`, on the number of characters."""
    return CheckConstraint(f"char_length({column}) <= {length}", name=f"{column}_length")
