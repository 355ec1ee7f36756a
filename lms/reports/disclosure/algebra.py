"""Linear algebra without rounding: what sums of unknowns determine by adding and subtracting.

`system` asks it first. Numbers are counted modulo a large prime, so that they stay small; a sum
that were nought by that alone would need a table with more cells than there are people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

PRIME = 2**61 - 1
FAR = 50
"""Steps further than this are tried by whole-number programming alone."""
Line = dict[str, int]


class Reduced:
    """Equations solved for their unknowns as far as they go; what is known is carried along."""

    def __init__(self, lines: Iterable[Mapping[str, int]], unknown: frozenset[str]) -> None:
        self.unknown = unknown
        self.solved: dict[str, Line] = {}
        self.idle: list[Line] = []
        """Sums in which no unknown is left: they hold whatever the unknowns are."""
        self._in: dict[str, set[str]] = {}
        for line in sorted(lines, key=lambda line: (len(line), sorted(line))):
            self._take(dict(line))

    def fixed(self, name: str) -> Line | None:
        """The known terms that give `name`, or None where another unknown comes into it."""
        line = self.solved.get(name)
        if line is None or any(other in self.unknown for other in line if other != name):
            return None
        return line

    def moves(self, name: str) -> list[dict[str, int]]:
        """Ways to change unknowns, `name` among them, that leave every sum as it is.

        For each unknown that is free, the step by one of it with what follows for the others; those
        whose steps are no small whole numbers are left out.
        """
        line = self.solved.get(name)
        free = [name] if line is None else [n for n in line if n in self.unknown and n != name]
        found = []
        for other in sorted(free):
            step = {other: 1}
            for pivot in self._in.get(other, ()):
                back = -self.solved[pivot].get(other, 0) % PRIME
                step[pivot] = back if back <= FAR else back - PRIME
            if all(abs(by) <= FAR for by in step.values()):
                found.append({n: by for n, by in step.items() if by})
        return found

    def _take(self, line: Line) -> None:
        for name in [name for name in line if name in self.solved]:
            _subtract(line, self.solved[name], line[name])
        left = sorted(name for name in line if name in self.unknown)
        if not left:
            if line:
                self.idle.append(line)
            return
        pivot = left[0]
        inverse = pow(line[pivot], -1, PRIME)
        line = {name: factor * inverse % PRIME for name, factor in line.items()}
        for other in sorted(self._in.get(pivot, ())):
            row = self.solved[other]
            _subtract(row, line, row.get(pivot, 0))
            self._note(other, row)
        self._in.pop(pivot, None)
        self.solved[pivot] = line
        self._note(pivot, line)

    def _note(self, pivot: str, line: Line) -> None:
        """Where unknowns stand that are not solved for."""
        for name in line:
            if name in self.unknown and name != pivot:
                self._in.setdefault(name, set()).add(pivot)


def _subtract(line: Line, other: Line, times: int) -> None:
    for name, factor in other.items():
        left = (line.get(name, 0) - times * factor) % PRIME
        if left:
            line[name] = left
        else:
            line.pop(name, None)
