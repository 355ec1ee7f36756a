"""The table of delivery, from counts that services hand in, with every base named.

The report of the programme, which courses build beside their own people, begins with these blocks.
Parents are people, whoever counted them: outside the team few of them are hidden like any others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from lms.contracts import Bar, Block, ChartKind, DataChart, DataTable, Row, Sentence, Subject
from lms.reports.drafting import Figures, Tally, months
from lms.reports.handed_in.queries import Delivery
from lms.web import words

COLUMNS = (
    "Projects started",
    "Clients enrolled",
    "Clients who started",
    "Retained",
    "% retained (of starts)",
    "Milestones",
    "% milestones (of retained)",
    "% milestones (of starts)",
)
MOST_SENTENCES = 5
"""With more projects only their sum is said in words."""

DEFINITIONS = (
    (
        "Clients",
        "Parents, as services counted them. They hand in counts only; the published tables do not "
        "say how they define retained and milestones.",
    ),
)
STAGES = ("clients_enrolled", "clients_starts", "retained", "milestones")
"""How far parents came; each are among those before."""
BASES = {"retained": "of retained", "starts": "of starts"}


def blocks(figures: Figures, rows: Sequence[Delivery]) -> Iterator[Block]:
    """The sentences on bases, the table with its total, and a chart; nothing without rows."""
    if not rows:
        return
    counted = [_Counted(figures, f"delivery{n}", [row]) for n, row in enumerate(rows, 1)]
    total = _Counted(figures, "delivery_all", rows)
    names = _names(rows)
    if len(rows) <= MOST_SENTENCES:
        for name, each in zip(names, counted, strict=True):
            yield Sentence(f"{name}. {each.bases}")
    if len(rows) > 1:
        yield Sentence(f"All together. {total.bases}")
    lines = [Row(name, each.cells) for name, each in zip(names, counted, strict=True)]
    if len(rows) > 1:
        lines.append(Row("All", total.cells, is_total=True))
    yield DataTable(
        "delivery",
        "Projects with parents, as handed in",
        "Project",
        COLUMNS,
        tuple(lines),
        notes=(*_published(rows, names, counted), _sources(rows)),
    )
    yield DataChart(
        ChartKind.BARS,
        "Clients who started, stayed and reached milestones",
        ("Starts", "Retained", "Milestones"),
        tuple(
            Bar(name, (each.starts, each.retained, each.milestones))
            for name, each in zip(names, counted, strict=True)
        ),
    )


class _Counted:
    """The figures of one row, or of several together."""

    def __init__(self, figures: Figures, key: str, rows: Sequence[Delivery]) -> None:
        def people(name: str, less: str = "") -> str:
            """So many as `name`, or without those who came as far as `less`."""
            groups: Tally = {
                ("", str(row.locality_id), str(row.id)): getattr(row, name)
                - (getattr(row, less) if less else 0)
                for row in rows
            }
            measure = f"handed_in_{name}_not_{less}" if less else f"handed_in_{name}"
            wider = (name,) if less else STAGES[: STAGES.index(name)]
            return figures.count(
                f"{key}_{measure}",
                groups,
                subject=Subject.PEOPLE,
                measure=measure,
                within=tuple(f"handed_in_{each}" for each in reversed(wider)),
            )

        self.figures = figures
        projects = sum(row.projects_started for row in rows)
        self.started = figures.things(f"{key}_projects_started", projects)
        stages = [people(name) for name in STAGES]
        for (name, less), (all_, some) in zip(pairwise(STAGES), pairwise(stages), strict=True):
            figures.sum(all_, some, people(name, less))
        self.enrolled, self.starts, self.retained, self.milestones = stages

    @property
    def of_retained(self) -> str:
        """Milestones as a share of those retained."""
        return self.figures.share(self.milestones, self.retained)

    @property
    def of_starts(self) -> str:
        """Milestones as a share of those who started."""
        return self.figures.share(self.milestones, self.starts)

    @property
    def cells(self) -> tuple[str, ...]:
        """In the order of the columns."""
        stayed = self.figures.share(self.retained, self.starts)
        return (
            self.started, self.enrolled, self.starts, self.retained, stayed,
            self.milestones, self.of_retained, self.of_starts,
        )  # fmt: skip

    @property
    def bases(self) -> str:
        """Every percentage with its base, in words."""
        of = self.figures.of
        return (
            f"Retained: {of(self.retained, self.starts, 'who started')}. "
            f"Milestones: {of(self.milestones, self.retained, 'retained')}; "
            f"{of(self.milestones, self.starts, 'who started')}."
        )


def _names(rows: Sequence[Delivery]) -> list[str]:
    """The projects, with their place and time where those differ."""
    places, times = {row.place for row in rows}, {(r.starts_on, r.ends_on) for r in rows}
    return [
        row.project
        + (f", {row.place}" if len(places) > 1 else "")
        + (f", {months(row.starts_on, row.ends_on)}" if len(times) > 1 else "")
        for row in rows
    ]


def _published(
    rows: Sequence[Delivery], names: Sequence[str], counted: Sequence[_Counted]
) -> Iterator[str]:
    """Which base was taken where it makes a difference, as it was handed in."""
    told: dict[str, list[str]] = {}
    for row, name, each in zip(rows, names, counted, strict=True):
        if row.milestones and row.retained != row.clients_starts:
            share = each.of_retained if row.milestone_base == "retained" else each.of_starts
            told.setdefault(BASES[row.milestone_base], []).append(f"{name} ({{{share}}})")
    if told:
        uses = [f"“{base}” for {words.listing(which)}" for base, which in told.items()]
        yield f"The published table uses {words.listing(uses)}. Both bases are shown here."


def _sources(rows: Sequence[Delivery]) -> str:
    found = words.listing(dict.fromkeys(row.source for row in rows))
    first, last = min(row.starts_on for row in rows), max(row.ends_on for row in rows)
    return f"Source: {found}. {words.capital(words.date_range(first, last))}."
