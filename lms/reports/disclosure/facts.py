"""What a draft says as numbers: which counts can be seen, and how they hang together.

Disclosure control reads a draft through this; nothing is decided here. A draft that contradicts
itself is a mistake of its report, and refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise

from lms.contracts import (
    NOT_APPLICABLE,
    NOT_COLLECTED,
    Block,
    ChartKind,
    Count,
    DataChart,
    DataTable,
    Derived,
    Draft,
    Form,
    Sentence,
    Subject,
    Sum,
)
from lms.reports.naming import named

MARKS = frozenset({"", NOT_COLLECTED, NOT_APPLICABLE})


class DraftError(RuntimeError):
    """A report's draft names what it does not hold, or says a sum that is none."""


class Facts:
    """A draft's figures by key and the sums between them."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.counts = {f.key: f for f in draft.figures if isinstance(f, Count)}
        self.derived = {f.key: f for f in draft.figures if isinstance(f, Derived)}
        self._check()

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The draft's blocks, with the charts that may be drawn instead of others."""
        return tuple(one for block in self.draft.blocks for one in _with_others(block))

    def is_thing(self, key: str) -> bool:
        """Whether a count is of things, which are never hidden."""
        return self.counts[key].subject is Subject.THINGS

    @cached_property
    def people(self) -> dict[str, Count]:
        """The counts of people and of answers."""
        return {key: c for key, c in self.counts.items() if not self.is_thing(key)}

    @cached_property
    def shown(self) -> frozenset[str]:
        """Figures that blocks name."""
        return frozenset(key for block in self.blocks for key in keys_of(block))

    @cached_property
    def known(self) -> frozenset[str]:
        """Counts that can be seen or worked out when nothing is hidden."""
        through = (key for name in self.shown & set(self.derived) for key in self.derived[name].of)
        seen = (self.shown & set(self.counts)) | frozenset(through)
        return seen | {self.counts[key].behind for key in seen if self.counts[key].behind}

    @cached_property
    def quoted(self) -> frozenset[str]:
        """Counts in the first sentence that is to be quoted, the headline, and what those leave."""
        blocks = (b for b in self.draft.blocks if isinstance(b, Sentence) and b.quotable)
        said = set(named(next(blocks, Sentence("")).text)) & set(self.counts)
        left = [set(s.parts) - said for s in self.sums if s.total in said]
        return frozenset(said.union(*(rest for rest in left if len(rest) == 1)))

    def base_of(self, figure: Derived) -> str | None:
        """The largest count that a figure was worked out from."""
        held = [key for key in figure.of if not self.is_thing(key)]
        return max(held, key=lambda key: (self.counts[key].value, key), default=None)

    @cached_property
    def rested_on(self) -> frozenset[str]:
        """Counts that results are worked out from: hiding one hides these as well."""
        return frozenset(base for f in self.derived.values() if (base := self.base_of(f)))

    @cached_property
    def bases(self) -> frozenset[str]:
        """Counts of answers that results rest on, and the rest of them beside a part that is one.

        Everybody who answered, those with a pair and those without: whoever has the first two
        results has the third.
        """
        found = set(self.rested_on)
        for total in self.sums:
            if total.total in found and found & set(total.parts):
                found |= set(total.parts)
        return frozenset(k for k in found if self.counts[k].subject is Subject.ANSWERS)

    @cached_property
    def remainders(self) -> frozenset[tuple[str, str]]:
        """Base and part of every percentage: what is left of the base can be worked out."""
        return frozenset(
            (base, part)
            for figure in self.derived.values()
            if figure.form is Form.PERCENT and (base := self.base_of(figure))
            for part in figure.of
            if part != base and not self.is_thing(part)
        )

    @cached_property
    def sums(self) -> tuple[Sum, ...]:
        """The sums that are declared, and those that everybody sees in a table or a bar."""
        seen = {(s.total, frozenset(s.parts)): s for s in self.draft.sums}
        for block in self.blocks:
            for found in self._sums_of(block):
                seen.setdefault((found.total, frozenset(found.parts)), found)
        return tuple(seen.values())

    def parts_of(self, base: str) -> set[str]:
        """Counts that describe some of those whom a base counts."""
        parts = {part for of, part in self.remainders if of == base}
        return parts.union(*(s.parts for s in self.sums if s.total == base))

    # -- what can be seen without being told

    def _sums_of(self, block: Block) -> Iterator[Sum]:
        if isinstance(block, DataTable):
            yield from self._totals(block)
        elif isinstance(block, DataChart) and block.kind is ChartKind.STACKED:
            for bar in block.bars:
                yield from self._whole(bar.cells)

    def _totals(self, table: DataTable) -> Iterator[Sum]:
        totals = [row for row in table.rows if row.is_total]
        rest = [row for row in table.rows if not row.is_total]
        if len(totals) != 1 or not rest:
            return
        for number, total in enumerate(totals[0].cells):
            parts = [row.cells[number] for row in rest]
            if total in self.counts and self._adds_up(total, parts):
                yield Sum(total, tuple(dict.fromkeys(parts)))

    def _whole(self, cells: tuple[str, ...]) -> Iterator[Sum]:
        """The count that a bar is the whole of: one that its cells are shares of."""
        bases = sorted({base for base, part in self.remainders if part in cells})
        for base in bases:
            if self._adds_up(base, cells):
                yield Sum(base, cells)

    def _adds_up(self, total: str, parts: Iterable[str]) -> bool:
        held = list(parts)
        return (
            len(set(held)) == len(held)
            and all(key in self.counts and key != total for key in held)
            and sum(self.counts[key].value for key in held) == self.counts[total].value
        )

    # -- mistakes

    def _check(self) -> None:
        figures = set(self.counts) | set(self.derived)
        if len(figures) != len(self.draft.figures):
            raise DraftError("two figures have the same key")
        self._know(
            (c.behind for c in self.counts.values() if c.behind), set(self.counts), "a count"
        )
        for figure in self.derived.values():
            if not figure.of:
                raise DraftError(f"{figure.key} does not say of which counts it is")
            self._know(figure.of, set(self.counts), figure.key)
        for block in self.blocks:
            self._know(keys_of(block), figures, type(block).__name__)
            self._check_shape(block)
        for spread in self.draft.spreads:
            self._know((key for key, _ in spread.cells), set(self.counts), spread.mean)
            self._know((spread.mean,), set(self.derived), "a spread")
        for total in self.draft.sums:
            self._know((total.total, *total.parts), set(self.counts), "a sum")
            if not self._adds_up(total.total, total.parts):
                raise DraftError(f"{total.total} is not the sum of {', '.join(total.parts)}")
        self._check_counts()

    def _check_shape(self, block: Block) -> None:
        """A table has a cell for each heading, and a bar one for each of the series."""
        if isinstance(block, Sentence):
            return
        is_table = isinstance(block, DataTable)
        heads = block.columns if isinstance(block, DataTable) else block.series
        lines = block.rows if isinstance(block, DataTable) else block.bars
        for line in lines:
            if len(line.cells) != len(heads):
                where = "columns" if is_table else "series"
                raise DraftError(f"{block.title}: {line.label} has not as many cells as {where}")

    def _check_counts(self) -> None:
        for count in self.counts.values():
            if count.value < 0 or (count.groups and sum(count.groups.values()) != count.value):
                raise DraftError(f"{count.key}: the groups are not {count.value} together")
            if any(number < 0 for number in count.groups.values()):
                raise DraftError(f"{count.key}: a group is less than nobody")

    def _know(self, keys: Iterable[str], known: set[str], where: str) -> None:
        for key in keys:
            if key not in known:
                raise DraftError(f"{where} names {key!r}, which is no figure")


def _with_others(block: Block) -> Iterator[Block]:
    yield block
    if isinstance(block, DataChart) and block.otherwise:
        yield from _with_others(block.otherwise)


def keys_of(block: Block) -> Iterator[str]:
    """The figures that a block names."""
    if isinstance(block, Sentence):
        yield from named(block.text)
        yield from named(block.otherwise)
        return
    lines = block.rows if isinstance(block, DataTable) else block.bars
    for line in lines:
        yield from (cell for cell in line.cells if cell not in MARKS)
    notes = block.notes if isinstance(block, DataTable) else tuple(b.note for b in block.bars)
    for note in notes:
        yield from named(note)


def ordered(values: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Neighbours of distinct numbers in order, from nought: (0, 2), (2, 5)."""
    yield from pairwise([0, *sorted(set(values) - {0})])
