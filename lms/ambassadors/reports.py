"""The report "Were pledges kept?", and the measures that indicators borrow from this room.

Everything is what ambassadors say themselves, and labelled so. `lms.reports` decides which figure
may be seen by whom.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import fmean

from lms.ambassadors import codes
from lms.ambassadors.models import Tally
from lms.ambassadors.queries import reported
from lms.ambassadors.queries.reported import Reported, Said
from lms.contracts import (
    Bar,
    Block,
    ChartKind,
    DataChart,
    DataTable,
    Draft,
    Figure,
    Filter,
    Form,
    Group,
    Measure,
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
        due, answered, outcomes = _counts(figures, pledges, months)
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
    answers = [(one.group, said) for one in pledges for said in one.said if said.answered]
    yield from _reasons(figures, "hindered", "What got in the way", codes.BARRIERS, answers,
                        lambda said: said.obstacles)  # fmt: skip
    yield from _reasons(figures, "helped", "What helped", codes.HELPS, answers,
                        lambda said: said.helped)  # fmt: skip
    support = {str(level): words for level, words in codes.SUPPORT.items()}
    yield from _reasons(figures, "support", "How well managers support it", support, answers,
                        lambda said: [str(said.support)] if said.support else [])  # fmt: skip


SPOKEN = ("not started", "partly", "fully", "no longer relevant")


def _months(months: int) -> str:
    return f"{months} month{'s' if months > 1 else ''}"


def _tally(pledges: Iterable[Reported], number: Callable[[Reported], int]) -> Counter[Group]:
    found: Counter[Group] = Counter()
    for pledge in pledges:
        found[pledge.group] += number(pledge)
    return found


def _counts(
    figures: Figures, pledges: Sequence[Reported], months: int
) -> tuple[str, str, list[str]]:
    """The keys of: due, answered, and objectives with each of their outcomes."""
    due = [pledge for pledge in pledges if pledge.at(months)]
    done = [pledge for pledge in due if (said := pledge.at(months)) and said.answered]
    keys = [
        figures.count(
            f"{name}_{months}",
            _tally(of, lambda pledge: 1),
            subject=Subject.PEOPLE,
            measure=f"pledges_{name}_{months}",
        )
        for name, of in (("due", due), ("answered", done))
    ]
    silent = [pledge for pledge in due if pledge not in done]
    rest = figures.count(
        f"silent_{months}", _tally(silent, lambda pledge: 1),
        subject=Subject.PEOPLE, measure=f"pledges_silent_{months}",
    )  # fmt: skip
    figures.sum(keys[0], keys[1], rest)
    objectives = [_objectives(figures, done, months, code) for code in ("", *codes.OUTCOMES)]
    figures.sum(objectives[0], *objectives[1:])
    return keys[0], keys[1], objectives


def _objectives(figures: Figures, done: Sequence[Reported], months: int, code: str) -> str:
    """Objectives that were reported on, all or those with one outcome."""

    def number(pledge: Reported) -> int:
        said = pledge.at(months)
        told = said.outcomes if said else ()
        return sum(1 for outcome in told if not code or outcome == code)

    name = f"objectives_{code or 'all'}_{months}"
    return figures.count(name, _tally(done, number), subject=Subject.ANSWERS, measure=name)


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
        at_risk = [pledge for pledge in going if pledge.at(months)]
        heard = [pledge for pledge in at_risk if _heard_from(pledge, months)]
        if at_risk:
            alive *= len(heard) / len(at_risk)
        keys = [
            figures.count(
                f"{name}_{months}", _tally(of, lambda pledge: 1),
                subject=Subject.PEOPLE, measure=f"pledges_{name}_{months}",
            )
            for name, of in (("at_risk", at_risk), ("heard", heard))
        ]  # fmt: skip
        lost = figures.count(
            f"lost_{months}",
            _tally([one for one in at_risk if one not in heard], lambda pledge: 1),
            subject=Subject.PEOPLE, measure=f"pledges_lost_{months}",
        )  # fmt: skip
        figures.sum(keys[0], keys[1], lost)
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
    figures.count(
        f"late_{months}", _tally(late, lambda pledge: 1),
        subject=Subject.PEOPLE, measure=f"pledges_late_{months}",
    )  # fmt: skip
    scaled = [(pledge, one.t_score) for pledge, one in said if one.t_score is not None]
    number = figures.count(
        f"scaled_{months}", _tally([pledge for pledge, _ in scaled], lambda pledge: 1),
        subject=Subject.ANSWERS, measure=f"pledges_scaled_{months}",
    )  # fmt: skip
    mean = fmean(score for _, score in scaled) if scaled else None
    figures.derived(f"t_{months}", mean, (number,), Form.DECIMAL, 1)


def _reasons(
    figures: Figures,
    name: str,
    title: str,
    words: dict[str, str],
    answers: Sequence[tuple[Group, Said]],
    chosen: Callable[[Said], Sequence[str]],
) -> Iterator[Block]:
    """How often each was named, of all answers at any of the three months."""
    base = figures.count(
        "answers", Counter(group for group, _ in answers),
        subject=Subject.ANSWERS, measure="pledge_answers",
    )  # fmt: skip
    rows = []
    for code, text in words.items():
        named = Counter(group for group, said in answers if code in chosen(said))
        key = figures.count(
            f"{name}_{code}", named, subject=Subject.ANSWERS, measure=f"pledge_{name}_{code}"
        )
        rows.append((figures.value(key), Row(text, (key, figures.share(key, base)))))
    if name != "support":
        rows.sort(key=lambda pair: -pair[0])
    yield DataTable(
        name,
        title,
        title,
        ("Answers", "% (of all answers)"),
        tuple(row for _, row in rows),
        notes=(f"Of {{{base}}} answers at one, three and six months. {SELF_REPORTED}",),
    )


# -- measures ------------------------------------------------------------------------------------


def _in_place(query: ReportQuery) -> Sequence[Figure]:
    figures = Figures()
    key = "ambassadors_in_place"
    return figures.kept(
        figures.count(key, reported.in_place(query), subject=Subject.PEOPLE, measure=key)
    )


def _tallied(key: str, column: object) -> Callable[[ReportQuery], Sequence[Figure]]:
    """The sum of the months' numbers: things, not persons."""

    def count(query: ReportQuery) -> Sequence[Figure]:
        figures = Figures()
        return figures.kept(figures.things(key, reported.tallied(query, column), key))

    return count


def _fully_done(query: ReportQuery) -> Sequence[Figure]:
    figures = Figures()
    last = codes.MONTHS[-1]
    _, _, (objectives, *parts) = _counts(figures, reported.pledges(query), last)
    fully = parts[list(codes.OUTCOMES).index("fully")]
    return figures.kept(figures.share(fully, objectives))


BY_MONTH = "As ambassadors count them month by month; months that nobody counted are not in it."
MEASURES = (
    Measure(
        "ambassadors_in_place",
        "Ambassadors in place, wherever they were trained",
        "People who accepted the role within the period and are ambassadors now.",
        _in_place,
    ),
    Measure(
        "ambassador_conversations",
        "Conversations that ambassadors had with parents",
        BY_MONTH,
        _tallied("ambassador_conversations", Tally.conversations),
    ),
    Measure(
        "referrals_to_counselling",
        "Referrals to counselling by ambassadors",
        BY_MONTH,
        _tallied("referrals_to_counselling", Tally.to_counselling),
    ),
    Measure(
        "referrals_to_mediation",
        "Referrals to mediation by ambassadors",
        BY_MONTH,
        _tallied("referrals_to_mediation", Tally.to_mediation),
    ),
    Measure(
        "pledges_done",
        "Objectives fully done at six months, of those reported on",
        f"Of pledges made within the period. {SELF_REPORTED}",
        _fully_done,
        kind="percentage",
        of="objectives_all_6",
    ),
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
