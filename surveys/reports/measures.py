"""Measures of this room: who answered, the share that is confident, and how much it rose.

`surveys.plugin` offers them to indicators and to other rooms' reports.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from lms.contracts import Figure, Form, Measure, ReportQuery, Subject
from lms.reports.drafting import Figures
from surveys.queries import batches, counted
from surveys.queries.batches import FEWEST
from surveys.reports import paired, wording
from surveys.reports.material import WITHIN, Material, load
from surveys.reports.paired import PAIRED, Tops, gain

Counted = Callable[[ReportQuery], Sequence[Figure]]
CHANGE = "The number after less the number before, over the number before."
SAME = "The same people before and straight after the course, at the two highest answers."


def _answered_after(query: ReportQuery) -> Sequence[Figure]:
    """Who answered straight after, on all dates, those surveyed only afterwards too."""
    kept, asked = Figures(), counted.questionnaire(wording.CORE)
    query = replace(query, actor=counted.counting(query.actor))
    roll = counted.roll(query, asked) if asked else []
    found = paired.tally(line for line in roll if line.after)
    key = kept.count(
        "answered_after",
        found,
        subject=Subject.ANSWERS,
        measure="answered_after",
        within=WITHIN["answered_after"],
    )
    return kept.kept(key)


def _tops(query: ReportQuery, item: str, *, later: bool) -> tuple[Material, Tops, Tops] | None:
    """One question at the highest answers, the same people twice; None for too few of them."""
    m = load(replace(query, choices={"question": item}))
    if m is None:
        return None
    both, second, kind = paired.with_both(m.said, paired.before, paired.after), paired.after, PAIRED
    if later:
        wave = m.follow_ups[-1] if m.follow_ups else None
        both = m.three_times(wave) if wave else []
        second, kind = paired.later, gain(wave.months) if wave else PAIRED
    if sum(line.people for line in both) < FEWEST:
        return None
    asked, name = m.under(m.item), kind.name
    n = asked.count("n", name, both, among=kind.among)
    before = paired.keep_tops(asked, "before", f"{name}.before", both, paired.before, n, kind.first)
    after = paired.keep_tops(asked, "after", f"{name}.after", both, second, n, kind.second)
    return m, before, after


def _confident(item: str) -> Counted:
    """The share at the highest answers afterwards."""

    def figures(query: ReportQuery) -> Sequence[Figure]:
        found = _tops(query, item, later=False)
        if found is None:
            return ()
        m, _, after = found
        return m.figures.kept(after.share)

    return figures


def _rise(item: str, *, later: bool) -> Counted:
    """By how much more people are at the highest answers, as a share of those who were before."""

    def figures(query: ReportQuery) -> Sequence[Figure]:
        found = _tops(query, item, later=later)
        if found is None:
            return ()
        m, before, after = found
        was, now = m.figures.value(before.top), m.figures.value(after.top)
        value = now / was - 1 if was else None
        of = (before.top, after.top, before.n)
        return m.figures.kept(m.figures.derived("rise", value, of, Form.PERCENT, 0))

    return figures


def _told_later(item: str) -> Counted:
    """The sum of a number that people told when they were asked some months later."""

    def figures(query: ReportQuery) -> Sequence[Figure]:
        query = replace(query, actor=counted.counting(query.actor))
        told = counted.reported(query, item)
        everywhere = counted.reported(counted.unfiltered(query), item)
        told = [line for batch in batches.whole(told, everywhere) for line in batch]
        people, kept = paired.tally(told), Figures()
        if sum(people.values()) < FEWEST:
            return ()
        total = sum(line.number * line.people for line in told)
        n = kept.count(
            "told",
            people,
            subject=Subject.ANSWERS,
            measure=f"told {item}",
            within=("enrolled", "invited"),
        )
        return kept.kept(kept.derived(item, total, (n,), Form.WHOLE, 0))

    return figures


def _of_each() -> tuple[Measure, ...]:
    """A percentage and a change for each of the core's questions."""
    found = []
    for item, label in wording.LABELS.items():
        phrase = wording.PHRASES[item]
        found.append(
            Measure(
                f"confident_{item}",
                f"{label}: share at the two highest answers afterwards",
                f"{SAME} Counted are those who were {phrase}.",
                _confident(item),
                kind="percentage",
                of="answered_both",
            )
        )
        found.append(
            Measure(
                f"change_{item}",
                f"{label}: % increase from before to after",
                f"{SAME} {CHANGE} Counted are those who were {phrase}.",
                _rise(item, later=False),
                kind="change",
            )
        )
        found.append(
            Measure(
                f"later_{item}",
                f"{label}: % increase from before to some months later",
                f"The same people, who answered all three times: before, and at the last asking "
                f"some months later. {CHANGE} "
                f"Counted are those who were {phrase}.",
                _rise(item, later=True),
                kind="change",
            )
        )
    return tuple(found)


TOLD = (
    ("conversations", "Conversations with parents after the course", "A rough number each."),
    ("referrals_counselling", "Referrals to counselling after the course", "Never about a family."),
    ("referrals_mediation", "Referrals to mediation after the course", "Never about a family."),
)
"""Numbers that the questionnaire some months later asks for."""

MEASURES = (
    Measure(
        "answered_after",
        "People who answered after the course",
        "Gave the form straight after the course.",
        _answered_after,
    ),
    *_of_each(),
    *(
        Measure(
            item,
            title,
            f"As people counted themselves, some months later. {what}",
            _told_later(item),
        )
        for item, title, what in TOLD
    ),
)
