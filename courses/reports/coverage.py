"""The report "Who is trained, and where are the gaps?": people against dated headcounts.

`courses.plugin` offers it. Headcounts are handed in with their source; who is trained is counted.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from courses.queries import tallies, trained
from courses.queries.tallies import Line
from courses.queries.trained import Trained
from lms.contracts import (
    NOT_APPLICABLE,
    Block,
    DataTable,
    Draft,
    Form,
    Group,
    Report,
    ReportQuery,
    Row,
    Sentence,
    Subject,
)
from lms.reports import drafting
from lms.reports.drafting import Figures
from lms.reports.handed_in import queries
from lms.reports.handed_in.queries import Target
from lms.web import words

BREAKDOWNS = (
    ("job", "By job"),
    ("organisation", "By organisation"),
    ("place", "By place"),
)
DEFINITIONS = (
    (
        "Trained",
        "People who completed one of the courses, each counted once, by the job and employer of "
        "their last booking.",
    ),
    ("Headcount", "How many of a job an employer has, as handed in with its date and source."),
    ("Still to train", "What is missing to the headcount, employer by employer and job by job."),
    ("Ambassadors", "Those of the trained who are ambassadors now."),
    ("Cohorts to hold", "Still to train, over how many people complete a cohort on average."),
)
COLUMNS = (
    "Headcount", "Trained", "% trained", "Still to train", "Cohorts to hold", "Ambassadors",
)  # fmt: skip

Aim = tuple[Target, list[Trained]]
"""A headcount and those of its employer and job who are trained."""


@dataclass
class _Part:
    """A row: headcounts with their people, or people for whom there is no headcount."""

    name: str
    aims: list[Aim] = field(default_factory=list)
    others: list[Trained] = field(default_factory=list)

    @property
    def people(self) -> list[Trained]:
        """Who is trained."""
        return [each for _, found in self.aims for each in found] + self.others

    @property
    def headcount(self) -> int:
        """All headcounts together."""
        return sum(target.number for target, _ in self.aims)

    @property
    def missing(self) -> dict[Group, int]:
        """Who is still to be trained; more than enough at one employer helps no other."""
        found: Counter[Group] = Counter()
        for target, people in self.aims:
            left = target.number - sum(each.people for each in people)
            found["", str(target.locality_id), str(target.profession_id)] += max(0, left)
        return dict(found)


def build(query: ReportQuery) -> Draft:
    """Trained people and ambassadors, and what is missing to the headcounts."""
    people, targets = trained.trained(query), queries.targets(query)
    if not people and not targets:
        return drafting.empty(tallies.nothing(query))
    coverage = _Coverage(query.breakdown or "job", tallies.lines(query))
    blocks = tuple(coverage.blocks(people, targets))
    places = [*(each.locality for each in people), *(each.place for each in targets)]
    last = drafting.today(query)
    return coverage.figures.draft(
        blocks,
        definitions=DEFINITIONS,
        place=drafting.place_of(query, (p for p in places if p != tallies.UNKNOWN)),
        period=drafting.period_of(query, last=last),
        data_to=last,
    )


class _Coverage:
    """The figures of one report and the rows that name them."""

    def __init__(self, by: str, over: Sequence[Line]) -> None:
        self.by = by
        self.label = dict(BREAKDOWNS)[by][3:].capitalize()
        self.figures = Figures()
        done = tallies.tally(over, lambda line: line.completed)
        self.done = self.figures.count(
            "completed", done, subject=Subject.PEOPLE, measure="completed"
        )
        cohorts = len({line.cohort_id for line in over})
        self.to_a_cohort = self.figures.value(self.done) / cohorts if cohorts else 0.0

    def blocks(self, people: Sequence[Trained], targets: Sequence[Target]) -> Iterator[Block]:
        """People with a headcount against it, then the others."""
        known: dict[Any, Target] = {(t.organisation_id, t.profession_id): t for t in targets}
        aims: dict[Target, list[Trained]] = {target: [] for target in targets}
        others = []
        for each in people:
            target = known.get((each.organisation_id, each.profession_id))
            others.append(each) if target is None else aims[target].append(each)
        if aims:
            yield from self._against(list(aims.items()))
        if others:
            yield self._beside(others)

    def _against(self, aims: list[Aim]) -> Iterator[Block]:
        whole = _Part("All", aims)
        total = self._cells("all", "with headcount", whole)
        yield self._gap(total, whole)
        parts: dict[str, _Part] = {}
        for target, people in aims:
            name = self._name_of_target(target)
            parts.setdefault(name, _Part(name)).aims.append((target, people))
        rows = [
            Row(part.name, self._cells(f"aim{n}", self._measure(part.name), part))
            for n, part in enumerate(_sorted(parts), 1)
        ]
        yield DataTable(
            "coverage",
            "Trained, against the headcount",
            self.label,
            COLUMNS,
            (*rows, Row("All", total, is_total=True)),
            notes=(_sources([target for target, _ in aims]),),
        )

    def _beside(self, people: Sequence[Trained]) -> Block:
        parts: dict[str, _Part] = {}
        for each in people:
            name = self._name_of_trained(each)
            parts.setdefault(name, _Part(name)).others.append(each)
        rows = [
            Row(part.name, self._people(f"other{n}", self._measure(part.name), part))
            for n, part in enumerate(_sorted(parts), 1)
        ]
        total = self._people("others", "without headcount", _Part("All", others=list(people)))
        return DataTable(
            "trained",
            "Trained, where no headcount was handed in",
            self.label,
            ("Trained", "Ambassadors"),
            (*rows, Row("All", total, is_total=True)),
        )

    def _measure(self, name: str) -> str:
        """Employers are finer than the finest groups, so each is a measure of its own."""
        return f"of {name}" if self.by == "organisation" else "with headcount"

    def _people(self, key: str, of: str, part: _Part) -> tuple[str, str]:
        trained_here: Counter[Group] = Counter()
        ambassadors: Counter[Group] = Counter()
        for each in part.people:
            trained_here[each.group] += each.people
            ambassadors[each.group] += each.ambassadors
        return (
            self.figures.count(
                f"{key}_trained", trained_here, subject=Subject.PEOPLE, measure=f"trained {of}"
            ),
            self.figures.count(
                f"{key}_ambassadors",
                ambassadors,
                subject=Subject.PEOPLE,
                measure=f"ambassadors {of}",
            ),
        )

    def _cells(self, key: str, of: str, part: _Part) -> tuple[str, ...]:
        figures = self.figures
        people, ambassadors = self._people(key, of, part)
        headcount = figures.things(f"{key}_headcount", part.headcount)
        missing = figures.count(
            f"{key}_missing", part.missing, subject=Subject.PEOPLE, measure=f"missing {of}"
        )
        if figures.value(people) + figures.value(missing) == part.headcount:
            figures.sum(headcount, people, missing)
        cohorts = NOT_APPLICABLE
        if self.to_a_cohort:
            needed = figures.value(missing) / self.to_a_cohort
            cohorts = figures.derived(f"{key}_cohorts", needed, (missing,), places=1)
        return (
            headcount, people, figures.share(people, headcount), missing, cohorts, ambassadors,
        )  # fmt: skip

    def _gap(self, total: tuple[str, ...], whole: _Part) -> Sentence:
        """What is missing, in people and in cohorts."""
        headcount, people, _, missing, *_ = total
        text = (
            f"{self.figures.of(people, headcount, 'in the headcounts')} are trained. Still to "
            f"train: {{{missing}}}."
        )
        if self.to_a_cohort:
            number = math.ceil(self.figures.value(missing) / self.to_a_cohort)
            more = self.figures.derived("more_cohorts", number, (missing,), Form.WHOLE, 0)
            each = self.figures.derived("to_a_cohort", self.to_a_cohort, (self.done,), places=1)
            text += (
                f" On average {{{each}}} people complete a cohort, so cohorts still to hold: "
                f"{{{more}}}."
            )
        return Sentence(text)

    def _name_of_target(self, target: Target) -> str:
        return {
            "job": target.profession,
            "organisation": f"{target.organisation}: {target.profession}",
            "place": target.place,
        }[self.by]

    def _name_of_trained(self, each: Trained) -> str:
        return {
            "job": each.profession,
            "organisation": f"{each.organisation}: {each.profession}",
            "place": each.locality,
        }[self.by]


def _sorted(parts: dict[str, _Part]) -> list[_Part]:
    return sorted(parts.values(), key=lambda p: (p.name == tallies.UNKNOWN, p.name.casefold()))


def _sources(targets: Sequence[Target]) -> str:
    """Each source once, with its newest day."""
    newest: dict[str, Target] = {}
    for target in sorted(targets, key=lambda target: target.on_date):
        newest[target.source] = target
    told = [f"{source} ({words.date(t.on_date)})" for source, t in sorted(newest.items())]
    return f"Headcounts: {'; '.join(told)}."


REPORT = Report(
    slug="coverage",
    question="Who is trained, and where are the gaps?",
    about="Trained people and ambassadors against how many of each job there are.",
    build=build,
    breakdowns=BREAKDOWNS,
    order=40,
    latest=tallies.latest,
)
