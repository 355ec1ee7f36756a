"""The report "Were pledges kept?": objectives at 1, 3 and 6 months, and who is still heard from.

Everything is what ambassadors say themselves, and labelled so. `lms.reports` decides which figure
may be seen by whom.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from lms.ambassadors import codes
from lms.ambassadors.queries import reported
from lms.ambassadors.queries.reported import Reported, Said
from lms.contracts import (
    Bar,
    Block,
    ChartKind,
    DataChart,
    DataTable,
    Draft,
    Filter,
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

NOTHING = (
    "No pledges in this selection, so there is nothing to count. Ambassadors are asked how theirs "
    "goes one, three and six months after they made it."
)
SELF_REPORTED = "Self-reported: what ambassadors say themselves."
DEFINITIONS = (
    ("Due", "Pledges made so many calendar months ago and not taken back before they were asked."),
    ("Answered", "Said how each objective goes; late answers count and are named."),
    ("Objective", "One of up to five things that an ambassador pledged, in their own words."),
    (
        "Still going",
        "Pledges heard from at so many months or later, of those due by then; pledges that are not "
        "due yet count as long as they can (Kaplan and Meier 1958).",
    ),
    (
        "Beside what was hoped",
        "Goal attainment scaling, T = 50 + 10 Σwx / √((1 - r) Σw² + r (Σw)²), r = 0.3 (Kiresuk and "
        "Sherman 1968): 50 is as hoped. Of those who used the scale.",
    ),
)


def build(query: ReportQuery) -> Draft:
    """Shares of objectives at 1, 3 and 6 months with response rates; what hindered and helped."""
    pledges = reported.pledges(query)
    if not any(pledge.said for pledge in pledges):
        return drafting.empty(NOTHING)
    figures = Figures()
    days = [pledge.made_on for pledge in pledges]
    return figures.draft(
        _blocks(figures, pledges),
        definitions=DEFINITIONS,
        place=drafting.place_of(query, (pledge.place for pledge in pledges)),
        period=drafting.period_of(query, min(days), max(days)),
        data_to=drafting.today(query),
    )


def _blocks(figures: Figures, pledges: Sequence[Reported]) -> Iterator[Block]:
    asked = [months for months in codes.MONTHS if any(one.at(months) for one in pledges)]
    rows, bars = [], []
    for months in asked:
        due, answered, outcomes = counts(figures, pledges, months)
        objectives, *parts = outcomes
        yield Sentence(
            f"{figures.of(answered, due, 'ambassadors due')} answered at {_months(months)}. "
            f"They reported on {{{objectives}}} objectives: "
            + ", ".join(f"{{{key}}} {words}" for key, words in zip(parts, SPOKEN, strict=True))
            + ". Self-reported."
        )
        rows.append(_row(figures, months, due, answered, objectives, parts))
        bars.append(Bar(_months(months), tuple(parts)))
    yield DataChart(
        ChartKind.STACKED,
        "How objectives go, by months after the pledge",
        tuple(codes.OUTCOMES.values()),
        tuple(bars),
        aside=(codes.OUTCOMES["no_longer_relevant"],),
    )
    yield DataTable(
        "kept",
        "How objectives go",
        "After",
        (
            "Due", "Answered", "% answered (of due)", "Late", "Objectives",
            *codes.OUTCOMES.values(), "% fully done (of objectives)", "Beside what was hoped (T)",
        ),
        tuple(rows),
        notes=(SELF_REPORTED,),
    )  # fmt: skip
    yield from _survival(figures, pledges, asked)
    yield from _reasons(figures, pledges)


def _reasons(figures: Figures, pledges: Sequence[Reported]) -> Iterator[Block]:
    """What hindered, helped and supported them, where enough have answered."""
    heard = [pledge for pledge in pledges if any(said.answered for said in pledge.said)]
    if len(heard) < FEWEST:
        yield Sentence(
            f"What got in the way and what helped is shown when {FEWEST} ambassadors have answered."
        )
        return
    support = {str(level): text for level, text in codes.SUPPORT.items()}
    for asked_about in (
        Reasons("hindered", "What got in the way", codes.BARRIERS, lambda said: said.obstacles),
        Reasons("helped", "What helped", codes.HELPS, lambda said: said.helped),
        Reasons("support", "How well managers support it", support, _supported, in_order=True),
    ):
        yield _named(figures, asked_about, heard)


@dataclass(frozen=True)
class Reasons:
    """A question with codes: its key, its title, words by code, and what somebody chose.

    `in_order` keeps the order of a scale; else the ones named most come first.
    """

    key: str
    title: str
    words: Mapping[str, str]
    chosen: Callable[[Said], Sequence[str]]
    in_order: bool = False


def _supported(said: Said) -> Sequence[str]:
    return [str(said.support)] if said.support else []


FEWEST = 5
"""Under so many who answered not even our own team reads what hindered, helped or supported them: a
coordinator may be somebody's manager.
"""


SPOKEN = ("not started", "partly", "fully", "no longer relevant")


def _months(months: int) -> str:
    return f"{months} month{'s' if months > 1 else ''}"


def _tally(pledges: Iterable[Reported], number: Callable[[Reported], int]) -> Counter[Group]:
    found: Counter[Group] = Counter()
    for pledge in pledges:
        found[pledge.group] += number(pledge)
    return found


def _people(
    figures: Figures,
    name: str,
    months: int,
    of: Iterable[Reported],
    within: Sequence[str] = (),
) -> str:
    """Keep how many ambassadors these are, who are among those of other such counts."""
    return figures.count(
        f"{name}_{months}",
        _tally(of, lambda pledge: 1),
        subject=Subject.PEOPLE,
        measure=f"pledges_{name}_{months}",
        within=tuple(f"pledges_{each}_{months}" for each in within),
    )


def counts(
    figures: Figures, pledges: Sequence[Reported], months: int
) -> tuple[str, str, list[str]]:
    """The keys of: due, answered, and objectives with each of their outcomes."""
    due = [pledge for pledge in pledges if pledge.at(months)]
    done = [pledge for pledge in due if (said := pledge.at(months)) and said.answered]
    keys = [
        _people(figures, "due", months, due),
        _people(figures, "answered", months, done, within=("due",)),
    ]
    silent = [pledge for pledge in due if pledge not in done]
    figures.sum(*keys[:2], _people(figures, "silent", months, silent, within=("due",)))
    objectives = [_objectives(figures, done, months, code) for code in ("", *codes.OUTCOMES)]
    figures.sum(objectives[0], *objectives[1:])
    return keys[0], keys[1], objectives


def _objectives(figures: Figures, done: Sequence[Reported], months: int, code: str) -> str:
    """Objectives that were reported on, all or those with one outcome; hidden if few people's."""

    def number(pledge: Reported) -> int:
        said = pledge.at(months)
        told = said.outcomes if said else ()
        return sum(1 for outcome in told if not code or outcome == code)

    whose = _people(
        figures,
        f"with_{code or 'any'}",
        months,
        [pledge for pledge in done if number(pledge)],
        within=("answered", "due"),
    )
    name = f"objectives_{code or 'all'}_{months}"
    within = (f"objectives_all_{months}",) if code else ()
    return figures.count(
        name,
        _tally(done, number),
        subject=Subject.ANSWERS,
        measure=name,
        within=within,
        behind=whose,
    )


def _row(
    figures: Figures, months: int, due: str, answered: str, objectives: str, parts: Sequence[str]
) -> Row:
    share = figures.share(answered, due)
    fully = parts[list(codes.OUTCOMES).index("fully")]
    return Row(
        f"{_months(months)}",
        (
            due, answered, share, f"late_{months}", objectives, *parts,
            figures.share(fully, objectives), f"t_{months}",
        ),
    )  # fmt: skip


def _survival(
    figures: Figures, pledges: Sequence[Reported], asked: Sequence[int]
) -> Iterator[Block]:
    """How long pledges are heard from, whatever month each of them has come to."""
    alive = 1.0
    cells: list[tuple[str, tuple[str, ...]]] = []
    rows: list[Row] = []
    going = list(pledges)
    for months in asked:
        at_risk = [pledge for pledge in going if (said := pledge.at(months)) and said.over]
        heard = [pledge for pledge in at_risk if _heard_from(pledge, months)]
        if at_risk:
            alive *= len(heard) / len(at_risk)
        keys = [
            _people(figures, "at_risk", months, at_risk, within=("due",)),
            _people(figures, "heard", months, heard, within=("at_risk", "due")),
        ]
        silent = [pledge for pledge in at_risk if pledge not in heard]
        figures.sum(*keys, _people(figures, "lost", months, silent, within=("at_risk", "due")))
        known = tuple(key for _, several in cells for key in several)
        share = figures.derived(f"going_{months}", alive, (*known, *keys), Form.PERCENT, 0)
        cells.append((share, tuple(keys)))
        rows.append(Row(_months(months), (*keys, share)))
        going = [pledge for pledge in going if pledge not in at_risk or pledge in heard]
        _extras(figures, pledges, months)
    yield DataChart(
        ChartKind.CURVE,
        "Pledges still going, by months after the pledge",
        ("Still going",),
        tuple(Bar(_months(m), (share,)) for m, (share, _) in zip(asked, cells, strict=True)),
    )
    yield DataTable(
        "going", "Pledges still going", "After",
        ("Could be heard from", "Heard from then or later", "Still going"), tuple(rows),
    )  # fmt: skip


def _heard_from(pledge: Reported, months: int) -> bool:
    return any(said.answered for said in pledge.said if said.months >= months)


def _extras(figures: Figures, pledges: Sequence[Reported], months: int) -> None:
    """Late answers, and the mean on the goal scale of those who used it."""
    said = [(pledge, one) for pledge in pledges if (one := pledge.at(months))]
    late = [pledge for pledge, one in said if one.late]
    _people(figures, "late", months, late, within=("answered", "due"))
    scaled = [(pledge, one.t_score) for pledge, one in said if one.t_score is not None]
    number = figures.count(
        f"scaled_{months}", _tally([pledge for pledge, _ in scaled], lambda pledge: 1),
        subject=Subject.ANSWERS, measure=f"pledges_scaled_{months}",
    )  # fmt: skip
    mean = fmean(score for _, score in scaled) if scaled else None
    figures.derived(f"t_{months}", mean, (number,), Form.DECIMAL, 1)


def _named(figures: Figures, asked: Reasons, heard: Sequence[Reported]) -> Block:
    """How often each was named, of all answers at any of the three months."""

    def named(pledge: Reported, code: str = "") -> int:
        return sum(s.answered and (not code or code in asked.chosen(s)) for s in pledge.said)

    def keep(key: str, measure: str, code: str = "", within: tuple[str, ...] = ()) -> str:
        """Keep the answers, and behind them the ambassadors."""
        of = [pledge for pledge in heard if named(pledge, code)]
        whose = figures.count(
            f"{key}_people",
            _tally(of, lambda pledge: 1),
            subject=Subject.PEOPLE,
            measure=f"{measure}_people",
            within=tuple(f"{each}_people" for each in within),
        )
        return figures.count(
            key,
            _tally(of, lambda pledge: named(pledge, code)),
            subject=Subject.ANSWERS,
            measure=measure,
            within=within,
            behind=whose,
        )

    base = keep("answers", "pledge_answers")
    rows = []
    for code, text in asked.words.items():
        key = keep(
            f"{asked.key}_{code}", f"pledge_{asked.key}_{code}", code, within=("pledge_answers",)
        )
        rows.append((figures.value(key), Row(text, (key, figures.share(key, base)))))
    if not asked.in_order:
        rows.sort(key=lambda pair: -pair[0])
    return DataTable(
        asked.key,
        asked.title,
        asked.title,
        ("Answers", "% (of all answers)"),
        tuple(row for _, row in rows),
        notes=(f"Of {{{base}}} answers at one, three and six months. {SELF_REPORTED}",),
    )


REPORT = Report(
    slug="pledges",
    question="Were pledges kept?",
    about="At one, three and six months: what is done, what got in the way and what helped.",
    build=build,
    filters=(Filter.PERIOD, Filter.LOCALITY),
    order=40,
    latest=reported.latest,
)
