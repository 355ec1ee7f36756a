"""The sentences of the report of confidence: what was counted, who is missing, what moved.

`surveys.reports.confidence` puts them in order. No word claims that the course was the cause.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from lms.contracts import Sentence, Subject
from lms.reports.drafting import Figures
from lms.web import words
from surveys import statistics
from surveys.queries.batches import FEWEST
from surveys.queries.lines import Roll, Said
from surveys.reports import wording
from surveys.reports.material import Material
from surveys.reports.paired import Levels, Paired, Tops

FEW_OUTSIDE = 10
"""A group of fewer is not described outside the team."""


def counts(m: Material) -> Sentence:
    """How many came, were asked and answered."""
    figures, roll = m.figures, m.roll
    booked = m.people("enrolled", roll)
    attended = m.people("took_part", [line for line in roll if line.attended])
    completed = m.people("completed", [line for line in roll if line.completed])
    asked = m.people("asked_before", [line for line in roll if line.asked_before or line.before])
    before = m.people("answered_before", [x for x in roll if x.before], Subject.ANSWERS)
    after = m.people("answered_after", [x for x in roll if x.after], Subject.ANSWERS)
    both = m.people("answered_both", [x for x in roll if x.before and x.after], Subject.ANSWERS)
    alone = m.people("before_alone", _alone(roll), Subject.ANSWERS, of=[before])
    figures.sum(before, both, alone)
    alone = m.people("after_alone", _after_alone(roll), Subject.ANSWERS, of=[after])
    figures.sum(after, both, alone)
    by_start = _base(figures, before, asked, "of those booked by the start")
    there = _base(figures, after, attended, "of those who attended")
    return Sentence(
        f"{{{booked}}} booked, {{{attended}}} attended at least one session, {{{completed}}} "
        f"completed. {{{before}}} of {{{asked}}} answered before{by_start}; {{{after}}} of "
        f"{{{attended}}} answered after{there}. {{{both}}} answered both."
    )


def _base(figures: Figures, part: str, base: str, what: str) -> str:
    share = figures.percent(part, base)
    return share.replace(")", f" {what})") if share else ""


def _alone(roll: Iterable[Roll]) -> list[Roll]:
    return [line for line in roll if line.before and not line.after]


def _after_alone(roll: Iterable[Roll]) -> list[Roll]:
    return [line for line in roll if line.after and not line.before]


def left_out(m: Material, *, only_after: bool = False) -> Iterator[Sentence]:
    """How many answered and are not counted, so that nobody's answer is left by subtraction.

    Others are told no number: it may be one to four.
    """
    number = m.left_out(
        lambda x: x.after is not None and (x.after_only if only_after else x.before is not None)
    )
    if number:
        those = words.plural(number, "person", "people") if m.team else "Some people"
        who = "answered" if only_after else "answered both times"
        are = "is" if m.team and number == 1 else "are"
        yield Sentence(
            f"{those} who {who} {are} not counted here: answers are told "
            f"of {FEWEST} people or more together, and these are too few by themselves."
        )


def missing(m: Material, levels: Levels) -> Iterator[Sentence]:
    """Who attended and is not in the figures of change, and whether they began elsewhere."""
    figures = m.figures
    there = [line for line in m.roll if line.attended]
    others = m.people("others", [x for x in there if not (x.before and x.after)])
    figures.sum("took_part", "answered_both", others)
    said = figures.of("answered_both", "took_part", "who attended answered both times")
    if not figures.value(others):
        yield Sentence(f"{said}. Nobody who attended is missing from the change figures.")
        return
    yield Sentence(f"{said}. The other {{{others}}} are not in the change figures.")
    yield _began(m, levels)


def _began(m: Material, levels: Levels) -> Sentence:
    """How those who attended and answered before only had begun, where they can be described."""

    def alone(line: Said) -> bool:
        return line.attended and line.before is not None and line.after is None

    key = f"{m.key(m.item)}_alone"
    given = [x for x in m.answers if x.item == m.item.key and not x.after_only and alone(x)]
    k = m.under(m.item).count(
        key, "attended before alone", given, of=["before_alone"], among=["all.before"]
    )
    found = statistics.attrition(_before(x for x in m.said if x.after is not None), _before(given))
    few = "{" + k + "} of them answered before only; too few to describe."
    if not found.n:
        return Sentence("{" + k + "} of them answered before only.")
    if m.left_out(alone) or (not m.team and found.n < FEW_OUTSIDE):
        return Sentence(few, otherwise="Some answered before only; too few to describe.")
    mean = m.figures.derived(f"{key}_mean", found.mean, (k,), places=1)
    theirs = m.figures.derived(f"{key}_pairs_mean", found.paired_mean, (levels.n,), places=1)
    text = (
        f"{{{k}}} of them answered before only; their mean was {{{mean}}}, against {{{theirs}}} "
        "for those who answered both."
    )
    if found.differ:
        text += (
            f" Those without a pair started {found.differ}, so the change may not hold for them."
        )
    return Sentence(text, otherwise="Some answered before only; too few to describe.")


def _before(lines: Iterable[Said]) -> statistics.Counts:
    found: Counter[int] = Counter()
    for line in lines:
        if line.before is not None:
            found[line.before] += line.people
    return found


def quotable(m: Material, pairs: Paired) -> Sentence:
    """What a commissioner can quote: the same people at the highest answers before and after."""
    phrase = wording.phrase(m.asked.key, m.item)
    return Sentence(
        f"Before {m.course}, {_of_same(m.figures, pairs.before, pairs.after, phrase)}",
        otherwise=f"How many were {phrase} is not told here: beside the other figures it would "
        "give few people away.",
        quotable=pairs.number >= statistics.FEWEST_FOR_TESTS,
    )


def _of_same(
    figures: Figures, before: Tops, after: Tops, phrase: str, who: str = "practitioners"
) -> str:
    first = figures.percent(before.top, before.n)
    second = figures.percent(after.top, after.n)
    return (
        f"{{{before.top}}} of {{{before.n}}} {who}{first} were {phrase}; afterwards "
        f"{{{after.top}}} of the same {{{after.n}}}{second} were."
    )


def of_job(m: Material, job: str, before: Tops, after: Tops) -> Sentence:
    """The same for the people of one job."""
    phrase = wording.phrase(m.asked.key, m.item)
    told = _of_same(m.figures, before, after, phrase, "people")
    return Sentence(f"{job}: before {m.course}, {told}", quotable=True)


def everyone(m: Material, before: Tops, after: Tops) -> Sentence:
    """The unpaired figures, labelled as such."""
    figures = m.figures
    one, other = (
        f"{{{wave.share}}} of {{{wave.n}}}"
        if figures.value(wave.n) >= statistics.FEWEST_FOR_TESTS
        else f"{{{wave.top}}} of {{{wave.n}}}"
        for wave in (before, after)
    )
    return Sentence(f"Everyone who answered, not the same people: {one} before, {other} after.")


def moved(m: Material, pairs: Paired) -> Iterator[Sentence]:
    """The means, who went up and down, and who could not go up."""
    figures, values = m.figures, wording.values(m.item)
    yield Sentence(
        f"Mean {{{pairs.before.mean}}} → {{{pairs.after.mean}}} on a scale of {values[0]} to "
        f"{values[-1]}, {rise(figures, pairs)}, n = {{{pairs.n}}}."
    )
    yield Sentence(
        f"{{{pairs.up}}} of {{{pairs.n}}} went up, {{{pairs.same}}} stayed, "
        f"{{{pairs.down}}} went down."
    )
    highest = pairs.before.cells[-1]
    yield Sentence(
        f"{figures.of(highest, pairs.n)} were already at {values[-1]} before, so could not go up."
    )
    if pairs.number < statistics.FEWEST_FOR_TESTS:
        yield Sentence(
            f"Only {{{pairs.n}}} people answered both times. We show their answers but test "
            "nothing."
        )


def rise(figures: Figures, pairs: Paired) -> str:
    """As "a rise of 1.23 (95% interval 1.00 to 1.47)"."""
    found, n = pairs.change, pairs.n
    difference = found.difference or 0.0
    if not difference:
        # Said by a figure, so that it is hidden with the number that it rests on.
        return f"no change ({{{pairs.difference}}})"
    way = 1 if difference > 0 else -1
    step = figures.derived(f"{n}_step", abs(difference), (n,))
    text = f"{'a rise' if way > 0 else 'a fall'} of {{{step}}}"
    if found.low is None or found.high is None:
        return text
    near, far = sorted((way * found.low, way * found.high))
    low = figures.derived(f"{n}_step_low", near, (n,))
    high = figures.derived(f"{n}_step_high", far, (n,))
    return f"{text} (95% interval {{{low}}} to {{{high}}})"


def later(m: Material, months: int, said: str, base: str, *rows: Paired) -> Sentence:
    """How many answered again, their gain on before and what they kept since straight after."""
    answered = f"{{{said}}} of {{{base}}} answered {words.plural(months, 'month')} later."
    if not rows:
        return Sentence(f"{answered} Too few of them answered all three times to say more.")
    gain, kept = (rise(m.figures, pairs) for pairs in rows)
    return Sentence(
        f"{answered} Of those who answered all three times: against before {gain}; against "
        f"straight after {kept}.",
        otherwise=answered,
    )
