"""How an outsider would reckon: exact linear algebra over what they were told.

It shares nothing with the product: fractions, and a plain elimination.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction

Line = dict[Hashable, Fraction]


class Known:
    """Sums of unknowns that somebody has been told."""

    def __init__(self, told: Iterable[Mapping[Hashable, int]]) -> None:
        self.rows: list[tuple[Hashable, Line]] = []
        for line in told:
            self._add({name: Fraction(factor) for name, factor in line.items() if factor})

    def gives(self, wanted: Mapping[Hashable, int]) -> bool:
        """Whether adding and subtracting what was told gives this sum."""
        return not self._reduced({name: Fraction(f) for name, f in wanted.items() if f})

    def _add(self, line: Line) -> None:
        left = self._reduced(line)
        if left:
            pivot = next(iter(left))
            self.rows.append((pivot, {n: factor / left[pivot] for n, factor in left.items()}))

    def _reduced(self, line: Line) -> Line:
        line = dict(line)
        for pivot, row in self.rows:
            if times := line.get(pivot):
                for name, factor in row.items():
                    left = line.get(name, Fraction(0)) - times * factor
                    if left:
                        line[name] = left
                    else:
                        line.pop(name, None)
        return line
