"""Measures of this room: who answered, the share that is confident, and how much it rose.

`surveys.plugin` offers them to indicators and to other rooms' reports.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from lms.contracts import Figure, Form, Measure, ReportQuery, Subject
from lms.reports.drafting import Figures
from surveys.queries import counted
from surveys.reports import paired, wording
from surveys.reports.material import FEWEST, Material, load
from surveys.reports.paired import Tops

Counted = Callable[[ReportQuery], Sequence[Figure]]
SAME = "The same people before and straight after the course, at the two highest answers."


def _answered_after(query: ReportQuery) -> Sequence[Figure]:
    """Who answered straight after, on all dates, those surveyed only afterwards too."""
    kept, asked = Figures(), counted.questionnaire(wording.CORE)
    query = replace(query, actor=counted.counting(query.actor))
    roll = counted.roll(query, asked) if asked else []
    found = paired.tally(line for line in roll if line.after)
    key = kept.count("answered_after", found, subject=Subject.ANSWERS, measure="answered_after")
    return kept.kept(key)


def _tops(query: ReportQuery, item: str) -> tuple[Material, Tops, Tops] | None:
    """One question at the highest answers, the same people twice; None for too few of them."""
    m = load(replace(query, choices={"question": item}))
    if m is None or m.pairs < FEWEST:
        return None
    asked = m.under(m.item)
    both = paired.with_both(m.said, paired.before, paired.after)
    n = asked.count("n", "paired", both)
    before = paired.keep_tops(asked, "before", "paired.before", both, paired.before, n)
    return m, before, paired.keep_tops(asked, "after", "paired.after", both, paired.after, n)


def _confident(item: str) -> Counted:
    """The share at the highest answers afterwards."""

    def figures(query: ReportQuery) -> Sequence[Figure]:
        found = _tops(query, item)
        if found is None:
            return ()
        m, _, after = found
        return m.figures.kept(after.share)

    return figures


def _rise(item: str) -> Counted:
    """By how much more people are at the highest answers, as a share of those who were before."""

    def figures(query: ReportQuery) -> Sequence[Figure]:
        found = _tops(query, item)
        if found is None:
            return ()
        m, before, after = found
        was, now = m.figures.value(before.top), m.figures.value(after.top)
        rise = m.figures.derived(
            "rise", now / was - 1 if was else None, (before.top, after.top), Form.PERCENT, 0
        )
        return m.figures.kept(rise)

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
                f"{SAME} The number after less the number before, over the number before. Counted "
                f"are those who were {phrase}.",
                _rise(item),
                kind="change",
            )
        )
    return tuple(found)


MEASURES = (
    Measure(
        "answered_after",
        "People who answered after the course",
        "Gave the form straight after the course.",
        _answered_after,
    ),
    *_of_each(),
)
