"""Collects a report's figures under keys while its sentences and tables are being written.

Rooms that build a `Draft` use it: each method keeps a figure and gives back the key that a cell or
a sentence names it by. Whether anybody may see it is decided later, elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from lms import clock
from lms.contracts import (
    Block,
    Count,
    Definition,
    Derived,
    Draft,
    Figure,
    Form,
    Group,
    ReportQuery,
    Spread,
    Subject,
    Sum,
)
from lms.db import db
from lms.people.models import Locality
from lms.web import words

Tally = Mapping[Group, int]
"""A count split by the finest groups: (cohort, place, job)."""


class Figures:
    """The figures of one draft. A key kept twice must be the same figure."""

    def __init__(self) -> None:
        self._kept: dict[str, Figure] = {}
        self._sums: dict[Sum, None] = {}
        self._spreads: list[Spread] = []

    def count(
        self,
        key: str,
        of: Tally,
        *,
        subject: Subject,
        measure: str,
        within: tuple[str, ...] = (),
        behind: str = "",
    ) -> str:
        """Keep a count of people or answers.

        `within` are the measures that have all of them, `behind` the people whose answers they are.
        """
        groups = {group: number for group, number in of.items() if number}
        number = sum(groups.values())
        return self._keep(Count(key, number, subject, measure, groups, within, behind))

    def among(self, *keys: str) -> tuple[str, ...]:
        """The measures of counts that were kept, with all that those lie within."""
        found: dict[str, None] = {}
        for key in keys:
            kept = self._kept[key]
            if isinstance(kept, Count):
                found |= dict.fromkeys((kept.measure, *kept.within))
        return tuple(found)

    def things(self, key: str, number: int, measure: str = "") -> str:
        """Keep a count behind which no persons stand."""
        return self._keep(Count(key, number, Subject.THINGS, measure))

    def share(self, part: str, base: str) -> str:
        """Keep the percentage of one count in another."""
        whole = self.value(base)
        value = self.value(part) / whole if whole else None
        key = f"{part}_of_{base}"
        return self._keep(Derived(key, value, (part, base), Form.PERCENT, 0))

    def derived(
        self,
        key: str,
        value: float | None,
        of: Iterable[str],
        form: Form = Form.DECIMAL,
        places: int = 2,
    ) -> str:
        """Keep a figure worked out of others."""
        return self._keep(Derived(key, value, tuple(of), form, places))

    def sum(self, total: str, *parts: str) -> None:
        """Say that a count is the sum of others."""
        self._sums[Sum(total, parts)] = None

    def spread(
        self,
        cells: Sequence[tuple[str, float]],
        mean: str,
        deviation: str = "",
        tell: tuple[str, ...] = (),
    ) -> None:
        """Say that a mean, and a deviation with what else tells it, hang on these counts."""
        self._spreads.append(Spread(tuple(cells), mean, deviation, tell))

    def value(self, key: str) -> int:
        """A count that was kept."""
        kept = self._kept[key]
        if not isinstance(kept, Count):
            raise TypeError(f"{key} is no count")
        return kept.value

    def of(self, part: str, base: str, what: str = "") -> str:
        """A piece of a sentence like "41 of 57 who attended (72%)"; no share of fewer than ten."""
        text = f"{{{part}}} of {{{base}}}" + (f" {what}" if what else "")
        if self.value(base) < words.SMALL_BASE:
            return text
        return f"{text} ({{{self.share(part, base)}}})"

    def percent(self, part: str, base: str) -> str:
        """A piece like " (72%)" to stand behind a count; nothing for a base of fewer than ten."""
        if self.value(base) < words.SMALL_BASE:
            return ""
        return f" ({{{self.share(part, base)}}})"

    def kept(self, first: str) -> tuple[Figure, ...]:
        """All figures, this one at the head: what a measure answers."""
        rest = (figure for key, figure in self._kept.items() if key != first)
        return (self._kept[first], *rest)

    def take(self, prefix: str, figures: Iterable[Figure]) -> list[str]:
        """Keep another's figures under keys that begin with `prefix`; their new keys in order."""
        taken = []
        for figure in figures:
            key = f"{prefix}_{figure.key}"
            if isinstance(figure, Derived):
                of = tuple(f"{prefix}_{each}" for each in figure.of)
                taken.append(self._keep(replace(figure, key=key, of=of)))
            else:
                behind = f"{prefix}_{figure.behind}" if figure.behind else ""
                taken.append(self._keep(replace(figure, key=key, behind=behind)))
        return taken

    def draft(
        self,
        blocks: Iterable[Block],
        *,
        definitions: Iterable[tuple[str, str]] = (),
        place: str = "",
        period: str = "",
        data_to: date | None = None,
    ) -> Draft:
        """The finished draft; `blocks` may still keep figures while they are written."""
        written = tuple(blocks)
        return Draft(
            figures=tuple(self._kept.values()),
            blocks=written,
            sums=tuple(self._sums),
            definitions=tuple(Definition(term, text) for term, text in definitions),
            place=place,
            period=period,
            data_to=data_to,
            spreads=tuple(self._spreads),
        )

    def _keep(self, figure: Figure) -> str:
        known = self._kept.setdefault(figure.key, figure)
        if known != figure:
            raise ValueError(f"two figures are called {figure.key}")
        return figure.key


def empty(text: str) -> Draft:
    """A draft that says why there is nothing to count and what to do."""
    return Draft(figures=(), blocks=(), empty=text)


def place_of(query: ReportQuery, seen: Iterable[str]) -> str:
    """For where a report speaks: the places asked for, else those the counts come from."""
    names = sorted(set(seen))
    if query.localities:
        chosen = select(Locality.name).where(Locality.id.in_(query.localities))
        names = sorted(db.session.scalars(chosen))
    return words.listing(names) if 0 < len(names) <= 4 else f"{len(names)} places"


def period_of(query: ReportQuery, first: date | None = None, last: date | None = None) -> str:
    """For when a report speaks: the months asked for, else the months of the counts."""
    start, end = query.start or first, query.end or last
    if start and end:
        return months(start, end)
    if start:
        return f"from {_month(start)}"
    return f"to {_month(end)}" if end else ""


def today(query: ReportQuery) -> date:
    """The last day that can have been counted: of the period, or the day of asking."""
    asked = clock.london(query.as_of).date()
    return min(query.end, asked) if query.end else asked


def months(first: date, last: date) -> str:
    """'October 2026 to March 2027', 'October 2026'."""
    begun, over = _month(first), _month(last)
    return begun if begun == over else f"{begun} to {over}"


def _month(day: date) -> str:
    return f"{words.MONTHS[day.month - 1]} {day.year}"
