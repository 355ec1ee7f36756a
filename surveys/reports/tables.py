"""The tables and the chart of the report of confidence; each names figures that were kept.

`surveys.reports.confidence` puts them in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lms.contracts import NOT_APPLICABLE, Bar, ChartKind, DataChart, DataTable, Form, Item, Row
from surveys import statistics
from surveys.reports import paired, wording
from surveys.reports.material import Material
from surveys.reports.paired import Levels, Paired, Tops


@dataclass(frozen=True)
class Kept:
    """A question and the figures of those who answered it twice."""

    item: Item
    name: str
    pairs: Paired


def chart(m: Material, pairs: Paired) -> DataChart:
    """What the same people chose before and after; two parts of it where answers are hidden."""
    each = tuple(words for _, words in m.item.options)
    two = _bars(m, pairs, ("Less", wording.top_words(m.item)), lambda wave: (wave.rest, wave.top))
    return replace(_bars(m, pairs, each, lambda wave: wave.cells), otherwise=two)


def _bars(
    m: Material, pairs: Paired, series: tuple[str, ...], parts: Callable[[Levels], tuple[str, ...]]
) -> DataChart:
    waves = (("Before", pairs.before), ("After", pairs.after))
    bars = tuple(Bar(name, parts(wave), _note(m, wave)) for name, wave in waves)
    return DataChart(ChartKind.STACKED, m.item.text, series, bars)


def _note(m: Material, wave: Tops) -> str:
    if m.figures.value(wave.n) < statistics.FEWEST_FOR_TESTS:
        return ""
    words = wording.top_words(m.item)
    low = words[:1].lower() + words[1:]
    return f"{{{wave.share}}} {low} (95% interval {{{wave.low}}} to {{{wave.high}}})"


def levels(
    m: Material, key: str, title: str, waves: Sequence[tuple[str, Levels]]
) -> Iterator[DataTable]:
    """A distribution for each wave, and under it the highest answers and what describes it."""
    words = tuple(text for _, text in m.item.options)
    rows = tuple(Row(name, (wave.n, *wave.cells)) for name, wave in waves)
    yield DataTable(key, title, "When", ("People", *words), rows)
    described = (
        "People", wording.top_words(m.item), "%", "95% from", "95% to", "Mean",
        "Standard deviation", "Median",
    )  # fmt: skip
    rows = tuple(
        Row(name, (w.n, w.top, w.share, w.low, w.high, w.mean, w.sd, w.median)) for name, w in waves
    )
    yield DataTable(f"{key}_described", f"{title}, in short", "When", described, rows)


CHANGE = (
    "People", "Mean first", "Mean then", "Change", "95% from", "95% to", "Went up", "Stayed",
    "Went down",
)  # fmt: skip


def changes(
    key: str,
    title: str,
    label: str,
    rows: Iterable[tuple[str, Paired]],
    *,
    notes: tuple[str, ...] = (),
    folded: bool = False,
) -> DataTable:
    """Mean paired differences and who moved, a row for each pair of waves or each question."""
    made = tuple(Row(name, _moved(pairs)) for name, pairs in rows)
    return DataTable(key, title, label, CHANGE, made, notes, folded)


def _moved(p: Paired) -> tuple[str, ...]:
    means = (p.before.mean, p.after.mean, p.difference, p.low, p.high)
    return (p.n, *means, p.up, p.same, p.down)


def others(rest: Sequence[Kept]) -> DataTable:
    """The other questions: the same people at the highest answers, and their change."""
    tops = ("Before: highest two", "% before", "After: highest two", "% after")
    rows = tuple(
        Row(
            kept.name,
            (p.n, p.before.top, p.before.share, p.after.top, p.after.share, *_moved(p)[1:]),
        )
        for kept in rest
        for p in (kept.pairs,)
    )
    columns = (CHANGE[0], *tops, *CHANGE[1:])
    return DataTable("others", "The other questions", "Question", columns, rows, folded=True)


# -- effect sizes and tests

TESTS = (
    "People", "dz", "g_av", "r", "t", "Degrees of freedom", "p (t)", "p (t, Holm)",
    "p (Wilcoxon)", "Came to the highest two", "Left the highest two", "p (McNemar)",
)  # fmt: skip


def tests(m: Material, main: Kept, rest: Sequence[Kept]) -> DataTable:
    """Effect sizes and tests by question: one main question, or Holm where none was named."""
    named = any(item.construct == m.asked.primary for item in m.asked.items)
    first = [main] if named else []
    several = [*rest] if named else [main, *rest]
    adjusted = statistics.holm([kept.pairs.change.p for kept in several])
    rows = [_tested(m, kept, None) for kept in first]
    rows += [_tested(m, kept, holm) for kept, holm in zip(several, adjusted, strict=True)]
    note = "p (t, Holm) allows for asking several questions at once."
    if named:
        note = f"{main.name} is the question looked at first, so its p is not adjusted. {note}"
    fewest = statistics.FEWEST_FOR_TESTS if m.team else statistics.FEWEST_OUTSIDE
    return DataTable(
        "tests",
        "Effect sizes and tests",
        "Question",
        TESTS,
        tuple(rows),
        (note, f"Under {fewest} people nothing is tested."),
        folded=True,
    )


def _tested(m: Material, kept: Kept, holm: float | None) -> Row:
    figures, pairs, found = m.figures, kept.pairs, kept.pairs.change
    key, n = m.key(kept.item), pairs.n
    sizes = [
        figures.derived(f"{key}_{name}", value, (n,))
        for name, value in (("dz", found.dz), ("g_av", found.g_av), ("r", found.r), ("t", found.t))
    ]
    df = figures.derived(
        f"{key}_df", found.df if found.t is not None else None, (n,), Form.WHOLE, 0
    )
    p, p_holm, wilcoxon = (
        figures.derived(f"{key}_{name}", value, (n,), Form.PROBABILITY, 3)
        for name, value in (("p", found.p), ("p_holm", holm), ("wilcoxon", found.wilcoxon))
    )
    shown_holm = p_holm if holm is not None else NOT_APPLICABLE
    cells = (n, *sizes, df, p, shown_holm, wilcoxon, *_turned(m, kept))
    return Row(kept.name, cells)


def _turned(m: Material, kept: Kept) -> tuple[str, str, str]:
    """Who came to the highest answers and who left them, with McNemar's p."""
    figures, pairs, high = m.figures, kept.pairs, wording.top(kept.item)
    asked, key = m.under(kept.item), m.key(kept.item)
    both = paired.with_both(m.to(kept.item), paired.before, paired.after)
    cells = {
        name: asked.count(
            f"{key}_{name}",
            f"paired.{name}",
            [x for x in both if (x.before in high, x.after in high) == sides],
        )
        for name, sides in SIDES.items()
    }
    figures.sum(pairs.before.top, cells["both"], cells["left"])
    figures.sum(pairs.after.top, cells["both"], cells["came"])
    figures.sum(pairs.before.rest, cells["came"], cells["neither"])
    figures.sum(pairs.after.rest, cells["left"], cells["neither"])
    found = statistics.turned(
        paired.pairs_of(both, paired.before, paired.after), wording.top(kept.item)
    )
    of = (pairs.n, cells["came"], cells["left"])
    p = figures.derived(f"{key}_mcnemar", found.p, of, Form.PROBABILITY, 3)
    return cells["came"], cells["left"], p


SIDES = {
    "both": (True, True),
    "came": (False, True),
    "left": (True, False),
    "neither": (False, False),
}
"""At the highest answers before, and after."""


# -- who is missing


def missing(m: Material) -> DataTable:
    """Those who attended, by which forms they gave."""
    there = [line for line in m.roll if line.attended]
    groups = (
        ("Before only", "there_before_alone", True, False),
        ("After only", "there_after_alone", False, True),
        ("Neither", "there_neither", False, False),
    )
    rows = [Row("Both times", ("answered_both",))]
    for name, key, before, after in groups:
        lines = [x for x in there if (x.before, x.after) == (before, after)]
        rows.append(Row(name, (m.people(key, lines),)))
    rows.append(Row("All who attended", ("took_part",), is_total=True))
    m.figures.sum("others", *(key for _, key, _, _ in groups))
    return DataTable("missing", "Who is missing", "Answered", ("People",), tuple(rows), folded=True)
