"""One question answered twice by the same people, kept as figures: counts, shares, change, tests.

`surveys.reports` calls it for everybody, for each job, place and cohort, and for later waves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lms.contracts import Form, Group, Item, Subject
from lms.reports.drafting import Figures
from surveys import statistics
from surveys.queries.lines import People, Said
from surveys.reports import wording

Wave = Callable[[Said], int | None]


def before(line: Said) -> int | None:
    """The answer before the course."""
    return line.before


def after(line: Said) -> int | None:
    """The answer straight after it."""
    return line.after


def recalled(line: Said) -> int | None:
    """How it was before, as remembered afterwards."""
    return line.recalled


def later(line: Said) -> int | None:
    """The answer some months later."""
    return line.later


def tally(lines: Iterable[People]) -> dict[Group, int]:
    """How many people, by the finest groups."""
    found: Counter[Group] = Counter()
    for line in lines:
        found[line.group] += line.people
    return dict(found)


def pairs_of(lines: Iterable[Said], first: Wave, second: Wave) -> statistics.Pairs:
    """How many answered how at both times."""
    found: Counter[tuple[int, int]] = Counter()
    for line in lines:
        was, now = first(line), second(line)
        if was is not None and now is not None:
            found[was, now] += line.people
    return found


@dataclass(frozen=True)
class Tops:
    """One wave of a question as keys of figures: how many, and how many at the highest answers.

    `low` and `high` are the ends of the interval of the share at the top.
    """

    n: str
    top: str
    rest: str
    share: str
    low: str
    high: str


@dataclass(frozen=True)
class Levels(Tops):
    """The number at each answer besides, and what describes them."""

    cells: tuple[str, ...]
    mean: str
    sd: str
    median: str


@dataclass(frozen=True)
class Paired:
    """Both waves of a question by the same people, and how they moved, as keys of figures."""

    n: str
    number: int
    before: Levels
    after: Levels
    change: statistics.Change
    difference: str
    low: str
    high: str
    up: str
    same: str
    down: str


@dataclass(frozen=True)
class Kind:
    """Who are compared: a name, and the names whose people these are among, of each wave too."""

    name: str
    among: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    second: tuple[str, ...] = ()


PAIRED = Kind("paired", ("all.before", "all.after"), ("all.before",), ("all.after",))


def gain(months: int) -> Kind:
    """Before against so many months later, of those who answered all three times."""
    return Kind(f"gain_{months}", ("paired", *PAIRED.among), ("paired.before", *PAIRED.first))


def kept(months: int) -> Kind:
    """Straight after against so many months later, of the same people as `gain`."""
    return Kind(f"kept_{months}", ("paired", *PAIRED.among), ("paired.after", *PAIRED.second))


RECALLED = Kind("recalled", ("all.after",), (), ("all.after",))


@dataclass(frozen=True)
class Asked:
    """What is kept and under which names: the figures, the question and the questionnaire's key.

    `outside` says that somebody outside the team reads it.
    """

    figures: Figures
    survey: str
    item: Item
    outside: bool = False

    def too_few(self, number: int) -> bool:
        """Whether so few people's answers are told without intervals, deviations and tests."""
        return self.outside and number < statistics.FEWEST_OUTSIDE

    def count(
        self,
        key: str,
        name: str,
        lines: Iterable[Said],
        *,
        of: Iterable[str] = (),
        among: Iterable[str] = (),
    ) -> str:
        """Keep how many answered so; `name` is the same word wherever the same is counted.

        They are among the people of the counts `of`, which were kept, and of the names `among`.
        """
        within = (*self.figures.among(*of), *(self._measure(each) for each in among))
        return self.figures.count(
            key,
            tally(lines),
            subject=Subject.ANSWERS,
            measure=self._measure(name),
            within=tuple(dict.fromkeys(within)),
        )

    def _measure(self, name: str) -> str:
        return f"{self.survey}/{self.item.key}/{name}"


def keep_tops(
    asked: Asked,
    key: str,
    name: str,
    lines: Sequence[Said],
    wave: Wave,
    n: str,
    among: Sequence[str] = (),
) -> Tops:
    """Keep how many of `n` chose one of the highest answers, and that the others are the rest.

    `among` names the same wave where it is counted of more people.
    """
    figures, high = asked.figures, wording.top(asked.item)
    given = [line for line in lines if wave(line) is not None]
    top, rest = (
        asked.count(
            f"{key}_{word}",
            f"{name}={word}",
            [x for x in given if (wave(x) in high) is is_top],
            of=[n],
            among=[f"{each}={word}" for each in among],
        )
        for word, is_top in (("top", True), ("rest", False))
    )
    figures.sum(n, top, rest)
    ends = _wilson(figures.value(top), figures.value(n))
    low, high_end = (
        figures.derived(f"{top}_{end}", value, (top, n), Form.PERCENT, 0)
        for end, value in zip(("low", "high"), ends, strict=True)
    )
    return Tops(n, top, rest, figures.share(top, n), low, high_end)


def keep_levels(
    asked: Asked,
    key: str,
    name: str,
    lines: Sequence[Said],
    wave: Wave,
    n: str,
    among: Sequence[str] = (),
) -> Levels:
    """Keep one wave's distribution over `n` people; `among` as with `keep_tops`."""
    figures, numbers = asked.figures, wording.values(asked.item)
    tops = keep_tops(asked, key, name, lines, wave, n, among)
    high = wording.top(asked.item)
    cells = tuple(
        asked.count(
            f"{key}_{value}",
            f"{name}={value}",
            [x for x in lines if wave(x) == value],
            of=[tops.top if value in high else tops.rest],
            among=[f"{each}={value}" for each in among],
        )
        for value in numbers
    )
    figures.sum(tops.rest, *cells[: -wording.TOP])
    figures.sum(tops.top, *cells[-wording.TOP :])
    spread = statistics.spread(dict(zip(numbers, map(figures.value, cells), strict=True)))
    levels = Levels(
        **vars(tops),
        cells=cells,
        mean=figures.derived(f"{key}_mean", spread.mean, (n,)),
        sd=figures.derived(f"{key}_sd", None if asked.too_few(spread.n) else spread.sd, (n,)),
        median=figures.derived(f"{key}_median", spread.median, (n,), places=1),
    )
    by_value = list(zip(cells, map(float, numbers), strict=True))
    # Beside the change and one wave's deviation, either of these gives the other wave's.
    pairs = key.rpartition("_")[0]
    figures.spread(by_value, levels.mean, levels.sd, (f"{pairs}_g_av", f"{pairs}_r"))
    return levels


def _wilson(part: int, n: int) -> tuple[float | None, float | None]:
    if n < statistics.FEWEST_FOR_INTERVAL:
        return None, None
    return statistics.wilson(part, n) or (None, None)


def with_both(lines: Iterable[Said], first: Wave, second: Wave) -> list[Said]:
    """Those who answered both times."""
    return [line for line in lines if first(line) is not None and second(line) is not None]


def keep_pairs(
    asked: Asked,
    key: str,
    lines: Iterable[Said],
    first: Wave = before,
    second: Wave = after,
    kind: Kind = PAIRED,
) -> Paired:
    """Keep both waves of the people who answered both times, and the change between them."""
    figures, lines, name = asked.figures, with_both(lines, first, second), kind.name
    n = asked.count(f"{key}_n", name, lines, among=kind.among)
    was = keep_levels(asked, f"{key}_before", f"{name}.before", lines, first, n, kind.first)
    now = keep_levels(asked, f"{key}_after", f"{name}.after", lines, second, n, kind.second)
    found = statistics.change(pairs_of(lines, first, second))
    found = found.bare() if asked.too_few(found.n) else found
    up, same, down = _keep_moves(asked, key, kind, lines, first, second, n)
    difference, low, high = keep_change(figures, key, found, n)
    return Paired(n, found.n, was, now, found, difference, low, high, up, same, down)


def keep_change(
    figures: Figures, key: str, found: statistics.Change, n: str
) -> tuple[str, str, str]:
    """Keep the mean difference and the ends of its interval."""
    parts = (("change", found.difference), ("low", found.low), ("high", found.high))
    difference, low, high = (
        figures.derived(f"{key}_{word}", value, (n,), Form.CHANGE) for word, value in parts
    )
    return difference, low, high


def _keep_moves(
    asked: Asked,
    key: str,
    kind: Kind,
    lines: Sequence[Said],
    first: Wave,
    second: Wave,
    n: str,
) -> tuple[str, str, str]:
    def moved(line: Said) -> int:
        was, now = first(line), second(line)
        return 0 if was is None or now is None else (now > was) - (now < was)

    up, same, down = (
        asked.count(
            f"{key}_{word}", f"{kind.name}.{word}", [x for x in lines if moved(x) == way], of=[n]
        )
        for word, way in (("up", 1), ("same", 0), ("down", -1))
    )
    asked.figures.sum(n, up, same, down)
    return up, same, down
