"""The chosen question by job, cohort or place: the same people before and after, row by row.

`surveys.reports.confidence` calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms.contracts import Block, DataTable, Row
from surveys import statistics
from surveys.queries.batches import FEWEST, WIDER, whole
from surveys.queries.lines import Said
from surveys.reports import paired, sentences, wording
from surveys.reports.material import Material
from surveys.reports.paired import PAIRED, Paired, Tops

UNKNOWN = "Not known"
QUOTED = 3
"""So many jobs, the largest, have a sentence of their own."""

MOST = 0.75
"""The share of a job that a row for our own team must hold, so that it speaks of the job."""

BREAKDOWNS = (("job", "By job"), ("cohort", "By cohort"), ("place", "By place"))
NAMES: Mapping[str, Callable[[Said], str]] = {
    "job": lambda line: line.profession,
    "cohort": lambda line: f"{line.code}, {line.course}",
    "place": lambda line: line.locality,
}
POOLED = "Others together"


@dataclass(frozen=True)
class Part:
    """A row: its name, its lines and how many pairs they are."""

    name: str
    lines: Sequence[Said]
    pairs: int


def blocks(m: Material, total: Paired) -> Iterator[Block]:
    """The breakdown asked for, by job unless another is; for the team the others too, folded.

    What leaves the team is split in one way at a time.
    """
    chosen = m.query.breakdown or "job"
    for key, title in BREAKDOWNS:
        if key == chosen:
            parts = split(m, key)
            yield table(m, key, title, parts, total, folded=False)
            if key == "job":
                yield from _quoted(m, parts)
    if m.team:
        for key, title in BREAKDOWNS:
            if key != chosen:
                yield table(m, key, title, split(m, key), total, folded=True)


def split(m: Material, by: str) -> list[Part]:
    """The pairs by name, in order; for our own team with those together who are told only so."""
    own = ([x for x in batch if x.item == m.item.key and not x.after_only] for batch in m.batches)
    batches = [paired.with_both(batch, paired.before, paired.after) for batch in own]
    parts = _parts((line for batch in batches for line in batch), NAMES[by])
    if m.team:
        alone = _jobs(m, parts, batches) if by == "job" else _of_one_name(batches, NAMES[by])
        parts = _pooled(parts, alone)
    return sorted(parts, key=lambda p: (p.name == POOLED, p.name == UNKNOWN, p.name.casefold()))


def _parts(lines: Iterable[Said], name: Callable[[Said], str]) -> list[Part]:
    named: dict[str, list[Said]] = {}
    for line in lines:
        named.setdefault(name(line), []).append(line)
    return [_part(each, own) for each, own in named.items()]


def _part(name: str, lines: Sequence[Said]) -> Part:
    return Part(name, lines, _people(lines))


def _of_one_name(batches: Iterable[Sequence[Said]], name: Callable[[Said], str]) -> set[Said]:
    """Those of batches within one cohort, or one place."""
    return {line for batch in batches if len(set(map(name, batch))) == 1 for line in batch}


def _jobs(m: Material, parts: Sequence[Part], batches: Sequence[Sequence[Said]]) -> set[Said]:
    """Those of jobs who are told: in batches of their own, which reach over cohorts.

    A job of which too many are in none, or that is but for one to four people one of the batches of
    all, has no row.
    """
    lines = [line for part in parts for line in part.lines]
    asked = [line for line in m.everywhere if line.item == m.item.key]
    counted = [line for batch in whole(asked, asked) for line in batch]
    found = whole(lines, counted, lambda x: (x.kind, x.profession), WIDER[1:])
    told = {line for batch in found for line in batch}
    own = [(part, told.intersection(part.lines)) for part in parts]
    return {
        line
        for part, these in own
        if _people(these) >= MOST * part.pairs and not any(_nearly(these, of) for of in batches)
        for line in these
    }


def _nearly(these: set[Said], batch: Iterable[Said]) -> bool:
    return 0 < _people(these.symmetric_difference(batch)) < FEWEST


def _people(lines: Iterable[Said]) -> int:
    return sum(line.people for line in lines)


def _pooled(parts: Sequence[Part], alone: set[Said]) -> list[Part]:
    """Those who may stand alone, and the others together: with the smallest part while too few."""
    kept = [_part(part.name, [x for x in part.lines if x in alone]) for part in parts]
    kept = sorted((p for p in kept if p.pairs), key=lambda part: (-part.pairs, part.name))
    rest = [line for part in parts for line in part.lines if line not in alone]
    while kept and 0 < _people(rest) < FEWEST:
        rest += kept.pop().lines
    return [*kept, _part(POOLED, rest)] if rest else kept


def table(
    m: Material, by: str, title: str, parts: Sequence[Part], total: Paired, *, folded: bool
) -> DataTable:
    """A row for each part and the total; means only for our own team, who hides nothing."""
    columns: tuple[str, ...] = (
        "People",
        "Before: highest two",
        "% before",
        "After: highest two",
        "% after",
    )
    rows = [Row(part.name, _cells(m, f"{by}{n}", part)) for n, part in enumerate(parts, 1)]
    was, now = total.before, total.after
    sums: tuple[str, ...] = (total.n, was.top, was.share, now.top, now.share)
    if m.team:
        columns += ("Mean before", "Mean after", "Change", "95% from", "95% to")
        sums += (was.mean, now.mean, total.difference, total.low, total.high)
    rows.append(Row("All", sums, is_total=True))
    name = f"{title}: {wording.label(m.asked.key, m.item)}"
    notes: tuple[str, ...] = (f"Highest two: {wording.top_words(m.item)}.",)
    if any(part.name == POOLED for part in parts):
        notes += (f"{POOLED}: those of whom fewer than {FEWEST} could be told apart.",)
    return DataTable(by, name, title[3:].capitalize(), columns, tuple(rows), notes, folded)


def _cells(m: Material, key: str, part: Part) -> tuple[str, ...]:
    asked, figures = m.under(m.item), m.figures
    n = asked.count(f"{key}_n", PAIRED.name, part.lines, among=PAIRED.among)
    was, now = tops(m, key, part, n)
    cells = (n, was.top, was.share, now.top, now.share)
    if not m.team:
        return cells
    found = statistics.change(paired.pairs_of(part.lines, paired.before, paired.after))
    means = (("before", found.before.mean), ("after", found.after.mean))
    kept = [figures.derived(f"{key}_mean_{word}", mean, (n,)) for word, mean in means]
    return (*cells, *kept, *paired.keep_change(figures, key, found, n))


def tops(m: Material, key: str, part: Part, n: str) -> tuple[Tops, Tops]:
    """The part's people at the highest answers, before and after."""
    asked = m.under(m.item)
    before, after = (
        paired.keep_tops(
            asked, f"{key}_{word}", f"{PAIRED.name}.{word}", part.lines, wave, n, among
        )
        for word, wave, among in (
            ("before", paired.before, PAIRED.first),
            ("after", paired.after, PAIRED.second),
        )
    )
    return before, after


def _quoted(m: Material, parts: Sequence[Part]) -> Iterator[Block]:
    """A sentence for the largest jobs."""
    enough = [
        (n, part)
        for n, part in enumerate(parts, 1)
        if part.pairs >= statistics.FEWEST_FOR_TESTS and part.name not in (UNKNOWN, POOLED)
    ]
    if len(parts) < 2:
        return
    for n, part in sorted(enough, key=lambda each: -each[1].pairs)[:QUOTED]:
        yield sentences.of_job(m, part.name, *tops(m, f"job{n}", part, f"job{n}_n"))
