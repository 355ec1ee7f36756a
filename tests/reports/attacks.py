"""How an outsider would reckon: exact linear algebra over what they were told, and trying it out.

It shares nothing with the product: fractions and a plain elimination; and every small whole number.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
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


MOST = 20
"""So far whole numbers are tried."""


class Tables:
    """All tables of whole numbers that fit what is `seen`: what is not is one or more."""

    def __init__(
        self,
        true: Mapping[str, int],
        sums: Sequence[tuple[str, Sequence[str]]],
        seen: Mapping[str, int],
    ) -> None:
        self.true, self.sums, self.seen = true, sums, seen
        totals = {total for total, _ in sums}
        self.given = {one: seen[one] for one in true if one in seen and one not in totals}
        self.open = [one for one in true if one not in seen and one not in totals]

    def another(self, wanted: str) -> Mapping[str, int] | None:
        """One in which `wanted` is not what it is; where there is none, an outsider knows it."""
        return self._filled(self.given, wanted)

    def _filled(self, found: Mapping[str, int], wanted: str) -> Mapping[str, int] | None:
        table = self._with_totals(found)
        if table is None or table.get(wanted) == self.true[wanted]:
            return None
        cell = next((one for one in self.open if one not in found), None)
        if cell is None:
            return table
        true = self.true[cell]  # what fits is mostly near it
        for number in sorted(range(1, MOST + 1), key=lambda number: abs(number - true)):
            if full := self._filled({**found, cell: number}, wanted):
                return full
        return None

    def _with_totals(self, found: Mapping[str, int]) -> Mapping[str, int] | None:
        """These cells with the totals that they make; None where one cannot be as it is seen."""
        table = dict(found)
        for total, parts in self.sums:
            known = [table[part] for part in parts if part in table]
            least, open_ = sum(known), len(parts) - len(known)
            seen = self.seen.get(total)
            if seen is not None and not least + open_ <= seen <= least + MOST * open_:
                return None
            if not open_:
                table[total] = least
        return table
