"""How a figure is said: one text for page, file and command line, rounded as people do it.

`writing` puts these into sentences and cells.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from lms.contracts import NOT_APPLICABLE, Count, Derived, Figure, Form
from lms.reports.documents.document import Cell
from lms.web import words

NEARLY_NEVER = 0.001
"""A probability below this is said to be, and not how far."""


def say(figure: Figure, base: int) -> Cell:
    """A figure that may be seen; a percentage of a base under ten is not given."""
    if isinstance(figure, Count):
        return Cell(words.number(figure.value), str(figure.value), "count")
    too_small = figure.form is Form.PERCENT and base < words.SMALL_BASE
    if figure.value is None or too_small:
        return Cell(NOT_APPLICABLE)
    return WAYS[figure.form](figure, Decimal(repr(figure.value)))


def _rounded(value: Decimal, places: int) -> Decimal:
    """Halves go up in size, and nothing is minus nought."""
    found = words.round_half_up(abs(value), places)
    return -found if value < 0 and found else found


def _percent(_: Derived, value: Decimal) -> Cell:
    share = _rounded(value * 100, 0)
    return Cell(f"{_signed(share)}%", str(share / 100), "percent")


def _decimal(figure: Derived, value: Decimal) -> Cell:
    number = _rounded(value, figure.places)
    return Cell(_signed(number), str(number), "decimal")


def _change(figure: Derived, value: Decimal) -> Cell:
    number = _rounded(value, figure.places)
    return Cell(f"{'+' if number > 0 else ''}{_signed(number)}", str(number), "decimal")


def _probability(_: Derived, value: Decimal) -> Cell:
    if value < Decimal(str(NEARLY_NEVER)):
        return Cell(f"less than {NEARLY_NEVER}")
    number = _rounded(value, 3)
    return Cell(str(number), str(number), "decimal")


def _money(figure: Derived, value: Decimal) -> Cell:
    number = _rounded(value, figure.places)
    return Cell(f"{'−' if number < 0 else ''}£{abs(number):,}", str(number), "money")


def _whole(_: Derived, value: Decimal) -> Cell:
    number = _rounded(value, 0)
    return Cell(_signed(number), str(number), "decimal")


def _signed(number: Decimal) -> str:
    """With a true minus, and thousands apart."""
    return f"{'−' if number < 0 else ''}{abs(number):,}"


WAYS: dict[Form, Callable[[Derived, Decimal], Cell]] = {
    Form.PERCENT: _percent,
    Form.DECIMAL: _decimal,
    Form.CHANGE: _change,
    Form.PROBABILITY: _probability,
    Form.MONEY: _money,
    Form.WHOLE: _whole,
}
