"""The report "Did confidence change?": counts, then the same people twice, then the doubts.

`surveys.plugin` offers it. The order is the one in which a careful reader asks.
"""

from __future__ import annotations

from collections.abc import Iterator

from courses.queries import tallies
from lms import clock
from lms.contracts import Block, Choice, Draft, Item, Report, ReportQuery, Sentence, Subject
from lms.reports import drafting
from lms.web import words
from surveys import statistics
from surveys.queries import counted
from surveys.queries.batches import FEWEST
from surveys.queries.lines import Said
from surveys.reports import breakdowns, material, paired, sentences, tables, wording
from surveys.reports.material import FollowUp, Material
from surveys.reports.paired import Paired, Tops
from surveys.reports.tables import Kept


def build(query: ReportQuery) -> Draft:
    """What is known of change in the answers of one questionnaire, for one of its questions."""
    m = material.load(query)
    if m is None or not m.everybody:
        return drafting.empty(tallies.nothing(query))
    days = [clock.london(line.ended_at).date() for line in m.everybody]
    return m.figures.draft(
        _blocks(m),
        definitions=DEFINITIONS,
        place=drafting.place_of(query, (line.locality for line in m.everybody)),
        period=drafting.period_of(query, min(days), max(days)),
        data_to=max(days),
    )


def _blocks(m: Material) -> Iterator[Block]:
    if m.roll:
        yield from _both_times(m)
    yield from _only_after(m)
    yield Sentence(wording.SELF_REPORT)


def _both_times(m: Material) -> Iterator[Block]:
    counted_first = sentences.counts(m)  # the figures that follow are of these people
    if m.pairs < FEWEST:
        yield counted_first
        yield from sentences.left_out(m)
        yield Sentence(f"Answers are shown when {FEWEST} people have answered both times.")
        return
    main = Kept(m.item, wording.label(m.asked.key, m.item), _pairs(m, m.item))
    yield sentences.quotable(m, main.pairs)
    yield from _everyone(m, main.pairs)
    yield counted_first
    yield from sentences.left_out(m)
    yield from sentences.missing(m, main.pairs.before)
    yield tables.chart(m, main.pairs)
    waves = (("Before", main.pairs.before), ("After", main.pairs.after))
    yield from tables.levels(m, "levels", f"{main.name}: the same people before and after", waves)
    yield from sentences.moved(m, main.pairs)
    yield tables.changes(
        "change", "How the same people moved", "Question", [(main.name, main.pairs)]
    )
    yield from breakdowns.blocks(m, main.pairs)
    rest = _others(m)
    if rest:
        yield tables.others(rest)
    yield tables.missing(m)
    yield tables.tests(m, main, rest)
    for wave in m.follow_ups:
        yield from _later(m, wave)
    yield from _recalled(m)


def _pairs(m: Material, item: Item) -> Paired:
    return paired.keep_pairs(m.under(item), m.key(item), m.to(item))


def _others(m: Material) -> list[Kept]:
    """The questionnaire's other questions that enough people answered twice."""
    found = []
    for item in m.asked.items:
        both = paired.with_both(m.to(item), paired.before, paired.after)
        if item != m.item and sum(line.people for line in both) >= FEWEST:
            found.append(Kept(item, wording.label(m.asked.key, item), _pairs(m, item)))
    return found


def _everyone(m: Material, pairs: Paired) -> Iterator[Block]:
    """The unpaired figures, and that those without a pair are the difference.

    Our own team does not see them where some of these may not be told.
    """
    if m.left_out(lambda x: not x.after_only and (x.before is None) is not (x.after is None)):
        return
    alone = {
        "before": [x for x in m.said if x.before is not None and x.after is None],
        "after": [x for x in m.said if x.after is not None and x.before is None],
    }
    yield sentences.everyone(
        m,
        _all(m, "before", paired.before, pairs.before, alone["before"]),
        _all(m, "after", paired.after, pairs.after, alone["after"]),
    )


def _all(m: Material, word: str, wave: paired.Wave, of_pairs: Tops, alone: list[Said]) -> Tops:
    asked, key = m.under(m.item), f"{m.key(m.item)}_{word}"
    everybody = [line for line in m.said if wave(line) is not None]
    n = asked.count(f"{key}_all_n", f"all.{word}", everybody, of=[f"answered_{word}"])
    rest = asked.count(f"{key}_single_n", f"single.{word}", alone, of=[n])
    tops = paired.keep_tops(asked, f"{key}_all", f"all.{word}", everybody, wave, n)
    among = [f"all.{word}"]
    singles = paired.keep_tops(asked, f"{key}_single", f"single.{word}", alone, wave, rest, among)
    m.figures.sum(n, of_pairs.n, rest)
    m.figures.sum(tops.top, of_pairs.top, singles.top)
    m.figures.sum(tops.rest, of_pairs.rest, singles.rest)
    return tops


def _later(m: Material, wave: FollowUp) -> Iterator[Block]:
    """Some months later: what was gained on before, and apart what was kept since the course.

    Both of the same people, who answered all three times: else the few who answered only two of
    them could be had by subtraction.
    """
    months = wave.months
    roll = [line for line in wave.roll if not line.after_only]
    asked = m.people(f"asked_{months}_later", [x for x in roll if x.asked_later or x.later])
    again = [line for line in roll if line.later]
    answered = m.people(f"answered_{months}_later", again, Subject.ANSWERS, of=[asked])
    same = m.three_times(wave)
    if sum(line.people for line in same) < FEWEST:
        yield sentences.later(m, months, answered, asked)
        return
    rows = [
        (
            name,
            paired.keep_pairs(m.under(m.item), kind.name, same, first, paired.later, kind),
        )
        for name, kind, first in (
            ("Against before", paired.gain(months), paired.before),
            ("Against straight after", paired.kept(months), paired.after),
        )
    ]
    yield sentences.later(m, months, answered, asked, *(pairs for _, pairs in rows))
    title = f"{words.plural(months, 'month')} later, those who answered all three times"
    yield tables.changes(f"later_{months}", title, "Compared", rows)


def _recalled(m: Material) -> Iterator[Block]:
    """Before as remembered afterwards: apart, and with what that means."""
    after = [[line for line in batch if line.after is not None] for batch in m.batches]
    both = m.apart(after, lambda line: line.recalled is not None)
    if sum(line.people for line in both) < FEWEST:
        return
    kept = paired.keep_pairs(
        m.under(m.item), "recalled", both, paired.recalled, paired.after, paired.RECALLED
    )
    yield tables.changes(
        "recalled",
        "Before as people remembered it afterwards",
        "Compared",
        [("Remembered before, and after", kept)],
        notes=(wording.FROM_MEMORY,),
    )


def _only_after(m: Material) -> Iterator[Block]:
    """Dates surveyed only afterwards: how people felt, never how they changed."""
    lines = [line for line in m.only_after() if line.after is not None]
    if not any(line.after_only for line in m.everybody):
        return
    attended = [line for line in m.everybody if line.after_only and line.attended]
    base = m.people("only_after_took_part", attended)
    given = [line for line in attended if line.after]
    answered = m.people("only_after_answered", given, Subject.ANSWERS)
    said = m.figures.of(answered, base, "who attended answered")
    yield Sentence(f"{wording.AFTER_ONLY} {said}.", otherwise=wording.AFTER_ONLY)
    yield from sentences.left_out(m, only_after=True)
    if sum(line.people for line in lines) < FEWEST:
        yield Sentence(f"Answers are shown when {FEWEST} people have answered.")
        return
    asked = m.under(m.item)
    n = asked.count("only_after_n", "after only", lines)
    kept = paired.keep_levels(asked, "only_after", "after only", lines, paired.after, n)
    yield from tables.levels(m, "only_after", "Surveyed only afterwards", [("After", kept)])


DEFINITIONS = (
    ("Booked", "Ever booked on dates that are over. Somebody moved to other dates counts there."),
    (
        "Attended",
        "Marked as there at one session or more, or began a part on line, or answered afterwards.",
    ),
    ("Answered both", "Gave the form before and the form after: the same people at both times."),
    ("Highest two", "The two highest answers together, as in “quite or very”."),
    (
        "95% interval",
        "Of a share: Wilson 1927. Of a mean difference: Student’s t with n - 1 degrees of freedom. "
        f"Given from {statistics.FEWEST_FOR_INTERVAL} people on, outside our team from "
        f"{statistics.FEWEST_OUTSIDE}.",
    ),
    ("dz", "Mean difference over the standard deviation of the differences (Cohen 1988)."),
    (
        "g_av",
        "Mean difference over the root of the mean of both variances (Cumming 2012), times "
        "1 - 3 / (4 df - 1) with df = n - 1 (Hedges 1981).",
    ),
    ("r", "How closely the answers before and after go together (Pearson’s correlation)."),
    (
        "Tests",
        "Paired t test; Wilcoxon’s signed ranks with Pratt’s zeros, exact; McNemar’s exact test; "
        f"Holm’s adjustment. None under {statistics.FEWEST_FOR_TESTS} people, outside our team "
        f"under {statistics.FEWEST_OUTSIDE}.",
    ),
    ("Job and place", "As they were when people booked."),
    ("Daily steps", "Answers are counted up to the last midnight."),
)

REPORT = Report(
    slug="confidence",
    question="Did confidence change?",
    about="The same people's answers before and after the course, and some months later.",
    build=build,
    breakdowns=breakdowns.BREAKDOWNS,
    choices=(Choice("question", "Question", material.questions),),
    order=10,
    latest=lambda actor: tallies.latest(counted.counting(actor)),
)
