"""Turns a draft and the keys to hide into a document: the only place where figures become words.

`protect` calls it after disclosure control has decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lms.contracts import (
    Bar,
    Block,
    ChartKind,
    Count,
    DataChart,
    DataTable,
    Draft,
    Sentence,
    Subject,
    Sum,
)
from lms.reports.disclosure import Facts, Policy
from lms.reports.disclosure.facts import MARKS
from lms.reports.documents.document import (
    HIDDEN,
    Cell,
    Chart,
    ChartBar,
    Document,
    Saying,
    Table,
    TableRow,
)
from lms.reports.documents.saying import say
from lms.reports.documents.scope import Chosen, scope_of
from lms.reports.naming import filled, named, without
from lms.web import words

NO_SMALL_SHARES = (
    f"[z] in place of a percentage: of fewer than {words.SMALL_BASE} only the numbers themselves "
    "are given."
)


@dataclass(frozen=True)
class Heading:
    """What stands around the figures: which report, asked how, when, and by which authority."""

    slug: str
    title: str
    about: str
    as_of: datetime
    filters: tuple[tuple[str, str], ...] = ()
    authority: str = ""
    chosen: Chosen = field(default_factory=Chosen)


def write(draft: Draft, heading: Heading, policy: Policy, hidden: frozenset[str]) -> Document:
    """The document of a draft without the hidden figures."""
    facts = Facts(draft)
    writer = _Writer(facts, hidden)
    blocks = tuple(block for one in draft.blocks for block in writer.block(one))
    gone = hidden & facts.shown
    nothing_left = bool(gone) and not _anybody(facts, hidden)
    too_few = _too_few(policy, facts, gone) if nothing_left else ""
    return Document(
        slug=heading.slug,
        title=heading.title,
        about=heading.about,
        audience=policy.audience,
        audience_words=policy.words,
        place=draft.place,
        period=draft.period,
        filters=heading.filters,
        as_of=heading.as_of.isoformat(),
        data_to=draft.data_to.isoformat() if draft.data_to else "",
        source=_source(draft, heading),
        blocks=() if too_few else blocks,
        definitions=tuple((one.term, one.text) for one in draft.definitions),
        hidden=len(gone),
        hidden_words="" if too_few else _hidden_words(gone),
        policy_words=policy.sentence,
        has_marks=not too_few and any(_marks(block) for block in blocks),
        empty=too_few or draft.empty,
    )


class _Writer:
    """Writes the blocks of one draft."""

    def __init__(self, facts: Facts, hidden: frozenset[str]) -> None:
        self.facts = facts
        self.hidden = hidden
        self.figures = {f.key: f for f in facts.draft.figures}

    def block(self, block: Block) -> Iterator[Saying | Table | Chart]:
        """What is left of a block."""
        if isinstance(block, Sentence):
            text = self.sentence(block.text)
            if said := text or self.sentence(block.otherwise):
                yield Saying(said, block.quotable and bool(text))
        elif isinstance(block, DataTable):
            yield self._table(block)
        else:
            yield self._chart(self._drawn(block))

    def sentence(self, text: str) -> str:
        """The words with their figures; nothing where one may not be seen or does not exist."""
        text = without(text, self._missing)
        if any(key in self.hidden or self._missing(key) for key in named(text)):
            return ""
        return filled(text, lambda key: self.cell(key).text)

    def cell(self, key: str) -> Cell:
        """A figure, or the mark that stands for it."""
        if key in MARKS:
            return Cell(key)
        if key in self.hidden:
            return Cell(HIDDEN)
        figure = self.figures[key]
        if isinstance(figure, Count):
            return say(figure, figure.value)
        return say(figure, max(self.facts.counts[key].value for key in figure.of))

    def _missing(self, key: str) -> bool:
        """Whether a figure could be seen, but there is none."""
        return key not in self.hidden and self.cell(key).text in MARKS

    def _table(self, table: DataTable) -> Table:
        rows = tuple(
            TableRow(row.label, tuple(self.cell(key) for key in row.cells), row.is_total)
            for row in table.rows
        )
        notes = [said for note in table.notes if (said := self.sentence(note))]
        if self._leaves_shares_out(table):
            notes.append(NO_SMALL_SHARES)
        return Table(
            table.key, table.title, table.label, table.columns, rows, tuple(notes), table.folded
        )

    def _leaves_shares_out(self, table: DataTable) -> bool:
        keys = {key for row in table.rows for key in row.cells} & set(self.facts.derived)
        return any(self._missing(key) and self.facts.derived[key].value is not None for key in keys)

    def _drawn(self, chart: DataChart) -> DataChart:
        """The chart, or what is drawn instead where a part of it is hidden."""
        gone = any(key in self.hidden for bar in chart.bars for key in bar.cells)
        return self._drawn(chart.otherwise) if gone and chart.otherwise else chart

    def _chart(self, chart: DataChart) -> Chart:
        bars = tuple(self._bar(bar, chart.kind) for bar in chart.bars)
        return Chart(chart.kind, chart.title, chart.series, bars, chart.aside)

    def _bar(self, bar: Bar, kind: ChartKind) -> ChartBar:
        cells = tuple(self.cell(key) for key in bar.cells)
        rest = self._rest(bar.cells) if kind is ChartKind.STACKED else None
        to_scale = kind is not ChartKind.STACKED or rest is not None
        return ChartBar(bar.label, cells, rest, to_scale, self.sentence(bar.note))

    def _rest(self, keys: Sequence[str]) -> str | None:
        """What the hidden parts of a bar come to: their whole less what can be seen of it."""
        gone = [key for key in keys if key in self.hidden]
        if not gone:
            return "0"
        for total in self.facts.sums:
            if set(total.parts) == set(keys) and total.total not in self.hidden:
                return str(self._left(total))
        return None

    def _left(self, total: Sum) -> int:
        counts = self.facts.counts
        seen = sum(counts[key].value for key in total.parts if key not in self.hidden)
        return counts[total.total].value - seen


def _anybody(facts: Facts, hidden: frozenset[str]) -> bool:
    """Whether any figure about people, or of things, can still be seen."""
    seen = (facts.shown & set(facts.counts)) - hidden
    return any(facts.is_thing(key) or facts.counts[key].value > 0 for key in seen)


def _fewest(policy: Policy, facts: Facts, gone: frozenset[str]) -> int:
    """The number that the words give: below it a group is not told."""
    answers = any(
        facts.counts[of].subject is Subject.ANSWERS
        for key in gone
        for of in (facts.derived[key].of if key in facts.derived else (key,))
    )
    return policy.fewest_answers if answers else policy.fewest


def _too_few(policy: Policy, facts: Facts, gone: frozenset[str]) -> str:
    verb = "publish" if policy.audience == "publication" else "give to a partner"
    return (
        f"Too few people to {verb} (fewer than {_fewest(policy, facts, gone)}). "
        "Add cohorts, or choose “Our team only” if you work with them."
    )


def _hidden_words(gone: frozenset[str]) -> str:
    if not gone:
        return ""
    number = words.plural(len(gone), "figure is", "figures are")
    return f"{number} hidden to protect people: small groups, and what would give one away."


def _source(draft: Draft, heading: Heading) -> str:
    parts = (heading.authority, heading.title.rstrip("?"), *scope_of(draft, heading.chosen))
    said = ", ".join(part for part in parts if part)
    return f"Source: {said}. Counted {words.datetime_words(heading.as_of)}."


def _marks(block: Saying | Table | Chart) -> bool:
    """Whether a block has a cell that the key explains."""
    if isinstance(block, Saying):
        return False
    lines: Sequence[TableRow | ChartBar] = block.rows if isinstance(block, Table) else block.bars
    return any(cell.text in MARKS | {HIDDEN} and cell.text for row in lines for cell in row.cells)
