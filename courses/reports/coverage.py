"""The report "Who is trained, and where are the gaps?": people against dated headcounts.

`courses.plugin` offers it. Headcounts are handed in with their source; who is trained is counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from pandas import DataFrame

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

MEASURES: Mapping[str, tuple[str, ...]] = {
    "trained": ("trained",),
    "ambassadors": ("trained ambassadors", "trained"),
}
"""People counted once, and the ambassadors among them: the measure, and those it lies within."""
GROUP = ["cohort", "place", "job"]
JOB = ["organisation_id", "profession_id"]
LABELS = {"job": "profession", "organisation": "employer", "place": "locality"}


@dataclass(frozen=True)
class _Lists:
    """Headcounts, those of the trained whom one is for, and the others; `label` names their rows.

    A headcount has the people `missing` to it: more than enough at one employer helps no other.
    """

    targets: DataFrame
    counted: DataFrame
    others: DataFrame


def build(query: ReportQuery) -> Draft:
    """Trained people and ambassadors, and what is missing to the headcounts."""
    people, targets = trained.trained(query), queries.targets(query)
    if not people and not targets:
        return drafting.empty(tallies.nothing(query))
    by = query.breakdown or "job"
    coverage = _Coverage(by, tallies.lines(query))
    blocks = tuple(coverage.blocks(_joined(by, people, targets), targets))
    places = [*(each.locality for each in people), *(each.place for each in targets)]
    last = drafting.today(query)
    return coverage.figures.draft(
        blocks,
        definitions=DEFINITIONS,
        place=drafting.place_of(query, (p for p in places if p != tallies.UNKNOWN)),
        period=drafting.period_of(query, last=last),
        data_to=last,
    )


def _joined(by: str, people: Sequence[Trained], targets: Sequence[Target]) -> _Lists:
    """Both lists by employer and job."""
    from pandas import DataFrame  # heavy: of the reports only this one joins two lists

    columns = [*GROUP, *JOB, "profession", "organisation", "locality", "people", "ambassadors"]
    known = DataFrame(
        [
            (*each.group, each.organisation_id, each.profession_id, each.profession,
             each.organisation, each.locality, each.people, each.ambassadors)
            for each in people
        ],
        columns=columns,
    )  # fmt: skip
    aims = DataFrame(
        [
            ("", str(each.locality_id), str(each.profession_id), each.organisation_id,
             each.profession_id, each.profession, each.organisation, each.place, each.number)
            for each in targets
        ],
        columns=[*columns[:-2], "number"],
    )  # fmt: skip
    for frame in (known, aims):
        frame["employer"] = frame["organisation"] + ": " + frame["profession"]
        frame["label"] = frame[LABELS[by]]
    done = known.groupby(JOB, as_index=False)["people"].sum()
    aims = aims.merge(done, how="left", on=JOB).fillna({"people": 0})
    aims["missing"] = (aims["number"] - aims["people"]).clip(lower=0)
    known = known.merge(aims[JOB], how="left", on=JOB, indicator="aimed")
    has_aim = known["aimed"] == "both"
    return _Lists(aims, known[has_aim], known[~has_aim])


def _tally(frame: DataFrame, column: str) -> dict[Group, int]:
    """A column's sums by the finest groups."""
    sums = frame.groupby(GROUP, as_index=False)[column].sum()
    return {tuple(group): int(number) for *group, number in sums.itertuples(index=False)}


def _labels(frame: DataFrame) -> list[str]:
    """The rows' names in order, those that are not known last."""
    return sorted(frame["label"].unique(), key=lambda n: (n == tallies.UNKNOWN, n.casefold()))


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

    def blocks(self, lists: _Lists, targets: Sequence[Target]) -> Iterator[Block]:
        """People with a headcount against it, then the others."""
        if len(lists.targets):
            yield from self._against(lists.targets, lists.counted, _sources(targets))
        if len(lists.others):
            yield self._beside(lists.others)

    def _against(self, targets: DataFrame, people: DataFrame, sources: str) -> Iterator[Block]:
        total = self._cells("all", ("with headcount",), targets, people)
        yield self._gap(total)
        rows = [
            Row(
                name,
                self._cells(
                    f"aim{n}",
                    self._of("with headcount", name),
                    targets[targets["label"] == name],
                    people[people["label"] == name],
                ),
            )
            for n, name in enumerate(_labels(targets), 1)
        ]
        yield DataTable(
            "coverage",
            "Trained, against the headcount",
            self.label,
            COLUMNS,
            (*rows, Row("All", total, is_total=True)),
            notes=(sources,),
        )

    def _beside(self, people: DataFrame) -> Block:
        rows = [
            Row(
                name,
                self._people(
                    f"other{n}",
                    self._of("without headcount", name),
                    people[people["label"] == name],
                ),
            )
            for n, name in enumerate(_labels(people), 1)
        ]
        total = self._people("others", ("without headcount",), people)
        return DataTable(
            "trained",
            "Trained, where no headcount was handed in",
            self.label,
            ("Trained", "Ambassadors"),
            (*rows, Row("All", total, is_total=True)),
        )

    def _of(self, whole: str, name: str) -> tuple[str, ...]:
        """Of whom a row tells. Employers are finer than the finest groups: each has its measure."""
        return (whole, f"of {name}") if self.by == "organisation" else (whole,)

    def _count(
        self, key: str, of: tuple[str, ...], frame: DataFrame, column: str, what: str
    ) -> str:
        """Keep people under the last of these, within those before it."""
        among = MEASURES.get(what, ())
        *larger, own = (f"{among[0] if among else what} {each}" for each in of)
        return self.figures.count(
            f"{key}_{what}",
            _tally(frame, column),
            subject=Subject.PEOPLE,
            measure=own,
            within=(*larger, *among),
        )

    def _people(self, key: str, of: tuple[str, ...], people: DataFrame) -> tuple[str, str]:
        return (
            self._count(key, of, people, "people", "trained"),
            self._count(key, of, people, "ambassadors", "ambassadors"),
        )

    def _cells(
        self, key: str, of: tuple[str, ...], targets: DataFrame, trained_here: DataFrame
    ) -> tuple[str, ...]:
        figures = self.figures
        people, ambassadors = self._people(key, of, trained_here)
        whole = int(targets["number"].sum())
        headcount = figures.things(f"{key}_headcount", whole)
        missing = self._count(key, of, targets, "missing", "missing")
        if figures.value(people) + figures.value(missing) == whole:
            figures.sum(headcount, people, missing)
        cohorts = NOT_APPLICABLE
        if self.to_a_cohort:
            needed = figures.value(missing) / self.to_a_cohort
            cohorts = figures.derived(f"{key}_cohorts", needed, (missing,), places=1)
        return (
            headcount, people, figures.share(people, headcount), missing, cohorts, ambassadors,
        )  # fmt: skip

    def _gap(self, total: tuple[str, ...]) -> Sentence:
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
