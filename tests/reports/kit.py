"""A report for tests, over people that a test makes up: totals, shares, a spread, a breakdown."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lms.contracts import (
    Bar,
    Block,
    ChartKind,
    Count,
    DataChart,
    DataTable,
    Definition,
    Derived,
    Draft,
    Figure,
    Form,
    Group,
    Report,
    ReportQuery,
    Row,
    Sentence,
    Spread,
    Subject,
    Sum,
)

SCALE = (1, 2, 3, 4, 5)
WORDS = ("Not at all", "Not very", "Somewhat", "Quite", "Very")
WAYS = {"cohort": 0, "place": 1, "job": 2}


@dataclass(frozen=True)
class Trainee:
    """Somebody who attended, and what they answered if they did."""

    cohort: str
    place: str
    job: str
    answer: int | None = None

    @property
    def group(self) -> Group:
        """The finest group."""
        return (self.cohort, self.place, self.job)


class Writer:
    """Collects the figures of a draft."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.sums: list[Sum] = []
        self.spreads: list[Spread] = []

    def count(self, key: str, of: Iterable[Trainee], subject: Subject, measure: str) -> str:
        """A count with its groups."""
        groups = Counter(one.group for one in of)
        self.figures.append(Count(key, sum(groups.values()), subject, measure, dict(groups)))
        return key

    def line(self, key: str, of: Sequence[Trainee]) -> tuple[str, ...]:
        """Attended, answered, the share, each answer, the mean."""
        said = [one for one in of if one.answer is not None]
        attended = self.count(f"{key}_attended", of, Subject.PEOPLE, "attended")
        answered = self.count(f"{key}_answered", said, Subject.ANSWERS, "answered")
        silent = [one for one in of if one.answer is None]
        rest = self.count(f"{key}_silent", silent, Subject.PEOPLE, "silent")
        self.sums.append(Sum(attended, (answered, rest)))
        share = Derived(
            f"{key}_share", len(said) / len(of) if of else None, (answered, attended), Form.PERCENT
        )
        cells = tuple(
            self.count(
                f"{key}_said{value}",
                [one for one in said if one.answer == value],
                Subject.ANSWERS,
                f"said {value}",
            )
            for value in SCALE
        )
        self.sums.append(Sum(answered, cells))
        values = [one.answer for one in said if one.answer is not None]
        mean = Derived(f"{key}_mean", statistics.fmean(values) if values else None, (answered,))
        deviation = Derived(
            f"{key}_sd", statistics.stdev(values) if len(values) > 1 else None, (answered,)
        )
        self.figures += [share, mean, deviation]
        self.spreads.append(Spread(tuple(zip(cells, SCALE, strict=True)), mean.key, deviation.key))
        return (attended, answered, share.key, *cells, mean.key, deviation.key)


COLUMNS = ("Attended", "Answered", "% answered (of those who attended)", *WORDS, "Mean", "SD")


def draft_of(people: Sequence[Trainee], breakdown: str = "") -> Draft:
    """The whole report of these people, split one way or not at all."""
    if not people:
        return Draft((), (), empty="No cohort matches. The nearest data: none.")
    write = Writer()
    rows = []
    total = write.line("all", people)
    if breakdown:
        by = {one.group[WAYS[breakdown]]: None for one in people}
        for name in sorted(by):
            these = [one for one in people if one.group[WAYS[breakdown]] == name]
            rows.append(Row(name, write.line(f"{breakdown}_{name}", these)))
        for number in (0, 1, *range(3, 8)):
            parts = tuple(row.cells[number] for row in rows)
            write.sums.append(Sum(total[number], parts))
    rows.append(Row("All", total, is_total=bool(breakdown)))
    chart = DataChart(ChartKind.STACKED, "What people answered", WORDS, tuple(
        Bar(row.label, row.cells[3:8], f"mean {{{row.cells[8]}}}") for row in rows
    ))  # fmt: skip
    blocks: list[Block] = [
        Sentence(
            "{all_answered} of {all_attended} who attended answered ({all_share}).",
            otherwise="{all_attended} attended.",
            quotable=True,
        ),
        Sentence("{all_silent} did not answer.", otherwise="Some did not answer."),
        chart,
        DataTable("answers", "Answers", breakdown.capitalize() or "Who", COLUMNS, tuple(rows)),
    ]
    return Draft(
        figures=tuple(write.figures),
        blocks=tuple(blocks),
        sums=tuple(write.sums),
        spreads=tuple(write.spreads),
        definitions=(Definition("Attended", "Was at one session at least."),),
        place="Hertfordshire",
        period="October 2026 to March 2027",
    )


def report(people: Callable[[], Sequence[Trainee]], slug: str = "sample") -> Report:
    """The report over whoever `people` gives at the time it is asked; places by their id."""

    def build(query: ReportQuery) -> Draft:
        places = {str(one) for one in query.localities}
        cohorts = {str(one) for one in query.cohorts}
        asked = [
            one
            for one in people()
            if (not places or one.place in places) and (not cohorts or one.cohort in cohorts)
        ]
        return draft_of(asked, query.breakdown)

    return Report(
        slug,
        "How did people answer?",
        "Who attended, who answered and what.",
        build,
        breakdowns=(("cohort", "cohort"), ("place", "place"), ("job", "job")),
    )
